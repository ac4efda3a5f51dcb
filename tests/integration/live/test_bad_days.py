"""What goes wrong live: one line that names the call, what it means and what to do."""

from __future__ import annotations

import itertools
import os
import re
from dataclasses import dataclass, field

import pytest
from tests.fakes.azure import FakeAzure
from tests.fakes.documents import (
    CONTRIBUTOR,
    DEPLOYER,
    DEPLOYER_APP,
    HUB,
    OTHER,
    PROD,
    STORAGE_WRITER,
    assignment,
    company,
    deny,
)
from tests.fakes.exchange import Fault, Request
from tests.fakes.paging import link_to
from tests.fakes.rows import Row, row
from tests.integration.live.conftest import BOTH, Gate

from preflight.model.value import JsonValue

ASSIGNMENTS = r"GET .*/roleAssignments\?"
DENIES = r"GET .*/denyAssignments\?"
DEFINITIONS = r"GET .*/roleDefinitions\?"


@dataclass(frozen=True, kw_only=True)
class Day:
    """What goes wrong, and how the gate must end."""

    faults: tuple[Fault, ...]
    code: int
    told: str = ""
    """A regular expression that the output matches."""
    undetermined: frozenset[str] = field(default_factory=frozenset)
    arguments: tuple[str, ...] = ()
    kind: str = "secret"


def endless(request: Request, body: JsonValue) -> JsonValue:
    """The next page is this one again."""
    return {**row(body), "nextLink": link_to(request, dict(request.query))}


_TURNS = itertools.count()


def ever_further(request: Request, body: JsonValue) -> JsonValue:
    """There is always one page more."""
    query = {**request.query, "$skiptoken": "0", "turn": str(next(_TURNS))}
    return {**row(body), "nextLink": link_to(request, query)}


UNREADABLE = frozenset({"evidence-unreadable"})
DAYS: dict[str, Day] = {
    "nothing goes wrong": Day(faults=(), code=0),
    "a token that is refused once": Day(
        faults=(Fault(path=ASSIGNMENTS, on={1}, status=401),), code=0
    ),
    "a token that is refused for ever": Day(
        faults=(Fault(path="GET /subscriptions", status=401),),
        code=4,
        told="the token was refused, and so was a fresh one",
    ),
    "role assignments may not be read": Day(
        faults=(
            Fault(path=ASSIGNMENTS, status=403),
            Fault(path="/permissions", status=403),
        ),
        code=4,
        told=r"roleAssignments.*403[\s\S]*reader role",
    ),
    "deny assignments may not be read": Day(
        faults=(Fault(path=DENIES, status=403),), code=5, undetermined=UNREADABLE, told="403"
    ),
    "role definitions may not be read": Day(
        faults=(Fault(path="/roleDefinitions", status=403),), code=0, told="built-in-roles-added"
    ),
    "nothing proves what the reader may read": Day(
        faults=(
            Fault(path="/roleDefinitions", status=403),
            Fault(path="/permissions", status=403),
        ),
        code=4,
        told="nothing shows that the identity that runs the gate may read them",
    ),
    "locks may not be read": Day(faults=(Fault(path="/locks", status=403),), code=0, told="lock"),
    "registrations may not be read": Day(faults=(Fault(path="/providers\\?", status=403),), code=0),
    "eligible roles may not be read": Day(
        faults=(Fault(path="ScheduleInstances", status=403),), code=0
    ),
    "the line above may not be read": Day(faults=(Fault(path="getEntities", status=403),), code=0),
    "the group is not there yet": Day(
        faults=(Fault(path="/resourceGroups/", status=404),), code=0
    ),
    "throttled for a moment": Day(
        faults=(Fault(path=ASSIGNMENTS, on={1, 2}, status=429, headers={"Retry-After": "1"}),),
        code=0,
    ),
    "throttled past the deadline": Day(
        faults=(Fault(path=ASSIGNMENTS, status=429, headers={"Retry-After": "3600"}),),
        code=4,
        told="429.*wait past the deadline",
    ),
    "a server in trouble for a moment": Day(
        faults=(
            Fault(path=ASSIGNMENTS, on={1}, status=503),
            Fault(path=DENIES, on={1}, status=500),
        ),
        code=0,
    ),
    "a server in trouble": Day(
        faults=(Fault(path=ASSIGNMENTS, status=502),), code=4, told="502.*in trouble"
    ),
    "deny assignments in trouble": Day(
        faults=(Fault(path=DENIES, status=500),), code=5, undetermined=UNREADABLE
    ),
    "no answer in time": Day(
        faults=(Fault(path=ASSIGNMENTS, delay_s=30),),
        code=4,
        told="not done within 3 s|no answer in time",
        arguments=("--deadline", "3s"),
    ),
    "deny assignments not in time": Day(
        faults=(Fault(path=DENIES, delay_s=30),),
        code=5,
        undetermined=UNREADABLE,
        arguments=("--deadline", "4s"),
    ),
    "a connection lost for a moment": Day(
        faults=(Fault(path=ASSIGNMENTS, on={1}, cut="connection"),), code=0
    ),
    "a page cut off for a moment": Day(
        faults=(Fault(path=ASSIGNMENTS, on={1}, cut="body"),), code=0
    ),
    "a page cut off": Day(
        faults=(Fault(path=DENIES, cut="body"),), code=5, undetermined=UNREADABLE
    ),
    "connections lost": Day(
        faults=(Fault(path=ASSIGNMENTS, cut="connection"),), code=4, told="connection was lost"
    ),
    "pages that come again": Day(
        faults=(Fault(path=ASSIGNMENTS, rewrite=endless),), code=4, told="never end"
    ),
    "pages without end": Day(
        faults=(Fault(path=DENIES, rewrite=ever_further),), code=5, undetermined=UNREADABLE
    ),
    "a page that is no JSON": Day(
        faults=(Fault(path=ASSIGNMENTS, status=200, body="<html>sign in to the network</html>"),),
        code=4,
        told="roleAssignments",
    ),
    "a list that is an object": Day(
        faults=(Fault(path=DENIES, status=200, body={"value": {"id": "x"}}),),
        code=5,
        undetermined=UNREADABLE,
    ),
    "a row that is not understood": Day(
        faults=(Fault(path=DENIES, status=200, body={"value": [{"properties": 7}]}),),
        code=5,
        undetermined=UNREADABLE,
    ),
    "a redirection": Day(
        faults=(
            Fault(path=ASSIGNMENTS, status=302, headers={"Location": "https://elsewhere.example/"}),
        ),
        code=4,
    ),
    "the sign-in is throttled for an hour": Day(
        faults=(Fault(path="/oauth2/", status=429, headers={"Retry-After": "3600"}),),
        code=4,
        told="sign-in|wait",
        arguments=("--deadline", "5s"),
    ),
    "the sign-in hangs": Day(
        faults=(Fault(path="/oauth2/", delay_s=30),),
        code=4,
        told="sign-in",
        arguments=("--deadline", "3s"),
    ),
    "az hangs": Day(
        faults=(Fault(path="/_program/az", delay_s=30),),
        code=4,
        told="az login",
        arguments=("--auth", "cli", "--deadline", "3s"),
        kind="cli",
    ),
    "az prints something else": Day(
        faults=(
            Fault(
                path="/_program/az",
                status=200,
                body={"stdout": "{}", "stderr": "", "code": 0},
            ),
        ),
        code=4,
        told="az login",
        arguments=("--auth", "cli"),
        kind="cli",
    ),
    "the machine's identity hangs": Day(
        faults=(Fault(path="/metadata/", delay_s=30),),
        code=4,
        told="managed identity",
        arguments=("--deadline", "3s"),
        kind="imds",
    ),
    "GitHub's issuer refuses": Day(
        faults=(Fault(path="/github/token", status=403),), code=4, told="OIDC", kind="oidc"
    ),
    "GitHub's issuer hangs": Day(
        faults=(Fault(path="/github/token", delay_s=30),),
        code=4,
        told="OIDC",
        arguments=("--deadline", "3s"),
        kind="oidc",
    ),
    "the pipeline's issuer leads to a sign-in page": Day(
        faults=(
            Fault(
                path="/pipelines/oidctoken",
                status=302,
                headers={"Location": "https://dev.azure.example/_signin"},
            ),
        ),
        code=4,
        told="service connection",
        kind="pipelines",
    ),
    "the sign-in gives no token": Day(
        faults=(Fault(path="/oauth2/", status=200, body={"token_type": "Bearer"}),), code=4
    ),
    "the token is no token": Day(
        faults=(
            Fault(
                path="/oauth2/",
                status=200,
                body={"token_type": "Bearer", "expires_in": 3600, "access_token": "opaque"},
            ),
        ),
        code=4,
    ),
    "the sign-in is in trouble": Day(
        faults=(Fault(path="/oauth2/", status=503),),
        code=4,
        arguments=("--deadline", "10s"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DAYS)
def test_a_bad_day(name: str, azure: FakeAzure, gate: Gate) -> None:
    day = DAYS[name]
    azure.script(*day.faults)

    ended = gate(*day.arguments, kind=day.kind)

    assert ended.code == day.code, ended.told
    assert re.search(day.told, ended.told), ended.told
    assert ended.undetermined() >= day.undetermined, ended.reasons()
    assert ended.report["exitCode"] == day.code
    assert ended.seconds < 25


def test_a_page_somewhere_else_is_never_asked(azure: FakeAzure, gate: Gate) -> None:
    with FakeAzure({}) as elsewhere:

        def led_away(_request: Request, body: JsonValue) -> JsonValue:
            return {**row(body), "nextLink": elsewhere.url + "/subscriptions?api-version=1"}

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
    assert ended.seconds < 15


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


def test_two_identities_are_told_apart(azure: FakeAzure, gate: Gate) -> None:
    azure.load(company(assignment(OTHER, CONTRIBUTOR, PROD)))
    azure.sign_in(DEPLOYER)

    ended = gate(env=azure.environment("pipelines", OTHER))

    assert ended.code == 0, ended.told
    assert "other-identity-available" in ended.told
    assert DEPLOYER_APP in ended.told
