"""The array functions."""

from collections.abc import Callable

import pytest

from preflight.model.value import Cause, JsonValue, PartialText, Unknown, Value

ValueOf = Callable[[JsonValue], Value]
Refusal = Callable[[JsonValue], str]

U = Unknown(label="u", cause=Cause.PARAMETER)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("array('a')", ["a"]),
        ("array(null())", [None]),
        ("array(createArray(1))", [1]),
        ("concat()", ""),
        ("concat('a', 1, true())", "a1True"),
        ("concat(createArray(1), createArray(createArray(2)))", [1, [2]]),
        ("empty('')", True),
        ("empty(null())", True),
        ("empty(createObject('a', 1))", False),
        ("first(createArray())", None),
        ("first('')", ""),
        ("last('ab')", "b"),
        ("last(createArray(1, 2))", 2),
        ("flatten(createArray())", []),
        ("flatten(createArray(createArray(1, createArray(2)), createArray(3)))", [1, [2], 3]),
        ("length('a\U0001f600')", 3),
        ("length(createObject('a', 1))", 1),
        ("max(createArray(1, 3, 2))", 3),
        ("min(2, 1)", 1),
        ("max(2, json('1.5'))", 2),
        ("range(-2, 3)", [-2, -1, 0]),
        ("range(2147483647, 1)", [2147483647]),
        ("skip(createArray(1, 2), -1)", [1, 2]),
        ("skip('abc', 5)", ""),
        ("take(createArray(1, 2), 1)", [1]),
        ("take('abc', 2)", "ab"),
        ("take('', 2147483648)", ""),
    ],
)
def test_known_values(value_of: ValueOf, expression: str, expected: Value) -> None:
    assert value_of(f"[{expression}]") == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("max(1, json('1.0'), 1)", "1.0"),
        ("max(json('1.0'), 1)", "1.0"),
        ("min(createArray(1, json('1.0'), 1))", "1.0"),
        ("max(json('-1e30'), 1)", "1"),
        ("max(9007199254740993, json('9007199254740992.0'))", "9007199254740992.0"),
        ("max(9007199254740995, json('9007199254740994.0'))", "9007199254740995"),
        ("max(json('-0.0'), json('0.0'))", "0.0"),
        ("min(json('0.0'), json('-0.0'))", "-0.0"),
        ("max(0, json('-0.0'))", "-0.0"),
        ("max(1, json('NaN'), 2)", "nan"),
        ("min(json('NaN'), json('1e400'))", "nan"),
    ],
)
def test_the_float_comes_before_an_equal_integer(
    value_of: ValueOf, expression: str, expected: str
) -> None:
    assert repr(value_of(f"[{expression}]")) == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (
            "min(1, json('9223372036854775808'))",
            "`min`: 9223372036854775808 does not fit into 64 bits",
        ),
        ("concat('a', null())", "`concat`: argument 2 cannot be null here"),
        ("concat('a', createArray())", "`concat`: argument 2 cannot be an array here"),
        ("first(null())", "`first`: argument 1 must be a string or array, not null"),
        ("flatten(createArray(1))", "`flatten`: item 0 is an integer, not an array"),
        ("max()", "`max` takes at least 1 argument, not 0"),
        ("max(createArray())", "`max`: there is nothing to choose from"),
        ("min(1, true())", "`min`: a boolean is no number"),
        ("range(0, 10001)", "`range`: 10001 numbers from 0 on are out of range"),
        ("range(2147483647, 2)", "`range`: 2 numbers from 2147483647 on are out of range"),
        ("range(0, -1)", "`range`: -1 numbers from 0 on are out of range"),
        ("take('a', 2147483648)", "`take`: 2147483648 does not fit into 32 bits"),
    ],
)
def test_what_arm_refuses(refusal: Refusal, expression: str, message: str) -> None:
    assert refusal(f"[{expression}]") == message


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("length(createArray(parameters('u'), 1))", 2),
        ("first(createArray(1, parameters('u')))", 1),
        ("last(createArray(1, parameters('u')))", U),
        ("skip(createArray(parameters('u'), 1), 1)", [1]),
        ("concat(createArray(parameters('u')), createArray(1))", [U, 1]),
        ("concat(createArray(1), parameters('u'))", U),
        ("concat('a', parameters('u'), '-', 1)", PartialText(("a", U, "-1"))),
        ("concat(parameters('u'), createObject())", U),
        ("concat(concat('a', parameters('u')), createArray(1))", U),
        ("empty(createArray(parameters('u')))", False),
        ("empty(parameters('u'))", U),
        ("empty(union(parameters('u'), createObject()))", U),
        ("empty(union(parameters('u'), createObject('a', 1)))", False),
        ("length(union(parameters('u'), createObject('a', 1)))", U),
        ("length(createObject(parameters('u'), 1))", 1),
        ("flatten(createArray(createArray(parameters('u')), createArray(1)))", [U, 1]),
        ("flatten(createArray(parameters('u'), createArray(1)))", U),
        ("flatten(createArray(1, parameters('u')))", U),
        ("max(1, parameters('u'))", U),
        ("range(0, parameters('u'))", U),
        ("array(parameters('u'))", U),
    ],
)
def test_unknown_values(value_of: ValueOf, expression: str, expected: Value) -> None:
    assert value_of(f"[{expression}]") == expected


def test_max_looks_at_its_known_arguments_even_beside_an_unknown_one(refusal: Refusal) -> None:
    assert refusal("[max(parameters('u'), 'a')]") == "`max`: a string is no number"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("empty(parameters('s'))", False),
        ("length(parameters('s'))", 6),
    ],
)
def test_booleans_and_numbers_may_tell_of_a_secret(
    value_of: ValueOf, expression: str, expected: Value
) -> None:
    assert value_of(f"[{expression}]") == expected


@pytest.mark.parametrize(
    "expression", ["first(parameters('s'))", "skip(parameters('s'), 1)", "concat(parameters('s'))"]
)
def test_what_is_made_of_a_secret_hides_nothing_that_could_be_told(
    value_of: ValueOf, expression: str
) -> None:
    assert value_of(f"[{expression}]") == Unknown(label="s", cause=Cause.SECURE)


@pytest.mark.parametrize(
    "case",
    [
        ("concat(parameters('h'), parameters('rest'))", 65_536),
        ("guid(parameters('h'), parameters('rest'))", 65_535),
        ("uniqueString(parameters('h'), parameters('rest'))", 65_535),
    ],
)
@pytest.mark.parametrize("unit", ["y", "\U0001f642"])
def test_the_longest_texts_that_are_joined(
    parameters: dict[str, Value],
    value_of: ValueOf,
    refusal: Refusal,
    case: tuple[str, int],
    unit: str,
) -> None:
    expression, most = case
    parameters["h"] = unit * (65_536 // (1 if unit == "y" else 2))
    parameters["rest"] = "y" * most
    assert isinstance(value_of(f"[{expression}]"), str)

    parameters["rest"] = "y" * (most + 1)
    assert "more than 131,072 characters" in refusal(f"[{expression}]")


def test_text_that_doubles_is_stopped(refusal: Refusal) -> None:
    doubled = "concat(lambdaVariables('c'), lambdaVariables('c'))"

    assert "more than 131,072 characters" in refusal(
        f"[reduce(range(0, 60), 'a', lambda('c', 'n', {doubled}))]"
    )
