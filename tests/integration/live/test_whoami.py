"""`preflight whoami`: who is really signed in, and what that identity can read."""

from __future__ import annotations

import json

import jsonschema
import pytest
from tests.fakes.azure import FakeAzure
from tests.fakes.documents import DEPLOYER, DEPLOYER_APP, PROD, TENANT, assignment, company
from tests.fakes.exchange import Fault
from tests.fakes.rows import Row
from tests.integration.live.conftest import ROOT, Program

SUBSCRIPTION = PROD.rpartition("/")[2]
SCHEMA = ROOT / "src" / "preflight" / "report" / "schemas" / "whoami-1.schema.json"
NOBODY = "00000000-0000-4000-8000-000000000000"


def document(azure: FakeAzure, run: Program, *arguments: str, kind: str = "secret") -> Row:
    ended = run("whoami", "--format", "json", *arguments, env=azure.environment(kind))
    for secret in azure.secrets():
        assert secret not in ended.stdout + ended.stderr
    found: Row = json.loads(ended.stdout)
    jsonschema.validate(found, json.loads(SCHEMA.read_text(encoding="utf-8")))
    return found


def test_who_where_and_how(azure: FakeAzure, run: Program) -> None:
    found = document(azure, run, "--subscription", SUBSCRIPTION)

    assert found["objectId"] == DEPLOYER
    assert found["appId"] == DEPLOYER_APP
    assert found["displayName"] == "sp-shop-deploy"
    assert found["type"] == "ServicePrincipal"
    assert found["tenantId"] == TENANT
    assert found["subscriptionName"] == "Prod"
    assert found["auth"] == "env"
    assert found["tokenExpiresAt"] is not None
    assert found["asExpected"] is True


def test_a_name_that_nobody_may_read_is_left_out(azure: FakeAzure, run: Program) -> None:
    azure.graph_allowed = False

    assert document(azure, run)["displayName"] is None


@pytest.mark.parametrize(
    ("option", "right"),
    [
        ("--expect-object-id", DEPLOYER.upper()),
        ("--expect-tenant", TENANT),
        ("--expect-subscription", SUBSCRIPTION),
    ],
)
def test_what_was_expected(azure: FakeAzure, run: Program, option: str, right: str) -> None:
    env = azure.environment("secret")
    place = ("--subscription", SUBSCRIPTION)

    assert run("whoami", *place, option, right, env=env).returncode == 0
    wrong = run("whoami", *place, option, NOBODY, env=env)
    assert wrong.returncode == 1
    assert f"expected was {NOBODY}" in wrong.stdout


def test_a_run_as_somebody_else_ends_before_anything_is_asked(
    azure: FakeAzure, run: Program
) -> None:
    ended = run(
        "run", "examples/f-passes/main.json", "--scope", PROD + "/resourceGroups/rg-shop",
        "--expect-object-id", NOBODY, env=azure.environment("secret"),
    )  # fmt: skip

    assert ended.returncode == 4
    assert "not the expected one" in ended.stdout
    assert azure.log.of("arm") == ()


def test_a_probe_says_what_each_answer_proves(azure: FakeAzure, run: Program) -> None:
    azure.script(Fault(path="/denyAssignments", status=403))
    ended = run("whoami", "--probe", "-s", SUBSCRIPTION, env=azure.environment("secret"))

    assert ended.returncode == 0
    rows = [line for line in ended.stdout.splitlines() if line.startswith("  GET /subscriptions")]
    assert any("denyAssignments → 403: nothing: it was not read" in row for row in rows)
    assert any("/locks → 200, 0 rows: all rows: a missing one means none" in row for row in rows)
    assert all(SUBSCRIPTION not in row for row in rows), "IDs are shortened"
    probes = document(azure, run, "--probe", "-s", SUBSCRIPTION)["probes"]
    assert isinstance(probes, list)
    assert len(probes) >= len(rows)


def test_a_probe_of_a_list_that_is_not_proven(azure: FakeAzure, run: Program) -> None:
    lister = "70000000-0000-4000-8000-0000000000aa"
    azure.load(company(assignment(DEPLOYER, lister, PROD)))
    azure.empty_when_refused.add("denyassignments")
    ended = run("whoami", "--probe", "-s", SUBSCRIPTION, env=azure.environment("secret"))

    assert "denyAssignments → 200, 0 rows: these rows only" in ended.stdout


def test_a_probe_needs_a_place(azure: FakeAzure, run: Program) -> None:
    ended = run("whoami", "--probe", env=azure.environment("secret"))

    assert ended.returncode == 2
    assert "nothing says where to probe" in ended.stderr
