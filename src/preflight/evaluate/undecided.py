"""Branches that are only perhaps evaluated: behind something that is not known yet."""

from __future__ import annotations

from dataclasses import replace

from preflight.evaluate.frame import EvaluationProblem, Frame
from preflight.evaluate.functions.registry import LazyCall
from preflight.expression.ast import Node
from preflight.model.value import Value


def perhaps(call: LazyCall, node: Node, frame: Frame) -> Value:
    """Evaluate a node that ARM may never reach: its run-time calls are recorded as undecided.

    An error there is no error of the template; the answer is then null.
    """
    try:
        return call.evaluate(node, replace(frame, undecided=True))
    except EvaluationProblem:
        return None


def record_undecided(call: LazyCall, *, first: int) -> None:
    """Evaluate the arguments from `first` on for the run-time calls in them alone."""
    for node in call.node.arguments[first:]:
        perhaps(call, node, call.frame)
