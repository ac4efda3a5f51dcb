"""Which variables and `existing` resources cannot be declared: they read run-time state.

Source: Azure/bicep, src/Bicep.Core/Emit/InlineDependencyVisitor.cs.
"""

from __future__ import annotations

from collections.abc import Iterator

from preflight.read.bicep import syntax
from preflight.read.bicep.symbols import BicepFile, ModuleSymbol, ResourceSymbol
from preflight.read.bicep.walk import walk_scoped

_RUNTIME_FUNCTIONS = frozenset(
    {
        "reference",
        "toLogicalZone",
        "toLogicalZones",
        "toPhysicalZone",
        "toPhysicalZones",
    }
)
_KNOWN_MEMBERS = frozenset({"apiVersion", "id", "name", "type"})


class Inlining:
    """Decides for one file; each decision is made once."""

    __slots__ = ("_file", "_resources", "_variables")

    def __init__(self, file: BicepFile) -> None:
        """Decide for the symbols of `file`."""
        self._file = file
        self._variables: dict[str, bool] = {}
        self._resources: dict[int, bool] = {}

    def variable(self, variable: syntax.Variable) -> bool:
        """Whether the value of a variable stands at each use instead of being declared."""
        name = variable.name.name
        if name not in self._variables:
            self._decide(name, variable)
        return self._variables[name]

    def _decide(self, name: str, variable: syntax.Variable) -> None:
        """Decide for a variable and those that it reads, on a stack of our own."""
        waiting: list[tuple[str, list[str]]] = [(name, self._look(variable))]
        self._variables.setdefault(name, False)
        while waiting:
            current, below = waiting[-1]
            if self._variables[current] or not below:
                waiting.pop()
                if self._variables[current] and waiting:
                    self._variables[waiting[-1][0]] = True
                continue
            used = below.pop()
            if used in self._variables:
                self._variables[current] |= self._variables[used]
                continue
            symbol = self._file.symbols.get(used)
            if isinstance(symbol, syntax.Variable):
                self._variables[used] = False
                waiting.append((used, self._look(symbol)))

    def _look(self, variable: syntax.Variable) -> list[str]:
        """Return the variables that one reads; mark it where it reads run-time state itself."""
        name = variable.name.name
        if self._reads_state(variable.value):
            self._variables[name] = True
            return []
        return list(dict.fromkeys(self._names(variable.value)))

    def _names(
        self, expression: syntax.Expression, around: syntax.Loop | None = None
    ) -> Iterator[str]:
        for node, hidden in walk_scoped(expression, around):
            if isinstance(node, syntax.Name) and node.name not in hidden:
                yield node.name

    def _reads_state(
        self, expression: syntax.Expression, around: syntax.Loop | None = None
    ) -> bool:
        """Whether an expression itself reads the state of a resource or module."""
        known: set[int] = set()
        for node, hidden in walk_scoped(expression, around):
            member = _member(node)
            if member is not None:
                base = _base(member[0])
                symbol = self._symbol(base, hidden)
                if symbol is None:
                    continue
                if not self._is_known(symbol, member[1]):
                    return True
                known.add(id(base))
            elif isinstance(node, syntax.Call):
                name = node.name.name
                if name not in self._file.symbols and _is_runtime(name):
                    return True
            elif isinstance(node, syntax.MethodCall):
                if self._is_runtime_method(node, hidden):
                    return True
            elif id(node) not in known and self._symbol(node, hidden) is not None:
                return True
        return False

    def _is_runtime_method(self, node: syntax.MethodCall, hidden: frozenset[str]) -> bool:
        if self._symbol(_base(node.target), hidden) is not None:
            return True
        target = node.target
        is_az = isinstance(target, syntax.Name) and target.name == "az"
        return is_az and _is_runtime(node.name.name)

    def _is_known(self, symbol: ResourceSymbol | ModuleSymbol, name: str) -> bool:
        if isinstance(symbol, ModuleSymbol):
            return name == "name"
        if name not in _KNOWN_MEMBERS:
            return False
        return name not in {"id", "name"} or not self.resource(symbol)

    def _symbol(self, node: object, hidden: frozenset[str]) -> ResourceSymbol | ModuleSymbol | None:
        """Return the resource or module that a node names; `hidden` are local variables."""
        if isinstance(node, syntax.Name) and node.name not in hidden:
            found = self._file.named(node)
            return found if isinstance(found, ResourceSymbol | ModuleSymbol) else None
        if isinstance(node, syntax.ChildAccess):
            owner = self._symbol(_base(node.target), hidden)
            if isinstance(owner, ResourceSymbol):
                return self._file.children.get((id(owner), node.name.name))
        return None

    def resource(self, symbol: ResourceSymbol) -> bool:
        """Whether an `existing` resource's name is known only at run time."""
        if not symbol.declaration.existing or symbol.extension is not None:
            return False
        if id(symbol) not in self._resources:
            self._resources[id(symbol)] = False
            self._resources[id(symbol)] = self._has_runtime_name(symbol)
        return self._resources[id(symbol)]

    def _has_runtime_name(self, symbol: ResourceSymbol) -> bool:
        if symbol.parent is not None and self.resource(symbol.parent.resource):
            return True
        for member in symbol.body.members:
            if not isinstance(member, syntax.Property):
                continue
            key = member.key.name if isinstance(member.key, syntax.Name) else member.key.plain
            if key in {"dependsOn", "parent", "scope"}:
                continue
            if self._reads_state(member.value, symbol.loop):
                return True
            for name in self._names(member.value, symbol.loop):
                found = self._file.symbols.get(name)
                if isinstance(found, syntax.Variable) and self.variable(found):
                    return True
        return False


def _member(node: object) -> tuple[syntax.Expression | syntax.Type, str] | None:
    """Return target and name of `a.b` and `a['b']`."""
    if isinstance(node, syntax.PropertyAccess):
        return node.target, node.name.name
    if isinstance(node, syntax.IndexAccess) and isinstance(node.key, syntax.Text):
        return None if node.key.plain is None else (node.target, node.key.plain)
    return None


def _is_runtime(name: str) -> bool:
    return name in _RUNTIME_FUNCTIONS or (name.startswith("list"))


def _base(expression: syntax.Expression | syntax.Type) -> syntax.Expression | syntax.Type:
    """Return what an access reads, without index, parentheses and `!`."""
    while True:
        if isinstance(expression, syntax.IndexAccess | syntax.NonNull):
            expression = expression.target
        elif isinstance(expression, syntax.Group):
            expression = expression.inner
        else:
            return expression
