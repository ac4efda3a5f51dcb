"""`preflight snapshot --from`: one file from what `az` printed, without Azure."""

from __future__ import annotations

import json
from pathlib import Path
from subprocess import CompletedProcess
from typing import Protocol

from preflight.model.value import JsonValue

SUB = "/subscriptions/5a1e0c62-3f0b-4d1c-8e57-9b6a2d4c7f01"
GROUP = "/providers/Microsoft.Management/managementGroups/corp"
HOLDER = "2f4c8e10-0001-4a6b-9c3d-7e5f1a2b3c01"
ROLE = "/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c"
ASSIGNMENT: JsonValue = {
    "id": f"{SUB}/providers/Microsoft.Authorization/roleAssignments/1",
    "principalId": HOLDER,
    "principalName": "sp-shop-deploy",
    "principalType": "ServicePrincipal",
    "roleDefinitionId": ROLE,
    "roleDefinitionName": "Contributor",
    "scope": SUB,
    "type": "Microsoft.Authorization/roleAssignments",
}
DEFINITION: JsonValue = {
    "id": ROLE,
    "roleName": "Contributor",
    "roleType": "BuiltInRole",
    "assignableScopes": ["/"],
    "permissions": [{"actions": ["*"], "notActions": [], "dataActions": [], "notDataActions": []}],
    "type": "Microsoft.Authorization/roleDefinitions",
}
LOCK: JsonValue = {
    "id": f"{SUB}/resourceGroups/rg-shop/providers/Microsoft.Authorization/locks/keep",
    "name": "keep",
    "level": "CanNotDelete",
    "type": "Microsoft.Authorization/locks",
}
TREE: JsonValue = {
    "id": GROUP,
    "name": "corp",
    "type": "Microsoft.Management/managementGroups",
    "tenantId": "7b0c3f5e-8d41-4c8a-9a8e-2f6d1c0e4a10",
    "details": {"parent": None},
    "children": [{"id": SUB, "type": "/subscriptions", "displayName": "Prod", "children": None}],
}


class Program(Protocol):
    def __call__(
        self, *arguments: str | Path, env: dict[str, str] | None = ...
    ) -> CompletedProcess[str]: ...


def test_one_file_from_many(run: Program, tmp_path: Path) -> None:
    told: dict[str, JsonValue] = {
        "assignments": [ASSIGNMENT],
        "definitions": [DEFINITION],
        "locks": [LOCK],
        "groups": TREE,
    }
    arguments: list[str | Path] = []
    for name, value in told.items():
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps(value), encoding="utf-8")
        arguments += ["--from", file]
    out = tmp_path / "access.json"
    ended = run("snapshot", *arguments, "--scope", SUB, "-o", out)
    found = json.loads(out.read_text(encoding="utf-8"))

    assert ended.returncode == 0, ended.stderr
    assert "evidence-age-unknown" in ended.stderr
    assert found["schema"] == "preflight.access/1"
    assert found["subscriptions"][0]["managementGroup"] == GROUP
    assert [row["properties"]["principalId"] for row in found["roleAssignments"]] == [HOLDER]
    assert "denyAssignments" not in found, "what was not given is not known"
    decided = run(
        "run", "examples/f-passes/main.json", "--access", out, "--principal", HOLDER,
        "--scope", f"{SUB}/resourceGroups/rg-shop",
    )  # fmt: skip
    assert decided.returncode == 5
    assert "denyAssignments were not read" in " ".join(decided.stdout.split())


def test_a_file_that_is_none_is_exit_4(run: Program, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text('{"hello": 1}', encoding="utf-8")
    ended = run("snapshot", "--from", file, "-o", tmp_path / "access.json")

    assert ended.returncode == 4
    assert not (tmp_path / "access.json").exists()


def test_what_no_file_holds_is_not_told_as_none(run: Program, tmp_path: Path) -> None:
    file = tmp_path / "assignments.json"
    file.write_text(json.dumps([ASSIGNMENT]), encoding="utf-8")

    ended = run("snapshot", "--from", file, "-o", tmp_path / "access.json", "--scope", SUB)

    assert ended.returncode == 0, ended.stderr
    assert "deny assignments not collected" in ended.stderr


def test_each_file_needs_an_option_of_its_own(run: Program, tmp_path: Path) -> None:
    ended = run("snapshot", "--from", "a.json", "b.json", "-o", tmp_path / "access.json")

    assert ended.returncode == 2
    assert "--from FILE --from FILE" in ended.stderr
