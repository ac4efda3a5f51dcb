"""What the official compiler refuses in one file without looking at types.

It is looked for after the names are bound; what needs types, or the values behind names, is found
while the file is lowered, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from preflight.errors import InputError
from preflight.read.bicep import syntax
from preflight.read.bicep.check_bodies import wrong_bodies, wrong_names, wrong_parents
from preflight.read.bicep.check_declarations import (
    case_clashes,
    imported_twice,
    said_twice,
    variables_twice,
    wrong_exports,
    wrong_metadata,
    wrong_references,
)
from preflight.read.bicep.check_decorators import wrong_decorators
from preflight.read.bicep.check_types import wrong_types
from preflight.read.bicep.symbols import BicepFile

Check: TypeAlias = "Callable[[BicepFile], Iterator[InputError]]"
CHECKS: tuple[Check, ...] = (
    case_clashes,
    imported_twice,
    variables_twice,
    said_twice,
    wrong_references,
    wrong_exports,
    wrong_metadata,
    wrong_decorators,
    wrong_types,
    wrong_bodies,
    wrong_names,
    wrong_parents,
)


def check_file(file: BicepFile, experimental: frozenset[str]) -> None:
    """Add what is wrong with a bound file to its problems.

    `experimental` are the features that its bicepconfig.json switches on.
    """
    for check in CHECKS:
        for error in check(file):
            file.problems.keep(error)
    for statement in file.tree.statements:
        needed = _feature(statement)
        if needed is not None and needed[1] not in experimental:
            what, feature = needed
            file.problems.keep(
                file.error(
                    f"{what} needs the experimental feature `{feature}`",
                    statement,
                    f"switch it on in bicepconfig.json: experimentalFeaturesEnabled.{feature}",
                )
            )


def _feature(statement: syntax.Statement) -> tuple[str, str] | None:
    """Return what needs an experimental feature, and which."""
    match statement:
        case syntax.Assertion():
            return "`assert`", "assertions"
        case syntax.Test():
            return "`test`", "testFramework"
        case syntax.Parameter(type=syntax.ResourceType()):
            return "a resource as a parameter", "resourceTypedParamsAndOutputs"
        case syntax.Output(type=syntax.ResourceType()):
            return "a resource as an output", "resourceTypedParamsAndOutputs"
        case _:
            return None
