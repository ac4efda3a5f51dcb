"""Every way of signing in leads to the same verdict, and none to a printed secret."""

from __future__ import annotations

import pytest
from tests.fakes import documents
from tests.fakes.azure import FakeAzure
from tests.fakes.environments import KINDS
from tests.fakes.rows import row
from tests.integration.live.conftest import Gate, Program

AUTH = {
    "token": "token", "secret": "env", "certificate": "env", "federated-file": "env",
    "pipelines": "pipelines", "oidc": "oidc", "cli": "cli", "azd": "azd",
    "powershell": "powershell", "imds": "managed-identity", "app-service": "managed-identity",
}  # fmt: skip
"""Kind of the fake → the value of `--auth`."""


def test_every_kind_is_tried() -> None:
    assert set(AUTH) == set(KINDS)


@pytest.mark.parametrize("kind", AUTH)
def test_a_kind_by_its_name(kind: str, azure: FakeAzure, gate: Gate) -> None:
    ended = gate("--auth", AUTH[kind], "-vv", kind=kind)

    assert ended.code == 0, ended.told
    assert row(ended.report["principal"])["objectId"] == documents.DEPLOYER
    assert {call.caller for call in azure.log.of("arm")} == {documents.DEPLOYER}


@pytest.mark.parametrize("kind", sorted(set(AUTH) - {"token", "imds"}))
def test_a_kind_that_is_found(kind: str, gate: Gate) -> None:
    ended = gate(kind=kind)

    assert ended.code == 0, ended.told


def test_every_call_only_reads(azure: FakeAzure, gate: Gate) -> None:
    ended = gate(kind="cli")

    assert ended.code == 0, ended.told
    for call in azure.log.of("arm", "graph"):
        reads = call.path.lower().endswith(("/getentities", "/getmembergroups", "/getbyids"))
        assert call.method == "GET" or (call.method == "POST" and reads), call
        assert call.user_agent.startswith("preflight/")
    assert all(call.api_version for call in azure.log.of("arm"))


def test_a_token_that_was_refused_is_renewed_once(azure: FakeAzure, gate: Gate) -> None:
    azure.tokens.lifetime_s = 30  # older than what is renewed before its end

    ended = gate()

    assert ended.code == 0, ended.told


def test_a_made_up_token(gate: Gate) -> None:
    ended = gate(kind="token", env={"PREFLIGHT_TOKEN": "not.a.token"})

    assert ended.code in {2, 4}, ended.told


def test_a_snapshot_holds_no_secret(azure: FakeAzure, run: Program) -> None:
    ended = run("snapshot", "--scope", documents.PROD, env=azure.environment("secret"))

    for secret in azure.secrets():
        assert secret not in ended.stdout + ended.stderr
