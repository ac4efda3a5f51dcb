"""The comparison functions.

Source: ARM template functions, "Comparison"; strings are ordered linguistically, as the
deployment engine does under the invariant culture.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TypeAlias

from preflight.evaluate.functions.collation import compare, effort
from preflight.evaluate.functions.numeric import truncated
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


_Compares: TypeAlias = Callable[[float, float], bool]


def _ordered(compares: _Compares) -> Callable[[Call], Value]:
    """Compare two numbers, or two strings.

    Beside a float an integer becomes one without being rounded, as the engine does it; NaN is
    neither less than, equal to nor greater than anything.
    """

    def run(call: Call) -> Value:
        left, right = call.values
        if isinstance(left, str) and isinstance(right, str):
            call.spend(effort(left, right))
            return compares(compare(left, right), 0)
        if isinstance(left, str) or isinstance(right, str):
            raise call.problem(f"{a_kind(left)} and {a_kind(right)} cannot be compared")
        first, second = call.number(0), call.number(1)
        if type(first) is not type(second):
            first, second = _as_float(first), _as_float(second)
        return compares(first, second)

    return run


def _as_float(number: float) -> float:
    return truncated(number) if isinstance(number, int) else number


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
    Function(
        "greater",
        _ordered(operator.gt),
        (_COMPARED, _COMPARED),
        checked=Checked.TOGETHER,
        reveals=True,
    ),
    Function(
        "greaterOrEquals",
        _ordered(operator.ge),
        (_COMPARED, _COMPARED),
        checked=Checked.TOGETHER,
        reveals=True,
    ),
    Function(
        "less",
        _ordered(operator.lt),
        (_COMPARED, _COMPARED),
        checked=Checked.TOGETHER,
        reveals=True,
    ),
    Function(
        "lessOrEquals",
        _ordered(operator.le),
        (_COMPARED, _COMPARED),
        checked=Checked.TOGETHER,
        reveals=True,
    ),
)
