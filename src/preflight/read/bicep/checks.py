"""What the official compiler refuses in one file without looking at types.

It is looked for after the names are bound; what needs types, or the values behind names, is found
while the file is lowered, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from preflight.errors import InputError
from preflight.read.bicep import syntax
from preflight.read.bicep.check_bodies import wrong_bodies, wrong_parents
from preflight.read.bicep.check_declarations import case_clashes, said_twice, wrong_references
from preflight.read.bicep.check_decorators import wrong_decorators
from preflight.read.bicep.symbols import BicepFile

Check: TypeAlias = "Callable[[BicepFile], Iterator[InputError]]"
CHECKS: tuple[Check, ...] = (
    case_clashes,
    said_twice,
    wrong_references,
    wrong_decorators,
    wrong_bodies,
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
        if isinstance(statement, syntax.Assertion) and "assertions" not in experimental:
            file.problems.keep(_experimental(file, statement, "`assert`", "assertions"))
        elif isinstance(statement, syntax.Test) and "testFramework" not in experimental:
            file.problems.keep(_experimental(file, statement, "`test`", "testFramework"))


def _experimental(
    file: BicepFile, statement: syntax.Assertion | syntax.Test, what: str, feature: str
) -> InputError:
    return file.error(
        f"{what} needs the experimental feature `{feature}`",
        statement,
        f"switch it on in bicepconfig.json: experimentalFeaturesEnabled.{feature}",
    )
