"""The logical functions: what is evaluated, and what is not."""

from collections.abc import Callable

import pytest

from preflight.model.value import Cause, JsonValue, Unknown, Value

ValueOf = Callable[[JsonValue], Value]
Refusal = Callable[[JsonValue], str]

U = Unknown(label="u", cause=Cause.PARAMETER)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("true()", True),
        ("false()", False),
        ("null()", None),
        ("not(true())", False),
        ("and(true(), true(), false())", False),
        ("and(false(), null())", False),
        ("or(false(), false())", False),
        ("or(true(), 1)", True),
        ("if(true(), 1, fail('x'))", 1),
        ("if(false(), nosuch(), 2)", 2),
        ("if(true(), 'x', concat(range(1)))", "x"),
        ("bool('TRUE')", True),
        ("bool(' false ')", False),
        ("bool(0)", False),
        ("bool(-1)", True),
        ("bool(true())", True),
    ],
)
def test_known_values(value_of: ValueOf, expression: str, expected: Value) -> None:
    assert value_of(f"[{expression}]") is expected or value_of(f"[{expression}]") == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("and(true())", "`and` takes at least 2 arguments, not 1"),
        ("and(null(), false())", "`and`: argument 1 must be a boolean, not null"),
        ("or(false(), 1)", "`or`: argument 2 must be a boolean, not an integer"),
        ("if('true', 1, 2)", "`if`: the condition must be a boolean, not a string"),
        ("if(true(), 1)", "`if` takes 3 arguments, not 2"),
        ("not(1)", "`not`: argument 1 must be a boolean, not an integer"),
        ("bool('1')", "`bool`: only the texts `true` and `false` can be made a boolean"),
        (
            "bool(null())",
            "`bool`: argument 1 must be a boolean or integer or float or string, not null",
        ),
        ("true(1)", "`true` takes no arguments, not 1"),
    ],
)
def test_what_arm_refuses(refusal: Refusal, expression: str, message: str) -> None:
    assert refusal(f"[{expression}]") == message


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("and(parameters('u'), false())", U),
        ("and(false(), parameters('u'))", False),
        ("and(true(), false(), parameters('u'))", False),
        ("and(parameters('u'), fail('x'))", U),
        ("or(parameters('u'), true())", U),
        ("or(true(), parameters('u'))", True),
        ("not(parameters('u'))", U),
        ("if(parameters('u'), 1, 2)", U),
        ("if(parameters('u'), 1, 1)", U),
        ("if(parameters('u'), fail('x'), nosuch())", U),
        ("if(true(), 1, parameters('u'))", 1),
        ("bool(parameters('u'))", U),
    ],
)
def test_unknown_values(value_of: ValueOf, expression: str, expected: Value) -> None:
    assert value_of(f"[{expression}]") == expected
