"""Declarations: arity as text, kinds as text, narrowing getters, and the library."""

from dataclasses import replace

import pytest

from preflight.errors import LimitExceeded
from preflight.evaluate.frame import Budget, EvaluationProblem, Frame
from preflight.evaluate.functions.library import LIBRARY
from preflight.evaluate.functions.registry import (
    ANY,
    INT,
    STRING,
    Call,
    Function,
    LazyCall,
    a_kind,
    arity_text,
    kind_names,
)
from preflight.evaluate.interpret import evaluate_node
from preflight.expression.ast import FunctionCall
from preflight.expression.parser import parse
from preflight.model.value import Cause, PartialText, Unknown, Value

U = Unknown(label="u", cause=Cause.PARAMETER)


def _run(call: Call) -> Value:
    return len(call)


@pytest.mark.parametrize(
    ("function", "arity"),
    [
        (Function("f", _run), "no arguments"),
        (Function("f", _run, (INT,)), "1 argument"),
        (Function("f", _run, (INT, INT), optional=1), "1 to 2 arguments"),
        (Function("f", _run, (INT,), rest=ANY), "at least 1 argument"),
        (Function("f", _run, (INT, INT), rest=ANY), "at least 2 arguments"),
    ],
)
def test_arity(function: Function, arity: str) -> None:
    assert function.arity == arity


def test_arity_of_any_number() -> None:
    assert arity_text(0, None) == "at least 0 arguments"


def test_kinds_have_the_language_s_names() -> None:
    values: list[Value] = [None, True, 1, 1.5, "", [], {}]

    assert [a_kind(value) for value in values] == [
        "null",
        "a boolean",
        "an integer",
        "a float",
        "a string",
        "an array",
        "an object",
    ]
    assert kind_names(INT | STRING) == "integer or string"


def test_getters_narrow_and_default(frame: Frame) -> None:
    call = Call("f", ["a", 1, 1.5, True, [1], {"a": 1}, PartialText(("a", U))], frame)

    assert (call.text(0), call.integer(1), call.number(2), call.boolean(3)) == ("a", 1, 1.5, True)
    assert (call.array(4), call.object(5)) == ([1], {"a": 1})
    assert (call.part(0), call.part(6)) == ("a", PartialText(("a", U)))
    assert (call.text(7, "x"), call.integer(7, 5)) == ("x", 5)


@pytest.mark.parametrize("getter", ["text", "integer", "number", "boolean", "array", "object"])
def test_a_getter_refuses_what_was_not_declared(frame: Frame, getter: str) -> None:
    call = Call("f", [None], frame)

    with pytest.raises(EvaluationProblem, match="`f`: argument 1 cannot be null"):
        getattr(call, getter)(0)


def test_a_call_reserves_before_it_builds(frame: Frame) -> None:
    call = Call("f", [], replace(frame, budget=Budget(steps=10, size=100)))
    call.reserve(100)
    call.spend(4)

    assert call.frame.budget.steps == 6
    with pytest.raises(LimitExceeded, match="`f` would build a value of 101 characters or items"):
        call.reserve(101)


def test_an_unknown_begins_at_its_function(frame: Frame) -> None:
    call = Call("f", [], replace(frame, expression="[f()]"))

    assert call.unknown(Cause.CLOCK) == Unknown(label="f", cause=Cause.CLOCK, expression="[f()]")


def test_a_lazy_call_evaluates_on_demand(frame: Frame) -> None:
    root = parse("[f(concat('a'), nosuch())]").root
    assert isinstance(root, FunctionCall)
    call = LazyCall("f", root, frame, evaluate_node)

    assert (len(call), call.value(0)) == (2, "a")


def test_the_library_is_looked_up_by_folded_names() -> None:
    assert all(key == function.name.lower() for key, function in LIBRARY.items())
    assert LIBRARY["resourceid"].name == "resourceId"
