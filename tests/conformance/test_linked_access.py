"""What one property of a body needs elsewhere: one case per fact about a linked access check.

A case is the smallest resource that the fact speaks about: `type`, `name`, `body` and `place`.
It must need `action` at `scope`, with exactly that `certainty`; with the body `otherwise` (or an
empty one, where the name is not what links) it must not. `$here` and `$there` in the texts stand
for two resource groups in two subscriptions, given in the suite's `about`.
"""

from __future__ import annotations

import json

import preflight
from preflight.model.value import JsonValue

SUITES = ("linked-access.json",)
Case = dict[str, JsonValue]
HERE = "/subscriptions/5a0e1b7c-0000-4000-8000-000000000001/resourceGroups/rg-app"
THERE = "/subscriptions/5a0e1b7c-0000-4000-8000-000000000002/resourceGroups/rg-hub"
SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


def filled(case: Case) -> Case:
    """Return the case with both groups filled in."""
    text = json.dumps(case).replace("$here", HERE).replace("$there", THERE)
    full: Case = json.loads(text)
    return full


def certainty_of(case: Case, body: JsonValue) -> str | None:
    """Return how sure the case's requirement is when the resource has this body."""
    assert isinstance(body, dict)
    kind = str(case["type"])
    segments = kind.count("/")
    resource: Case = {
        "type": kind,
        "apiVersion": "2024-01-01",
        "name": case.get("name", "/".join(f"n{number + 1}" for number in range(segments))),
        **body,
    }
    template: Case = {"$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": [resource]}
    place = str(case.get("place", HERE))
    derivation = preflight.derive(template, scope=place, location="westeurope", client="rest")
    action, scope = str(case["action"]).lower(), str(case["scope"]).lower()
    for one in derivation.requirements:
        if (one.action.folded, one.scope.text.lower()) == (action, scope):
            return one.certainty.value
    return None


def test_a_fact_holds_and_only_where_it_applies(case: Case) -> None:
    full = filled(case)

    assert full["certainty"] == certainty_of(full, full["body"])
    if "otherwise" in full:
        assert certainty_of(full, full["otherwise"]) is None
