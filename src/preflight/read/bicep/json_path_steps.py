"""What the steps of a JSONPath find (`json_path` reads the path)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from preflight.model.value import JsonValue

RESULTS = 200_000
"""Most values that one step may find."""


class JsonPathError(ValueError):
    """The path is malformed, or finds more than is read."""


class TooManyStepsError(JsonPathError):
    """The paths of one source have to look at more than they may."""


STEPS = 1_000_000
"""Most values that the paths of one source may look at."""


class Steps:
    """What is left to look at."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        """Start with everything."""
        self._left = STEPS

    def take(self) -> None:
        """Look at one more value; raises `JsonPathError` when it is one too many."""
        self._left -= 1
        if self._left < 0:
            raise TooManyStepsError("has to look at too many values, alone or with all the others")


Step: TypeAlias = "Callable[[list[JsonValue], JsonValue], Iterator[JsonValue]]"
"""From the values found so far (and the root) to the next ones."""


def bounded(values: Iterator[JsonValue], budget: Steps) -> list[JsonValue]:
    """Return the values; raises `JsonPathError` for more than `RESULTS`."""
    found: list[JsonValue] = []
    for value in values:
        budget.take()
        found.append(value)
        if len(found) > RESULTS:
            raise JsonPathError("finds more values than are read")
    return found


def children(values: list[JsonValue], root: JsonValue) -> Iterator[JsonValue]:
    """`*`: the members of objects, the items of arrays."""
    del root
    for value in values:
        if isinstance(value, dict):
            yield from value.values()
        elif isinstance(value, list):
            yield from value


def named(names: tuple[str, ...]) -> Step:
    """`.name`, `['a', 'b']`."""

    def step(values: list[JsonValue], root: JsonValue) -> Iterator[JsonValue]:
        del root
        for value in values:
            if isinstance(value, dict):
                yield from (value[name] for name in names if name in value)

    return step


def indexed(indices: tuple[int, ...]) -> Step:
    """`[0]`, `[0, 2]`; raises `JsonPathError` for a negative one."""
    if any(index < 0 for index in indices):
        raise JsonPathError("has a negative index")

    def step(values: list[JsonValue], root: JsonValue) -> Iterator[JsonValue]:
        del root
        for value in values:
            if isinstance(value, list):
                yield from (value[index] for index in indices if index < len(value))

    return step


def sliced(*bounds: int | None) -> Step:
    """`[start:end:step]`."""
    if bounds[2] == 0:
        raise JsonPathError("has a slice with the step 0")

    def step(values: list[JsonValue], root: JsonValue) -> Iterator[JsonValue]:
        del root
        for value in values:
            if isinstance(value, list):
                yield from value[slice(*bounds)]

    return step


def deep(inner: Step, budget: Steps) -> Step:
    """Apply a step to every value at any depth; `..*` gives those values themselves."""

    def step(values: list[JsonValue], root: JsonValue) -> Iterator[JsonValue]:
        for item in _all_below(values):
            budget.take()
            if inner is children:
                yield item
            else:
                yield from inner([item], root)

    return step


def _all_below(values: list[JsonValue]) -> Iterator[JsonValue]:
    stack = list(reversed(values))
    while stack:
        item = stack.pop()
        yield item
        if isinstance(item, dict):
            stack.extend(reversed(item.values()))
        elif isinstance(item, list):
            stack.extend(reversed(item))


def compared(
    compare: Callable[[float | str, float | str], bool],
    left: JsonValue,
    right: JsonValue,
    *,
    equal: bool,
) -> bool:
    """Compare two values: numbers with numbers, text with text; others only for equality."""
    if isinstance(left, str) and isinstance(right, str):
        return compare(left, right)
    a, b = _number(left), _number(right)
    if a is not None and b is not None:
        return compare(a, b)
    if not equal:
        return False
    same = type(left) is type(right) and left == right
    return compare(1.0, 1.0 if same else 0.0)


def _number(value: JsonValue) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value)
