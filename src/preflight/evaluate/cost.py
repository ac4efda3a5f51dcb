"""What it costs to evaluate a part of a template; repeating it costs so much each time."""

from __future__ import annotations

from dataclasses import dataclass

from preflight.model.value import JsonValue, Value


@dataclass(frozen=True, slots=True)
class Cost:
    """`steps` is one for each node. A literal part has no expressions: it is its own value."""

    steps: int
    literal: bool


def cost_of(value: JsonValue | Value) -> Cost:
    """Return what evaluating a part of a template costs."""
    count, literal = 0, True
    stack: list[JsonValue | Value] = [value]
    while stack:
        item = stack.pop()
        count += 1
        if isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, dict):
            literal = literal and not any(_is_special(key) for key in item)
            stack.extend(item.values())
        elif isinstance(item, str) and item.startswith("["):
            literal = False
    return Cost(count, literal)


def _is_special(key: str) -> bool:
    """Whether a property name is an expression, or that of copy loops."""
    return key.startswith("[") or (len(key) == 4 and key.lower() == "copy")  # noqa: PLR2004 - letters of copy
