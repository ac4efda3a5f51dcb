"""The object functions."""

from collections.abc import Callable

import pytest

from preflight.model.value import Cause, JsonValue, OpenKey, Unknown, Value

ValueOf = Callable[[JsonValue], Value]
Refusal = Callable[[JsonValue], str]

U = Unknown(label="u", cause=Cause.PARAMETER)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("createObject()", {}),
        ("createObject('a', 1, 'A', 2)", {"a": 1, "A": 2}),
        ("createObject('a', 1, 'A', 2).A", 2),
        (
            "items(createObject('b', 1, 'A', 2))",
            [{"key": "A", "value": 2}, {"key": "b", "value": 1}],
        ),
        (
            "objectKeys(createObject('a_b', 1, 'ab', 2, 'a-b', 3, '\u00e9', 4, 'z', 5))",
            ["a-b", "ab", "a_b", "z", "\u00e9"],
        ),
        ("objectKeys(createObject('a', 1, 'A', 2))", ["a", "A"]),
        ("shallowMerge(createArray(createObject('a', 1), createObject('A', null())))", {"a": None}),
        ("shallowMerge(createArray())", {}),
    ],
)
def test_known_values(value_of: ValueOf, expression: str, expected: Value) -> None:
    assert value_of(f"[{expression}]") == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("createObject('a')", "`createObject`: it takes names and values in pairs"),
        ("createObject(1, 2)", "`createObject`: a property name is a string, not an integer"),
        (
            "createObject(1, parameters('u'))",
            "`createObject`: a property name is a string, not an integer",
        ),
        ("createObject('a', 1, 'a', 2)", "`createObject`: the property `a` is given twice"),
        ("items(createArray())", "`items`: argument 1 must be an object, not an array"),
        ("shallowMerge(createArray(1))", "`shallowMerge`: it merges objects, not an integer"),
    ],
)
def test_what_arm_refuses(refusal: Refusal, expression: str, message: str) -> None:
    assert refusal(f"[{expression}]") == message


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("createObject('a', parameters('u'), 'b', 1).b", 1),
        ("createObject(parameters('u'), 1)", {OpenKey(U): 1}),
        ("length(createObject(parameters('u'), 1))", 1),
        ("length(createObject(parameters('u'), 1, parameters('u'), 2))", 2),
        ("createObject(parameters('u'), 1).b", U),
        ("createObject(parameters('u'), 1, 'b', 2).b", 2),
        ("items(createObject('a', parameters('u')))", [{"key": "a", "value": U}]),
        ("items(createObject(parameters('u'), 1))", U),
        ("objectKeys(createObject(parameters('u'), 1))", U),
        ("shallowMerge(createArray(createObject('a', parameters('u'))))", {"a": U}),
        ("shallowMerge(createArray(parameters('u'), createObject('a', 1)))", U),
        ("shallowMerge(createArray(createObject(parameters('u'), 1)))", U),
    ],
)
def test_unknown_values(value_of: ValueOf, expression: str, expected: Value) -> None:
    assert value_of(f"[{expression}]") == expected
