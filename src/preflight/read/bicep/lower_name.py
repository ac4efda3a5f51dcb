"""Names and IDs of resources and modules.

Source: Azure/bicep, src/Bicep.Core/Emit/ExpressionConverter.cs; ExpressionFactory.cs (the name of a
module without one).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preflight.errors import LimitExceeded
from preflight.expression.ast import Literal, Node
from preflight.model.source import Span
from preflight.read.bicep import nodes, syntax
from preflight.read.bicep.locals import NO_LOCALS, Locals
from preflight.read.bicep.symbols import ModuleSymbol, ResourceSymbol
from preflight.read.json_strings import shown

if TYPE_CHECKING:
    from preflight.read.bicep.lowering import Lowering

DEPLOYMENT_TYPE = "Microsoft.Resources/deployments"
_LONGEST_NAME = 64
_HASH = 13
_LONGEST_INDEX = 3
_MOST_NAMES = 20_000
"""Names of one file that may stand in those of others, each use counted."""
_MOST_HOPS = 30


class NameLowering:
    """Lowers what resources and modules of one file are called, for one template."""

    __slots__ = ("_hops", "_hops_below", "_low")

    def __init__(self, low: Lowering) -> None:
        """Lower with the names of `low`."""
        self._low = low
        self._hops = 0
        self._hops_below = 0

    def names_of(self, symbol: ResourceSymbol | ModuleSymbol, index: Node | None) -> Locals:
        """Return the locals of a body: its loop at an index, by default the one being deployed."""
        loop = symbol.loop
        if loop is None:
            return NO_LOCALS
        if index is None:
            index = nodes.call("copyIndex", span=self._low.span(loop.item))
        source = self._low.loop_source(loop, NO_LOCALS)
        return NO_LOCALS.with_loop(loop, source, index)

    def parent_names(self, symbol: ResourceSymbol, names: Locals) -> Locals:
        """Return the locals of a resource's parent, seen from the resource."""
        link = symbol.parent
        if link is None or link.nested:
            return names
        index = None if link.index is None else self._low.expressions.node(link.index, names)
        return self.names_of(link.resource, index)

    def name_of(self, symbol: ResourceSymbol | ModuleSymbol, names: Locals) -> Node:
        """Return the name as its body gives it; a module without one gets one."""
        value = symbol.get("name")
        if value is not None:
            return self._named(value, names)
        if isinstance(symbol, ModuleSymbol):
            return self._generated_name(symbol, names)
        raise self._low.file.error(
            f"the resource `{shown(symbol.name)}` has no `name`", symbol.declaration.name
        )

    def _named(self, value: syntax.Expression, names: Locals) -> Node:
        self._hops += 1
        self._hops_below += self._hops > 1
        if self._hops > _MOST_HOPS or self._hops_below > _MOST_NAMES:
            raise LimitExceeded(
                "names of resources are made of each other too many times over",
                help="put what they share into a variable",
                where=self._low.file.place(value),
            )
        try:
            return self._low.expressions.node(value, names)
        finally:
            self._hops -= 1

    def _generated_name(self, symbol: ModuleSymbol, names: Locals) -> Node:
        """Return the name of a module without one, as the compiler makes it."""
        span = self._low.span(symbol.declaration.name)
        deployment = nodes.member(nodes.call("deployment", span=span), "name", span)
        unique = nodes.call("uniqueString", Literal(symbol.name, span), deployment, span=span)
        if symbol.loop is None:
            prefix = symbol.name[: _LONGEST_NAME - _HASH - 1]
            return nodes.formatted(f"{prefix}-{{0}}", unique, span=span)
        prefix = symbol.name[: _LONGEST_NAME - _HASH - _LONGEST_INDEX - 2]
        item = names.nodes.get(symbol.loop.item.name)
        index = getattr(item, "key", None) or nodes.call("copyIndex", span=span)
        return nodes.formatted(f"{prefix}-{{0}}-{{1}}", index, unique, span=span)

    def segments(self, symbol: ResourceSymbol, names: Locals) -> list[Node]:
        """Return the segments of a resource's name, ancestors first."""
        own = self.name_of(symbol, names)
        if symbol.parent is None:
            kinds = symbol.type.count("/")
            span = own.span
            if kinds <= 1:
                return [own]
            parts = nodes.call("split", own, Literal("/", span), span=span)
            return [nodes.item(parts, Literal(n, span), span) for n in range(kinds)]
        above = self.segments(symbol.parent.resource, self.parent_names(symbol, names))
        return [*above, own]

    def full_name(self, symbol: ResourceSymbol, names: Locals) -> Node:
        """Return the name with those of the ancestors in front."""
        if symbol.parent is None:
            return self.name_of(symbol, names)
        parts = self.segments(symbol, names)
        pattern = "/".join(f"{{{n}}}" for n in range(len(parts)))
        return nodes.formatted(pattern, *parts, span=parts[-1].span)

    def id_of(self, symbol: ResourceSymbol, names: Locals, span: Span) -> Node:
        """Return the full ID of a resource, its loop being bound in `names`."""
        data = self._low.scopes.of_resource(symbol, names)
        parts = self.segments(symbol, names)
        return self._low.scopes.resource_id(data, symbol.type, parts, span)

    def module_id(self, symbol: ModuleSymbol, names: Locals, span: Span) -> Node:
        """Return the full ID of a module's deployment."""
        data = self._low.scopes.of_module(symbol, names)
        name = self.name_of(symbol, names)
        return self._low.scopes.resource_id(data, DEPLOYMENT_TYPE, [name], span)

    def symbolic(self, key: str, index: Node | None, span: Span) -> Node:
        """Return how a template with symbolic names calls a resource."""
        if index is None:
            return Literal(key, span)
        return nodes.formatted(f"{key}[{{0}}]", index, span=span)
