"""Makes the nodes of template expressions that Bicep comes down to."""

from __future__ import annotations

from preflight.expression.ast import FunctionCall, IndexAccess, Literal, Node, PropertyAccess
from preflight.model.source import Span

LARGEST_LITERAL = 2**31 - 1
"""Larger integers are written as `json('…')`, as the compiler does."""


def call(name: str, *arguments: Node, span: Span) -> FunctionCall:
    """Return `name(arguments)`."""
    return FunctionCall("", name, name.lower(), arguments, span)


def user_call(namespace: str, name: str, arguments: tuple[Node, ...], span: Span) -> FunctionCall:
    """Return `namespace.name(arguments)`."""
    return FunctionCall(namespace, name, f"{namespace}.{name}".lower(), arguments, span)


def text(value: str, span: Span) -> Literal:
    """Return a string."""
    return Literal(value, span)


def constant(value: int | None, span: Span) -> Node:
    """Return an integer, a boolean or null."""
    if value is None:
        return call("null", span=span)
    if isinstance(value, bool):
        return call("true" if value else "false", span=span)
    if abs(value) > LARGEST_LITERAL:
        return call("json", text(str(value), span), span=span)
    return Literal(value, span)


def member(target: Node, name: str, span: Span) -> PropertyAccess:
    """Return `target.name`."""
    return PropertyAccess(_accessible(target), name, span)


def item(target: Node, key: Node, span: Span) -> Node:
    """Return `target[key]`."""
    if isinstance(key, Literal) and isinstance(key.value, str):
        return member(target, key.value, span)
    return IndexAccess(_accessible(target), key, span)


def _accessible(target: Node) -> Node:
    """Wrap a literal: in the language of templates it has no members."""
    if not isinstance(target, Literal):
        return target
    return call("string" if isinstance(target.value, str) else "int", target, span=target.span)


def as_call(node: Node) -> Node:
    """Return a node that is no bare integer, for places which take only calls."""
    return node if isinstance(node, Literal) and isinstance(node.value, str) else _accessible(node)


def formatted(pattern: str, *arguments: Node, span: Span) -> FunctionCall:
    """Return `format(pattern, arguments)`."""
    return call("format", text(pattern, span), *arguments, span=span)


def respanned(node: Node, span: Span) -> Node:
    """Return a node as if it stood somewhere else."""
    return node._replace(span=span)
