"""What one property of a body needs elsewhere: one case per fact about a linked access check.

A case is the smallest resource that the fact speaks about: `type`, `name`, `body` and `place`.
It must need `action` at `scope`, with exactly that `certainty`; with the body `otherwise`, where
there is one, it must not. `evidence` says how the fact is known. `$here` and `$there` in the texts
stand for two resource groups in two subscriptions, given in the suite's `about`.
"""

from __future__ import annotations

import json
import re

import preflight
from preflight.model.value import JsonValue

SUITES = ("linked-access.json",)
Case = dict[str, JsonValue]
HERE = "/subscriptions/5a0e1b7c-0000-4000-8000-000000000001/resourceGroups/rg-app"
THERE = "/subscriptions/5a0e1b7c-0000-4000-8000-000000000002/resourceGroups/rg-hub"
LINKS_ONLY = re.compile(r"([a-z]*join[a-z]*|assign|deploy|peer|[a-z]*approval)/action")
GUESSED = "no rule knows this property"
SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


def filled(case: Case) -> Case:
    """Return the case with both groups filled in."""
    text = json.dumps(case).replace("$here", HERE).replace("$there", THERE)
    full: Case = json.loads(text)
    return full


def certainty_of(case: Case, body: JsonValue) -> str | None:
    """Return how sure the case's requirement is when the resource has this body.

    A guess about an ID that no rule has looked at does not count.
    """
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
            return None if GUESSED in one.why else one.certainty.value
    return None


def allowed_certainties(case: Case) -> set[str]:
    """Return what a fact with this evidence may come to.

    What is documented or was measured blocks. An operation that exists blocks where its verb is
    for such links only. What is inferred never does. A registration is not needed where it is
    there already.
    """
    verb = "/".join(str(case["action"]).lower().split("/")[-2:])
    if verb == "register/action":
        return {"possible"}
    if case["evidence"] in {"documented", "measured"}:
        return {"required", "conditional"}
    itself = str(case["action"]).lower() == f"{case['type']}/write".lower()
    only_for_links = LINKS_ONLY.fullmatch(verb) is not None
    if case["evidence"] == "operation-exists" and (only_for_links or itself):
        return {"required"}
    return {"possible"}


def test_evidence_decides_how_sure_a_fact_is(case: Case) -> None:
    assert case["certainty"] in allowed_certainties(case)


def test_a_fact_holds_and_only_where_it_applies(case: Case) -> None:
    full = filled(case)

    assert full["certainty"] == certainty_of(full, full["body"])
    if "otherwise" in full:
        assert certainty_of(full, full["otherwise"]) is None
