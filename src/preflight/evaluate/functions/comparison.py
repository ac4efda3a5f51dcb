"""The comparison functions.

Source: ARM template functions, "Comparison"; strings are ordered linguistically, as the
deployment engine does under the invariant culture.
"""

from __future__ import annotations

from preflight.evaluate.functions.collation import compare, effort
from preflight.evaluate.functions.registry import (
    ANY,
    NUMBER,
    STRING,
    AnyFunction,
    Call,
    Checked,
    Function,
    LazyCall,
    LazyFunction,
    Opens,
    a_kind,
)
from preflight.evaluate.undecided import record_undecided
from preflight.evaluate.values import open_part, reveal, same
from preflight.model.truth import Truth
from preflight.model.value import Unknown, Value


def _equals(call: Call) -> Value:
    answer = same(call.values[0], call.values[1], call.frame.budget)
    if answer is Truth.UNKNOWN:
        return open_part(*call.values)
    return answer is Truth.TRUE


def _order(call: Call) -> int:
    """Return the sign of the comparison: two numbers, or two strings."""
    left, right = call.values
    if isinstance(left, str) and isinstance(right, str):
        call.spend(effort(left, right))
        return compare(left, right)
    if isinstance(left, str) or isinstance(right, str):
        raise call.problem(f"{a_kind(left)} and {a_kind(right)} cannot be compared")
    first, second = call.number(0), call.number(1)
    return (first > second) - (first < second)


def _less(call: Call) -> Value:
    return _order(call) < 0


def _less_or_equals(call: Call) -> Value:
    return _order(call) <= 0


def _greater(call: Call) -> Value:
    return _order(call) > 0


def _greater_or_equals(call: Call) -> Value:
    return _order(call) >= 0


def _coalesce(call: LazyCall) -> Value:
    """Answer with the first value that is not null; what follows is not even looked at."""
    for index in range(len(call)):
        value = call.value(index)
        known = reveal(value)
        if isinstance(known, Unknown):
            record_undecided(call, first=index + 1)
            return known
        if known is not None:
            return value
    return None


_COMPARED = NUMBER | STRING

FUNCTIONS: tuple[AnyFunction, ...] = (
    LazyFunction("coalesce", _coalesce, least=0, most=None),
    Function("equals", _equals, (ANY, ANY), opens=Opens.CONTAINER, reveals=True),
    Function("greater", _greater, (_COMPARED, _COMPARED), checked=Checked.TOGETHER, reveals=True),
    Function(
        "greaterOrEquals",
        _greater_or_equals,
        (_COMPARED, _COMPARED),
        checked=Checked.TOGETHER,
        reveals=True,
    ),
    Function("less", _less, (_COMPARED, _COMPARED), checked=Checked.TOGETHER, reveals=True),
    Function(
        "lessOrEquals",
        _less_or_equals,
        (_COMPARED, _COMPARED),
        checked=Checked.TOGETHER,
        reveals=True,
    ),
)
