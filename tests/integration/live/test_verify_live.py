"""`preflight verify` against a live tenant: no snapshot, the grant of a minute ago counts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.fakes.azure import FakeAzure
from tests.fakes.documents import CONTRIBUTOR, DEPLOYER, PROD, READER, assignment, company
from tests.integration.live.conftest import SHOP, STORAGE, Program


def verified(azure: FakeAzure, run: Program, *more: str) -> tuple[int, dict[str, object]]:
    azure.sign_in(DEPLOYER)
    arguments = ["verify", STORAGE, "--scope", SHOP, "--detail", "team", "-f", "json", *more]
    ended = run(*map(str, arguments), env=azure.environment("secret"))
    assert "Traceback" not in ended.stderr
    document: dict[str, object] = json.loads(ended.stdout)
    return ended.returncode, document


@pytest.mark.parametrize(
    ("must_not", "code"),
    [
        ("Microsoft.Authorization/roleAssignments/write", 0),
        ("Microsoft.Storage/storageAccounts/delete", 1),
    ],
)
def test_what_is_held_live_decides(must_not: str, code: int, run: Program) -> None:
    with FakeAzure(company(assignment(DEPLOYER, CONTRIBUTOR, PROD))) as azure:
        ended, document = verified(azure, run, "--must-not", must_not)

    assert (code, code) == (ended, document["exitCode"])
    take_away = document["takeAway"]
    assert isinstance(take_away, list)
    assert [PROD] * code == [row["scope"] for row in take_away]


def test_without_a_sign_in_it_is_exit_4(run: Program, tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "AZURE_CONFIG_DIR": str(tmp_path)}
    ended = run("verify", STORAGE, "--scope", SHOP, "--auth", "env", "-f", "json", env=home)

    assert 4 == ended.returncode
    assert "preflight.verification/1" == json.loads(ended.stdout)["schema"]


def test_a_grant_that_is_not_enforced_yet_is_undetermined(run: Program) -> None:
    granted = assignment(DEPLOYER, CONTRIBUTOR, PROD)
    with FakeAzure(company(granted, assignment(DEPLOYER, READER, PROD))) as azure:
        azure.not_enforced.add(str(granted["id"]).lower())
        must_not = ("--must-not", "Microsoft.Authorization/roleAssignments/write")
        ended, _ = verified(azure, run, *must_not)
        alone, _ = verified(azure, run, *must_not, "--no-cross-check")

    assert (5, 0) == (ended, alone)
