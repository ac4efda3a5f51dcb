"""Replaces nodes in a syntax tree: for what a parameter file reads from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias, cast

from preflight.read.bicep.syntax import Expression

Replace: TypeAlias = "Callable[[Expression], Expression | None]"
"""Gives another node for a node; None leaves it as it is."""


class _Step(NamedTuple):
    """A node, or several of them, whose parts are being rewritten."""

    of: tuple[object, ...]
    rest: Iterator[object]
    made: list[object]


def rewritten(node: Expression, replace: Replace) -> Expression:
    """Return an expression in which `replace` gave nodes for others, the outermost first.

    What it leaves alone is looked into, on a stack of our own: rows of operators are long.
    """
    other = replace(node)
    if other is not None:
        return other
    steps = [_step(cast("tuple[object, ...]", node))]
    while True:
        below = _below(steps[-1], replace)
        if below is not None:
            steps.append(_step(below))
            continue
        built = _built(steps.pop())
        if not steps:
            return cast("Expression", built)
        steps[-1].made.append(built)


def _step(of: tuple[object, ...]) -> _Step:
    return _Step(of, iter(of), [])


def _below(step: _Step, replace: Replace) -> tuple[object, ...] | None:
    """Go on to the next part that has to be looked into."""
    for part in step.rest:
        if not isinstance(part, tuple):
            step.made.append(part)
            continue
        other = replace(cast("Expression", part)) if hasattr(part, "_make") else None
        if other is None:
            return cast("tuple[object, ...]", part)
        step.made.append(other)
    return None


def _built(step: _Step) -> object:
    make = getattr(step.of, "_make", tuple)
    return make(step.made)
