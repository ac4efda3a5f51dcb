"""Single template expressions: `arm-functions.json` by hand, `arm-functions-engine.json` recorded.

How a case is read stands in the `about` of each suite. `expected` is a JSON value,
`{"error": true}` or `{"unknown": true}`; numbers compare by value, the order of properties does
not count. With `runtimeFacts` the evaluator may know what the recording tool left open: a value
is right then too, and so is an error. With `acceptUnknown` it may be more careful than the tool.
"""

import math
from collections.abc import Iterable

import pytest

from preflight.errors import PreflightError
from preflight.evaluate.standalone import evaluate_expression
from preflight.model.value import JsonValue, Unknown

SUITES = ("arm-functions.json", "arm-functions-engine.json")

ERROR: JsonValue = {"error": True}
UNKNOWN: JsonValue = {"unknown": True}
KNOWN_FACTS = {"environment"}
"""The run-time facts that `evaluate_expression` knows without being told."""


def marks(case: dict[str, JsonValue]) -> Iterable[pytest.MarkDecorator]:
    """Let the cases fail that depend on culture or time zone of the recording machine."""
    if case.get("confidence") == "medium":
        yield pytest.mark.xfail(reason="recorded with confidence medium", strict=False)


def _evaluate(case: dict[str, JsonValue]) -> JsonValue:
    arguments = {
        key: case[key] for key in ("parameters", "variables", "functions", "context") if key in case
    }
    try:
        value = evaluate_expression(case["expression"], **arguments)  # type: ignore[arg-type]  # JSON
    except PreflightError:
        return ERROR
    return UNKNOWN if isinstance(value, Unknown) else value


def _equal(one: JsonValue, other: JsonValue) -> bool:
    """Compare as JSON: numbers by value, booleans apart from numbers."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return one == other


def _facts(case: dict[str, JsonValue]) -> set[str]:
    facts = case.get("runtimeFacts")
    return {str(fact) for fact in facts} if isinstance(facts, list) else set()


def test_case(case: dict[str, JsonValue]) -> None:
    expected, actual = case["expected"], _evaluate(case)
    if expected == UNKNOWN and _facts(case) & KNOWN_FACTS:
        # The recording tool left a fact open that is known here: nothing to compare with.
        return
    if case.get("acceptUnknown") and actual == UNKNOWN:
        return

    assert _equal(actual, expected), f"{case['expression']}: {actual!r}, expected {expected!r}"
