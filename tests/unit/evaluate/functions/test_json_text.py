"""JSON text of values, and json()."""

from collections.abc import Callable

import pytest

from preflight.evaluate.functions.json_text import json_pieces, quote
from preflight.model.value import Cause, JsonValue, Unknown, Value

ValueOf = Callable[[JsonValue], Value]
Refusal = Callable[[JsonValue], str]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([], "[]"),
        ({}, "{}"),
        ({"b": [1, "x"], "a": {"c": None}}, '{"b":[1,"x"],"a":{"c":null}}'),
        ([True, False], "[true,false]"),
        ([1.0, 0.1, 1e21, 1e-7, -0.0], "[1.0,0.1,1E+21,1E-07,-0.0]"),
        ([float("inf"), float("nan")], '["Infinity","NaN"]'),
        (["\n\t\r\b\f\0\x1f\x7f"], '["\\n\\t\\r\\b\\f\\u0000\\u001f\x7f"]'),
        (["a\"b\\c/'<\xe9"], '["a\\"b\\\\c/\'<\xe9"]'),
        (["\x85\u2028\u2029"], '["\\u0085\\u2028\\u2029"]'),
    ],
)
def test_compact_text(value: Value, expected: str) -> None:
    assert "".join(json_pieces(value)) == expected


def test_depth_costs_no_recursion() -> None:
    value: Value = []
    for _ in range(5_000):
        value = [value]

    assert "".join(json_pieces(value)) == "[" * 5_001 + "]" * 5_001


def test_open_values_have_no_text() -> None:
    with pytest.raises(TypeError, match="only known values"):
        [*json_pieces([Unknown(label="u", cause=Cause.PARAMETER)])]


def test_quote_escapes() -> None:
    assert quote('a"') == '"a\\""'


def test_json_reads_any_value(value_of: ValueOf) -> None:
    assert value_of("[json('{\"a\": [1, ''x'']}')]") == {"a": [1, "x"]}
    assert value_of("[json('null')]") is None


def test_json_says_what_is_wrong(refusal: Refusal) -> None:
    assert refusal("[json('[1 2]')]") == (
        "`json`: the text is not JSON: expected `,` or a closing bracket at character 4"
    )
