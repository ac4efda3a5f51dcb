"""Decorators of the language by name, `sys.` before them or not."""

from __future__ import annotations

from preflight.read.bicep import syntax

_PATH = 2


def decorator(decorators: tuple[syntax.Decorator, ...], name: str) -> syntax.Decorator | None:
    """Return the decorator of that name, if it is there."""
    for found in decorators:
        path = found.path
        if path[-1] == name and (len(path) == 1 or (len(path) == _PATH and path[0] == "sys")):
            return found
    return None


def has(decorators: tuple[syntax.Decorator, ...], name: str) -> bool:
    """Whether the decorator is there."""
    return bool(decorators) and decorator(decorators, name) is not None


def is_qualified(found: syntax.Decorator) -> bool:
    """Whether a decorator is written with `sys.` before its name."""
    return len(found.path) > 1


def without(decorators: tuple[syntax.Decorator, ...], name: str) -> tuple[syntax.Decorator, ...]:
    """Return the decorators of other names."""
    return tuple(found for found in decorators if found.name != name)
