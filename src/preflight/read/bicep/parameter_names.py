"""Names of a parameter file, which the template that it is read as must tell apart.

A parameter may be called like a variable in another case, as `param region = Region` has it. Read
as a template, both are variables, and ARM does not count case: the variable gets another name.

Source: the official compiler.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from preflight.errors import InputError
from preflight.model.source import Place, SourceFile
from preflight.read.bicep.rewrite import rewritten
from preflight.read.bicep.syntax import (
    Assignment,
    Expression,
    File,
    Name,
    Statement,
    Variable,
)
from preflight.read.bicep.walk import walk_scoped
from preflight.read.json_strings import shown

_MARK = ":variable"
"""Ends the new names; no identifier can end so."""


def told_apart(file: File, source: SourceFile) -> tuple[Statement, ...]:
    """Return the statements of a parameter file, its names different without case.

    Raises `InputError` for two parameters or two variables that differ in case only.
    """
    parameters = _folded(file, Assignment, source)
    variables = _folded(file, Variable, source)
    new = {
        name: f"{name}{_MARK}"
        for folded, name in variables.items()
        if folded in parameters and parameters[folded] != name
    }
    if not new:
        return file.statements
    return tuple(_renamed(statement, new) for statement in file.statements)


def _folded(file: File, kind: type[Assignment | Variable], source: SourceFile) -> dict[str, str]:
    found: dict[str, str] = {}
    for statement in file.statements:
        if not isinstance(statement, kind):
            continue
        name = statement.name
        known = found.setdefault(name.name.lower(), name.name)
        if known != name.name:
            raise InputError(
                f"`{shown(known)}` and `{shown(name.name)}` differ in case only",
                help="ARM does not tell them apart: keep one of them",
                where=Place(source=source, offset=name.start),
            )
    return found


def _renamed(statement: Statement, new: Mapping[str, str]) -> Statement:
    if isinstance(statement, Variable):
        name = statement.name.name
        named = statement.name._replace(name=new.get(name, name))
        return statement._replace(name=named, value=_value(statement.value, new))
    if isinstance(statement, Assignment):
        return statement._replace(value=_value(statement.value, new))
    return statement


def _value(value: Expression, new: Mapping[str, str]) -> Expression:
    """Return a value in which the variables have their new names."""
    used = {
        id(node)
        for node, hidden in walk_scoped(value)
        if isinstance(node, Name) and node.name in new and node.name not in hidden
    }
    return rewritten(value, _renaming(used, new))


def _renaming(used: set[int], new: Mapping[str, str]) -> Callable[[Expression], Expression | None]:
    def rename(node: Expression) -> Expression | None:
        if isinstance(node, Name) and id(node) in used:
            return node._replace(name=new[node.name])
        return None

    return rename
