"""Decorators: where each may stand, and how many arguments it takes.

Source: Azure/bicep, src/Bicep.Core/Semantics/Namespaces/SystemNamespaceType.cs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from preflight.errors import InputError
from preflight.read.bicep import syntax
from preflight.read.bicep.suggest import did_you_mean
from preflight.read.bicep.symbols import BicepFile
from preflight.read.json_strings import shown


class _Rule(NamedTuple):
    """Arguments that a decorator takes, what it stands before, and types it fits (any: empty)."""

    arguments: int
    before: frozenset[type]
    types: frozenset[str] = frozenset()


_TYPED = frozenset({syntax.Parameter, syntax.Output, syntax.TypeDeclaration, syntax.TypeItem})
_DEPLOYED = frozenset({syntax.Resource, syntax.Module})
_RESOURCE = frozenset({syntax.Resource})
_ANY: frozenset[type] = frozenset()
_SIZED = frozenset({"string", "array"})
_RULES: Mapping[str, _Rule] = {
    "allowed": _Rule(1, frozenset({syntax.Parameter})),
    "batchSize": _Rule(1, _DEPLOYED),
    "description": _Rule(1, _ANY),
    "discriminator": _Rule(1, _TYPED, frozenset({"object"})),
    "export": _Rule(0, frozenset({syntax.TypeDeclaration, syntax.Variable, syntax.Function})),
    "maxLength": _Rule(1, _TYPED, _SIZED),
    "maxValue": _Rule(1, _TYPED, frozenset({"int"})),
    "metadata": _Rule(1, _TYPED),
    "minLength": _Rule(1, _TYPED, _SIZED),
    "minValue": _Rule(1, _TYPED, frozenset({"int"})),
    "nullIfNotFound": _Rule(0, _RESOURCE),
    "onlyIfNotExists": _Rule(0, _RESOURCE),
    "sealed": _Rule(0, _TYPED, frozenset({"object"})),
    "secure": _Rule(0, _TYPED, frozenset({"string", "object"})),
}
_OTHERS = frozenset({"patch", "retryOn", "validate", "waitUntil"})
"""Decorators whose arguments are not looked at: they are experimental, or take many."""
_NAMED_TYPES = frozenset({"array", "bool", "int", "object", "string"})
_ARTICLES = {0: "no argument", 1: "one argument"}

_Decorated = (
    syntax.Parameter
    | syntax.Variable
    | syntax.TypeDeclaration
    | syntax.Function
    | syntax.Resource
    | syntax.Module
    | syntax.Output
)


def wrong_decorators(file: BicepFile) -> Iterator[InputError]:
    """Yield an error for each decorator that cannot stand where it does."""
    for statement in file.tree.statements:
        if isinstance(statement, _Decorated):
            yield from _of(file, statement)
    for resource in file.resources:
        if resource.parent is not None and resource.parent.nested:
            yield from _of(file, resource.declaration)


def _of(file: BicepFile, statement: _Decorated) -> Iterator[InputError]:
    seen: set[str] = set()
    for decorator in statement.decorators:
        path = decorator.path
        if len(path) > 1 and path[0] != "sys":
            continue  # of another namespace
        name = decorator.name
        if len(path) == 1:  # the compiler does not count those with `sys.`
            if name in seen:
                yield file.error(f"the decorator `{shown(name)}` is there twice", decorator)
            seen.add(name)
        if name not in _OTHERS:
            yield from _one(file, statement, decorator)


def _one(
    file: BicepFile, statement: _Decorated, decorator: syntax.Decorator
) -> Iterator[InputError]:
    name = decorator.name
    rule = _RULES.get(name)
    if rule is None:
        advice = did_you_mean(name, _RULES)
        yield file.error(f"there is no decorator `{shown(name)}`", decorator, advice)
        return
    if decorator.arguments is None:
        yield file.error(
            "a decorator is called", decorator, f"write `@{name}({'…' if rule.arguments else ''})`"
        )
    elif len(decorator.arguments) != rule.arguments:
        yield file.error(f"`@{name}()` takes {_ARTICLES[rule.arguments]}", decorator)
    if rule.before and type(statement) not in rule.before:
        yield file.error(f"`@{name}()` cannot stand before this declaration", decorator)
    elif name == "batchSize" and not isinstance(getattr(statement, "body", None), syntax.Loop):
        yield file.error("`@batchSize()` stands before a loop only", decorator)
    declared = getattr(statement, "type", None)
    kind = declared.name if isinstance(declared, syntax.Name) else ""
    if rule.types and kind in _NAMED_TYPES - rule.types and kind not in file.symbols:
        fitting = " and ".join(sorted(rule.types))
        yield file.error(f"`@{name}()` fits {fitting} only, and this is `{kind}`", decorator)
