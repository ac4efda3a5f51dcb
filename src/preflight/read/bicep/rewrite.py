"""Replaces nodes in a syntax tree: for what a parameter file reads from outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias, cast

from preflight.read.bicep.syntax import Expression

Replace: TypeAlias = "Callable[[Expression], Expression | None]"
"""Gives another node for a node; None leaves it as it is."""


def rewritten(node: Expression, replace: Replace) -> Expression:
    """Return an expression in which `replace` gave nodes for others, the outermost first.

    What it leaves alone is looked into.
    """
    return cast("Expression", _part(node, replace))


def _part(part: object, replace: Replace) -> object:
    """Rewrite a node, several of them, or what is neither."""
    if not isinstance(part, tuple):
        return part
    items = cast("tuple[object, ...]", part)
    make = getattr(items, "_make", None)
    if make is None:
        return tuple(_part(item, replace) for item in items)
    other = replace(cast("Expression", items))
    return make(_part(item, replace) for item in items) if other is None else other
