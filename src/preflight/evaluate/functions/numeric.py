"""The numeric functions: checked 64-bit arithmetic, and conversion from text.

Source: ARM template functions, "Numeric"; corner cases from the deployment engine.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable

from preflight.evaluate.functions.characters import WHITE_SPACE
from preflight.evaluate.functions.number_text import INT64_MAX, INT64_MIN
from preflight.evaluate.functions.registry import ANY, INT, STRING, Call, Function, Opens
from preflight.model.value import Value

_INT64_DIGITS = 19
_INTEGER = re.compile(r"[\t-\r ]*(?P<sign>[-+]?)(?P<digits>[0-9]+)[\t-\r ]*\0*")
_FLOAT = re.compile(
    r"[\t-\r ]*(?P<number>[-+]?(?:[0-9][0-9,]*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
    r"[\t-\r ]*\0*"
)
_NOT_FINITE = re.compile(r"[-+]?(?:infinity|nan)", re.IGNORECASE)


def _int64(call: Call, index: int) -> int:
    """Return an integer argument, which JSON text may have made larger than 64 bits."""
    return checked_int64(call, call.integer(index))


def checked_int64(call: Call, value: int) -> int:
    """Return an integer; raises for one that JSON text made larger than 64 bits."""
    if not INT64_MIN <= value <= INT64_MAX:
        raise call.problem(f"{value} does not fit into 64 bits")
    return value


def _arithmetic(compute: Callable[[int, int], int]) -> Callable[[Call], Value]:
    def run(call: Call) -> Value:
        left, right = _int64(call, 0), _int64(call, 1)
        result = compute(left, right)
        if not INT64_MIN <= result <= INT64_MAX:
            raise call.problem(f"the result for {left} and {right} does not fit into 64 bits")
        return result

    return run


def _divisor(call: Call) -> int:
    divisor = _int64(call, 1)
    if divisor == 0:
        raise call.problem("the divisor is zero")
    if divisor == -1 and _int64(call, 0) == INT64_MIN:
        raise call.problem(f"the result for {INT64_MIN} and -1 does not fit into 64 bits")
    return divisor


def _div(call: Call) -> Value:
    """Divide and cut off the fraction: towards zero, not down as Python does."""
    dividend, divisor = _int64(call, 0), _divisor(call)
    quotient = abs(dividend) // abs(divisor)
    return quotient if (dividend < 0) == (divisor < 0) else -quotient


def _mod(call: Call) -> Value:
    """Return the remainder, which has the sign of the dividend."""
    dividend, divisor = _int64(call, 0), _divisor(call)
    remainder = abs(dividend) % abs(divisor)
    return -remainder if dividend < 0 else remainder


def _int(call: Call) -> Value:
    value = call.values[0]
    if not isinstance(value, str):
        return value
    match = _INTEGER.fullmatch(value)
    digits = match["digits"].lstrip("0") if match else ""
    if match is not None and len(digits) <= _INT64_DIGITS:
        number = int(match["sign"] + (digits or "0"))
        if INT64_MIN <= number <= INT64_MAX:
            return number
    raise call.problem(f"`{value[:40]}` is not an integer of 64 bits")


def _float(call: Call) -> Value:
    value = call.values[0]
    if isinstance(value, int) and not isinstance(value, bool):
        return truncated(value)
    if isinstance(value, float):
        return value
    text = value if isinstance(value, str) else ""
    if match := _FLOAT.fullmatch(text):
        return float(match["number"].replace(",", ""))
    if _NOT_FINITE.fullmatch(text.strip(WHITE_SPACE)):
        return float(text.strip(WHITE_SPACE))
    raise call.problem("the value is not a number", help="pass a number or its text")


def truncated(value: int) -> float:
    """Return the nearest float that is not further from zero: the engine does not round."""
    try:
        result = float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
    return math.nextafter(result, 0.0) if abs(int(result)) > abs(value) else result


FUNCTIONS: tuple[Function, ...] = (
    Function("add", _arithmetic(operator.add), (INT, INT)),
    Function("div", _div, (INT, INT)),
    Function("float", _float, (ANY,), opens=Opens.CONTAINER),
    Function("int", _int, (INT | STRING,)),
    Function("mod", _mod, (INT, INT)),
    Function("mul", _arithmetic(operator.mul), (INT, INT)),
    Function("sub", _arithmetic(operator.sub), (INT, INT)),
)
