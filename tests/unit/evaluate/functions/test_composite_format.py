"""Composite format strings."""

import pytest

from preflight.evaluate.functions.composite_format import (
    LONGEST_RESULT,
    FormatProblem,
    Hole,
    parse_format,
    render,
    value_text,
)
from preflight.model.value import Cause, PartialText, Unknown, Value

U = Unknown(label="u", cause=Cause.PARAMETER)


def test_text_and_holes_are_told_apart() -> None:
    assert [*parse_format("a{{{0}}}b{12, -5 :N2}")] == [
        "a",
        "{",
        Hole(0, 0, ""),
        "}",
        "b",
        Hole(12, -5, "N2"),
    ]


@pytest.mark.parametrize(
    ("text", "arguments", "expected"),
    [
        ("{0,6}|", [42], "    42|"),
        ("{0,-6}|", ["ab"], "ab    |"),
        ("{0, 5 }", [None], "     "),
        ("{0 }{00}", ["a"], "aa"),
        ("{0:}}}", [7], "7}"),
        ("{0,7}", ["\U0001f600"], "     \U0001f600"),
        ("{0}{1}", [True, "{0}"], "True{0}"),
        ("{0:D5}", ["abc"], "abc"),
        ("{0,6:F1}", [0.25], "   0.2"),
        ("{0}", [{"a": 'x"', "b": [1.0, False, None]}], "{'a':'x\\'','b':[1.0,false,null]}"),
    ],
)
def test_known_arguments(text: str, arguments: list[Value], expected: str) -> None:
    assert "".join(str(piece) for piece in render(text, arguments)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "{1}",
        "{0",
        "}",
        "{ 0}",
        "{a}",
        "{0,+5}",
        "{0:{",
        "{0:}}",
        "{0;1}",
        "{99999999}",
        "{0,99999999}",
        "{0:Q}",
    ],
)
def test_refused_formats(text: str) -> None:
    with pytest.raises(FormatProblem):
        [*render(text, [1])]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{0:D999999999}", 1),
        ("{0:F999999999}", 0.5),
        ("{0:G999999999}", 1 << 70),
        ("{0,999999}", 1),
        ("{0}{0}", "x" * LONGEST_RESULT),
        ("{0}", ["x" * LONGEST_RESULT]),
    ],
)
def test_nothing_grows_past_the_limit(text: str, value: Value) -> None:
    with pytest.raises(FormatProblem, match="more than 131,072 characters"):
        [*render(text, [value])]


def test_unknown_text_keeps_what_padding_cannot_change() -> None:
    part = PartialText(("abc", U))

    assert [*render("{0,3}", [part])] == [part]
    assert [*render("{0,4}", [part])] == [U]
    assert [*render("{0,4}", [U])] == [U]
    assert value_text(part, "X") == part
