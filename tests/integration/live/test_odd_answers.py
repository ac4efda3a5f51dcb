"""Answers that contradict themselves or each other: never allowed, never an internal error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.fakes.azure import FakeAzure
from tests.fakes.documents import (
    AUDITOR,
    CONTRIBUTOR,
    DEPLOYER,
    OTHER,
    PLATFORM,
    PROD,
    READER,
    STORAGE_WRITER,
    assignment,
    company,
    deny,
    eligibility,
    lock,
)
from tests.fakes.exchange import Fault, Request
from tests.fakes.rows import rows
from tests.integration.live.conftest import SHOP, STORAGE, Gate

from preflight.model.value import JsonValue

ASSIGNMENTS = r"GET .*/roleAssignments\?"
DENIES = r"GET .*/denyAssignments\?"
ASSIGNED = {
    "type": "Microsoft.Authorization/roleAssignments",
    "apiVersion": "2022-04-01",
    "name": "11111111-2222-4333-8444-555555555555",
    "properties": {
        "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{READER}",
        "principalId": OTHER,
    },
}
OPERATORS = "2f4c8e10-0103-4a6b-9c3d-7e5f1a2b3d03"
NOT_WHOLE: dict[str, JsonValue] = {
    "an error beside no rows": {"value": [], "error": {"code": "PartialResult"}},
    "a further page in another spelling": {
        "value": [],
        "odata.nextLink": "https://elsewhere.example/",
    },
    "a further page of an unknown form": {"value": [], "$skipToken": "x"},
    "rows in another place": {"properties": {"value": []}},
}


@pytest.mark.parametrize("name", NOT_WHOLE)
def test_deny_assignments_that_are_not_told_whole(name: str, azure: FakeAzure, gate: Gate) -> None:
    azure.script(Fault(path=DENIES, status=200, body=NOT_WHOLE[name]))

    ended = gate()

    assert ended.code == 5, ended.told
    assert ended.undetermined() == {"evidence-unreadable"}, ended.reasons()


def test_rows_of_somebody_else_in_an_answer_about_the_caller(azure: FakeAzure, gate: Gate) -> None:
    def somebody_elses(_request: Request, _body: JsonValue) -> JsonValue:
        return {"value": [assignment(OTHER, CONTRIBUTOR, PROD)]}

    azure.script(Fault(path=ASSIGNMENTS, rewrite=somebody_elses))

    ended = gate()

    assert ended.code == 4, ended.told
    assert "holds rows of another one" in ended.told


def test_everybodys_rows_do_not_stand_for_those_of_the_principal(
    azure: FakeAzure, gate: Gate
) -> None:
    # They are read after a denial (the lock's) and leave the principal's own out.
    document = company(
        assignment(DEPLOYER, CONTRIBUTOR, PROD),
        assignment(AUDITOR, READER, PROD),
        assignment(OTHER, READER, PROD),
    )
    azure.load({**document, "locks": [lock(SHOP, "ReadOnly")]})
    azure.sign_in(AUDITOR)

    def somebody_elses(request: Request, body: JsonValue) -> JsonValue:
        asked = DEPLOYER in request.query.get("$filter", "")
        return {"value": [assignment(OTHER, CONTRIBUTOR, PROD)]} if asked else body

    azure.script(Fault(path=ASSIGNMENTS, rewrite=somebody_elses))

    ended = gate("--principal", DEPLOYER, env=azure.environment("secret", AUDITOR))

    read = [why for what, why in ended.reasons().items() if "/deployments/read at" in what]
    assert read == ["undetermined/evidence-unreadable"], ended.told


def test_a_group_that_the_caller_could_only_join_grants_nothing(
    azure: FakeAzure, gate: Gate, tmp_path: Path
) -> None:
    # Its roles are listed where a role assignment is written: those of everybody are.
    template = {**json.loads(STORAGE.read_text(encoding="utf-8"))}
    template["resources"] = [*template["resources"], ASSIGNED]
    source = tmp_path / "main.json"
    source.write_text(json.dumps(template), encoding="utf-8")
    azure.load(
        company(
            assignment(DEPLOYER, READER, PROD),
            assignment(PLATFORM, CONTRIBUTOR, PROD, "Group"),
        )
    )
    azure.sign_in(DEPLOYER)

    def through_the_group(_request: Request, _body: JsonValue) -> JsonValue:
        return {"value": [eligibility(PLATFORM, CONTRIBUTOR, PROD)]}

    azure.script(Fault(path="/roleEligibilityScheduleInstances", rewrite=through_the_group))

    ended = gate("--no-cross-check", source=source)

    assert ended.code == 1, ended.told
    assert not [
        at
        for at, value in ended.reasons().items()
        if value.startswith("allowed") and "/write at" in at
    ]
    assert "denied/eligible-not-active" in ended.reasons().values()


def test_deny_assignments_refused_although_they_may_be_read_and_empty_further_down(
    azure: FakeAzure, gate: Gate
) -> None:
    wide = PROD + "/providers/Microsoft.Authorization/denyAssignments"
    azure.script(Fault(path=wide, status=403))

    ended = gate()

    assert ended.code == 5, ended.told
    assert ended.undetermined() == {"evidence-unreadable"}, ended.reasons()


@pytest.mark.parametrize("said", [{"value": ["platform team"]}, {"value": []}, *NOT_WHOLE.values()])
def test_groups_that_the_directory_does_not_tell_whole(
    said: JsonValue, azure: FakeAzure, gate: Gate
) -> None:
    document = company(
        assignment(DEPLOYER, CONTRIBUTOR, PROD),
        assignment(OPERATORS, STORAGE_WRITER, PROD, "Group"),
        denyAssignments=[deny(PROD, ["Microsoft.Storage/*"], to=[PLATFORM])],
    )
    for holder in rows(document["principals"]):
        if holder["objectId"] == DEPLOYER:
            holder["memberOf"] = [PLATFORM, OPERATORS]
    azure.load(document)
    azure.sign_in(DEPLOYER)
    azure.script(Fault(path="getMemberGroups", status=200, body=said))

    ended = gate()

    assert ended.code == 5, ended.told
    assert ended.undetermined() == {"groups-unknown"}, ended.reasons()


@pytest.mark.parametrize("until", ["soon", "Wed, 99 Foo", "9" * 400])
def test_a_wait_for_a_time_that_is_none(until: str, azure: FakeAzure, gate: Gate) -> None:
    azure.script(Fault(path=DENIES, status=429, headers={"Retry-After": until}))

    ended = gate()

    assert ended.code == 5, ended.told
    assert ended.undetermined() == {"evidence-unreadable"}, ended.reasons()


def test_such_a_wait_for_a_moment(azure: FakeAzure, gate: Gate) -> None:
    azure.script(Fault(path=ASSIGNMENTS, on={1}, status=503, headers={"Retry-After": "soon"}))

    assert gate().code == 0


def test_an_answer_that_is_larger_than_any_list(azure: FakeAzure, gate: Gate) -> None:
    azure.script(Fault(path=DENIES, status=200, body='{"value": []' + " " * 64_000_000 + "}"))

    ended = gate()

    assert ended.code == 5, ended.told
    assert ended.undetermined() == {"evidence-unreadable"}, ended.reasons()
    assert "more than 64 MB" in ended.told


def echoed(request: Request, _body: JsonValue) -> JsonValue:
    """What came in, as a proxy that somebody debugs gives it back; a token where none belongs."""
    sent = request.headers.get("authorization", "")
    return {"Value": sent, "error": {"code": sent, "message": sent}}


@pytest.mark.parametrize(
    ("kind", "path", "status"),
    [
        ("oidc", "/github/token", None),
        ("secret", "GET /subscriptions/", None),
        ("secret", "GET /subscriptions/", 403),
    ],
)
def test_what_an_answer_gives_back_is_not_printed(
    kind: str, path: str, status: int | None, azure: FakeAzure, gate: Gate
) -> None:
    fault = Fault(path=path, rewrite=echoed)
    if status is not None:
        token = azure.token(DEPLOYER)
        fault = Fault(path=path, status=status, body={"error": {"code": f"Bearer {token}"}})
    azure.script(fault)

    ended = gate("-vv", kind=kind)

    # The gate's fixture looks for whole secrets.
    assert ended.code == 4, ended.told
    assert "eyJ" not in ended.told
    assert "Bearer" not in ended.told
