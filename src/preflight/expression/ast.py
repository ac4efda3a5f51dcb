"""Syntax tree of one template expression.

Nodes are NamedTuples: four times quicker to make than data classes. Spans count code points from
the start of the whole string value, the opening bracket included.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from preflight.model.source import Span


class Literal(NamedTuple):
    """A string or integer literal."""

    value: str | int
    span: Span


class FunctionCall(NamedTuple):
    """`name(a, b)` or, for a user-defined function, `namespace.name(a, b)`.

    `span` is that of the name (namespace included), `key` the folded name by which functions are
    looked up.
    """

    namespace: str
    name: str
    key: str
    arguments: tuple[Node, ...]
    span: Span


class PropertyAccess(NamedTuple):
    """`target.name`; `span` is that of the name."""

    target: Node
    name: str
    span: Span


class IndexAccess(NamedTuple):
    """`target[key]`; `span` reaches from the bracket to its partner."""

    target: Node
    key: Node
    span: Span


Node: TypeAlias = Literal | FunctionCall | PropertyAccess | IndexAccess
"""Any node of an expression."""


class Expression(NamedTuple):
    """A parsed expression with the whole string value that it stands in."""

    text: str
    root: Node


class ParsedText(str):
    """The text of an expression that has been parsed already: of another language than JSON.

    It stands in a template like any other expression, in brackets, but says in its own words what
    `root` means, and is never parsed. Spans of `root` are offsets in the source file.
    """

    __slots__ = ("root",)
    root: Node

    @classmethod
    def of(cls, text: str, root: Node) -> ParsedText:
        """Return what means `root`; `text` is how the source says it, without brackets."""
        made = cls(f"[ {text}]" if text.startswith("[") else f"[{text}]")
        made.root = root
        return made


def walk(root: Node) -> Iterator[Node]:
    """Yield a node and all below it, a parent before its children."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        match node:
            case FunctionCall():
                stack.extend(reversed(node.arguments))
            case PropertyAccess():
                stack.append(node.target)
            case IndexAccess():
                stack += (node.key, node.target)
            case Literal():
                pass
