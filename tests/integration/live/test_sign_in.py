"""Every way of signing in leads to the same verdict, and none to a printed secret."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fakes import documents
from tests.fakes.azure import FakeAzure
from tests.fakes.environments import KINDS
from tests.fakes.rows import row
from tests.integration.live.conftest import Gate, Program

LABELS = {
    "token": "PREFLIGHT_TOKEN", "secret": "AZURE_ variables", "certificate": "AZURE_ variables",
    "federated-file": "AZURE_ variables", "pipelines": "service connection",
    "oidc": "GitHub OIDC", "cli": "az login", "azd": "azd auth login",
    "powershell": "Connect-AzAccount", "imds": "managed identity",
    "app-service": "managed identity",
}  # fmt: skip
"""Kind of the fake → what the headline calls it. All but two are found by `--auth auto`."""


def test_every_kind_is_tried() -> None:
    assert set(LABELS) == set(KINDS)


@pytest.mark.parametrize("kind", LABELS)
def test_signs_in(kind: str, azure: FakeAzure, gate: Gate) -> None:
    ended = gate("-vv", kind=kind)

    assert ended.code == 0, ended.told
    assert LABELS[kind] in ended.told
    assert row(ended.report["principal"])["objectId"] == documents.DEPLOYER
    assert {call.caller for call in azure.log.of("arm")} == {documents.DEPLOYER}


def test_every_call_only_reads(azure: FakeAzure, gate: Gate) -> None:
    ended = gate(kind="cli")

    assert ended.code == 0, ended.told
    for call in azure.log.of("arm", "graph"):
        reads = call.path.lower().endswith(("/getentities", "/getmembergroups", "/getbyids"))
        assert call.method == "GET" or (call.method == "POST" and reads), call
        assert call.user_agent.startswith("preflight/")
    assert all(call.api_version for call in azure.log.of("arm"))


def test_a_token_that_is_about_to_end_is_renewed(azure: FakeAzure, gate: Gate) -> None:
    azure.tokens.lifetime_s = 30

    ended = gate()

    asked = [call for call in azure.log.of("entra") if call.method == "POST"]
    assert ended.code == 0, ended.told
    assert len(asked) > 1


def test_a_made_up_token(gate: Gate) -> None:
    ended = gate(kind="token", env={"PREFLIGHT_TOKEN": "not.a.token"})

    assert ended.code in {2, 4}, ended.told


def test_a_snapshot_holds_no_secret(azure: FakeAzure, run: Program, tmp_path: Path) -> None:
    file = tmp_path / "access.json"
    arguments = ["snapshot", "-o", str(file), "--scope", documents.PROD, "--everyone", "-vv"]

    ended = run(*arguments, env=azure.environment("secret"))

    assert ended.returncode == 0, ended.stderr
    written = file.read_text(encoding="utf-8")
    assert documents.DEPLOYER in written
    for secret in azure.secrets():
        assert secret not in ended.stdout + ended.stderr + written


@pytest.mark.parametrize(
    ("kind", "name"),
    [("pipelines", "SYSTEM_ACCESSTOKEN"), ("oidc", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")],
)
def test_a_secret_with_a_line_break(kind: str, name: str, azure: FakeAzure, run: Program) -> None:
    offered = azure.environment(kind)
    around = run("whoami", env={**offered, name: f"{offered[name]}\n"})
    inside = run("whoami", env={**offered, name: "short\nsecret"})

    assert around.returncode == 0, around.stderr
    assert inside.returncode == 4
    assert "holds a character that no header takes" in inside.stderr
    assert "short" not in inside.stderr
