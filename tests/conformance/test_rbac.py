"""Decisions: `rbac-cases.json`, one request per case."""

from __future__ import annotations

import json

from preflight.access.snapshot_file import parse_snapshot
from preflight.authorize.authorizer import AuthorizeOptions, Authorizer
from preflight.authorize.condition.request import SubOperation
from preflight.model.access import Principal, PrincipalType, principal_id
from preflight.model.action import Action
from preflight.model.decision import Decision
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.scope import Scope
from preflight.model.value import JsonValue

SUITES = ("rbac-cases.json",)

VERDICTS = {"allowed": "allow", "denied": "deny", "undetermined": "unknown"}
REASONS = {
    "no-matching-grant": {"no-assignment", "role-lacks-action", "excluded-by-not-actions"},
    "out-of-scope": {"wrong-scope"},
    "condition-false": {"condition-not-met"},
    "condition-unknown": {"condition-undetermined"},
    "condition-unparsable": {"condition-undetermined"},
    "deny-condition-unknown": {"condition-undetermined"},
    "group-membership-unknown": {"groups-unknown"},
    "hierarchy-unknown": {"hierarchy-unknown"},
    "role-definition-missing": {"role-definition-missing"},
    "deny-assignments-unreadable": {"evidence-unreadable"},
    "role-assignments-unreadable": {"evidence-unreadable"},
    "eligible-not-active": {"eligible-not-active"},
    "unsupported-action-pattern": {"pattern-unsupported"},
}
"""Codes of the suite → ours (`wrong-principal` is diagnosed from the whole picture)."""
LISTS = (
    "roleDefinitions",
    "roleAssignments",
    "denyAssignments",
    "roleEligibilityScheduleInstances",
)


def mapping(value: JsonValue) -> dict[str, JsonValue]:
    return value if isinstance(value, dict) else {}


def group(name: JsonValue) -> JsonValue:
    return None if name is None else f"/providers/Microsoft.Management/managementGroups/{name}"


def document(case: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the case as a snapshot: a list that is null was not read."""
    hierarchy = mapping(case.get("hierarchy"))
    groups = mapping(hierarchy.get("managementGroups"))
    subscriptions = mapping(hierarchy.get("subscriptions"))
    return {
        "schema": "preflight.access/1",
        "scopes": [mapping(case["request"])["scope"]],
        "managementGroups": [
            {"id": group(name), "parent": group(parent)} for name, parent in groups.items()
        ],
        "subscriptions": [
            {"id": f"/subscriptions/{name}", "managementGroup": group(parent)}
            for name, parent in subscriptions.items()
        ],
        **{name: case[name] for name in LISTS if case.get(name) is not None},
    }


def principal(case: dict[str, JsonValue]) -> Principal:
    stated = mapping(case["principal"])
    groups = stated.get("groups")
    kinds = {kind.value: kind for kind in PrincipalType}
    return Principal(
        object_id=principal_id(str(stated["objectId"])),
        type=kinds.get(str(stated.get("principalType")), PrincipalType.UNKNOWN),
        member_of=(
            frozenset(principal_id(str(row)) for row in groups)
            if isinstance(groups, list)
            else None
        ),
    )


def decide(case: dict[str, JsonValue]) -> Decision:
    request = mapping(case["request"])
    stated = request.get("subOperation")
    sub_operation: str | SubOperation = SubOperation.UNKNOWN
    if "subOperation" in request:
        sub_operation = stated if isinstance(stated, str) else SubOperation.NONE
    options = AuthorizeOptions(
        attributes={
            source: mapping(row) for source, row in mapping(request.get("attributes")).items()
        },
        sub_operation=sub_operation,
    )
    scope = Scope(str(request["scope"]))
    requirement = Requirement(
        action=Action(str(request["action"])),
        scope=scope,
        certainty=Certainty.REQUIRED,
        kind=RequirementKind.OTHER,
        why="the case asks",
        resource=scope,
        data_action=request.get("isDataAction") is True,
    )
    snapshot = parse_snapshot(json.dumps(document(case)))
    return Authorizer(snapshot, principal(case), options).decide(requirement)


def test_decision(case: dict[str, JsonValue]) -> None:
    decision = decide(case)
    because = case["because"]

    assert VERDICTS[decision.verdict.value] == case["expected"], decision
    if isinstance(because, str) and because.startswith("/"):
        assert because.lower() in {row.id.lower() for row in decision.evidence}
    elif isinstance(because, str):
        assert decision.reason.value in REASONS[because]
    if decision.verdict.value == "undetermined":
        assert decision.settle is not None
