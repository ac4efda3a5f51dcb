"""The numeric functions."""

import math
from collections.abc import Callable

import pytest

from preflight.model.value import Cause, JsonValue, Unknown, Value

ValueOf = Callable[[JsonValue], Value]
Refusal = Callable[[JsonValue], str]

MAX = 9223372036854775807


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("add(2, -5)", -3),
        ("sub(0, 9223372036854775807)", -MAX),
        ("mul(2147483647, 2147483647)", 4611686014132420609),
        ("div(-7, 2)", -3),
        ("div(7, -2)", -3),
        ("div(-9223372036854775808, 2147483647)", -4294967298),
        ("mod(-7, 3)", -1),
        ("mod(7, -3)", 1),
        ("int(' +007\t')", 7),
        ("int('-9223372036854775808')", -MAX - 1),
        ("int('0000000000000000000000001')", 1),
        ("int(json('9223372036854775808'))", MAX + 1),
        ("float('1,2,3.5')", 123.5),
        ("float(' -.5e1 ')", -5.0),
        ("float('5.')", 5.0),
        ("float(3)", 3.0),
        ("float(float('1.5'))", 1.5),
        ("float(9007199254740995)", 9007199254740994.0),
        ("float(9223372036854775807)", 9223372036854774784.0),
        ("float('9223372036854775807')", 9223372036854775808.0),
        ("float('-infinity')", -math.inf),
    ],
)
def test_known_values(value_of: ValueOf, expression: str, expected: Value) -> None:
    value = value_of(f"[{expression}]")

    assert (type(value), value) == (type(expected), expected)


def test_more_digits_than_a_float_holds_are_infinite(
    parameters: dict[str, Value], value_of: ValueOf
) -> None:
    parameters["big"] = 10**350

    assert value_of("[float(parameters('big'))]") == math.inf


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("add(9223372036854775807, 1)", "`add`: the result for 9223372036854775807 and 1 does"),
        ("mul(-9223372036854775808, -1)", "`mul`: the result for"),
        ("float(createArray(parameters('u')))", "`float`: the value is not a number"),
        ("add(json('9223372036854775808'), -1)", "`add`: 9223372036854775808 does not fit"),
        ("div(1, 0)", "`div`: the divisor is zero"),
        ("mod(1, 0)", "`mod`: the divisor is zero"),
        ("div(-9223372036854775808, -1)", "`div`: the result for"),
        ("mod(-9223372036854775808, -1)", "`mod`: the result for"),
        ("int('1e3')", "`int`: `1e3` is not an integer of 64 bits"),
        ("int('9223372036854775808')", "`int`: `9223372036854775808` is not an integer"),
        ("int('\uff11')", "`int`:"),
        ("int('')", "`int`:"),
        ("float('1.5,0')", "`float`: the value is not a number"),
        ("float(true())", "`float`: the value is not a number"),
        ("float('1_0')", "`float`: the value is not a number"),
        ("add(1, float('1'))", "`add`: argument 2 must be an integer, not a float"),
    ],
)
def test_refusals(refusal: Refusal, expression: str, message: str) -> None:
    assert refusal(f"[{expression}]").startswith(message)


def test_numbers_made_of_secrets_stay_open(value_of: ValueOf) -> None:
    assert value_of("[int(parameters('s'))]") == Unknown(label="s", cause=Cause.SECURE)
