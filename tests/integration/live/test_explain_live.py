"""`preflight explain` with the evidence of a live tenant."""

from __future__ import annotations

import json
from pathlib import Path

from tests.fakes.azure import FakeAzure
from tests.fakes.documents import DEPLOYER, HUB, OTHER, PROD
from tests.fakes.rows import Row, row, rows
from tests.integration.live.conftest import SHOP, Program

SUBNET = f"{HUB}/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/v/subnets/s"


def denial(object_id: str, action: str, scope: str) -> str:
    return (
        f"ERROR: (AuthorizationFailed) The client 'x' with object id '{object_id}' does not have "
        f"authorization to perform action '{action}' over scope '{scope}' or the scope is invalid."
    )


def explained(run: Program, azure: FakeAzure, file: Path, *arguments: str) -> Row:
    ended = run(
        "explain", file, "--auth", "env", "-f", "json", "--detail", "team", *arguments,
        env=azure.environment("secret"),
    )  # fmt: skip
    assert "Traceback" not in ended.stderr
    assert ended.returncode == 0, ended.stderr
    return row(json.loads(ended.stdout))


def test_a_denial_is_decided_by_the_live_tenant(
    run: Program, azure: FakeAzure, tmp_path: Path
) -> None:
    file = tmp_path / "log.txt"
    action = "Microsoft.Authorization/roleAssignments/write"
    file.write_text(denial(DEPLOYER, action, SHOP), encoding="utf-8")

    (found,) = rows(explained(run, azure, file)["denials"])

    assert row(found["decision"])["reason"] == "excluded-by-not-actions"
    assert found["principal"] == DEPLOYER


def test_another_identity_than_the_signed_in_one_is_said(
    run: Program, azure: FakeAzure, tmp_path: Path
) -> None:
    file = tmp_path / "log.txt"
    file.write_text(denial(OTHER, "Microsoft.Web/sites/write", SHOP), encoding="utf-8")

    (found,) = rows(explained(run, azure, file)["denials"])

    assert found["principal"] == OTHER
    assert "another-principal" in {note["code"] for note in rows(found["notes"])}


def test_nothing_is_asked_of_azure_without_a_word(
    run: Program, azure: FakeAzure, tmp_path: Path
) -> None:
    file = tmp_path / "log.txt"
    file.write_text(denial(DEPLOYER, "Microsoft.Web/sites/write", PROD), encoding="utf-8")

    ended = run("explain", file, "-f", "json", env=azure.environment("secret"))

    assert ended.returncode == 0
    assert "decision" not in rows(row(json.loads(ended.stdout))["denials"])[0]
    assert azure.log.of() == ()
