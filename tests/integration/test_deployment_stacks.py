"""`--stack` and what goes with it: what a deployment stack asks of the caller."""

from __future__ import annotations

import json
from pathlib import Path
from subprocess import CompletedProcess
from typing import Protocol

import pytest

import preflight
from preflight.errors import UsageError
from preflight.model.value import JsonValue


class Run(Protocol):
    """The fixture `run`: one call of the program."""

    def __call__(
        self,
        *arguments: str | Path,
        cwd: Path = ...,
        stdin: str = ...,
        env: dict[str, str] | None = ...,
    ) -> CompletedProcess[str]: ...


GROUP = "/subscriptions/5a0e1b7c-0000-4000-8000-000000000001/resourceGroups/rg-app"
STACK = f"{GROUP}/providers/Microsoft.Resources/deploymentStacks/main"
DENY = ("Microsoft.Resources/deploymentStacks/manageDenySetting/action", STACK)
TEMPLATE: dict[str, JsonValue] = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "resources": [
        {"type": "Microsoft.Network/publicIPAddresses", "apiVersion": "2024-01-01", "name": "ip"}
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "main.json").write_text(json.dumps(TEMPLATE), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("options", "certainty"),
    [
        ("--stack --deny-settings denyDelete", "required"),
        ("--stack --client stack --deny-settings DENYWRITEANDDELETE", "required"),
        ("--client stack --deny-settings none", "possible"),
        ("--stack", "possible"),
        ("--client az", None),
    ],
)
def test_deny_settings_have_an_action_of_their_own(
    options: str, certainty: str | None, run: Run, folder: Path
) -> None:
    arguments = ["requirements", "main.json", "--scope", GROUP, "-f", "json", *options.split()]
    ended = run(*arguments, cwd=folder)

    assert 0 == ended.returncode, ended.stderr
    rows = json.loads(ended.stdout)["requirements"]
    found = {(row["action"], row["scope"]): row["certainty"] for row in rows}
    assert certainty == found.get(DENY)


def test_what_a_stack_deletes_is_not_checked(run: Run, folder: Path) -> None:
    variables = {"PREFLIGHT_STACK": "1", "PREFLIGHT_ACTION_ON_UNMANAGE": "delete"}
    ended = run("requirements", "main.json", "-f", "json", cwd=folder, env=variables)

    what = [row["what"] for row in json.loads(ended.stdout)["notChecked"]]
    assert "deletes of what the stack no longer manages" in what


@pytest.mark.parametrize(
    "options",
    [
        "--deny-settings denyDelete",
        "--deny-settings none",
        "--action-on-unmanage delete",
        "--client azd --deny-settings denyDelete",
        "--stack --client rest",
        "--stack --deny-settings everything",
        "--stack --action-on-unmanage keep",
        "--stack --mode complete",
    ],
)
@pytest.mark.parametrize("command", ["requirements", "run"])
def test_what_contradicts_itself_is_wrong_usage(
    command: str, options: str, run: Run, folder: Path
) -> None:
    (folder / "access.json").write_text(
        '{"schema": "preflight.access/1", "collectedAt": "2026-11-24T10:00:00Z", "scopes": ["/"],'
        ' "roleAssignments": []}',
        encoding="utf-8",
    )
    access = ["--access", "access.json"]
    ended = run(command, "main.json", "--scope", GROUP, *access, *options.split(), cwd=folder)

    assert 2 == ended.returncode
    assert "" == ended.stdout
    assert "Traceback" not in ended.stderr


def test_the_python_function_takes_them_too() -> None:
    derivation = preflight.derive(
        TEMPLATE, scope=GROUP, client="stack", deny_settings="denydelete", deployment_name="main"
    )
    required = {
        (one.action.text, one.scope.text)
        for one in derivation.requirements
        if one.certainty.value == "required"
    }

    assert DENY in required


@pytest.mark.parametrize(
    ("client", "mode", "deny", "unmanaged"),
    [
        ("az", "incremental", "denyDelete", None),
        ("az", "incremental", None, "delete"),
        ("stack", "incremental", "deny", None),
        ("stack", "incremental", None, "purge"),
        ("stack", "Complete", None, None),
    ],
)
def test_the_python_function_refuses_contradictions(
    client: str, mode: str, deny: str | None, unmanaged: str | None
) -> None:
    with pytest.raises(UsageError) as caught:
        preflight.derive(
            TEMPLATE,
            scope=GROUP,
            client=client,
            mode=mode,
            deny_settings=deny,
            action_on_unmanage=unmanaged,
        )

    assert caught.value.help
