"""A what-if result alone, and beside the template it was made from."""

from __future__ import annotations

import json
from pathlib import Path
from subprocess import CompletedProcess
from typing import Protocol, TypedDict

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


class Origin(TypedDict):
    file: str


class Row(TypedDict):
    action: str
    scope: str
    kind: str
    origins: list[Origin]


SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-app"
SITES = f"{GROUP}/providers/Microsoft.Web/sites"
NESTED = f"{GROUP}/providers/Microsoft.Resources/deployments/plans"
SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
SITE = {
    "type": "Microsoft.Web/sites",
    "apiVersion": "2023-12-01",
    "name": "[parameters('site')]",
    "location": "westeurope",
}
PLAN = {
    "type": "Microsoft.Web/serverfarms",
    "apiVersion": "2023-12-01",
    "name": "plan",
    "location": "westeurope",
}
INNER = {
    "type": "Microsoft.Resources/deployments",
    "apiVersion": "2022-09-01",
    "name": "plans",
    "properties": {
        "mode": "Incremental",
        "template": {"$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": [PLAN]},
    },
}
TEMPLATE = {
    "$schema": SCHEMA,
    "contentVersion": "1.0.0.0",
    "parameters": {"site": {"type": "string"}},
    "resources": [SITE, INNER],
}


def change(identity: str, kind: str = "Create", **members: object) -> dict[str, object]:
    return {
        "resourceId": identity,
        "changeType": kind,
        "after": {"apiVersion": "2023-12-01"},
        **members,
    }


def result(*changes: dict[str, object], **members: object) -> str:
    return json.dumps(
        {"status": "Succeeded", "properties": {"changes": list(changes), **members}}, indent=1
    )


SHORT_CIRCUITED = result(
    change(f"{SITES}/shop"),
    change(f"{SITES}/old", "Delete", after=None),
    diagnostics=[
        {
            "level": "Warning",
            "code": "NestedDeploymentShortCircuited",
            "target": NESTED,
            "message": "",
        }
    ],
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with the template and a what-if result of it."""
    (tmp_path / "main.json").write_text(json.dumps(TEMPLATE, indent=1))
    (tmp_path / "what-if.json").write_text(SHORT_CIRCUITED)
    return tmp_path


def requirements(run: Run, folder: Path, *arguments: str) -> dict[str, list[Row]]:
    ended = run("requirements", *arguments, "--scope", GROUP, "-f", "json", cwd=folder)
    assert 0 == ended.returncode, ended.stderr
    document: dict[str, list[Row]] = json.loads(ended.stdout)
    return document


def test_result_and_template_are_joined(place: Path, run: Run) -> None:
    joined = requirements(run, place, "main.json", "--what-if", "what-if.json")
    alone = requirements(run, place, "what-if.json")

    found = {
        (row["action"].rpartition("/")[2].lower(), row["scope"]) for row in joined["requirements"]
    }
    assert ("write", f"{SITES}/shop") in found
    assert ("delete", f"{SITES}/old") in found
    assert ("write", f"{GROUP}/providers/Microsoft.Web/serverfarms/plan") in found
    assert [] == joined["gaps"]
    assert ["nested-deployment"] == [gap["kind"] for gap in alone["gaps"]]
    places = [
        row["origins"][0] for row in joined["requirements"] if row["scope"] == f"{SITES}/shop"
    ]
    assert {"main.json"} == {place["file"] for place in places}


def test_the_headline_names_the_result(place: Path, run: Run) -> None:
    (place / "access.json").write_text(
        json.dumps(
            {
                "schema": "preflight.access/1",
                "collectedAt": "2026-11-24T10:00:00Z",
                "scopes": [SUBSCRIPTION],
                "principals": [],
                "roleDefinitions": [],
                "roleAssignments": [],
                "denyAssignments": [],
            }
        )
    )
    decide = ["--access", "access.json", "--scope", GROUP, "--now", "2026-11-24T12:00:00Z"]
    decide += ["--principal", "22222222-2222-2222-2222-222222222222"]
    alone = run("run", "what-if.json", *decide, cwd=place)
    joined = run("run", "main.json", "--what-if", "what-if.json", *decide, cwd=place)

    assert alone.stdout.startswith("DENIED  from what-if result what-if.json → "), alone.stdout
    assert joined.stdout.startswith("DENIED  main.json with what-if result what-if.json → ")
    assert (1, 1) == (alone.returncode, joined.returncode)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("main.json", "--what-if", "main.json"), 3, "no what-if result"),
        (("main.json", "--what-if", "missing.json"), 3, "there is no file `missing.json`"),
        (("what-if.json", "--what-if", "what-if.json"), 2, "is a what-if result itself"),
        (("main.json", "main.json", "--what-if", "what-if.json"), 2, "belongs to one SOURCE"),
        (("-", "--what-if", "-"), 2, "cannot both be standard input"),
        (("main.json", "--what-if", "other.json"), 3, "is about `/subscriptions/22222222"),
        (("other.json",), 3, "the deployment goes to `/subscriptions/11111111"),
        (("contradiction.json",), 3, "is listed twice: written and deleted"),
        (("main.json", "--what-if", "failed.json"), 3, "the what-if failed (`Boom`)"),
    ],
)
def test_what_cannot_be_used(
    arguments: tuple[str, ...], code: int, said: str, place: Path, run: Run
) -> None:
    elsewhere = f"{SITES}/shop".replace("11111111-", "22222222-")
    failed = {"status": "Failed", "error": {"code": "Boom", "message": "no"}}
    (place / "other.json").write_text(result(change(elsewhere)))
    (place / "failed.json").write_text(json.dumps(failed))
    (place / "contradiction.json").write_text(
        result(change(f"{SITES}/shop"), change(f"{SITES}/SHOP", "Delete"))
    )
    ended = run("requirements", *arguments, "--scope", GROUP, cwd=place)

    assert code == ended.returncode, ended.stderr
    assert said in ended.stderr
    if code != 2 or "belongs" in said or "itself" in said:
        assert "help: " in ended.stderr


DENIED = (
    "The client 'ci' with object id '22222222-2222-2222-2222-222222222222' does not have "
    "authorization to perform action 'Microsoft.Web/sites/write' over scope "
    f"'{SITES}/shop' or the scope is invalid."
)


def failed(folder: Path) -> None:
    details = [{"code": "AuthorizationFailed", "message": DENIED}]
    error = {"code": "DeploymentWhatIfResourceError", "message": "no", "details": details}
    (folder / "failed.json").write_text(json.dumps({"status": "Failed", "error": error}))


def test_denials_inside_a_failed_result_are_explained(place: Path, run: Run) -> None:
    failed(place)
    derived = run("requirements", "failed.json", "--scope", GROUP, cwd=place)
    offline = run("run", "failed.json", "--scope", GROUP, "--offline", cwd=place)

    assert (3, 4) == (derived.returncode, offline.returncode)
    assert f"note: Microsoft.Web/sites/write at {SITES}/shop: " in derived.stderr
    assert "az role assignment list" in derived.stderr


def test_with_evidence_the_cause_of_such_a_denial_is_proven(place: Path, run: Run) -> None:
    failed(place)
    snapshot = {
        "schema": "preflight.access/1",
        "collectedAt": "2026-11-24T10:00:00Z",
        "scopes": [SUBSCRIPTION],
        "managementGroups": [],
        "subscriptions": [{"id": SUBSCRIPTION}],
        "principals": [
            {"objectId": "22222222-2222-2222-2222-222222222222", "type": "ServicePrincipal"}
        ],
        "roleAssignments": [],
        "denyAssignments": [],
    }
    (place / "access.json").write_text(json.dumps(snapshot))
    evidence = ["--access", "access.json", "--now", "2026-11-24T12:00:00Z"]
    ended = run("run", "failed.json", "--scope", GROUP, *evidence, "-f", "json", cwd=place)

    report = json.loads(ended.stdout)
    notes = {note["code"]: note["message"] for note in report["notes"]}
    assert (3, 3) == (ended.returncode, report["exitCode"])
    assert "the what-if failed" in notes["input-error"]
    assert notes["denied-in-what-if"].startswith(f"Microsoft.Web/sites/write at {SITES}/shop: ")
    assert "fix: " in notes["denied-in-what-if"]


def test_a_large_result_ends_with_one_message(place: Path, run: Run) -> None:
    row = json.dumps(change(f"{SITES}/site-NUMBER", before={"tags": {"x": "y" * 60_000}}))
    rows = ",".join(row.replace("NUMBER", str(number)) for number in range(1_080))
    text = '{"status": "Succeeded", "changes": [' + rows + "]}"
    (place / "large.json").write_text(text)
    ended = run("requirements", "large.json", "--scope", GROUP, cwd=place)

    assert len(text) > 64_000_000
    assert 3 == ended.returncode
    assert "more than 64,000,000 bytes of input" in ended.stderr
