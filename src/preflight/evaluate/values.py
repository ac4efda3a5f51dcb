"""Values of the template language: comparison, lookup, size, text of scalars.

Everything that walks a value here is bounded by `measure`, which every newly built value passes:
no value is deeper than `MAX_DEPTH` or larger than the budget allows.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple, cast

from preflight.errors import LimitExceeded
from preflight.evaluate.frame import Budget
from preflight.model.truth import Truth
from preflight.model.value import JsonValue, OpenKey, PartialText, Unknown, Value, first_unknown

MAX_DEPTH = 100
"""Arrays and objects inside each other that one value may have."""
MAX_ITEMS = 1_000_000
"""Items and properties that one value may have, shared parts counted each time: as many as a file
may hold. Larger limits of size raise it."""
_CHARACTERS_PER_ITEM = 16
"""About what an item takes beside its text, for limits larger than the usual ones."""
NODES_PER_STEP = 2
"""Items and properties that are looked at for one evaluation step."""
_MEASURED_PER_STEP = 8
TEXT_PER_STEP = 128
"""Characters that are looked at for one evaluation step."""


def fold(text: str) -> str:
    """Fold case as .NET's ordinal comparison does: each character to its one upper-case form.

    No character beyond ASCII folds into ASCII there: dotless i and long s stay what they are.
    """
    if text.isascii():
        return text.upper()
    return "".join(map(_fold_character, text))


def _fold_character(character: str) -> str:
    big = character.upper()
    return big if len(big) == 1 and big.isascii() == character.isascii() else character


def find_key(members: Mapping[str, Value], name: str) -> str | None:
    """Return the key that a property name means: the exact spelling first, then any case."""
    if name in members:
        return name
    folded = fold(name)
    return next((key for key in members if fold(key) == folded), None)


def bare(unknown: Unknown) -> Unknown:
    """Return the unknown without a secure value behind it: what is made of it is another value."""
    if unknown.hidden is None:
        return unknown
    return Unknown(label=unknown.label, cause=unknown.cause, expression=unknown.expression)


def open_part(*values: Value) -> Unknown | None:
    """Return the first unknown part of some values, bare: what is made of them is unknown too."""
    found = first_unknown([*values])
    return None if found is None else bare(found)


def open_inside(value: Value, budget: Budget) -> Unknown | None:
    """Return the first unknown part of a value, bare; the work is taken off the budget."""
    stack: list[Value] = [value]
    walked = 0
    found: Unknown | None = None
    while stack and found is None:
        item = stack.pop()
        walked += 1
        if isinstance(item, Unknown | PartialText):
            found = open_part(item)
        elif isinstance(item, list):
            stack.extend(reversed(item))
        elif isinstance(item, dict):
            found = open_key(item)
            stack.extend(reversed(item.values()))
    budget.spend(walked // NODES_PER_STEP)
    return found


def open_key(members: Mapping[str, Value]) -> Unknown | None:
    """Return what is unknown in the first property name with an unknown part; None if known."""
    return next((open_part(key.part) for key in members if isinstance(key, OpenKey)), None)


def further_members(members: Mapping[str, Value]) -> Unknown | None:
    """Return what stands for members of which not even the number is known; None without such.

    `union(UNKNOWN, {a: 1})` has one: its name and its value are the same unknown object.
    """
    found = (
        item
        for key, item in members.items()
        if isinstance(key, OpenKey) and isinstance(item, Unknown) and item.placeholder == key
    )
    return open_part(*found)


def scalar_text(value: str | float) -> str:
    """Return a string, integer or boolean as concat, join and string() print it."""
    return value if isinstance(value, str) else str(value)


def same(left: Value, right: Value, budget: Budget | None = None) -> Truth:
    """Whether two values are equal: types exact, case kept, order of properties ignored.

    UNKNOWN where an open part decides; the known values of secure parameters are compared. The
    work is taken off the budget.
    """
    left, right = reveal(left), reveal(right)
    if isinstance(left, Unknown | PartialText) or isinstance(right, Unknown | PartialText):
        return Truth.UNKNOWN
    if type(left) is not type(right):
        return Truth.FALSE
    if isinstance(left, list) and isinstance(right, list):
        return _same_items(left, right, budget) if len(left) == len(right) else Truth.FALSE
    if isinstance(left, dict) and isinstance(right, dict):
        return _same_members(left, right, budget)
    return Truth.of(left == right or (left != left and right != right))  # noqa: PLR0124 - NaN is NaN


def _same_items(left: Sequence[Value], right: Sequence[Value], budget: Budget | None) -> Truth:
    if budget is not None:
        budget.spend(len(left) // NODES_PER_STEP)
    answer = Truth.TRUE
    for one, other in zip(left, right, strict=True):
        answer &= same(one, other, budget)
        if answer is Truth.FALSE:
            break
    return answer


def _same_members(
    left: Mapping[str, Value], right: Mapping[str, Value], budget: Budget | None
) -> Truth:
    if budget is not None:
        budget.spend(len(left) // NODES_PER_STEP)
    if open_key(left) or open_key(right):
        return Truth.UNKNOWN
    if left.keys() != right.keys():
        return Truth.FALSE
    answer = Truth.TRUE
    for key, value in left.items():
        answer &= same(value, right[key], budget)
        if answer is Truth.FALSE:
            break
    return answer


def identity(value: Value, *, ordered: bool = False) -> Hashable:
    """Return a hashable stand-in: two known values are equal when theirs are.

    With `ordered`, the order of properties counts too.
    """
    if isinstance(value, list):
        items: list[Hashable] = []
        for item in value:
            items.append(identity(item, ordered=ordered))  # noqa: PERF401 - one frame per level
        return (list, tuple(items))
    if isinstance(value, dict):
        members: list[Hashable] = []
        for key, item in value.items():
            members.append((key, identity(item, ordered=ordered)))
        return (dict, tuple(members) if ordered else frozenset(members))
    if value != value:  # noqa: PLR0124 - NaN is NaN
        return (float, None)
    return (type(value), value)


def reveal(value: Value) -> Value:
    """Return the known value of a secure parameter in place of the unknown that hides it.

    Text made of such values stays unknown, and so do the members of arrays and objects.
    """
    if isinstance(value, Unknown) and value.hidden is not None:
        return as_value(value.hidden.value)
    return value


def as_value(json: JsonValue) -> Value:
    """Return JSON as a value: every JSON document is one (the checker takes lists as invariant)."""
    return cast("Value", json)


def measure(value: Value, budget: Budget) -> int:
    """Check a newly built value and return the number of its items, at any depth.

    Raises `LimitExceeded` if it is too large or too deep.

    Parts that occur several times are walked once and count each time: values that double in
    every step of a reduce() are caught while they are still small in memory.
    """
    if isinstance(value, str):
        weight = _Weight(len(value), 0, 0)
        budget.spend(len(value) // TEXT_PER_STEP)
    elif isinstance(value, PartialText):
        weight = _Weight(_length(value), len(value.parts), 0)
    elif isinstance(value, list | dict):
        weight = _Scale().weigh(value)
    else:
        return 0
    _refuse(weight, budget)
    # What is shared costs each time: whoever reads the value walks it again.
    budget.spend(weight.items // _MEASURED_PER_STEP)
    return weight.items


class Tally:
    """Adds up the parts of a value that is being built, to refuse it before it is all there."""

    __slots__ = ("_budget", "_items", "_size")

    def __init__(self, budget: Budget) -> None:
        """Start from nothing."""
        self._budget = budget
        self._size = self._items = 0

    def add(self, part: Value) -> Value:
        """Count a part, without looking inside it, and return it."""
        if isinstance(part, str | list | dict):
            self._size += len(part)
            self._items += 0 if isinstance(part, str) else len(part)
            _refuse(_Weight(self._size, self._items, 0), self._budget)
        return part


def _refuse(weight: _Weight, budget: Budget) -> None:
    """Raise `LimitExceeded` for what is too large or too deep."""
    if weight.size > budget.size:
        raise _too_large(f"{budget.size:,} characters and items")
    most = max(MAX_ITEMS, budget.size // _CHARACTERS_PER_ITEM)
    if weight.items > most:
        raise _too_large(f"{most:,} items")
    if weight.depth > MAX_DEPTH:
        raise _too_deep()


class _Weight(NamedTuple):
    """Size of a value: characters and items, items alone, and how deep it goes."""

    size: int
    items: int
    depth: int


_FLAT = frozenset({type(None), bool, int, float, Unknown})
"""Kinds of item that count as one: most long arrays have no others."""


class _Scale:
    """Size and depth of containers, each looked at once."""

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: dict[int, _Weight] = {}

    def weigh(self, value: list[Value] | dict[str, Value], level: int = 0) -> _Weight:
        """Return the weight of a container; `level` bounds the recursion itself."""
        if id(value) in self._seen:
            return self._seen[id(value)]
        if level > MAX_DEPTH:
            raise _too_deep()
        size = items = len(value)
        depth = 0
        if isinstance(value, dict):
            size += sum(map(len, value))
        inside = value.values() if isinstance(value, dict) else value
        for item in () if _FLAT.issuperset(map(type, inside)) else inside:
            if type(item) in _FLAT:
                continue
            if isinstance(item, str):
                size += len(item)
            elif isinstance(item, PartialText):
                size += _length(item)
                items += len(item.parts)
            elif isinstance(item, (list, dict)):
                inner = self.weigh(item, level + 1)
                size += inner.size
                items += inner.items
                depth = max(depth, inner.depth)
        weight = _Weight(size, items, depth + 1)
        self._seen[id(value)] = weight
        return weight


def _length(text: PartialText) -> int:
    """Return about how long a text prints, placeholders included."""
    return sum(len(part) if isinstance(part, str) else len(part.label) for part in text.parts)


def _too_large(limit: str) -> LimitExceeded:
    return LimitExceeded(
        f"a value has more than {limit}",
        help="raise the limit with --max-value-size if the template is trusted",
    )


def _too_deep() -> LimitExceeded:
    return LimitExceeded(
        f"a value nests arrays and objects more than {MAX_DEPTH} deep",
        help="split the innermost of them",
    )
