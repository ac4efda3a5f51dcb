"""The comparison functions."""

from collections.abc import Callable

import pytest

from preflight.model.value import Cause, JsonValue, Unknown, Value

ValueOf = Callable[[JsonValue], Value]
Refusal = Callable[[JsonValue], str]

U = Unknown(label="u", cause=Cause.PARAMETER)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("equals(1, '1')", False),
        ("equals(true(), 1)", False),
        ("equals('a', 'A')", False),
        ("equals(null(), null())", True),
        ("equals(createObject('a', 1, 'b', 2), createObject('b', 2, 'a', 1))", True),
        ("equals(createObject('A', 1), createObject('a', 1))", False),
        ("equals(createArray(1, 2), createArray(2, 1))", False),
        ("less(1, 2)", True),
        ("lessOrEquals(2, 2)", True),
        ("greater('A', 'a')", True),
        ("greaterOrEquals('b', 'a')", True),
        ("less('a', 'B')", True),
        ("greater(9007199254740993, json('9007199254740992.0'))", False),
        ("less(json('9007199254740992.0'), 9007199254740993)", False),
        ("greater(json('36893488147419109232'), json('36893488147419103232.0'))", False),
        ("less(json('1.0'), json('1.0000000000000002'))", True),
        ("less(1, json('NaN'))", False),
        ("lessOrEquals(json('NaN'), json('NaN'))", False),
        ("greaterOrEquals(json('NaN'), 1)", False),
        ("equals(json('NaN'), json('NaN'))", True),
        ("equals(createArray(json('NaN')), createArray(json('NaN')))", True),
        ("coalesce()", None),
        ("coalesce(null(), null())", None),
        ("coalesce(null(), 0, fail('x'))", 0),
    ],
)
def test_known_values(value_of: ValueOf, expression: str, expected: Value) -> None:
    assert value_of(f"[{expression}]") == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("less(1, 'a')", "`less`: an integer and a string cannot be compared"),
        (
            "greater(null(), 1)",
            "`greater`: argument 1 must be an integer or float or string, not null",
        ),
        (
            "less(true(), false())",
            "`less`: argument 1 must be an integer or float or string, not a boolean",
        ),
        ("equals(1)", "`equals` takes 2 arguments, not 1"),
    ],
)
def test_what_arm_refuses(refusal: Refusal, expression: str, message: str) -> None:
    assert refusal(f"[{expression}]") == message


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("equals(parameters('u'), parameters('u'))", U),
        ("equals(createArray(parameters('u')), createArray(parameters('u'), 1))", False),
        ("equals(createArray(parameters('u'), 1), createArray(1, 2))", False),
        ("equals(createObject('a', parameters('u')), createObject('b', 1))", False),
        ("equals(createObject('a', parameters('u')), createObject('a', 1))", U),
        ("equals(createObject(parameters('u'), 1), createObject('a', 1))", U),
        ("equals(createArray(parameters('u')), 1)", False),
        ("less(parameters('u'), 1)", U),
        ("coalesce(parameters('u'), 1)", U),
        ("coalesce(null(), parameters('u'), fail('x'))", U),
        ("coalesce(createArray(parameters('u')), 1)", [U]),
    ],
)
def test_unknown_values(value_of: ValueOf, expression: str, expected: Value) -> None:
    assert value_of(f"[{expression}]") == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("equals(parameters('s'), 'secret')", True),
        ("equals(parameters('s'), 'other')", False),
        ("equals(parameters('so').a, createObject('b', 'secret'))", True),
        ("equals(createArray(1, parameters('s')), createArray(1, 'secret'))", True),
        ("equals(createObject('x', parameters('s')), createObject('x', 'secret'))", True),
        ("less(parameters('s'), 'z')", True),
    ],
)
def test_a_comparison_may_look_at_a_secret(
    value_of: ValueOf, expression: str, expected: Value
) -> None:
    assert value_of(f"[{expression}]") == expected


def test_text_made_of_a_secret_is_not_looked_at(value_of: ValueOf) -> None:
    answer = value_of("[equals(concat('x', parameters('s')), 'xsecret')]")

    assert answer == Unknown(label="s", cause=Cause.SECURE)


def test_coalesce_takes_a_secret_that_is_known(value_of: ValueOf) -> None:
    assert value_of("[length(coalesce(parameters('s'), 'x'))]") == 6
