"""The array functions, those that take text as well as arrays included.

Source: ARM template functions, "Array"; corner cases from the deployment engine.
"""

from __future__ import annotations

import math

from preflight.evaluate.functions.composite_format import LONGEST_RESULT
from preflight.evaluate.functions.numeric import checked_int64
from preflight.evaluate.functions.registry import (
    ANY,
    ARRAY,
    INT,
    NULL,
    NUMBER,
    OBJECT,
    STRING,
    Call,
    Checked,
    Function,
    Opens,
    a_kind,
)
from preflight.evaluate.functions.utf16 import from_units, to_units, unit_length
from preflight.evaluate.values import bare, further_members, open_part, scalar_text
from preflight.model.value import PartialText, Unknown, Value, join_text

INT32 = range(-(2**31), 2**31)
_MOST_RANGE = 10_000
_NUMBERS_PER_STEP = 64


def bounded_text(call: Call, text: str) -> str:
    """Return a text unless it is longer than ARM lets a result be."""
    if 2 * len(text) > LONGEST_RESULT < unit_length(text):
        raise call.problem(f"the result has more than {LONGEST_RESULT:,} characters")
    return text


def int32(call: Call, index: int) -> int:
    """Return an integer argument that has to fit into 32 bits."""
    value = call.integer(index)
    if value not in INT32:
        raise call.problem(f"{value} does not fit into 32 bits")
    return value


def _array(call: Call) -> Value:
    value = call.values[0]
    return value if isinstance(value, list) else [value]


def _create_array(call: Call) -> Value:
    return list(call.values)


def _concat(call: Call) -> Value:
    """Join arrays (one level) or scalars as text, which has a bound; the two do not mix."""
    scalars = [value for value in call.values if isinstance(value, str | int)]
    if len(scalars) == len(call):
        return bounded_text(call, "".join(map(scalar_text, scalars)))
    arrays = [value for value in call.values if isinstance(value, list)]
    if arrays and len(arrays) == len(call):
        return [item for value in arrays for item in value]
    unknowns = [value for value in call.values if isinstance(value, Unknown | PartialText)]
    texts: list[str | Unknown | PartialText] = []
    for index, value in enumerate(call.values):
        if isinstance(value, str | int):
            texts.append(scalar_text(value))
        elif isinstance(value, Unknown | PartialText):
            texts.append(bare(value) if isinstance(value, Unknown) else value)
        elif unknowns:
            return open_part(*unknowns)
        else:
            raise call.problem(
                f"argument {index + 1} cannot be {a_kind(value)} here",
                help="it joins either arrays, or strings, integers and booleans",
            )
    return join_text(iter(texts))


def _empty(call: Call) -> Value:
    value = call.values[0]
    further = further_members(value) if isinstance(value, dict) and len(value) == 1 else None
    return further or not value


def _first(call: Call) -> Value:
    value = call.values[0]
    if isinstance(value, list):
        return value[0] if value else None
    return from_units(to_units(call.text(0))[:1])


def _last(call: Call) -> Value:
    value = call.values[0]
    if isinstance(value, list):
        return value[-1] if value else None
    return from_units(to_units(call.text(0))[-1:])


def _flatten(call: Call) -> Value:
    items: list[Value] = []
    unknown = next((v for v in call.array(0) if isinstance(v, Unknown | PartialText)), None)
    if unknown is not None:
        return open_part(unknown)
    for index, value in enumerate(call.array(0)):
        if not isinstance(value, list):
            raise call.problem(f"item {index} is {a_kind(value)}, not an array")
        call.reserve(len(items) + len(value))
        items += value
    return items


def _length(call: Call) -> Value:
    value = call.values[0]
    if isinstance(value, dict):
        return further_members(value) or len(value)
    return len(value) if isinstance(value, list) else unit_length(call.text(0))


def _extreme(call: Call, *, largest: bool) -> Value:
    """Pick the largest or smallest of numbers, or of one array of numbers."""
    only = call.values[0]
    values = only if len(call) == 1 and isinstance(only, list) else call.values
    call.spend(len(values))
    best: int | float | None = None
    unknown: Unknown | None = None
    for value in values:
        if isinstance(value, Unknown | PartialText):
            unknown = unknown or open_part(value)
        elif type(value) not in NUMBER or not isinstance(value, int | float):
            raise call.problem(f"{a_kind(value)} is no number")
        else:
            number = checked_int64(call, value) if isinstance(value, int) else value
            best = number if best is None else _further(best, number, largest=largest)
    if unknown is not None:
        return unknown
    if best is None:
        raise call.problem("there is nothing to choose from")
    return best


def _further(one: float, other: float, *, largest: bool) -> float:
    """Return the larger or the smaller of two numbers.

    Between an integer and a float the integer must be beyond it, else the float is taken; NaN
    comes before everything, and -0.0 is smaller than 0.0.
    """
    if isinstance(one, int) and isinstance(other, int):
        return max(one, other) if largest else min(one, other)
    left, right = float(one), float(other)
    if math.isnan(left) or math.isnan(right):
        return math.nan
    if left == right:
        if isinstance(one, int) or isinstance(other, int):
            return other if isinstance(one, int) else one
        return (max if largest else min)(one, other, key=_sign)
    return one if (left > right) == largest else other


def _sign(number: float) -> float:
    return math.copysign(1.0, number)


def _max(call: Call) -> Value:
    return _extreme(call, largest=True)


def _min(call: Call) -> Value:
    return _extreme(call, largest=False)


def _range(call: Call) -> Value:
    start, count = int32(call, 0), int32(call, 1)
    if not 0 <= count <= _MOST_RANGE or start + count > INT32.stop:
        raise call.problem(
            f"{count} numbers from {start} on are out of range",
            help=f"it gives at most {_MOST_RANGE:,} numbers, none above {INT32.stop - 1}",
        )
    call.spend(count // _NUMBERS_PER_STEP)
    return list(range(start, start + count))


def _skip(call: Call) -> Value:
    value, count = call.values[0], max(0, int32(call, 1))
    if isinstance(value, list):
        return value[count:]
    return from_units(to_units(call.text(0))[count:])


def _take(call: Call) -> Value:
    value = call.values[0]
    if value == "":
        return ""  # the one case in which the engine does not look at the number
    count = max(0, int32(call, 1))
    if isinstance(value, list):
        return value[:count]
    return from_units(to_units(call.text(0))[:count])


_TEXT_OR_LIST = STRING | ARRAY
_ANY_CONTAINER = STRING | ARRAY | OBJECT

FUNCTIONS: tuple[Function, ...] = (
    Function("array", _array, (ANY,), opens=Opens.CONTAINER),
    Function("concat", _concat, rest=ANY, opens=Opens.SELF),
    Function("createArray", _create_array, rest=ANY, opens=Opens.SELF),
    Function("empty", _empty, (_ANY_CONTAINER | NULL,), opens=Opens.CONTAINER, reveals=True),
    Function("first", _first, (_TEXT_OR_LIST,), opens=Opens.CONTAINER, selects=True),
    Function("flatten", _flatten, (ARRAY,), opens=Opens.CONTAINER),
    Function("last", _last, (_TEXT_OR_LIST,), opens=Opens.CONTAINER, selects=True),
    Function("length", _length, (_ANY_CONTAINER,), opens=Opens.CONTAINER, reveals=True),
    Function("max", _max, (ANY,), rest=ANY, opens=Opens.SELF),
    Function("min", _min, (ANY,), rest=ANY, opens=Opens.SELF),
    Function("range", _range, (INT, INT), selects=True),
    Function("skip", _skip, (_TEXT_OR_LIST, INT), opens=Opens.CONTAINER, checked=Checked.TOGETHER),
    Function("take", _take, (_TEXT_OR_LIST, INT), opens=Opens.CONTAINER, checked=Checked.TOGETHER),
)
