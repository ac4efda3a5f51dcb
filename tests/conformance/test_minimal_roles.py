"""The custom role of a rollout is enough, and not one `required` action of it is too many.

For every template case that has all its parameters, and every example but (d), whose denial no
role can lift: the role that `--format role --no-gate-reads` prints, assigned at each scope that
the requirements name and nowhere else, makes the gate pass; without any one `required` action it
does not. What is assigned is written down as a snapshot and decided by the gate itself.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

import preflight
from preflight.access.snapshot_file import parse_snapshot
from preflight.authorize.authorizer import Authorizer
from preflight.catalog.load import load_catalog
from preflight.errors import UsageError
from preflight.model.access import AccessSnapshot, Principal, PrincipalId
from preflight.model.action import Action, ActionPattern
from preflight.model.decision import Verdict
from preflight.model.requirement import Certainty, Derivation, Requirement
from preflight.model.scope import Scope
from preflight.model.value import JsonValue
from preflight.report.role import role_of
from preflight.report.view import View

Json = dict[str, JsonValue]

PRINCIPAL = "0f0e0d0c-0001-4b0a-8908-070605040302"
PERSON = Principal(object_id=PrincipalId(PRINCIPAL), member_of=frozenset())
ROLE = "0f0e0d0c-0009-4b0a-8908-070605040302"
TENANT = "9b1c2d3e-4f50-4a6b-8c7d-1e2f3a4b5c6d"
ROOT = Path(__file__).resolve().parent.parent.parent
BEYOND_ROLES = ("d-deny-assignment",)
"""What no role can lift: the example shows a deny assignment."""


def template_cases() -> list[Path]:
    """Return the cases whose source derives with everything given, and without a gap."""
    moved = os.environ.get("PREFLIGHT_CONFORMANCE")
    root = (Path(moved) if moved else Path(__file__).parent) / "templates"
    found = []
    for file in sorted(root.glob("*/case.json")):
        case = json.loads(file.read_text(encoding="utf-8"))
        open_ends = {"error", "notes", "gaps"} & case.keys()
        if not open_ends and (file.parent / "requirements.json").is_file():
            found.append(file)
    return found


def example_cases() -> list[Path]:
    """Return the examples whose denials a role can lift; none outside the repository."""
    found = sorted((ROOT / "examples").glob("*/example.json"))
    return [file for file in found if file.parent.name not in BEYOND_ROLES]


def derive(file: Path) -> Derivation:
    """Derive a case or an example for the client that most people use."""
    case = json.loads(file.read_text(encoding="utf-8"))
    given = case.get("parameters", {})
    return preflight.derive(
        file.parent / case["source"],
        scope=case["scope"],
        parameters=given if isinstance(given, dict) else [str(file.parent / one) for one in given],
        location=case.get("location"),
        tenant=case.get("tenant"),
        root=file.parent,
    )


def gate_set(derivation: Derivation) -> list[Requirement]:
    """Return what decides the verdict."""
    return [one for one in derivation.requirements if one.certainty is not Certainty.POSSIBLE]


def permissions(derivation: Derivation) -> Json:
    """Return the permissions of the minimal role, from the format itself.

    Where everything is needed at the tenant root no custom role is possible: then the actions
    themselves, as a built-in role would hold them.
    """
    needed = gate_set(derivation)
    try:
        view = View(gate_reads=False, role_wildcard=load_catalog().role_wildcard)
        role = role_of([derivation], view)
    except UsageError:
        return {"actions": [one.action.text for one in needed], "dataActions": []}
    return {"actions": list(role.actions), "dataActions": list(role.data_actions)}


def snapshot(granted: Json, requirements: Iterable[Requirement]) -> AccessSnapshot:
    """Return evidence of the role, assigned at each scope of the requirements only.

    A scope whose name only the service makes up stands for the nearest one above it.
    """
    scopes = sorted({known(one.scope).text or "/" for one in requirements})
    groups = [one for one in scopes if "/managementgroups/" in one.lower()]
    document: Json = {
        "schema": "preflight.access/1",
        "collectedAt": "2026-11-24T10:00:00Z",
        "tenantId": TENANT,
        "scopes": ["/"],
        "managementGroups": [_group(name) for name in sorted({_name(one) for one in groups})],
        "subscriptions": [_subscription(one) for one in sorted(_subscriptions(scopes))],
        "principals": [{"objectId": PRINCIPAL, "type": "ServicePrincipal", "memberOf": []}],
        "roleDefinitions": [
            {
                "id": f"/providers/Microsoft.Authorization/roleDefinitions/{ROLE}",
                "name": ROLE,
                "properties": {
                    "roleName": "minimal",
                    "type": "CustomRole",
                    "assignableScopes": ["/"],
                    "permissions": [granted],
                },
            }
        ],
        "roleAssignments": [_assignment(scope, number) for number, scope in enumerate(scopes)],
        "denyAssignments": [],
        "locks": [],
    }
    return parse_snapshot(json.dumps(document))


def known(scope: Scope) -> Scope:
    """Return a scope, or the nearest above it that has no unknown part."""
    return next(rung for rung in scope.ladder() if not rung.has_placeholder)


def _assignment(scope: str, number: int) -> Json:
    name = f"a5510000-{number:04d}-4c7d-8e9f-0a1b2c3d4e5f"
    start = "" if scope == "/" else scope
    return {
        "id": f"{start}/providers/Microsoft.Authorization/roleAssignments/{name}",
        "name": name,
        "properties": {
            "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{ROLE}",
            "principalId": PRINCIPAL,
            "principalType": "ServicePrincipal",
            "scope": scope,
        },
    }


def _name(scope: str) -> str:
    parts = scope.split("/")
    return parts[[part.lower() for part in parts].index("managementgroups") + 1]


def _group(name: str) -> Json:
    root = f"/providers/Microsoft.Management/managementGroups/{TENANT}"
    return {"id": f"/providers/Microsoft.Management/managementGroups/{name}", "parent": root}


def _subscriptions(scopes: Iterable[str]) -> set[str]:
    return {
        "/".join(one.split("/")[:3]) for one in scopes if one.lower().startswith("/subscriptions/")
    }


def _subscription(scope: str) -> Json:
    root = f"/providers/Microsoft.Management/managementGroups/{TENANT}"
    return {"id": scope, "displayName": "S", "managementGroup": root, "tenantId": TENANT}


def without(granted: Json, action: Action, *, data_action: bool) -> Json:
    """Return the permissions less whatever grants the action: it, or a wildcard over it."""
    key = "dataActions" if data_action else "actions"
    entries = granted[key]
    assert isinstance(entries, list)
    kept = [one for one in entries if not ActionPattern(str(one)).matches(action)]
    return {**granted, key: list[JsonValue](kept)}


def only_gate_set(derivation: Derivation) -> Derivation:
    """Return the derivation less what is only possible: no advice is asked about that here."""
    return replace(derivation, requirements=tuple(gate_set(derivation)), again=None)


def required(derivation: Derivation) -> dict[tuple[bool, str], Action]:
    """Return each required action once."""
    return {
        (one.data_action, one.action.folded): one.action
        for one in derivation.requirements
        if one.certainty is Certainty.REQUIRED
    }


@pytest.mark.parametrize(
    "file", [*template_cases(), *example_cases()], ids=lambda file: file.parent.name
)
def test_the_minimal_role_is_enough_and_minimal(file: Path) -> None:
    derivation = only_gate_set(derive(file))
    granted = permissions(derivation)
    evidence = snapshot(granted, derivation.requirements)

    report = preflight.check(derivation, evidence, principal=PRINCIPAL)
    assert [row.decision.reason.value for row in report.rows if row.gate] == ["granted"] * len(
        derivation.requirements
    )
    assert report.exit_code == 0

    actions = required(derivation)
    assert actions
    for (data_action, folded), action in actions.items():
        less = without(granted, action, data_action=data_action)
        evidence = snapshot(less, derivation.requirements)
        authorizer = Authorizer(evidence, PERSON)
        denied = {
            decision.requirement.action.folded
            for decision in map(authorizer.decide, derivation.requirements)
            if decision.verdict is Verdict.DENIED
        }

        assert folded in denied


@pytest.mark.parametrize("file", example_cases(), ids=lambda file: file.parent.name)
def test_the_gate_fails_without_one_action(file: Path) -> None:
    """The whole gate, advice included, for one action: the exit code follows the verdicts."""
    derivation = only_gate_set(derive(file))
    granted = permissions(derivation)
    (data_action, _), action = max(required(derivation).items())
    less = without(granted, action, data_action=data_action)
    evidence = snapshot(less, derivation.requirements)

    assert preflight.check(derivation, evidence, principal=PRINCIPAL).exit_code == 1
