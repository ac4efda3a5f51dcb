"""Resources and modules of one file that would have the same ID.

Names count where they are known when the file is compiled, conditions as true only where they are
written so. Case counts here, as it does for the compiler.

Source: Azure/bicep, src/Bicep.Core/Emit/EmitLimitationCalculator.cs (DetectDuplicateNames).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING

from preflight.errors import InputError
from preflight.expression.ast import Literal, Node
from preflight.read.bicep import syntax
from preflight.read.bicep.symbols import ModuleSymbol, ResourceSymbol
from preflight.read.bicep.walk import walk_scoped
from preflight.read.json_strings import shown

if TYPE_CHECKING:
    from preflight.read.bicep.lowering import Lowering


def duplicates(low: Lowering) -> Iterator[InputError]:
    """Yield an error for each resource or module that has the ID of one before it.

    Raises:
        InputError: a scope is none.
    """
    resources: dict[Hashable, ResourceSymbol] = {}
    for resource in low.file.resources:
        if resource.extension is not None or _is_conditional(resource.declaration.body):
            continue
        key = (resource.type.lower(), _scope(resource), tuple(_segments(low, resource)))
        other = resources.setdefault(key, resource)
        if other is not resource:
            yield _same(low, other, resource)
    modules: dict[Hashable, ModuleSymbol] = {}
    for module in low.file.modules:
        name = module.get("name")
        if name is None or _is_conditional(module.declaration.body):
            continue
        named = _segment(low, name, module.loop)
        known = modules.setdefault((named, *_place(low, module)), module)
        if known is not module:
            yield _same(low, known, module)


def _same(
    low: Lowering, first: ResourceSymbol | ModuleSymbol, second: ResourceSymbol | ModuleSymbol
) -> InputError:
    return low.file.error(
        f"`{shown(first.name)}` and `{shown(second.name)}` have the same name at the same scope",
        second.get("name") or second.declaration.name,
        "rename one of them, or move it into a module",
    )


def _is_conditional(body: syntax.Object | syntax.Condition | syntax.Loop) -> bool:
    inner = body.body if isinstance(body, syntax.Loop) else body
    if not isinstance(inner, syntax.Condition):
        return False
    return not (isinstance(inner.test, syntax.Literal) and inner.test.value is True)


def _segments(low: Lowering, symbol: ResourceSymbol) -> Iterator[Hashable]:
    while True:
        yield _segment(low, symbol.get("name") or symbol.declaration.name, symbol.loop)
        link = symbol.parent
        if link is None:
            break
        if link.index is not None:
            yield _segment(low, link.index, symbol.loop)
        symbol = link.resource


def _segment(low: Lowering, value: syntax.Expression, around: syntax.Loop | None) -> Hashable:
    """Return the value of a constant; else the expression itself, which equals no other one."""
    if isinstance(value, syntax.Text) and not value.holes:
        return value.segments[0]
    for node, hidden in walk_scoped(value, around):
        if isinstance(node, syntax.Name) and node.name in hidden:
            return id(value)
    try:
        return str(low.constant(value))
    except InputError:
        return id(value)


def _scope(symbol: ResourceSymbol) -> Hashable:
    """Return the scope as far as it is compared: none, a resource, or the expression itself."""
    link = symbol.parent
    while link is not None:
        symbol = link.resource
        link = symbol.parent
    if symbol.scope is None:
        return None
    if isinstance(symbol.scope, syntax.Name):
        return symbol.scope.name
    return id(symbol.scope)


def _place(low: Lowering, module: ModuleSymbol) -> tuple[Hashable, ...]:
    names = low.access.names_of(module, None)
    data = low.scopes.of_module(module, names)
    return tuple(map(_part, (data.management_group, data.subscription, data.group)))


def _part(node: Node | None) -> Hashable:
    if node is None:
        return None
    return node.value if isinstance(node, Literal) else id(node)
