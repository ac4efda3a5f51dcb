"""What a resource or module waits for: everything whose state it reads, and what it says itself.

A name, an ID and a function of an `existing` resource need no more than is written here, so they
make nothing wait for it. Outside templates with symbolic names, `existing` resources cannot be
waited for; what they wait for is waited for in their place.

Source: Azure/bicep, src/Bicep.Core/Emit/ResourceDependencyVisitor.cs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from preflight.model.value import JsonValue
from preflight.read.bicep import syntax
from preflight.read.bicep.symbols import ModuleSymbol, ResourceSymbol
from preflight.read.bicep.walk import local_names, walk

if TYPE_CHECKING:
    from preflight.read.bicep.lowering import Lowering

_IDENTIFIERS = frozenset({"apiVersion", "id", "name", "type"})
_Symbol = ResourceSymbol | ModuleSymbol


class Dependencies:
    """Finds dependencies between the resources of one file."""

    __slots__ = ("_direct", "_low", "_variables")

    def __init__(self, low: Lowering) -> None:
        """Look among the symbols of `low`."""
        self._low = low
        self._direct: dict[int, dict[int, tuple[_Symbol, bool]]] = {}
        self._variables: dict[str, dict[int, tuple[_Symbol, bool]]] = {}

    def of(self, symbol: _Symbol) -> list[JsonValue]:
        """Return the symbols that one waits for; none in templates without symbolic names."""
        if not self._low.symbolic:
            return []
        found: dict[int, str] = {}
        stack = list(self._of(symbol).values())
        seen: set[int] = set()
        while stack:
            target, weak = stack.pop()
            if id(target) in seen or target is symbol:
                continue
            passes = isinstance(target, ResourceSymbol) and target.declaration.existing
            if passes and (weak or self._low.is_hidden_symbol(target)):
                seen.add(id(target))
                stack.extend(self._of(target).values())
                continue
            found[id(target)] = target.key if isinstance(target, ResourceSymbol) else target.name
        return sorted(found.values())

    def _of(self, symbol: _Symbol) -> dict[int, tuple[_Symbol, bool]]:
        """Return what a declaration names, with whether that is weak."""
        if id(symbol) not in self._direct:
            found: dict[int, tuple[_Symbol, bool]] = {}
            self._direct[id(symbol)] = found
            if isinstance(symbol, ResourceSymbol) and symbol.parent is not None:
                _add(found, symbol.parent.resource, weak=True)
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
        found: dict[int, tuple[_Symbol, bool]],
        loop: syntax.Loop | None,
        *,
        weak: bool,
    ) -> None:
        hidden = local_names(expression, loop)
        weak_bases: set[int] = set()
        for node in walk(expression):
            if isinstance(node, syntax.MethodCall) or (
                isinstance(node, syntax.PropertyAccess) and node.name.name in _IDENTIFIERS
            ):
                weak_bases.add(id(_base(node.target)))
            if isinstance(node, syntax.Name):
                if node.name in hidden:
                    continue
                self._name(node, found, weak=weak or id(node) in weak_bases)
            elif isinstance(node, syntax.ChildAccess):
                target = self._low.access.symbol_of(node)
                if isinstance(target, ResourceSymbol):
                    _add(found, target, weak=weak or id(node) in weak_bases)

    def _name(
        self, node: syntax.Name, found: dict[int, tuple[_Symbol, bool]], *, weak: bool
    ) -> None:
        symbol = self._low.file.symbols.get(node.name)
        if isinstance(symbol, ResourceSymbol):
            _add(found, symbol, weak=weak)
        elif isinstance(symbol, ModuleSymbol):
            _add(found, symbol, weak=False)
        elif isinstance(symbol, syntax.Variable):
            for target, is_weak in self._of_variable(symbol).values():
                _add(found, target, weak=is_weak)

    def _of_variable(self, variable: syntax.Variable) -> dict[int, tuple[_Symbol, bool]]:
        name = variable.name.name
        if name not in self._variables:
            self._variables[name] = {}
            found: dict[int, tuple[_Symbol, bool]] = {}
            self._collect(variable.value, found, None, weak=False)
            self._variables[name] = found
        return self._variables[name]


def _add(found: dict[int, tuple[_Symbol, bool]], symbol: _Symbol, *, weak: bool) -> None:
    known = found.get(id(symbol))
    found[id(symbol)] = (symbol, weak and (known is None or known[1]))


def _base(expression: syntax.Expression | syntax.Type) -> syntax.Expression | syntax.Type:
    """Return what an access reads, without index, parentheses and `!`."""
    while isinstance(expression, syntax.IndexAccess | syntax.NonNull | syntax.Group):
        expression = expression.inner if isinstance(expression, syntax.Group) else expression.target
    return expression
