"""Every decision case that a tenant can hold is decided live as it is from its file."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.azure import FakeAzure
from tests.fakes.documents import (
    AUDITOR,
    AUDITOR_APP,
    GROUPS,
    assignment,
    principal,
    role,
)
from tests.fakes.exchange import Fault
from tests.fakes.rows import Row, row, rows, text, texts
from tests.fakes.tenant import fold, scope_of, subscription_of

from preflight.access.azure import Collector
from preflight.access.clouds import Endpoints, cloud_of
from preflight.access.session import Session, SessionOptions, open_session
from preflight.access.wanted import wanted_of
from preflight.authorize.authorizer import AuthorizeOptions, Authorizer
from preflight.authorize.condition.request import SubOperation
from preflight.model.access import AccessSnapshot, Principal, PrincipalType, principal_id
from preflight.model.action import Action
from preflight.model.decision import Decision
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.scope import Scope

DATA = Path(__file__).resolve().parent.parent.parent / "conformance" / "data" / "rbac-cases.json"
CASES: list[Row] = json.loads(DATA.read_text(encoding="utf-8"))["cases"]
TENANT = "7b0c3f5e-8d41-4c8a-9a8e-2f6d1c0e4a10"
READ_ALL = "70000000-0000-4000-8000-00000000aaaa"
VERDICTS = {"allowed": "allow", "denied": "deny", "undetermined": "unknown"}


def impossible(case: Row) -> str | None:
    """Why no tenant can hold a case; None when one can."""
    if row(case["principal"]).get("groups") is None:
        return "a tenant knows who is in which group"
    if case["roleAssignments"] is None:
        return "the gate ends with exit 4 before it decides"
    if row(case["principal"]).get("principalType") == "Group":
        return "a group is no principal that is decided for"
    scopes = [scope_of(item) for item in rows(case["roleAssignments"])]
    scopes += [scope_of(item) for item in rows(case["denyAssignments"])]
    stated = row(row(case.get("hierarchy")).get("managementGroups"))
    known = {fold(GROUPS + name) for name in stated}
    if any(scope.startswith(fold(GROUPS)) and scope not in known for scope in scopes):
        return "a tenant knows what is above a subscription"
    return None


POSSIBLE = [case for case in CASES if impossible(case) is None]


def document(case: Row) -> Row:
    """Return the tenant of a case, with an auditor who may read everything in it."""
    hierarchy = row(case.get("hierarchy"))
    above = row(hierarchy.get("subscriptions"))
    stated = [text(row(case["request"])["scope"])]
    for name in ("roleAssignments", "denyAssignments"):
        stated += [scope_of(item) for item in rows(case[name])]
    places = {found for scope in stated if (found := subscription_of(scope))}
    places |= {fold(f"/subscriptions/{name}") for name in above}
    folded = {fold(f"/subscriptions/{name}"): text(group) for name, group in above.items()}
    who = row(case["principal"])
    groups = [item.lower() for item in texts(who.get("groups"))]
    reader = role("Read all", ["*/read"], identifier=READ_ALL)
    return {
        "tenantId": TENANT,
        "managementGroups": [
            {"id": GROUPS + name, "parent": GROUPS + text(parent) if parent else None}
            for name, parent in row(hierarchy.get("managementGroups")).items()
        ],
        "subscriptions": [
            {
                "id": place,
                "displayName": "",
                "tenantId": TENANT,
                "managementGroup": GROUPS + folded[place] if folded.get(place) else None,
            }
            for place in sorted(places)
        ],
        "principals": [
            principal(
                text(who["objectId"]).lower(),
                "subject",
                text(who.get("principalType")) or "ServicePrincipal",
                memberOf=[*groups],
            ),
            principal(AUDITOR, "auditor", appId=AUDITOR_APP),
            *(principal(group, group, "Group") for group in groups),
        ],
        "roleDefinitions": [*rows(copy.deepcopy(case["roleDefinitions"])), reader],
        "roleAssignments": [
            *rows(copy.deepcopy(case["roleAssignments"])),
            assignment(AUDITOR, READ_ALL, "/"),
        ],
        "denyAssignments": [*rows(copy.deepcopy(case["denyAssignments"]))],
        "roleEligibilityScheduleInstances": [
            *rows(copy.deepcopy(case.get("roleEligibilityScheduleInstances")))
        ],
    }


@pytest.fixture(scope="module")
def azure() -> Iterator[FakeAzure]:
    with FakeAzure({}) as started:
        yield started


def session(azure: FakeAzure) -> Session:
    endpoints = Endpoints(
        arm=azure.url, authority=azure.authority, graph=azure.graph_url, audience=azure.url
    )
    environ = azure.environment("secret", AUDITOR)
    options = SessionOptions(
        cloud=cloud_of("public", endpoints), auth="env", deadline_s=20, environ=environ
    )
    return open_session(options)


def requirement(case: Row) -> Requirement:
    request = row(case["request"])
    scope = Scope(text(request["scope"]))
    return Requirement(
        action=Action(text(request["action"])),
        scope=scope,
        certainty=Certainty.REQUIRED,
        kind=RequirementKind.OTHER,
        why="the case asks",
        resource=scope,
        data_action=request.get("isDataAction") is True,
    )


def collected(azure: FakeAzure, case: Row) -> AccessSnapshot:
    who = row(case["principal"])
    kinds = {kind.value: kind for kind in PrincipalType}
    subject = Principal(
        object_id=principal_id(text(who["objectId"])),
        type=kinds.get(text(who.get("principalType")), PrincipalType.UNKNOWN),
    )
    return Collector(session(azure), subject, wanted_of([requirement(case)])).collect()


def decided(case: Row, snapshot: AccessSnapshot) -> Decision:
    request = row(case["request"])
    stated = request.get("subOperation")
    sub_operation: str | SubOperation = SubOperation.UNKNOWN
    if "subOperation" in request:
        sub_operation = stated if isinstance(stated, str) else SubOperation.NONE
    options = AuthorizeOptions(
        attributes={name: row(item) for name, item in row(request.get("attributes")).items()},
        sub_operation=sub_operation,
    )
    subject = snapshot.principals_by_id[principal_id(text(row(case["principal"])["objectId"]))]
    return Authorizer(snapshot, subject, options).decide(requirement(case))


@pytest.mark.parametrize("case", POSSIBLE, ids=[text(case["id"]) for case in POSSIBLE])
def test_the_same_verdict_live(
    case: Row, azure: FakeAzure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(azure.authority_file))
    azure.load(document(case))
    azure.faults.clear()
    azure.log.clear()
    if case["denyAssignments"] is None:
        azure.script(Fault(path="/denyAssignments", status=403))

    decision = decided(case, collected(azure, case))

    assert VERDICTS[decision.verdict.value] == case["expected"], decision
    assert {call.method for call in azure.log.of("arm")} <= {"GET", "POST"}
    because = case["because"]
    if isinstance(because, str) and because.startswith("/"):
        assert because.lower() in {item.id.lower() for item in decision.evidence}


def test_most_cases_can_be_held() -> None:
    reasons = {text(case["id"]): impossible(case) for case in CASES}

    assert len(POSSIBLE) >= 100, {key: value for key, value in reasons.items() if value}
