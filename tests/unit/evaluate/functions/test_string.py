"""The string functions."""

from collections.abc import Callable

import pytest

from preflight.errors import LimitExceeded
from preflight.model.value import Cause, JsonValue, PartialText, Unknown, Value

ValueOf = Callable[[JsonValue], Value]
Refusal = Callable[[JsonValue], str]

U = Unknown(label="u", cause=Cause.PARAMETER)
PART = "concat('Ab ', parameters('u'))"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("format('{0}/{1}', 1, true())", "1/True"),
        ("format('plain')", "plain"),
        ("join(createArray('abc', 123, true()), '/')", "abc/123/True"),
        ("join(createArray(), '-')", ""),
        ("join(createArray(''), '-')", ""),
        ("string('a')", "a"),
        ("string(5)", "5"),
        ("string(false())", "False"),
        ("string(createArray(1, 'a', null()))", '[1,"a",null]'),
        ("padLeft('123', 10, '0')", "0000000123"),
        ("padLeft(13, 5)", "   13"),
        ("padLeft('abcdef', 3)", "abcdef"),
        ("padLeft('\U0001f600', 3)", " \U0001f600"),
        ("replace('abcABC', 'b', 'x')", "axcABC"),
        ("replace('aaa', 'aa', 'b')", "ba"),
        ("split('a,,b', ',')", ["a", "", "b"]),
        ("split('', ',')", [""]),
        ("split('abc', '')", ["abc"]),
        ("split('abcd', createArray('bc', 'b'))", ["a", "d"]),
        ("split('abcd', createArray('b', 'bc'))", ["a", "cd"]),
        ("split('a b\tc', createArray())", ["a", "b", "c"]),
        ("split('a b', createArray(''))", ["a b"]),
        ("substring('abc', 1)", "bc"),
        ("substring('abc', 3)", ""),
        ("substring('a\U0001f600b', 1, 2)", "\U0001f600"),
        ("length(substring('\U0001f600', 1))", 1),
        ("toLower('\u0130A')", "\u0130a"),
        ("toUpper('a\xdf')", "A\xdf"),
        ("trim('\t\u2003x\x85')", "x"),
        ("trim('\x1cx')", "\x1cx"),
        ("startsWith('Abc', 'aB')", True),
        ("startsWith('e\u0301', 'e')", False),
        ("endsWith('abC', 'Bc')", True),
        ("endsWith('abc', 'b')", False),
    ],
)
def test_known_values(value_of: ValueOf, expression: str, expected: Value) -> None:
    assert value_of(f"[{expression}]") == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("format(1)", "`format`: argument 1 must be a string, not integer"),
        (
            "format(1, createArray(parameters('u')))",
            "`format`: argument 1 must be a string, not integer",
        ),
        ("format('{0}')", "`format`: the format item {0} has no argument: there are 0"),
        ("join(createArray(null()), ',')", "`join`: item 0 is of kind null"),
        ("join(createArray(float('1')), ',')", "`join`: item 0 is of kind float"),
        (
            "split('a', createArray(parameters('u'), 1))",
            "`split`: delimiter 1 must be a string, not integer",
        ),
        ("padLeft('a', 17)", "`padLeft`: the width must be from 1 to 16, not 17"),
        ("padLeft('a', 0)", "`padLeft`: the width must be from 1 to 16, not 0"),
        ("padLeft('a', 5, 'xy')", "`padLeft`: the padding must be one character"),
        ("replace('a', '', 'b')", "`replace`: the text to replace is empty"),
        ("split('a', createArray(1))", "`split`: delimiter 0 must be a string, not integer"),
        ("substring('abc', 4)", "`substring`: -1 characters from 4 on do not lie inside"),
        ("substring('abc', -1, 2)", "`substring`: 2 characters from -1 on do not lie inside"),
        ("substring('abc', 2, 2)", "`substring`: 2 characters from 2 on do not lie inside"),
        ("string(null())", "`string`: argument 1 must be"),
        ("toLower(1)", "`toLower`: argument 1 must be a string, not an integer"),
    ],
)
def test_refusals(refusal: Refusal, expression: str, message: str) -> None:
    assert refusal(f"[{expression}]").startswith(message)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("toUpper(parameters('u'))", U),
        (f"toUpper({PART})", PartialText(("AB ", U))),
        (f"toLower({PART})", PartialText(("ab ", U))),
        (f"trim(concat(' ', {PART}, ' '))", PartialText(("Ab ", U))),
        (f"string({PART})", PartialText(("Ab ", U))),
        ("string(createArray(parameters('u')))", U),
        ("string(parameters('u'))", U),
        ("format('a-{0}-b', parameters('u'))", PartialText(("a-", U, "-b"))),
        ("format('{0}{1}', parameters('u'), 1)", PartialText((U, "1"))),
        ("format('{0}!', createArray(parameters('u')))", PartialText((U, "!"))),
        ("format(parameters('u'), 1)", U),
        ("format('{1}', parameters('u'))", U),
        ("format('none', parameters('u'))", U),
        ("format(1, parameters('u'))", U),
        ("format('{', createArray(parameters('u')))", U),
        ("substring(1, parameters('u'))", U),
        ("join(createArray('a', parameters('u')), '/')", PartialText(("a/", U))),
        ("join(createArray('a', 'b'), parameters('u'))", PartialText(("a", U, "b"))),
        ("join(createArray('a'), parameters('u'))", U),
        ("join(createArray('a', null()), parameters('u'))", U),
        ("split('a,b', createArray(',', parameters('u')))", U),
        ("padLeft(createArray(), 1, parameters('u'))", U),
        ("join(parameters('u'), '/')", U),
        ("padLeft(parameters('u'), 3)", U),
        (f"replace({PART}, 'a', 'b')", U),
        (f"split({PART}, ' ')", U),
        ("startsWith(parameters('u'), 'a')", U),
    ],
)
def test_open_arguments(value_of: ValueOf, expression: str, expected: Value) -> None:
    assert value_of(f"[{expression}]") == expected


@pytest.mark.parametrize(
    "expression",
    [
        "toUpper(parameters('s'))",
        "format('{0}', parameters('s'))",
        "join(createArray(parameters('s'), 'x'), '')",
        "string(parameters('so'))",
    ],
)
def test_text_made_of_secrets_hides_nothing_that_could_be_shown(
    value_of: ValueOf, expression: str
) -> None:
    value = value_of(f"[{expression}]")

    parts = value.parts if isinstance(value, PartialText) else (value,)
    assert "secret" not in repr(value)
    assert all(part.hidden is None for part in parts if isinstance(part, Unknown))


def test_booleans_may_look_at_secrets(value_of: ValueOf) -> None:
    assert value_of("[startsWith(parameters('s'), 'SEC')]") is True
    assert value_of("[endsWith(parameters('s'), 'x')]") is False


LIMIT = 131_072


@pytest.mark.parametrize(
    ("expression", "fits"),
    [
        ("replace(parameters('h'), 'y', 'yy')", True),
        ("replace(parameters('h'), 'y', 'yyy')", False),
        ("replace(concat(parameters('h'), parameters('h')), 'z', '')", True),
        ("join(createArray(parameters('h'), parameters('h')), '')", True),
        ("join(createArray(parameters('h'), parameters('h')), '-')", False),
        ("format('{0}{0}', parameters('h'))", True),
        ("format('{0}{0}-', parameters('h'))", False),
    ],
)
def test_the_longest_results_of_arm(
    parameters: dict[str, Value],
    value_of: ValueOf,
    refusal: Refusal,
    expression: str,
    fits: bool,
) -> None:
    parameters["h"] = "y" * (LIMIT // 2)

    if fits:
        assert value_of(f"[length({expression})]") == LIMIT
    else:
        assert "more than 131,072 characters" in refusal(f"[{expression}]")


def test_json_text_of_a_value_that_repeats_itself_is_bounded(
    parameters: dict[str, Value], value_of: ValueOf
) -> None:
    value: Value = ["x" * 100]
    for _ in range(18):
        value = [value, value]
    parameters["bomb"] = value

    with pytest.raises(LimitExceeded, match="`string` would build a value of"):
        value_of("[string(parameters('bomb'))]")
