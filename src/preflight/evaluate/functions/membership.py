"""Looking for something in an array, an object or a text: contains, indexOf, lastIndexOf.

Source: ARM template functions, "Array" and "String"; corner cases from the deployment engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from preflight.evaluate.functions.collation import effort, find_first, find_last
from preflight.evaluate.functions.registry import (
    ANY,
    ARRAY,
    OBJECT,
    STRING,
    Call,
    Checked,
    Function,
    Opens,
    a_kind,
)
from preflight.evaluate.values import (
    NODES_PER_STEP,
    find_key,
    open_inside,
    open_key,
    open_part,
    same,
)
from preflight.model.truth import Truth
from preflight.model.value import Value

_STEPS_PER_ITEM = 2


def _contains(call: Call) -> Value:
    """Look for a substring, an item (types exact) or a property (in any case)."""
    container, wanted = call.values
    if isinstance(container, list):
        return _contains_item(call, container, wanted)
    if not isinstance(wanted, str):
        raise call.problem(f"{a_kind(container)} can only contain a string")
    if isinstance(container, dict):
        call.spend(len(container) // NODES_PER_STEP)
        found = find_key(container, wanted) is not None
        unknown = None if found else open_key(container)
        return found if unknown is None else unknown
    return wanted in call.text(0)


def _contains_item(call: Call, container: Sequence[Value], wanted: Value) -> Value:
    call.spend(len(container) // NODES_PER_STEP)
    answer = Truth.FALSE
    for item in container:
        answer |= same(item, wanted, call.frame.budget)
        if answer is Truth.TRUE:
            return True
    return False if answer is Truth.FALSE else open_part([*container], wanted)


def _index_of(call: Call) -> Value:
    container, wanted = call.values
    if isinstance(container, list):
        return _search(call, enumerate(container), wanted)
    if not isinstance(wanted, str):
        raise call.problem("argument 2 must be a string when argument 1 is one")
    call.spend(effort(call.text(0), wanted))
    return find_first(call.text(0), wanted)


def _last_index_of(call: Call) -> Value:
    container, wanted = call.values
    if isinstance(container, list):
        return _search(call, reversed(list(enumerate(container))), wanted)
    if not isinstance(wanted, str):
        raise call.problem("argument 2 must be a string when argument 1 is one")
    call.spend(effort(call.text(0), wanted))
    return find_last(call.text(0), wanted)


def _search(call: Call, items: Iterable[tuple[int, Value]], wanted: Value) -> Value:
    """Return the first index whose item is equal, or -1; open where an open item comes first.

    As in the engine, any item with an open part is one, even if it cannot be equal.
    """
    call.spend(_STEPS_PER_ITEM * len(call.array(0)))
    for index, item in items:
        unknown = open_inside([item, wanted], call.frame.budget)
        if unknown is not None:
            return unknown
        if same(item, wanted, call.frame.budget) is Truth.TRUE:
            return index
    return -1


_TEXT_OR_LIST = STRING | ARRAY

FUNCTIONS: tuple[Function, ...] = (
    Function(
        "contains",
        _contains,
        (_TEXT_OR_LIST | OBJECT, ANY),
        opens=Opens.CONTAINER,
        checked=Checked.TOGETHER,
        reveals=True,
    ),
    Function(
        "indexOf",
        _index_of,
        (_TEXT_OR_LIST, ANY),
        opens=Opens.CONTAINER,
        checked=Checked.TOGETHER,
        reveals=True,
    ),
    Function(
        "lastIndexOf",
        _last_index_of,
        (_TEXT_OR_LIST, ANY),
        opens=Opens.CONTAINER,
        checked=Checked.TOGETHER,
        reveals=True,
    ),
)
