"""Conditions: `abac-conditions.json`."""

from __future__ import annotations

from preflight.authorize.condition.evaluator import evaluate
from preflight.authorize.condition.parser import parse
from preflight.authorize.condition.request import (
    ConditionRequest,
    SubOperation,
    attribute_table,
)
from preflight.errors import SyntaxProblem
from preflight.model.action import Action
from preflight.model.value import JsonValue

SUITES = ("abac-conditions.json",)


def sub_operation(context: dict[str, JsonValue]) -> str | SubOperation:
    if "subOperation" not in context:
        return SubOperation.UNKNOWN
    stated = context["subOperation"]
    return stated if isinstance(stated, str) else SubOperation.NONE


def by_source(context: dict[str, JsonValue]) -> dict[str, dict[str, JsonValue]]:
    attributes = context.get("attributes")
    rows = attributes.items() if isinstance(attributes, dict) else ()
    return {source: row for source, row in rows if isinstance(row, dict)}


def answer(condition: str, context: dict[str, JsonValue]) -> str:
    request = ConditionRequest(
        action=Action(str(context["action"])),
        sub_operation=sub_operation(context),
        attributes=attribute_table(by_source(context)),
    )
    try:
        return evaluate(parse(condition), request).name.lower()
    except SyntaxProblem:
        return "error"


def test_condition(case: dict[str, JsonValue]) -> None:
    context = case["context"]
    assert isinstance(context, dict)

    assert answer(str(case["condition"]), context) == case["expected"]
