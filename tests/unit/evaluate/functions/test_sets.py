"""union and intersection."""

from collections.abc import Callable

import pytest

from preflight.model.value import Cause, JsonValue, Unknown, Value

ValueOf = Callable[[JsonValue], Value]
Refusal = Callable[[JsonValue], str]

U = Unknown(label="u", cause=Cause.PARAMETER)
X, Y = "createObject('x', 1)", "createObject('y', 2)"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("intersection(createArray(2, 1, 2), createArray(1, 2))", [2, 1]),
        ("intersection(createObject('A', 1), createObject('a', 1))", {}),
        ("intersection(createObject('a', 1, 'b', 2), createObject('b', 2, 'a', 3))", {"b": 2}),
        ("union(createArray(1, 1), createArray(2))", [1, 2]),
        (
            "union(array(createObject('a', 1, 'b', 2)), array(createObject('b', 2, 'a', 1)))",
            [{"a": 1, "b": 2}, {"b": 2, "a": 1}],
        ),
        (
            f"union(createObject('a', {X}), createObject('a', {Y}))",
            {"a": {"x": 1, "y": 2}},
        ),
        ("union(createObject('a', createArray(1)), createObject('a', createArray(2)))", {"a": [2]}),
        ("union(createObject('a', 1), createObject('a', null()))", {"a": 1}),
        ("union(createObject('a', null()), createObject('a', createObject()))", {"a": {}}),
        ("union(createObject('a', 1, 'A', 2), createObject('a', 3))", {"a": 3}),
    ],
)
def test_known_values(value_of: ValueOf, expression: str, expected: Value) -> None:
    assert value_of(f"[{expression}]") == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (
            "intersection(createArray(), createObject())",
            "`intersection`: all arguments must be arrays, or all must be objects",
        ),
        (
            "intersection(createArray(), createObject('a', parameters('u')))",
            "`intersection`: all arguments must be arrays, or all must be objects",
        ),
        ("union(createArray(1))", "`union` takes at least 2 arguments, not 1"),
        (
            "union(createArray(), createObject())",
            "`union`: all arguments must be arrays, or all must be objects",
        ),
        (
            "union(createObject('a', 1), createObject('a', createArray()))",
            "`union`: an integer and an array cannot be merged",
        ),
        (
            "union(createObject('a', createObject()), createObject('a', 'x'))",
            "`union`: an object and a string cannot be merged",
        ),
    ],
)
def test_what_arm_refuses(refusal: Refusal, expression: str, message: str) -> None:
    assert refusal(f"[{expression}]") == message


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("intersection(createArray(parameters('u')), createArray(1))", U),
        ("union(createObject('a', parameters('u')), createObject('b', 1))", {"a": U, "b": 1}),
        ("union(createObject('a', parameters('u')), createObject('a', 1))", {"a": 1}),
        ("union(createObject('a', 1), createObject('a', parameters('u')))", {"a": U}),
        (
            "union(createObject('a', parameters('u')), createObject('a', createObject('x', 1)))",
            {"a": {"{u}": U, "x": 1}},
        ),
        ("union(parameters('u'), createObject('a', 1))", {"{u}": U, "a": 1}),
        ("union(createObject('a', 1), parameters('u'))", U),
        ("union(createObject('a', 1), parameters('u'), createObject('b', 2))", {"{u}": U, "b": 2}),
        ("union(parameters('u'), createObject('a', null()))", {"{u}": U}),
        ("union(parameters('u'), createArray(1))", U),
        ("union(parameters('u'), parameters('u'))", U),
        ("union(parameters('u'), createArray(1), createObject())", U),
        ("union(createArray(parameters('u')), createArray(1))", U),
        ("union(createObject(parameters('u'), 1), createObject('a', 1))", {"{u}": 1, "a": 1}),
        ("union(createObject('a', 1), createObject(parameters('u'), 1))", U),
    ],
)
def test_unknown_values(value_of: ValueOf, expression: str, expected: Value) -> None:
    assert value_of(f"[{expression}]") == expected


def test_union_keeps_the_first_place_and_the_last_spelling(value_of: ValueOf) -> None:
    merged = value_of("[union(createObject('b', 1, 'a', 1), createObject('B', 9))]")
    assert isinstance(merged, dict)

    assert list(merged.items()) == [("B", 9), ("a", 1)]


def test_what_comes_after_an_unknown_object_is_merged_with_its_members(value_of: ValueOf) -> None:
    merged = value_of("[union(parameters('u'), createObject('a', createObject('x', 1)))]")
    assert isinstance(merged, dict)
    inner = merged["a"]
    assert isinstance(inner, dict)

    assert 1 == inner["x"]
    assert ["u.a"] == [value.label for value in inner.values() if isinstance(value, Unknown)]
