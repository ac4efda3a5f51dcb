"""Management groups that the rollout creates: what counts is the one they are placed under."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import preflight
from preflight.model.value import JsonValue

GROUPS = "/providers/Microsoft.Management/managementGroups"
CONTRIBUTOR = "5d58bcaf-24a5-4b20-bdb6-eed9f69fbe4c"
DEPLOYER = "aaaaaaaa-0000-4000-8000-000000000001"
DEFINITIONS = "/providers/Microsoft.Authorization/roleDefinitions"


def assignment(scope: str) -> JsonValue:
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{DEPLOYER}",
        "properties": {
            "roleDefinitionId": f"{DEFINITIONS}/{CONTRIBUTOR}",
            "principalId": DEPLOYER,
            "principalType": "ServicePrincipal",
            "scope": scope,
        },
    }


def access(folder: Path, *granted_at: str) -> preflight.AccessSnapshot:
    file = folder / "access.json"
    snapshot: JsonValue = {
        "schema": "preflight.access/1",
        "collectedAt": "2026-11-24T10:00:00Z",
        "scopes": ["/", f"{GROUPS}/root", f"{GROUPS}/corp"],
        "managementGroups": [
            {"id": f"{GROUPS}/root", "parent": None},
            {"id": f"{GROUPS}/corp", "parent": f"{GROUPS}/root"},
        ],
        "principals": [{"objectId": DEPLOYER, "type": "ServicePrincipal", "memberOf": []}],
        "roleAssignments": [assignment(scope) for scope in granted_at],
        "denyAssignments": [],
        "locks": [],
    }
    file.write_text(json.dumps(snapshot))
    return preflight.load_access(str(file))


def template(**details: JsonValue) -> dict[str, JsonValue]:
    return {
        "$schema": "https://schema.management.azure.com/schemas/2019-08-01/"
        "tenantDeploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": [
            {
                "type": "Microsoft.Management/managementGroups",
                "apiVersion": "2023-04-01",
                "name": "landing",
                "properties": {"details": details},
            }
        ],
    }


@pytest.mark.parametrize(
    ("granted_at", "verdict"),
    [("corp", "allowed"), ("root", "allowed"), ("other", "undetermined")],
)
def test_a_grant_where_it_is_placed_counts(tmp_path: Path, granted_at: str, verdict: str) -> None:
    placed = template(parent={"id": f"{GROUPS}/corp"})
    derived = preflight.derive(placed, scope="/", location="westeurope", client="rest")

    report = preflight.check(derived, access(tmp_path, f"{GROUPS}/{granted_at}"), DEPLOYER)

    found = [
        decision
        for decision in report.decisions
        if decision.requirement.scope.text == f"{GROUPS}/landing"
        and decision.requirement.action.folded.endswith("/write")
    ]
    assert [verdict] == [decision.verdict.value for decision in found]
    if verdict == "undetermined":
        assert found[0].settle is not None
        assert "grant it at mg corp, under which it is placed" in found[0].settle.what


def test_where_it_is_placed_is_asked_for_if_it_is_not_said(tmp_path: Path) -> None:
    derived = preflight.derive(template(), scope="/", location="westeurope", client="rest")

    report = preflight.check(derived, access(tmp_path, f"{GROUPS}/corp"), DEPLOYER)

    (decision,) = [
        one
        for one in report.decisions
        if one.requirement.scope.text == f"{GROUPS}/landing"
        and one.requirement.action.folded.endswith("/write")
    ]
    assert (decision.verdict.value, decision.reason.value) == ("undetermined", "scope-created-here")
