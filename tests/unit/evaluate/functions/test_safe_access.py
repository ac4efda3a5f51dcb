"""tryGet, indexFromEnd and tryIndexFromEnd."""

from collections.abc import Callable

import pytest

from preflight.model.value import Cause, JsonValue, Unknown, Value

ValueOf = Callable[[JsonValue], Value]
Refusal = Callable[[JsonValue], str]

U = Unknown(label="u", cause=Cause.PARAMETER)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("indexFromEnd(createArray(1, 2), 2)", 1),
        ("tryIndexFromEnd(createArray(1, 2), 3)", None),
        ("tryIndexFromEnd(createArray(1, 2), 'x')", None),
        ("tryIndexFromEnd(null(), 1)", None),
        ("tryIndexFromEnd(createArray(createObject('a', 5)), 1, 'A')", 5),
        ("tryIndexFromEnd(createArray(null()), 1, 'a')", None),
        ("tryIndexFromEnd(createObject(), 2147483648)", None),
    ],
)
def test_known_values(value_of: ValueOf, expression: str, expected: Value) -> None:
    assert value_of(f"[{expression}]") == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("indexFromEnd(createArray(1), 2)", "`indexFromEnd`: the array has no item 2 from its end"),
        ("indexFromEnd(createArray(1), 0)", "`indexFromEnd`: the array has no item 0 from its end"),
        (
            "tryIndexFromEnd(createArray(1), 2147483648)",
            "`tryIndexFromEnd`: 2147483648 does not fit into 32 bits",
        ),
    ],
)
def test_what_arm_refuses(refusal: Refusal, expression: str, message: str) -> None:
    assert refusal(f"[{expression}]") == message


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("tryIndexFromEnd(parameters('u'), 1)", U),
        ("tryIndexFromEnd(createArray(1), parameters('u'))", U),
        ("tryGet(parameters('u'), 'a')", Unknown(label="u.a", cause=Cause.PARAMETER)),
        ("tryGet(createObject('a', 1), parameters('u'))", U),
        ("tryGet(null(), 'a', parameters('u'))", U),
        ("tryGet(createObject('a', 1), 'a', 'b', parameters('u'))", U),
        ("tryGet(false(), createArray(), parameters('u'))", U),
        ("tryIndexFromEnd('x', 1, parameters('u'))", U),
        (
            "tryGet(createArray(parameters('u')), 0, createObject('value', 1, 'fromEnd', true()))",
            Unknown(label="u.1", cause=Cause.PARAMETER),
        ),
        ("tryGet(createObject(parameters('u'), 1), 'b')", U),
    ],
)
def test_unknown_values(value_of: ValueOf, expression: str, expected: Value) -> None:
    assert value_of(f"[{expression}]") == expected


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("'a', 'b'", 1),
        ("'A'", {"b": 1}),
        ("'x'", None),
        ("'x', 'y', 'z'", None),
        ("'n'", None),
        ("'n', 'q'", None),
        ("'l', 1", 20),
        ("0", None),
        ("'l', createObject('value', 1, 'fromEnd', true())", 30),
        ("'l', createObject('value', 0)", 10),
    ],
)
def test_try_get(value_of: ValueOf, keys: str, expected: Value) -> None:
    target = "createObject('a', createObject('b', 1), 'n', null(), 'l', createArray(10, 20, 30))"

    assert value_of(f"[tryGet({target}, {keys})]") == expected


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("'a', 'x'", "the object has no property `x`"),
        ("'l', 3", "the array has no item 3"),
        (
            "'l', createObject('value', 4, 'fromEnd', true())",
            "`tryGet`: the array has no item 4 from its end",
        ),
        (
            "'l', createObject('value', 0, 'fromEnd', 'true')",
            "`tryGet`: argument 3: `fromEnd` must be a boolean",
        ),
        ("'l', null()", "`tryGet`: argument 3 cannot be null"),
        ("createObject('value', 1)", "`tryGet`: argument 2 cannot be an object"),
        ("true()", "`tryGet`: argument 2 cannot be a boolean"),
    ],
)
def test_only_the_first_key_of_try_get_is_safe(refusal: Refusal, keys: str, message: str) -> None:
    target = "createObject('a', createObject('b', 1), 'l', createArray(10, 20, 30))"

    assert refusal(f"[tryGet({target}, {keys})]") == message


def test_try_get_of_a_secret(value_of: ValueOf) -> None:
    assert value_of("[tryGet(parameters('so'), 'x', 'y')]") is None
    assert value_of("[length(tryGet(parameters('so'), 'a', 'b'))]") == 6


def test_try_get_reads_items_of_an_array(value_of: ValueOf) -> None:
    assert value_of("[tryGet(createArray(createArray(7)), 0, 0)]") == 7
    assert value_of("[tryGet(createArray(1), 1)]") is None


def test_from_the_end_of_what_is_no_array(refusal: Refusal) -> None:
    end = "createObject('value', 1, 'fromEnd', true())"

    assert refusal(f"[tryGet(createArray('x'), 0, {end})]") == (
        "`tryGet`: argument 3 counts from the end of an array"
    )


@pytest.mark.parametrize("target", ["'text'", "1", "true()", "null()"])
def test_try_get_finds_nothing_in_a_scalar(value_of: ValueOf, target: str) -> None:
    assert value_of(f"[tryGet({target}, 'a', 'b')]") is None
