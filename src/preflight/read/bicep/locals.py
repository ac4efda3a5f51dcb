"""What loop and lambda variables stand for at one place of a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from preflight.expression.ast import Node
from preflight.read.bicep import nodes, syntax
from preflight.read.bicep.symbols import ModuleSymbol


class Locals(NamedTuple):
    """Local names: the nodes they come down to.

    `modules` are lambda variables that stand for one deployment of a module: their `outputs` are
    read like those of the module itself.
    """

    nodes: Mapping[str, Node]
    modules: Mapping[str, ModuleSymbol]

    def with_loop(self, loop: syntax.Loop, source: Node, index: Node) -> Locals:
        """Add the variables of a loop over `source`, at an index."""
        added = {loop.item.name: nodes.item(source, index, index.span)}
        if loop.counter is not None:
            added[loop.counter.name] = index
        return Locals({**self.nodes, **added}, self.modules)

    def with_names(self, names: Mapping[str, Node], modules: Mapping[str, ModuleSymbol]) -> Locals:
        """Add the variables of a lambda or the parameters of a function."""
        hidden = {name: found for name, found in self.modules.items() if name not in names}
        return Locals({**self.nodes, **names}, {**hidden, **modules})


NO_LOCALS = Locals({}, {})
