"""Complete mode deletes what the template lacks, and a lock stops that."""

from __future__ import annotations

import json
from pathlib import Path
from subprocess import CompletedProcess
from typing import Protocol

import pytest


class Run(Protocol):
    """The fixture `run`: one call of the program."""

    def __call__(
        self,
        *arguments: str | Path,
        cwd: Path = ...,
        stdin: str = ...,
        env: dict[str, str] | None = ...,
    ) -> CompletedProcess[str]: ...


SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-app"
PLANS = f"{GROUP}/providers/Microsoft.Web/serverfarms"
ME = "22222222-2222-2222-2222-222222222222"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
AUTHORIZATION = "providers/Microsoft.Authorization"
SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


def plan(name: str, **members: object) -> dict[str, object]:
    kind = {"type": "Microsoft.Web/serverfarms", "apiVersion": "2023-12-01", "name": name}
    return {**kind, "location": "westeurope", **members}


TEMPLATE = {
    "$schema": SCHEMA,
    "contentVersion": "1.0.0.0",
    "resources": [plan("kept"), plan("off", condition=False)],
}
GRANT = {
    "id": f"{GROUP}/{AUTHORIZATION}/roleAssignments/aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa",
    "properties": {
        "roleDefinitionId": f"/{AUTHORIZATION}/roleDefinitions/{CONTRIBUTOR}",
        "principalId": ME,
        "principalType": "ServicePrincipal",
        "scope": GROUP,
    },
}
LOCK = {
    "id": f"{PLANS}/old/{AUTHORIZATION}/locks/keep",
    "name": "keep",
    "properties": {"level": "CanNotDelete"},
}


def write(folder: Path, **lists: object) -> None:
    snapshot = {
        "schema": "preflight.access/1",
        "collectedAt": "2026-11-24T10:00:00Z",
        "scopes": [SUBSCRIPTION],
        "managementGroups": [],
        "subscriptions": [{"id": SUBSCRIPTION}],
        "principals": [{"objectId": ME, "type": "ServicePrincipal", "memberOf": []}],
        "roleAssignments": [GRANT],
        "denyAssignments": [],
        "locks": [],
        "providers": [],
        **lists,
    }
    (folder / "access.json").write_text(json.dumps(snapshot))
    (folder / "main.json").write_text(json.dumps(TEMPLATE))


def gate(run: Run, folder: Path, *more: str) -> tuple[int, dict[str, tuple[str, str, str]]]:
    """Return the exit code and the deletes: name → certainty, verdict, reason."""
    place = ["--scope", GROUP, "--access", "access.json", "--principal", ME]
    ended = run("run", "main.json", *place, "-f", "json", *more, cwd=folder)
    report = json.loads(ended.stdout)
    deletes = {
        row["scope"].rpartition("/")[2]: (row["certainty"], row["verdict"], row["reason"])
        for row in report["requirements"]
        if row["kind"] == "delete"
    }
    gaps = {gap["kind"]: ("gap", gap["kind"], "") for gap in report["gaps"]}
    return ended.returncode, deletes | gaps


@pytest.fixture
def resources() -> list[dict[str, str]]:
    return [{"id": f"{PLANS}/{name}"} for name in ("kept", "old", "off")]


NOW = ("--now", "2026-11-24T12:00:00Z")
ALLOWED = ("required", "allowed", "granted")


def test_the_inventory_says_what_is_deleted(
    tmp_path: Path, run: Run, resources: list[dict[str, str]]
) -> None:
    write(tmp_path, resources=resources)

    assert (0, {}) == gate(run, tmp_path, *NOW)
    assert (0, {"old": ALLOWED, "off": ALLOWED}) == gate(run, tmp_path, "--mode", "complete", *NOW)


def test_a_lock_stops_the_delete(tmp_path: Path, run: Run, resources: list[dict[str, str]]) -> None:
    write(tmp_path, resources=resources, locks=[LOCK])
    code, deletes = gate(run, tmp_path, "--mode", "complete", *NOW)

    assert 1 == code
    assert ("required", "denied", "scope-locked") == deletes["old"]
    assert ALLOWED == deletes["off"]


def test_without_an_inventory_there_is_a_gap(tmp_path: Path, run: Run) -> None:
    write(tmp_path)
    code, deletes = gate(run, tmp_path, "--mode", "complete", *NOW)

    assert 5 == code
    assert {"off", "inventory"} == set(deletes)
    assert ("conditional", "allowed", "granted") == deletes["off"]


def test_a_what_if_result_says_what_is_deleted(tmp_path: Path, run: Run) -> None:
    write(tmp_path)
    changes = [
        {"resourceId": f"{PLANS}/kept", "changeType": "NoChange", "after": plan("kept")},
        {"resourceId": f"{PLANS}/old", "changeType": "Delete", "before": plan("old")},
    ]
    result = {"status": "Succeeded", "changes": changes}
    (tmp_path / "what-if.json").write_text(json.dumps(result))
    given = ("--mode", "complete", "--what-if", "what-if.json")

    assert (0, {"old": ALLOWED}) == gate(run, tmp_path, *given, *NOW)


def test_a_result_for_incremental_mode_leaves_the_deletes_open(tmp_path: Path, run: Run) -> None:
    write(tmp_path, locks=[LOCK])
    changes = [
        {"resourceId": f"{PLANS}/kept", "changeType": "NoChange", "after": plan("kept")},
        {"resourceId": f"{PLANS}/old", "changeType": "Ignore", "before": plan("old")},
    ]
    result = {"status": "Succeeded", "changes": changes}
    (tmp_path / "what-if.json").write_text(json.dumps(result))
    code, deletes = gate(run, tmp_path, "--mode", "complete", "--what-if", "what-if.json", *NOW)

    assert 5 == code
    assert {"old": ("conditional", "denied", "scope-locked")} == deletes
