"""Names of nested resources where they need no `::`: in the body around them, and below it.

Source: Azure/bicep, src/Bicep.Core/Semantics/NameBindingVisitor.cs (the body of a resource is a
scope of its own; the innermost one wins).
"""

from __future__ import annotations

from collections.abc import Mapping

from preflight.read.bicep import syntax
from preflight.read.bicep.symbols import BicepFile, ResourceSymbol
from preflight.read.bicep.walk import walk_scoped

_Visible = tuple[Mapping[str, ResourceSymbol], ...]
"""The names of each body around a place, the innermost first; they are not copied."""


def name_nested(file: BicepFile) -> None:
    """Fill `file.nested`; its resources are declared, each after the one around it."""
    if not file.children:
        return
    own: dict[int, dict[str, ResourceSymbol]] = {}
    for (around, name), symbol in file.children.items():
        own.setdefault(around, {})[name] = symbol
    visible: dict[int, _Visible] = {}
    for symbol in file.resources:
        link = symbol.parent
        outside: _Visible = () if link is None else visible[id(link.resource)]
        added = own.get(id(symbol))
        inside = outside if added is None else (added, *outside)
        visible[id(symbol)] = inside
        if inside:
            _note(file, symbol, outside, inside)


def _note(file: BicepFile, symbol: ResourceSymbol, outside: _Visible, inside: _Visible) -> None:
    loop = symbol.loop
    heads = [*symbol.conditions[-1:], *([loop.source] if loop else [])]
    for head in heads if outside else ():
        _look(file, head, outside, loop)
    for member in symbol.body.members:
        if not isinstance(member, syntax.Resource):
            _look(file, member.value, inside, loop)


def _look(
    file: BicepFile, expression: syntax.Expression, visible: _Visible, loop: syntax.Loop | None
) -> None:
    for node, hidden in walk_scoped(expression, loop):
        name = _first(node)
        if name is None or name.name in hidden:
            continue
        found = next((names[name.name] for names in visible if name.name in names), None)
        if found is not None:
            file.nested[name.start, name.name] = found


def _first(node: object) -> syntax.Name | None:
    """Return the name that a node is, or that stands before its first `::`."""
    while isinstance(node, syntax.ChildAccess | syntax.IndexAccess):
        node = node.target
    return node if isinstance(node, syntax.Name) else None
