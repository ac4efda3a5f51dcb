"""contains, indexOf and lastIndexOf."""

from collections.abc import Callable

import pytest

from preflight.model.value import Cause, JsonValue, Unknown, Value

ValueOf = Callable[[JsonValue], Value]
Refusal = Callable[[JsonValue], str]

U = Unknown(label="u", cause=Cause.PARAMETER)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("contains('abc', 'B')", False),
        ("contains('abc', '')", True),
        ("contains(createObject('a', 1), 'A')", True),
        ("contains(createArray('a'), 'A')", False),
        ("contains(createArray(1), '1')", False),
        ("contains(createArray(createObject('a', 1, 'b', 2)), createObject('b', 2, 'a', 1))", True),
        ("indexOf(createArray(1, 2), 2)", 1),
        ("indexOf(createArray('a'), 'A')", -1),
        ("indexOf('abc', 'B')", 1),
        ("lastIndexOf(createArray(1, 2, 1), 1)", 2),
        ("lastIndexOf('abA', 'a')", 2),
    ],
)
def test_known_values(value_of: ValueOf, expression: str, expected: Value) -> None:
    assert value_of(f"[{expression}]") == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (
            "contains(1, 1)",
            "`contains`: argument 1 must be a string or array or object, not an integer",
        ),
        ("contains('a', 1)", "`contains`: a string can only contain a string"),
        ("indexOf('a', 1)", "`indexOf`: argument 2 must be a string when argument 1 is one"),
        (
            "lastIndexOf('a', 1)",
            "`lastIndexOf`: argument 2 must be a string when argument 1 is one",
        ),
    ],
)
def test_what_arm_refuses(refusal: Refusal, expression: str, message: str) -> None:
    assert refusal(f"[{expression}]") == message


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("contains(createArray(parameters('u'), 1), 1)", True),
        ("contains(createArray(parameters('u')), 1)", U),
        ("dataUri(contains(createArray(2, length(parameters('u'))), 'N'))", U),
        ("contains(createArray(createArray(parameters('u'))), createArray(1, 2))", False),
        ("contains(createObject('a', parameters('u')), 'a')", True),
        ("contains(createObject(parameters('u'), 1), 'a')", U),
        ("indexOf(createArray(1, parameters('u')), 1)", 0),
        ("indexOf(createArray(parameters('u'), 1), 1)", U),
        ("lastIndexOf(createArray(parameters('u'), 1), 1)", 1),
    ],
)
def test_unknown_values(value_of: ValueOf, expression: str, expected: Value) -> None:
    assert value_of(f"[{expression}]") == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("contains(parameters('s'), 'cre')", True),
        ("indexOf(parameters('so').l, 1)", 0),
    ],
)
def test_booleans_and_numbers_may_tell_of_a_secret(
    value_of: ValueOf, expression: str, expected: Value
) -> None:
    assert value_of(f"[{expression}]") == expected
