"""Decorators: where each may stand, how many arguments it takes, and which.

Source: Azure/bicep, src/Bicep.Core/Semantics/Namespaces/SystemNamespaceType.cs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from preflight.errors import InputError
from preflight.read.bicep import syntax
from preflight.read.bicep.decorator_arguments import crossed_limits, wrong_argument
from preflight.read.bicep.decorator_targets import Decorated, decorated, misfit
from preflight.read.bicep.decorators import is_qualified
from preflight.read.bicep.suggest import did_you_mean
from preflight.read.bicep.symbols import BicepFile, ExtensionSymbol
from preflight.read.json_strings import shown

_LONGEST = 2
"""Names of a decorator: `sys.` and its own."""


class _Rule(NamedTuple):
    """Arguments that a decorator takes, and what it stands before (anything: empty)."""

    arguments: int
    before: frozenset[type]


_Part = syntax.TypeMember | syntax.TypeItem
_PARTS = frozenset({syntax.TypeMember, syntax.TypeItem})
_TYPED = frozenset({syntax.Parameter, syntax.Output, syntax.TypeDeclaration}) | _PARTS
_DEPLOYED = frozenset({syntax.Resource, syntax.Module})
_RESOURCE = frozenset({syntax.Resource})
_ANY: frozenset[type] = frozenset()
_RULES: Mapping[str, _Rule] = {
    "allowed": _Rule(1, frozenset({syntax.Parameter})),
    "batchSize": _Rule(1, _DEPLOYED),
    "description": _Rule(1, _ANY),
    "discriminator": _Rule(1, _TYPED),
    "export": _Rule(0, frozenset({syntax.TypeDeclaration, syntax.Variable, syntax.Function})),
    "maxLength": _Rule(1, _TYPED),
    "maxValue": _Rule(1, _TYPED),
    "metadata": _Rule(1, _TYPED | {syntax.Function}),
    "minLength": _Rule(1, _TYPED),
    "minValue": _Rule(1, _TYPED),
    "nullIfNotFound": _Rule(0, _RESOURCE),
    "onlyIfNotExists": _Rule(0, _RESOURCE),
    "sealed": _Rule(0, _TYPED),
    "secure": _Rule(0, _TYPED),
}
_OTHERS: Mapping[str, frozenset[type]] = {
    "patch": _ANY,
    "retryOn": _RESOURCE,
    "validate": _ANY,
    "waitUntil": _RESOURCE,
}
"""Decorators whose arguments are not looked at: they are experimental, or take many."""
_ARTICLES = {0: "no argument", 1: "one argument"}


def wrong_decorators(file: BicepFile) -> Iterator[InputError]:
    """Yield an error for each decorator that cannot stand where it does."""
    for target in decorated(file):
        if target.decorators:
            yield from _of(file, target)


def _of(file: BicepFile, target: Decorated) -> Iterator[InputError]:
    seen: set[str] = set()
    for decorator in target.decorators:
        path, name = decorator.path, decorator.name
        if len(path) > 1 and (path[0] != "sys" or len(path) > _LONGEST or "sys" in file.symbols):
            if not isinstance(file.symbols.get(path[0]), ExtensionSymbol):
                whole = shown(".".join(path))
                yield file.error(f"there is no decorator `{whole}`", decorator)
            continue
        if len(path) == 1:
            if name in file.symbols:
                advice = f"write `@sys.{name}`" if name in _RULES else ""
                yield file.error(
                    f"`{shown(name)}` is declared in this file, and no decorator", decorator, advice
                )
                continue
            if name in seen:  # the compiler does not count those with `sys.`
                yield file.error(f"the decorator `{shown(name)}` is there twice", decorator)
            seen.add(name)
        others = _OTHERS.get(name)
        if others is None:
            yield from _one(file, target, decorator)
        elif others and type(target) not in others:
            yield file.error(f"`@{name}()` cannot stand before this declaration", decorator)
        elif not decorator.arguments:
            yield file.error(f"`@{name}()` is called with arguments", decorator)
    yield from crossed_limits(file, target.decorators)


def _one(file: BicepFile, target: Decorated, decorator: syntax.Decorator) -> Iterator[InputError]:
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
    yield from wrong_argument(file, decorator, _type_of(target))
    misplaced = _misplaced(file, target, decorator, rule)
    if misplaced is not None and not (is_qualified(decorator) and isinstance(target, _Part)):
        yield misplaced
    elif misplaced is None and not is_qualified(decorator):
        unfit = _unfit(file, target, decorator)
        if unfit is not None:
            yield unfit


def _misplaced(
    file: BicepFile, target: Decorated, decorator: syntax.Decorator, rule: _Rule
) -> InputError | None:
    """Return an error where a decorator cannot stand before what it stands before."""
    name = decorator.name
    if (rule.before and type(target) not in rule.before) or (
        isinstance(target, syntax.Metadata) and name != "description"
    ):
        return file.error(f"`@{name}()` cannot stand before this declaration", decorator)
    return None


def _unfit(file: BicepFile, target: Decorated, decorator: syntax.Decorator) -> InputError | None:
    """Return an error where a decorator does not fit what it stands before.

    The compiler does not look at this for those that are written with `sys.`.
    """
    name = decorator.name
    if name == "batchSize" and not isinstance(getattr(target, "body", None), syntax.Loop):
        return file.error("`@batchSize()` stands before a loop only", decorator)
    if name == "nullIfNotFound" and not getattr(target, "existing", True):
        return file.error("`@nullIfNotFound()` is for `existing` resources", decorator)
    return misfit(file, target, decorator)


def _type_of(target: Decorated) -> syntax.Type | None:
    return target.type if isinstance(target, syntax.Parameter) else None
