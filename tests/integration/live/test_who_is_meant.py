"""For whom it is decided, who reads, and what a second witness says."""

from __future__ import annotations

import pytest
from tests.fakes.azure import FakeAzure
from tests.fakes.documents import (
    ALICE,
    AUDITOR,
    CONTRIBUTOR,
    CORP,
    DEPLOYER,
    DEPLOYER_APP,
    OTHER,
    PLATFORM,
    PROD,
    STORAGE_WRITER,
    assignment,
    company,
    deny,
)
from tests.fakes.exchange import Fault
from tests.fakes.rows import Row, row, rows, text
from tests.integration.live.conftest import SHOP, Gate

GRANT = assignment(DEPLOYER, CONTRIBUTOR, PROD)


@pytest.mark.parametrize("given", [DEPLOYER, DEPLOYER_APP, "sp-shop-deploy"])
def test_a_principal_other_than_the_caller(given: str, azure: FakeAzure, gate: Gate) -> None:
    azure.load(company(GRANT))
    azure.sign_in(AUDITOR)
    ended = gate("--principal", given)

    assert ended.code == 0, ended.told
    assert row(ended.report["principal"])["objectId"] == DEPLOYER
    assert f"evidence read by {AUDITOR}" in " ".join(ended.out.split())
    assert not [call for call in azure.log.of("arm") if call.path.endswith("/permissions")]


def test_a_group_cannot_be_decided_for(gate: Gate) -> None:
    ended = gate("--principal", PLATFORM)

    assert ended.code == 2
    assert "deciding for a group is not supported" in ended.err


@pytest.mark.parametrize("given", ["nobody-of-that-name", "11111111-1111-4111-8111-111111111111"])
def test_somebody_who_is_not_there(given: str, gate: Gate) -> None:
    assert gate("--principal", given).code == 4


def test_a_name_that_may_be_looked_up_among_applications_only(azure: FakeAzure, gate: Gate) -> None:
    azure.load(company(GRANT))
    azure.sign_in(AUDITOR)
    azure.script(Fault(path="/v1.0/users", status=403))

    assert gate("--principal", "sp-shop-deploy").code == 0
    assert gate("--principal", "alice@fabrikam.example").code == 4


def test_an_object_id_that_nobody_may_look_up_is_told(azure: FakeAzure, gate: Gate) -> None:
    azure.load(company(GRANT))
    azure.graph_allowed = False
    azure.sign_in(AUDITOR)
    ended = gate("--principal", OTHER)

    assert ended.code == 1
    assert gate("--principal", "sp-shop-deploy").code == 4


def test_an_interactive_user_is_told_that_it_is_for_them(azure: FakeAzure, gate: Gate) -> None:
    azure.load(company(assignment(ALICE, CONTRIBUTOR, PROD, "User")))
    azure.sign_ins.programs["az"].principal = ALICE
    ended = gate(kind="cli", env=azure.environment("cli", ALICE))

    assert "(you), not for your pipeline" in " ".join(ended.out.split())


def test_two_witnesses(azure: FakeAzure, gate: Gate) -> None:
    azure.load(company(GRANT))

    assert "2 witnesses" in gate().out
    assert "2 witnesses" not in gate("--no-cross-check").out


@pytest.mark.parametrize(
    ("grant", "reason"),
    [
        (GRANT, "evidence-stale"),
        (assignment(DEPLOYER, CONTRIBUTOR, CORP), "hierarchy-unknown"),
        (assignment(PLATFORM, CONTRIBUTOR, PROD, "Group"), "groups-unknown"),
    ],
)
def test_a_grant_that_is_not_enforced_is_not_allowed(
    grant: Row, reason: str, azure: FakeAzure, gate: Gate
) -> None:
    document = company(grant)
    for item in rows(document["principals"]):
        if item["objectId"] == DEPLOYER:
            item["memberOf"] = [PLATFORM]
    azure.load(document)
    azure.not_enforced.add(text(grant["id"]).lower())
    ended = gate()

    assert ended.code == 5, ended.told
    assert reason in ended.undetermined()
    assert gate("--no-cross-check").code == 0


def test_a_condition_neither_agrees_nor_disagrees(azure: FakeAzure, gate: Gate) -> None:
    condition = "!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})"
    azure.load(company(assignment(DEPLOYER, CONTRIBUTOR, PROD, condition=condition)))

    assert gate().code == 0


def test_near_misses_are_looked_for_only_after_a_denial(azure: FakeAzure, gate: Gate) -> None:
    azure.load(company(GRANT))
    gate()
    unfiltered = [
        call
        for call in azure.log.of("arm")
        if call.path.endswith("/roleAssignments") and "$filter" not in call.query
    ]
    assert unfiltered == []

    azure.load(company(assignment(OTHER, STORAGE_WRITER, SHOP)))
    azure.sign_in(AUDITOR)
    ended = gate("--principal", DEPLOYER)

    assert ended.code == 1
    assert "wrong-principal" in ended.out
    assert "sp-hub-deploy" in ended.out


def test_a_cloud_that_does_not_know_the_newest_version(azure: FakeAzure, gate: Gate) -> None:
    azure.load(company(GRANT))
    unknown: Row = {"error": {"code": "InvalidResourceType", "message": "no such version"}}
    azure.script(Fault(path="denyAssignments.*2024-07-01-preview", status=400, body=unknown))
    ended = gate()

    assert ended.code == 0, ended.told
    versions = {
        call.api_version for call in azure.log.of("arm") if call.path.endswith("/denyAssignments")
    }
    assert versions == {"2024-07-01-preview", "2022-04-01"}


def test_membership_of_a_group_that_only_a_deny_names(azure: FakeAzure, gate: Gate) -> None:
    blocked = deny(SHOP, ["Microsoft.Storage/*"], to=(PLATFORM,))
    properties = row(blocked["properties"])
    properties["principals"] = [{"id": PLATFORM, "type": "Group"}]
    azure.load(company(GRANT, denyAssignments=[blocked]))

    assert gate().code == 0, "the directory says that the deployer is not in it"
    azure.graph_allowed = False
    ended = gate()
    assert ended.code == 5
    assert ended.undetermined() == {"groups-unknown"}
