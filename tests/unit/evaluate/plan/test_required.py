"""What a declaration must say: the engine refuses what lacks it, switched off or not."""

from __future__ import annotations

from typing import Protocol

import pytest

from preflight.evaluate.frame import EvaluationProblem
from preflight.model.plan import Plan
from preflight.model.value import JsonValue

Json = dict[str, JsonValue]
TYPES: Json = {"t": {"type": "int"}}
NEVER: Json = {"name": "c", "count": 0}
THING: Json = {"type": "A.B/c", "name": "x"}
LOOP: Json = {"type": "A.B/c", "apiVersion": "2020-01-01", "name": "[format('x{0}', copyIndex())]"}


class Planner(Protocol):
    def __call__(self, parts: Json) -> Plan: ...


def loop(**members: JsonValue) -> Json:
    copy: Json = {"name": "c", "count": 2, **members}
    return {"resources": [{**LOOP, "copy": copy}]}


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"resources": [THING]}, "no `apiVersion`"),
        ({"resources": [{**THING, "apiVersion": None}]}, "no `apiVersion`"),
        ({"resources": [{**THING, "apiVersion": ""}]}, "no `apiVersion`"),
        ({"resources": [{**THING, "condition": False}]}, "no `apiVersion`"),
        ({"languageVersion": "2.0", "resources": {"a": {**THING, "existing": True}}}, "apiVersion"),
        ({"parameters": {"p": {"type": "text"}}}, "`text` is not a type"),
        (loop(mode="x"), "`x` is no copy mode"),
        (loop(mode="serial", batchSize=-1), "positive integer"),
        (loop(mode="serial", batchSize="a"), "positive integer"),
        (loop(mode="parallel", batchSize=2), "only a serial"),
        (loop(batchSize=2), "only a serial"),
    ],
)
def test_what_lacks_something_is_refused(plan: Planner, parts: Json, message: str) -> None:
    with pytest.raises(EvaluationProblem, match=message) as caught:
        plan(parts)
    assert caught.value.where is not None


@pytest.mark.parametrize(
    "parts",
    [
        {"apiProfile": "2018-03-01-hybrid", "resources": [THING]},
        {"resources": [{**THING, "copy": NEVER}]},
        {"resources": [{**THING, "apiVersion": "[parameters('p')]"}]},
        loop(mode="SERIAL", batchSize=1),
        loop(mode="[concat('ser', 'ial')]"),
        loop(mode=None),
        {"parameters": {"q": {}}},
        {
            "languageVersion": "2.0",
            "resources": {},
            "definitions": TYPES,
            "parameters": {"q": {"$ref": "#/definitions/t"}},
        },
    ],
)
def test_what_says_enough_is_taken(plan: Planner, parts: Json) -> None:
    given: Json = {"parameters": {"p": {"type": "string"}}}

    assert plan({**given, **parts}).resources
