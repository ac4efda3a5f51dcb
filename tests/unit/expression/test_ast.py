"""Walking a tree."""

from preflight.expression.ast import FunctionCall, Literal, walk
from preflight.expression.parser import parse


def test_walk_yields_parents_before_children_in_order() -> None:
    root = parse("[f(g('a').b, h()[1])]").root
    names = [
        node.key if isinstance(node, FunctionCall) else node.value
        for node in walk(root)
        if isinstance(node, FunctionCall | Literal)
    ]

    assert names == ["f", "g", "a", "h", 1]
