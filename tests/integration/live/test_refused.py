"""What is not signed in, not seen, not proven, or led away: never allowed, told with its remedy."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from tests.fakes.azure import FakeAzure
from tests.fakes.documents import (
    CONTRIBUTOR,
    DEPLOYER,
    DEPLOYER_APP,
    HUB,
    OTHER,
    PROD,
    READER,
    STORAGE_WRITER,
    assignment,
    company,
    deny,
)
from tests.fakes.exchange import Fault, Request
from tests.fakes.rows import Row, row
from tests.integration.live.conftest import BOTH, STORAGE, Gate

from preflight.model.value import JsonValue

ASSIGNMENTS = r"GET .*/roleAssignments\?"


@pytest.mark.parametrize(
    "link",
    [
        "{elsewhere}/subscriptions?api-version=1",
        # Of two ways to read an address one takes this for the service's own.
        "{elsewhere}\\@{own}/subscriptions?api-version=1",
        "{elsewhere}/\\@{own}/subscriptions?api-version=1",
        "https://{own}@{other}/subscriptions?api-version=1",
        "https://{own}\t@{other}/subscriptions?api-version=1",
        "//{other}/subscriptions?api-version=1",
    ],
)
def test_a_page_somewhere_else_is_never_asked(link: str, azure: FakeAzure, gate: Gate) -> None:
    with FakeAzure({}) as elsewhere:
        own, other = (row.url.removeprefix("https://") for row in (azure, elsewhere))
        following = link.format(elsewhere=elsewhere.url, own=own, other=other)

        def led_away(_request: Request, body: JsonValue) -> JsonValue:
            return {**row(body), "nextLink": following}

        azure.script(Fault(path=ASSIGNMENTS, rewrite=led_away))

        ended = gate()

        assert ended.code == 4, ended.told
        assert "another host" in ended.told
        assert elsewhere.log.of() == ()


@pytest.mark.parametrize(
    "empty",
    [
        {"denyassignments"},
        {"denyassignments", "roleassignments"},
        {"denyassignments", "locks", "roleassignments", "roledefinitions"},
    ],
)
def test_an_empty_list_that_is_not_proven_decides_nothing(
    empty: set[str], azure: FakeAzure, gate: Gate
) -> None:
    azure.load(company(assignment(DEPLOYER, STORAGE_WRITER, PROD)))
    azure.sign_in(DEPLOYER)
    azure.empty_when_refused |= empty

    ended = gate()

    assert ended.code in {4, 5}, ended.told
    assert not [value for value in ended.reasons().values() if value.startswith("allowed")]


@pytest.mark.parametrize("empty", [{"denyassignments"}, {"denyassignments", "roleassignments"}])
def test_a_deny_that_keeps_the_reader_from_seeing_it(
    empty: set[str], azure: FakeAzure, gate: Gate
) -> None:
    azure.load(
        company(assignment(DEPLOYER, CONTRIBUTOR, PROD), denyAssignments=[deny(PROD, ["*"])])
    )
    azure.sign_in(DEPLOYER)
    azure.empty_when_refused |= empty

    ended = gate()

    assert ended.code in {4, 5}, ended.told
    assert not [value for value in ended.reasons().values() if value.startswith("allowed")]


@pytest.mark.parametrize(("source", "where"), [(STORAGE, PROD), (BOTH, HUB)])
def test_a_deny_that_hides_only_itself(
    source: Path, where: str, azure: FakeAzure, gate: Gate
) -> None:
    hidden = ["Microsoft.Authorization/denyAssignments/read", "*/write"]
    azure.load(
        company(
            assignment(DEPLOYER, CONTRIBUTOR, PROD),
            assignment(DEPLOYER, CONTRIBUTOR, HUB),
            denyAssignments=[deny(where, hidden)],
        )
    )
    azure.sign_in(DEPLOYER)
    azure.empty_when_refused.add("denyassignments")

    ended = gate(source=source)

    allowed = [at for at, value in ended.reasons().items() if value.startswith("allowed")]
    assert ended.code == 5, ended.told
    assert not [at for at in allowed if where in at]


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500])
def test_what_does_not_say_that_nothing_is_there_proves_nothing(
    status: int, azure: FakeAzure, gate: Gate
) -> None:
    azure.script(Fault(path=r"/denyAssignments/0+-", status=status, headers={"Retry-After": "0"}))

    ended = gate()

    assert ended.code == 5, ended.told
    assert ended.undetermined() == {"evidence-unreadable"}, ended.reasons()


def test_a_role_that_reads_nothing_is_helped(azure: FakeAzure, gate: Gate) -> None:
    azure.load(company(assignment(DEPLOYER, STORAGE_WRITER, PROD)))
    azure.sign_in(DEPLOYER)

    ended = gate()

    assert ended.code in {4, 5}, ended.told
    assert "reader-role" in ended.told


def test_one_subscription_refuses_and_the_other_decides(azure: FakeAzure, gate: Gate) -> None:
    azure.script(Fault(path=f"{HUB}/providers/Microsoft.Authorization/denyAssignments", status=403))
    azure.script(Fault(path=f"{HUB}/resourceGroups/rg-hub/.*/denyAssignments", status=403))

    ended = gate(source=BOTH)

    verdicts = {
        at.partition(" at ")[2].split("/")[2]: value
        for at, value in ended.reasons().items()
        if "write" in at
    }
    assert ended.code == 5, ended.told
    assert verdicts[HUB.rpartition("/")[2]].startswith("undetermined/evidence-unreadable")
    assert verdicts[PROD.rpartition("/")[2]].startswith("allowed/")


def test_nobody_is_signed_in(gate: Gate) -> None:
    ended = gate(kind=None)

    assert ended.code == 4
    assert "nobody is signed in" in ended.told
    assert "--access" in ended.told
    assert "az login" in ended.told


def test_a_script_step_after_the_azure_cli_task(azure: FakeAzure, gate: Gate) -> None:
    offered = azure.environment("cli")
    azure.sign_ins.programs["az"].principal = None

    ended = gate(kind=None, env={**offered, "TF_BUILD": "True"})

    assert ended.code == 4
    assert "AzureCLI@2" in ended.told
    assert "SYSTEM_ACCESSTOKEN" in ended.told


@pytest.mark.parametrize("kind", ["pipelines", "oidc"])
def test_an_assertion_that_expired(kind: str, azure: FakeAzure, gate: Gate) -> None:
    azure.sign_ins.assertion_age_s = 900

    ended = gate(kind=kind)

    assert ended.code == 4
    assert "AADSTS700024" in ended.told
    assert "right before the gate" in ended.told


def test_a_tenant_that_is_not_there(gate: Gate) -> None:
    ended = gate(env={"AZURE_TENANT_ID": "00000000-0000-4000-8000-00000000dead"})

    assert ended.code == 4, ended.told
    assert "knows no such tenant" in ended.told


def test_a_subscription_that_is_not_seen(gate: Gate) -> None:
    ended = gate(scope="/subscriptions/00000000-0000-4000-8000-00000000beef/resourceGroups/rg")

    assert ended.code == 4, ended.told
    assert "00000000-0000-4000-8000-00000000beef" in ended.told
    assert "SubscriptionNotFound" in ended.told


def _hosts() -> dict[str, dict[str, str]]:
    return {
        "name": {"PREFLIGHT_ARM_ENDPOINT": "https://no-such-host.invalid"},
        "authority": {"REQUESTS_CA_BUNDLE": os.devnull},
        "port": {"PREFLIGHT_ARM_ENDPOINT": "https://localhost:9"},
    }


@pytest.mark.parametrize("what", _hosts())
def test_a_host_that_cannot_be_reached(what: str, gate: Gate) -> None:
    said = {
        "name": "cannot be resolved|connection was lost",
        "authority": "certificate|REQUESTS_CA_BUNDLE",
        "port": "connection was lost|refused",
    }

    ended = gate("--deadline", "10s", kind="token", env=_hosts()[what])

    assert ended.code == 4, ended.told
    assert re.search(said[what], ended.told), ended.told
    assert ended.seconds < 60


def test_another_tenants_subscription(azure: FakeAzure, gate: Gate) -> None:
    document = company(assignment(DEPLOYER, CONTRIBUTOR, PROD))
    elsewhere: Row = {
        "id": PROD,
        "displayName": "Prod",
        "tenantId": "0c0c0c0c-0000-4000-8000-00000000000c",
    }
    azure.load({**document, "subscriptions": [elsewhere]})
    azure.sign_in(DEPLOYER)

    ended = gate()

    assert ended.code in {4, 5}, ended.told
    assert "tenant" in ended.told


def test_a_delegated_subscription(azure: FakeAzure, gate: Gate) -> None:
    document = company()
    delegated: Row = {
        "id": PROD,
        "displayName": "Prod",
        "tenantId": "0c0c0c0c-0000-4000-8000-00000000000c",
        "managedByTenants": [document["tenantId"]],
    }
    azure.load({**document, "subscriptions": [delegated]})
    azure.sign_in(DEPLOYER)

    ended = gate()

    assert ended.code in {4, 5}, ended.told
    assert ended.undetermined() <= {"delegated-access", "evidence-unreadable"}


def test_a_grant_that_is_seen_in_a_delegated_subscription(azure: FakeAzure, gate: Gate) -> None:
    document = company(assignment(DEPLOYER, CONTRIBUTOR, PROD))
    delegated: Row = {
        "id": PROD,
        "displayName": "Prod",
        "tenantId": "0c0c0c0c-0000-4000-8000-00000000000c",
        "managedByTenants": [document["tenantId"]],
    }
    azure.load({**document, "subscriptions": [delegated]})
    azure.sign_in(DEPLOYER)

    ended = gate()

    assert ended.code == 5, ended.told
    assert ended.undetermined() == {"delegated-access"}


SUBSCRIPTION = r"GET /subscriptions/[^/]+\?"


def test_the_tenant_of_a_subscription_that_may_not_be_asked_for_stands_in_the_list(
    azure: FakeAzure, gate: Gate
) -> None:
    azure.script(Fault(path=SUBSCRIPTION, status=403))

    ended = gate()

    assert ended.code == 0, ended.told
    assert "could not read" not in ended.told


@pytest.mark.parametrize(
    ("held", "code"), [((CONTRIBUTOR, PROD), 0), ((READER, PROD), 1), ((READER, "/"), 5)]
)
def test_a_subscription_whose_tenant_nobody_tells(
    held: tuple[str, str], code: int, azure: FakeAzure, gate: Gate
) -> None:
    azure.load(company(assignment(DEPLOYER, *held)))
    azure.sign_in(DEPLOYER)
    azure.script(Fault(path=SUBSCRIPTION, status=403))
    azure.script(Fault(path=r"GET /subscriptions\?", status=403))

    ended = gate()

    assert ended.code == code, ended.told
    assert "could not read: subscriptions at" in ended.told
    if code == 5:
        assert "the tenant of the subscription could not be read" in ended.told


def test_two_identities_are_told_apart(azure: FakeAzure, gate: Gate) -> None:
    azure.load(company(assignment(OTHER, CONTRIBUTOR, PROD)))
    azure.sign_in(DEPLOYER)

    ended = gate(env=azure.environment("pipelines", OTHER))

    assert ended.code == 0, ended.told
    assert "other-identity-available" in ended.told
    assert DEPLOYER_APP in ended.told
