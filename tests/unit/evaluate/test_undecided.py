"""Branches that are only perhaps evaluated."""

from dataclasses import replace

import pytest

from preflight.errors import LimitExceeded
from preflight.evaluate.frame import Budget, Frame, RuntimeRequest
from preflight.evaluate.functions.registry import LazyCall
from preflight.evaluate.interpret import evaluate_node
from preflight.evaluate.undecided import perhaps, record_undecided
from preflight.expression.ast import FunctionCall
from preflight.expression.parser import parse


def _call(text: str, frame: Frame) -> LazyCall:
    root = parse(text).root
    assert isinstance(root, FunctionCall)
    return LazyCall(root.name, root, frame, evaluate_node)


def test_an_error_there_is_no_error(frame: Frame) -> None:
    call = _call("[f(nosuch(), concat('a'))]", frame)

    assert perhaps(call, call.node.arguments[0], frame) is None
    assert perhaps(call, call.node.arguments[1], frame) == "a"


def test_a_limit_there_is_one(frame: Frame) -> None:
    spent = replace(frame, budget=Budget(steps=0))
    call = _call("[f(concat('a'))]", spent)

    with pytest.raises(LimitExceeded):
        perhaps(call, call.node.arguments[0], spent)


def test_run_time_calls_are_recorded_as_undecided(
    frame: Frame, requests: list[RuntimeRequest]
) -> None:
    record_undecided(_call("[f(reference('a'), reference('b'), reference('c'))]", frame), first=1)

    assert [(r.arguments, r.undecided) for r in requests] == [(("b",), True), (("c",), True)]
