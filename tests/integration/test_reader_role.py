"""`preflight init --reader-role`: the small role that the gate itself needs."""

from __future__ import annotations

import json
from pathlib import Path
from subprocess import CompletedProcess
from typing import Protocol

import pytest

from preflight.access.readings import READS
from preflight.model.action import Action, ActionPattern

SUB = "5a1e0c62-3f0b-4d1c-8e57-9b6a2d4c7f01"
OID = "2f4c8e10-0001-4a6b-9c3d-7e5f1a2b3c01"


class Program(Protocol):
    def __call__(self, *arguments: str | Path) -> CompletedProcess[str]: ...


def test_the_role_grants_every_read_of_a_live_run(run: Program) -> None:
    ended = run("init", "--reader-role", "-m", "corp", "-f", "json")
    role = json.loads(ended.stdout)
    patterns = [ActionPattern(text) for text in role["Actions"]]
    needed = [*READS.values(), "Microsoft.Authorization/permissions/read"]
    needed += ["Microsoft.Management/managementGroups/read"]
    needed += ["Microsoft.Resources/subscriptions/read"]

    assert ended.returncode == 0
    assert role["AssignableScopes"] == ["/providers/Microsoft.Management/managementGroups/corp"]
    assert role["DataActions"] == []
    for name in needed:
        assert any(pattern.matches(Action(name)) for pattern in patterns), name
    for pattern in role["Actions"]:
        assert pattern.lower().endswith("/read")


def test_as_commands_and_as_bicep(run: Program) -> None:
    commands = run("init", "--reader-role", "-s", SUB, "--principal", OID).stdout
    bicep = run("init", "--reader-role", "-m", "corp", "-f", "bicep").stdout

    assert "az role definition create --role-definition @preflight-reader.json" in commands
    assert f"--assignee-object-id {OID}" in commands
    assert f"--scope /subscriptions/{SUB}" in commands
    assert "targetScope = 'managementGroup'" in bicep


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--reader-role",),
        ("--reader-role", "-m", "corp; rm -rf ."),
        ("--reader-role", "-m", "$(id)"),
        ("--reader-role", "--scope", f"/subscriptions/{SUB}/resourceGroups/rg"),
        ("--reader-role", "-s", SUB, "--principal", "sp-shop; id"),
    ],
)
def test_what_cannot_be_assigned_is_wrong_usage(run: Program, arguments: tuple[str, ...]) -> None:
    ended = run("init", *arguments)

    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "help:" in ended.stderr
