"""Bad input: one message that says what, where and what to do; never a traceback, never exit 0."""

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


DECIDE = (
    "--principal",
    "22222222-2222-2222-2222-222222222222",
    "--now",
    "2026-11-24T12:00:00Z",
    "-g",
    "rg-app",
)
SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
RESOURCE = '{"type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-05-01", "name": NAME}'
TEMPLATE = (
    '{\n  "$schema": "' + SCHEMA + '",\n  "contentVersion": "1.0.0.0",\n'
    '  "parameters": {"p": {"type": "string", "allowedValues": ["a", "b"], "defaultValue": "a"}},\n'
    '  "variables": VARIABLES,\n'
    '  "resources": [\n    ' + RESOURCE + "\n  ]\n}\n"
)


def template(name: str = '"st1"', variables: str = "{}") -> str:
    return TEMPLATE.replace("NAME", name).replace("VARIABLES", variables)


def access(**changes: object) -> str:
    return json.dumps(
        {
            "schema": "preflight.access/1",
            "collectedAt": "2026-11-24T10:00:00Z",
            "scopes": ["/subscriptions/11111111-1111-1111-1111-111111111111"],
            "principals": [],
            "roleDefinitions": [],
            "roleAssignments": [],
            "denyAssignments": [],
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("content", "arguments", "place", "words"),
    [
        ("not json", (), "main.json:1:1", ("JSON",)),
        ("", (), "main.json", ("empty",)),
        ("[1, 2]", (), "main.json:1:1", ()),
        ('{"a": 1}', (), "main.json", ()),
        (template("\"[nosuch('x')]\""), (), "main.json:7:", ("nosuch",)),
        (template('"[concat(]"'), (), "main.json:7:", ()),
        (template(variables='{"a": "[variables(\'b\')]", "b": "[variables(\'a\')]"}'), (),
         "main.json:5:", ("circular",)),
        (template("\"[parameters('missing')]\""), (), "main.json:7:", ("missing",)),
        (template(), ("-p", "p=c"), "main.json:4:", ("`p`", "allowed")),
        (template(), ("-p", 'p={"x": 1}'), "main.json:4:", ("string",)),
        (template(), ("-p", "q=1"), "", ("`q`", "declare")),
    ],
)  # fmt: skip
def test_refused_input_is_exit_3(
    run: Run,
    tmp_path: Path,
    content: str,
    arguments: tuple[str, ...],
    place: str,
    words: tuple[str, ...],
) -> None:
    (tmp_path / "main.json").write_text(content)
    (tmp_path / "access.json").write_text(access())
    gate = ("--access", "access.json", *DECIDE)

    for command in (("run", *gate), ("requirements",)):
        ended = run(command[0], "main.json", *arguments, *command[1:], cwd=tmp_path)
        output = ended.stdout + ended.stderr

        assert ended.returncode == 3, output
        assert place in output
        assert all(word.lower() in output.lower() for word in words), output
        assert "Traceback" not in output


def test_a_parameter_without_a_value_is_no_error(run: Run, tmp_path: Path) -> None:
    content = template("\"[parameters('p')]\"").replace(', "defaultValue": "a"', "")
    (tmp_path / "main.json").write_text(content)

    ended = run("requirements", "main.json", cwd=tmp_path)

    assert ended.returncode == 0, ended.stderr
    assert "{p}" in ended.stdout
    assert "-p p=VALUE" in ended.stdout + ended.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", ("access.json:1:",)),
        (access(schema="preflight.access/9"), ("preflight.access/9",)),
        (access(roleAssignments=5), ("roleAssignments",)),
        (None, ("access.json",)),
    ],
)
def test_unusable_access_facts_are_exit_4(
    run: Run, tmp_path: Path, content: str | None, words: tuple[str, ...]
) -> None:
    (tmp_path / "main.json").write_text(template())
    if content is not None:
        (tmp_path / "access.json").write_text(content)

    ended = run("run", "main.json", "--access", "access.json", "--principal", "x", cwd=tmp_path)
    output = ended.stdout + ended.stderr

    assert ended.returncode == 4, output
    assert all(word in output for word in words), output
    assert "Traceback" not in output


@pytest.mark.parametrize(
    "arguments",
    [
        ("run",),
        ("nosuch",),
        ("run", "main.json", "--nosuch"),
        ("run", "main.json", "--format", "nosuch"),
        ("run", "main.json", "--format", "json", "--format", "junit"),
        ("run", "main.json", "--access", "access.json", "--now", "soon"),
        ("run", "main.json", "--access", "access.json", "--scope", "/x", "-g", "rg"),
        ("run", "main.json", "--access", "access.json", "--scope", "/subscriptions/a/b/c"),
        ("run", "main.json", "--access", "access.json", "--accept", "no-assignment@/"),
    ],
)
def test_wrong_usage_is_exit_2(run: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "main.json").write_text(template())
    (tmp_path / "access.json").write_text(access())

    ended = run(*arguments, cwd=tmp_path)

    assert ended.returncode == 2, ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr


def test_without_evidence_the_message_names_the_way_out(run: Run, tmp_path: Path) -> None:
    (tmp_path / "main.json").write_text(template())

    ended = run("run", "main.json", cwd=tmp_path)

    assert ended.returncode == 4
    assert "--access" in ended.stdout + ended.stderr


def test_reports_are_written_when_input_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "main.json").write_text("not json")
    (tmp_path / "good.json").write_text(template())
    (tmp_path / "access.json").write_text(access())

    ended = run(
        "run", "main.json", "good.json", "--access", "access.json",
        *DECIDE, "--format", "json=r.json", "--format", "junit=r.xml", "--format", "markdown=r.md",
        cwd=tmp_path,
    )  # fmt: skip

    assert ended.returncode == 3
    reports = json.loads((tmp_path / "r.json").read_text())["reports"]
    assert [report["exitCode"] for report in reports] == [3, 1]
    assert "main.json:1:1" in (tmp_path / "r.md").read_text()
    assert "<error" in (tmp_path / "r.xml").read_text()


def test_a_closed_pipe_ends_quietly(run: Run, tmp_path: Path) -> None:
    ended = run("--help", cwd=tmp_path)

    assert ended.returncode == 0
    assert ended.stderr == ""


def test_stdout_that_is_not_utf8(run: Run, tmp_path: Path) -> None:
    (tmp_path / "main.json").write_text(template())
    (tmp_path / "access.json").write_text(access())

    ended = run(
        "run", "main.json", "--access", "access.json",
        *DECIDE, cwd=tmp_path, env={"PYTHONIOENCODING": "ascii"},
    )  # fmt: skip

    assert ended.returncode == 1, ended.stderr
    assert ended.stdout.isascii()
    assert "DENIED" in ended.stdout


ASSIGNMENT = '"type": "Microsoft.Storage/storageAccounts/providers/roleAssignments"'


def test_an_extension_of_an_unknown_namespace_is_a_gap(run: Run, tmp_path: Path) -> None:
    named = template("\"[concat('a/', parameters('n'), '/x')]\"").replace(
        '"parameters": {', '"parameters": {"n": {"type": "string"}, '
    )
    (tmp_path / "main.json").write_text(
        named.replace('"type": "Microsoft.Storage/storageAccounts"', ASSIGNMENT)
    )

    ended = run("requirements", "main.json", "--format", "json", cwd=tmp_path)
    found = json.loads(ended.stdout)

    assert [gap["kind"] for gap in found["gaps"]] == ["unresolved-resource"]
    assert not [row for row in found["requirements"] if "/providers/" in row["action"]]


def test_a_secure_value_is_not_in_an_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "main.json").write_text(
        template().replace('"p": {"type": "string"', '"p": {"type": "securestring"')
    )
    (tmp_path / "values.json").write_text('{"p": {"value": "S3CR3T"}}')
    (tmp_path / "access.json").write_text(access())

    ended = run(
        "run", "main.json", "-p", "values.json", "--access", "access.json", *DECIDE,
        "--format", "junit=r.xml", "--format", "markdown=r.md", cwd=tmp_path,
    )  # fmt: skip
    written = (tmp_path / "r.xml").read_text() + (tmp_path / "r.md").read_text()

    assert ended.returncode == 3
    assert "S3CR3T" not in ended.stdout + ended.stderr + written


def test_a_report_is_not_written_through_a_link(run: Run, tmp_path: Path) -> None:
    (tmp_path / "main.json").write_text(template())
    (tmp_path / "victim").write_text("kept")
    (tmp_path / "out.md").symlink_to(tmp_path / "victim")

    ended = run("requirements", "main.json", "--format", "markdown=out.md", cwd=tmp_path)

    assert ended.returncode == 2
    assert (tmp_path / "victim").read_text() == "kept"


@pytest.mark.parametrize("scope", ["", " ", "//", "/subscriptions", "*", "/subscriptions/{x}"])
def test_accept_names_a_scope(run: Run, tmp_path: Path, scope: str) -> None:
    (tmp_path / "main.json").write_text(template())
    (tmp_path / "access.json").write_text(access(denyAssignments=None))
    accepted = ("--accept", f"evidence-unreadable@{scope}")

    ended = run("run", "main.json", "--access", "access.json", *DECIDE, *accepted, cwd=tmp_path)

    assert ended.returncode == 2, ended.stdout
    assert "names no scope" in ended.stderr


def test_a_grant_that_is_over_is_over_although_nothing_says_when_it_was_read(
    run: Run, tmp_path: Path
) -> None:
    scope = "/subscriptions/11111111-1111-1111-1111-111111111111"
    row = {"scope": scope, "principalId": DECIDE[1], "roleDefinitionId": "r"}
    evidence = access(
        collectedAt=None,
        roleDefinitions=[{"id": "r", "permissions": [{"actions": ["*"]}]}],
        roleAssignments=[row],
        roleAssignmentScheduleInstances=[{**row, "endDateTime": "2020-01-01T00:00:00Z"}],
    )
    (tmp_path / "main.json").write_text(template())
    (tmp_path / "access.json").write_text(evidence)

    ended = run(
        "run", "main.json", "--access", "access.json", *DECIDE[:2], *DECIDE[4:], cwd=tmp_path
    )

    assert ended.returncode == 1, ended.stdout
    assert "no-assignment" in ended.stdout
