"""The lenient JSON reader."""

import math

import pytest

from preflight.evaluate.functions.json_reader import DEEPEST, JsonProblem, read_json
from preflight.model.value import Value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (' {"a" : [1, -2.5, true, null]} ', {"a": [1, -2.5, True, None]}),
        ("{'a':'b', c_$1:2, 3d:4}", {"a": "b", "c_$1": 2, "3d": 4}),
        ("/*c*/[1/*x*/,2]//end", [1, 2]),
        ("[1,]", [1]),
        ("[1,,2]", [1, None, 2]),
        ("[,]", [None]),
        ('{"a":,"b":1,}', {"a": None, "b": 1}),
        ("[undefined]", [None]),
        ("[0x1F,010,-010]", [31, 8, -10]),
        ("[0xFFFFFFFFFFFFFFFF]", [-1]),
        ("123456789012345678901234567890", 123456789012345678901234567890),
        ("[1.,.5,-.5,1e2]", [1.0, 0.5, -0.5, 100.0]),
        ("1,000", 1),
        ("null}", None),
        ("[1]]", [1]),
        ('{"z":1,"a":2,"z":3}', {"a": 2, "z": 3}),
        ("\0\xa01", 1),
        ('"a\nb\\u00e9\\/"', "a\nb\xe9/"),
        ('"\\ud83d\\ude00\\ud83dx"', "\U0001f600\ufffdx"),
        ('"\\ud83d\\ud83d\\ude00"', "\ufffd\U0001f600"),
        ('"\\ude00"', "\ufffd"),
        ("'\\''", "'"),
        (",", None),
    ],
)
def test_accepted(text: str, expected: Value) -> None:
    assert read_json(text) == expected


@pytest.mark.parametrize(
    "text", ["[1", '{"a":1', '{"a":{"b":[1', "[[1]/**/", "[1//x", "[[],", '{"a":{},']
)
def test_missing_brackets_behind_a_value_are_forgiven(text: str) -> None:
    assert read_json(text)


def test_keys_keep_the_order_of_their_last_use() -> None:
    value = read_json('{"b":1,"a":2,"b":3}')

    assert isinstance(value, dict)
    assert [*value.items()] == [("a", 2), ("b", 3)]


def test_numbers_that_are_not_finite() -> None:
    value = read_json("[NaN,Infinity,-Infinity,1e400]")

    assert isinstance(value, list)
    assert isinstance(value[0], float)
    assert math.isnan(value[0])
    assert value[1:] == [math.inf, -math.inf, math.inf]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "//c",
        "True",
        "+1",
        "\ufeff1",
        '"\\x41"',
        '"\\u12g4"',
        '"open',
        "{,}",
        "{a-b:1}",
        '{"a"=1}',
        '{"a"/**/:1}',
        '{"a":1 "b":2}',
        '{"a":}',
        '{"a":',
        '{"a":1,',
        "[",
        "[1,",
        "[[],/**/",
        "[[[],",
        "[1 2]",
        "[1}",
        "]",
        "08",
        "0b11",
        "007.5",
        "1-2",
        "-",
        ".",
        "truex",
        "[1/",
        "[1//",
        "[1/*",
        "new Date(0)",
        "1" * 381,
        "0x1FFFFFFFFFFFFFFFF",
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(JsonProblem, match="at character"):
        read_json(text)


def test_depth_is_bounded_without_recursion() -> None:
    assert isinstance(read_json("[" * DEEPEST + "]" * DEEPEST), list)
    with pytest.raises(JsonProblem, match="deeper than 512"):
        read_json("[" * 1_000_000)
