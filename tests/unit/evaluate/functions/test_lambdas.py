"""The lambda functions."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from preflight.errors import LimitExceeded
from preflight.evaluate.frame import Budget, Frame
from preflight.evaluate.interpret import evaluate
from preflight.model.value import Cause, JsonValue, OpenKey, Unknown, Value

ValueOf = Callable[[JsonValue], Value]
Refusal = Callable[[JsonValue], str]

U = Unknown(label="u", cause=Cause.PARAMETER)
X = "lambdaVariables('x')"
I = "lambdaVariables('i')"  # noqa: E741 - the index, as the reference calls it


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (f"filter(createArray(1, 2, 3), lambda('x', 'i', equals({I}, 1)))", [2]),
        (f"map(createArray('a', 'b'), lambda('x', 'i', concat({X}, {I})))", ["a0", "b1"]),
        ("map(createArray(), lambda('x', fail('never')))", []),
        (f"map(createArray(1), LAMBDA('X', {X}))", [1]),
        (f"map(createArray(1), lambda(concat('x', ''), {X}))", [1]),
        (f"map(createArray(7, 8), lambda('x', 'x', {X}))", [0, 1]),
        (
            f"map(range(0, 2), lambda('i', map(range(5, 1), lambda('x', concat({X}, {I})))))",
            [["50"], ["51"]],
        ),
        (f"map(createArray(1), lambda('x', map(createArray(2), lambda('x', {X}))))", [[2]]),
        (f"reduce(createArray('a', 'b'), '', lambda('x', 'y', 'i', concat({X}, {I})))", "01"),
        ("reduce(createArray(), 'start', lambda('x', 'y', 'z'))", "start"),
        (
            f"sort(createArray(3, 1, 2), lambda('x', 'i', less({X}, {I})))",
            [1, 2, 3],
        ),
        ("sort(range(0, 6), lambda('x', 'y', true()))", [0, 1, 2, 3, 4, 5]),
        ("sort(range(0, 6), lambda('x', 'y', false()))", [0, 1, 2, 3, 4, 5]),
        (f"toObject(createArray('b', 'a'), lambda('x', {X}))", {"b": "b", "a": "a"}),
        (f"toObject(createArray('b'), lambda('x', {X}), lambda('x', 1))", {"b": 1}),
        (f"groupBy(createArray('a', 'b', 'A'), lambda('x', {X}))", {"a": ["a", "A"], "b": ["b"]}),
        (f"groupBy(createArray('a', 'A'), lambda('x', {X}), lambda('x', 1))", {"a": [1, 1]}),
        (f"mapValues(createObject('a', 1), lambda('x', concat('v', {X})))", {"a": "v1"}),
    ],
)
def test_known_values(value_of: ValueOf, expression: str, expected: Value) -> None:
    assert value_of(f"[{expression}]") == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("map(createArray(), 'x')", "`map`: argument 2 must be a lambda"),
        ("map(createArray(), if(true(), lambda('x', 1), 2))", "`map`: argument 2 must be a lambda"),
        ("map(createArray(), lambda())", "`map`: its lambda takes 1 to 2 parameters, not 0"),
        ("map(createArray(), lambda('x'))", "`map`: its lambda takes 1 to 2 parameters, not 0"),
        (
            "map(createArray(), lambda('x', 'y', 'z', 1))",
            "`map`: its lambda takes 1 to 2 parameters, not 3",
        ),
        ("sort(createArray(), lambda('x', 1))", "`sort`: its lambda takes 2 parameters, not 1"),
        (
            "toObject(createArray(), lambda('x', 'i', 1))",
            "`toObject`: its lambda takes 1 parameter, not 2",
        ),
        (
            "map(createArray(), lambda(1, 2))",
            "`map`: a lambda's parameter is named by a string, not an integer",
        ),
        ("map('a', lambda('x', 1))", "`map`: argument 1 must be an array, not a string"),
        (
            "mapValues(createArray(), lambda('x', 1))",
            "`mapValues`: argument 1 must be an object, not an array",
        ),
        (
            "filter(createArray(1), lambda('x', 'true'))",
            "`filter`: the lambda must give a boolean, not a string",
        ),
        (
            "toObject(createArray(1), lambda('x', 1))",
            "`toObject`: the lambda must give a string, not an integer",
        ),
        (
            f"toObject(createArray('a', 'A'), lambda('x', {X}))",
            "`toObject`: the key `A` occurs twice",
        ),
        ("lambdaVariables('x')", "`lambdaVariables`: there is no lambda variable `x` here"),
        (
            "lambda('x', 1)",
            "`lambda`: a lambda is only valid as a direct argument of a function that takes one",
        ),
        (
            "reduce(createArray(), fail('now'), lambda('x', 'y', 1))",
            "`fail`: the template fails on purpose: now",
        ),
        (
            f"sort(createArray(1, 2), lambda('x', 'i', if(less({X}, {I}), true(), fail('back'))))",
            "`fail`: the template fails on purpose: back",
        ),
        (
            f"sort(createArray(1, parameters('u')), lambda('x', 'i', startsWith({X}.v, 'a')))",
            "an integer has no property `v`",
        ),
        (
            "reduce(parameters('u'), fail('now'), lambda('x', 'y', 1))",
            "`fail`: the template fails on purpose: now",
        ),
    ],
)
def test_what_arm_refuses(refusal: Refusal, expression: str, message: str) -> None:
    assert refusal(f"[{expression}]") == message


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("map(createArray(1, 2), lambda('x', parameters('u')))", [U, U]),
        ("map(parameters('u'), lambda('x', fail('perhaps never')))", U),
        ("map(createArray(), lambda(parameters('u'), 1))", U),
        (f"filter(createArray(parameters('u'), 1), lambda('x', 'i', equals({I}, 1)))", [1]),
        (f"filter(createArray(parameters('u'), true()), lambda('x', {X}))", U),
        ("reduce(createArray(1), parameters('u'), lambda('x', 'y', 1))", U),
        ("reduce(createArray(), parameters('u'), lambda('x', 'y', 1))", U),
        ("reduce(createArray(parameters('u')), 0, lambda('x', 'y', 1))", 1),
        ("reduce(createArray(1), createArray(parameters('u')), lambda('x', 'y', 1))", 1),
        ("sort(createArray(parameters('u'), 1), lambda('x', 'y', true()))", [U, 1]),
        ("sort(createArray(2, 1), lambda('x', 'y', parameters('u')))", U),
        ("toObject(createArray('a'), lambda('x', parameters('u')))", {OpenKey(U): "a"}),
        ("length(toObject(createArray('a', 'b'), lambda('x', parameters('u'))))", 2),
        ("toObject(createArray('a', 'b'), lambda('x', parameters('u'))).c", U),
        (f"sort(createArray(1, parameters('u')), lambda('x', 'i', equals({X}, 1)))", U),
        (f"toObject(createArray('a'), lambda('x', {X}), lambda('x', parameters('u')))", {"a": U}),
        ("groupBy(createArray('a'), lambda('x', parameters('u')))", U),
        ("groupBy(createArray(parameters('u'), 1), lambda('x', 'k'))", {"k": [U, 1]}),
        ("mapValues(createObject(parameters('u'), 1), lambda('x', 2))", {OpenKey(U): 2}),
        ("mapValues(parameters('u'), lambda('x', 2))", U),
        ("mapValues(union(parameters('u'), createObject('a', 1)), lambda('x', 2))", U),
    ],
)
def test_unknown_values(value_of: ValueOf, expression: str, expected: Value) -> None:
    assert value_of(f"[{expression}]") == expected


def test_lambdas_inside_lambdas_do_not_hang(frame: Frame) -> None:
    inner = "1"
    for name in "abcde":
        inner = f"map(range(0, 1000), lambda('{name}', {inner}))"

    with pytest.raises(LimitExceeded, match="evaluation steps"):
        evaluate(f"[{inner}]", replace(frame, budget=Budget(steps=50_000)))


def test_an_array_that_doubles_is_stopped(value_of: ValueOf) -> None:
    twice = "createArray(lambdaVariables('x'), lambdaVariables('x'))"

    with pytest.raises(LimitExceeded):
        value_of(f"[length(reduce(range(0, 80), createArray(), lambda('x', 'y', {twice})))]")


def test_a_result_that_grows_too_large_is_stopped_on_the_way(frame: Frame) -> None:
    budget = Budget(steps=1_000_000, size=1000)

    with pytest.raises(LimitExceeded, match="more than 1,000 characters and items"):
        evaluate("[map(range(0, 900), lambda('x', range(0, 900)))]", replace(frame, budget=budget))
    assert budget.steps > 999_000
