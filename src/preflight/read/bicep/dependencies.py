"""What a resource or module waits for: everything whose state it reads, and what it says itself.

A name, an ID and a function of an `existing` resource need no more than is written here, so they
make nothing wait for it. Outside templates with symbolic names, `existing` resources cannot be
waited for; what they wait for is waited for in their place.

Source: Azure/bicep, src/Bicep.Core/Emit/ResourceDependencyVisitor.cs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from preflight.model.value import JsonValue
from preflight.read.bicep import syntax
from preflight.read.bicep.locals import Locals
from preflight.read.bicep.symbols import ModuleSymbol, ResourceSymbol
from preflight.read.bicep.walk import local_names, walk, walk_scoped

if TYPE_CHECKING:
    from preflight.read.bicep.lowering import Lowering

_IDENTIFIERS = frozenset({"apiVersion", "id", "name", "type"})
_Symbol = ResourceSymbol | ModuleSymbol


class _Use(NamedTuple):
    """A symbol that is named; `weak` where nothing of its state is read.

    `indexes` say which of a loop are meant; None: all of them.
    """

    symbol: _Symbol
    weak: bool
    indexes: tuple[syntax.Expression, ...] | None = None


class Dependencies:
    """Finds dependencies between the resources of one file."""

    __slots__ = ("_direct", "_low", "_variables")

    def __init__(self, low: Lowering) -> None:
        """Look among the symbols of `low`."""
        self._low = low
        self._direct: dict[int, dict[int, _Use]] = {}
        self._variables: dict[str, dict[int, _Use]] = {}

    def of(self, symbol: _Symbol) -> list[JsonValue]:
        """Return the symbols that one waits for; none in templates without symbolic names."""
        if not self._low.symbolic:
            return []
        found: dict[int, _Use] = {}
        stack = list(self._of(symbol).values())
        seen: set[int] = set()
        while stack:
            use = stack.pop()
            target = use.symbol
            if id(target) in seen or target is symbol:
                continue
            passes = isinstance(target, ResourceSymbol) and target.declaration.existing
            if passes and (use.weak or self._low.is_hidden_symbol(target)):
                seen.add(id(target))
                stack.extend(below._replace(indexes=None) for below in self._of(target).values())
                continue
            _add(found, use)
        names = self._low.access.names_of(symbol, None)
        listed = (entry for use in found.values() for entry in self._entries(use, names))
        return sorted(listed, key=str)

    def _entries(self, use: _Use, names: Locals) -> Iterator[JsonValue]:
        target = use.symbol
        key = target.key if isinstance(target, ResourceSymbol) else target.name
        text = self._low.file.source.text
        different = {text[index.start : index.end]: index for index in use.indexes or ()}
        for index in different.values():
            node = self._low.expressions.node(index, names)
            span = self._low.span(index)
            yield self._low.values.written(self._low.access.symbolic(key, node, span), index)
        if not use.indexes:
            yield key

    def _of(self, symbol: _Symbol) -> dict[int, _Use]:
        """Return what a declaration names."""
        if id(symbol) not in self._direct:
            found: dict[int, _Use] = {}
            self._direct[id(symbol)] = found
            if isinstance(symbol, ResourceSymbol) and symbol.parent is not None:
                link = symbol.parent
                indexes = None if link.index is None else (link.index,)
                _add(found, _Use(link.resource, weak=True, indexes=indexes))
            for name, expression in self._expressions(symbol):
                weak = name in {"parent", "scope"}
                self._collect(expression, found, symbol.loop, weak=weak)
        return self._direct[id(symbol)]

    def _expressions(self, symbol: _Symbol) -> Iterator[tuple[str, syntax.Expression]]:
        if isinstance(symbol, ResourceSymbol):
            for test in symbol.conditions:
                yield "condition", test
        elif symbol.condition is not None:
            yield "condition", symbol.condition
        if symbol.loop is not None:
            yield "loop", symbol.loop.source
        for member in symbol.body.members:
            if isinstance(member, syntax.Property):
                key = member.key
                yield (key.name if isinstance(key, syntax.Name) else ""), member.value
                if isinstance(key, syntax.Text):
                    yield "", key

    def _collect(
        self,
        expression: syntax.Expression,
        found: dict[int, _Use],
        loop: syntax.Loop | None,
        *,
        weak: bool,
    ) -> None:
        inner = local_names(expression)
        weak_bases: set[int] = set()
        indexes: dict[int, syntax.Expression] = {}
        for node, hidden in walk_scoped(expression, loop):
            if isinstance(node, syntax.MethodCall) or (
                isinstance(node, syntax.PropertyAccess) and node.name.name in _IDENTIFIERS
            ):
                weak_bases.add(id(_base(node.target)))
            elif isinstance(node, syntax.IndexAccess) and not _names(node.key) & inner:
                indexes[id(_base(node.target))] = node.key
            if isinstance(node, syntax.Name | syntax.ChildAccess) and _root(node) not in hidden:
                is_weak = weak or id(node) in weak_bases
                self._name(node, found, indexes.get(id(node)), weak=is_weak)

    def _name(
        self,
        node: syntax.Name | syntax.ChildAccess,
        found: dict[int, _Use],
        index: syntax.Expression | None,
        *,
        weak: bool,
    ) -> None:
        symbol = self._low.access.symbol_of(node)
        if isinstance(symbol, ResourceSymbol | ModuleSymbol):
            indexes = (index,) if index is not None and symbol.is_collection else None
            weak = weak and isinstance(symbol, ResourceSymbol)
            _add(found, _Use(symbol, weak, indexes))
        elif isinstance(symbol, syntax.Variable):
            for use in self._of_variable(symbol).values():
                _add(found, use)

    def _of_variable(self, variable: syntax.Variable) -> dict[int, _Use]:
        name = variable.name.name
        if name not in self._variables:
            self._variables[name] = {}
            found: dict[int, _Use] = {}
            self._collect(variable.value, found, None, weak=False)
            self._variables[name] = found
        return self._variables[name]


def _add(found: dict[int, _Use], use: _Use) -> None:
    known = found.get(id(use.symbol))
    if known is not None:
        both = known.indexes is not None and use.indexes is not None
        indexes = (*(known.indexes or ()), *(use.indexes or ())) if both else None
        use = _Use(use.symbol, use.weak and known.weak, indexes)
    found[id(use.symbol)] = use


def _names(expression: syntax.Expression) -> set[str]:
    return {node.name for node in walk(expression) if isinstance(node, syntax.Name)}


def _root(node: syntax.Name | syntax.ChildAccess) -> str:
    return node.name if isinstance(node, syntax.Name) else ""


def _base(expression: syntax.Expression | syntax.Type) -> syntax.Expression | syntax.Type:
    """Return what an access reads, without index, parentheses and `!`."""
    while isinstance(expression, syntax.IndexAccess | syntax.NonNull | syntax.Group):
        expression = expression.inner if isinstance(expression, syntax.Group) else expression.target
    return expression
