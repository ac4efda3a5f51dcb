"""`preflight explain` and `preflight roles` as people run them."""

from __future__ import annotations

import json
import shlex
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


ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/denial.txt"))
SCOPE = "/subscriptions/11111111-1111-4111-8111-000000000001/resourceGroups/rg-a"
OBJECT = "22222222-2222-4222-8222-000000000001"


def denial(
    action: str = "Microsoft.Web/sites/write",
    scope: str = f"{SCOPE}/providers/Microsoft.Web/sites/app",
    client: str = "app-client",
    object_id: str = OBJECT,
) -> str:
    return (
        f"ERROR: (AuthorizationFailed) The client '{client}' with object id '{object_id}' does not "
        f"have authorization to perform action '{action}' over scope '{scope}' or the scope is "
        "invalid. If access was recently granted, please refresh your credentials.\n"
        "Code: AuthorizationFailed\n"
    )


def test_the_examples_have_their_denials() -> None:
    assert [folder.name[0] for folder in EXAMPLES] == list("abcde")


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_the_cause_is_the_one_that_the_gate_names(folder: Path, run: Run) -> None:
    case = json.loads((folder / "example.json").read_text(encoding="utf-8"))
    here = folder.relative_to(ROOT)
    arguments = [here / "denial.txt", "--access", "examples/access.json", "--now", case["now"]]
    arguments += ["--source", here / case["source"], "--location", case["location"]]
    for file in case["parameters"]:
        arguments += ["-p", here / file]

    ended = run("explain", *arguments, "--format", "json", "--detail", "team")

    assert ended.returncode == 0, ended.stderr
    document = json.loads(ended.stdout)
    assert document["denials"]
    recorded = json.loads((folder / "expected" / "report.json").read_text(encoding="utf-8"))
    told = {(row["action"], row["scope"]): row for row in recorded["requirements"]}
    for row in document["denials"]:
        same = told[row["action"], row["scope"]]
        assert row["principal"] == case["principal"]
        assert row["decision"]["reason"] == same["reason"] == case["reason"]
        assert row["causes"][0]["reason"] == case["reason"]
        assert row["finding"]["reason"] == case["reason"]
        assert row["source"]["line"] == same["origins"][0]["line"]


def test_what_the_console_says(run: Run) -> None:
    ended = run("explain", "-", stdin=denial())

    assert ended.returncode == 0
    assert "AUTHORIZATION-FAILED  stdin: 1 denial" in ended.stdout
    assert "Microsoft.Web/sites/write" in ended.stdout
    assert "never   do not assign Owner" in ended.stdout
    assert "maybe   role-lacks-action" in ended.stdout


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("", "help: it looks like an empty text"),
        ("\x01\x02\x03\x04" * 90, "help: it looks like a binary file"),
        ("all is well\n", "paste the whole message"),
        ("User: arn:aws:iam::1:user/x is not authorized to perform: s3:GetObject", "AWS"),
        ('nodes is forbidden: User "x" cannot list resource "nodes"', "Kubernetes RBAC"),
        ("TF401027: You need the Git 'PullRequestContribute' permission", "Azure DevOps"),
    ],
)
def test_a_text_without_an_azure_error_is_refused(run: Run, text: str, looks: str) -> None:
    ended = run("explain", stdin=text)

    assert ended.returncode == 3
    assert "holds no error of Azure" in ended.stderr
    assert looks in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32"])
def test_other_encodings_are_read(run: Run, tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "log.txt"
    file.write_bytes(denial().encode(encoding))

    ended = run("explain", file, "--format", "json")

    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["denials"][0]["action"] == "Microsoft.Web/sites/write"


def test_a_binary_file_is_refused_and_not_crashed_on(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "x.bin"
    file.write_bytes(bytes(range(256)) * 100 + b"\x00" * 5000)

    ended = run("explain", file)

    assert ended.returncode == 3
    assert "binary" in ended.stderr


def test_a_missing_file_is_said(run: Run, tmp_path: Path) -> None:
    ended = run("explain", tmp_path / "none.txt")

    assert ended.returncode == 3
    assert "cannot read" in ended.stderr


def test_a_denial_that_is_cut_keeps_what_it_has(run: Run) -> None:
    ended = run("explain", "-f", "json", stdin=denial().partition(" or the scope")[0][:-30])

    row = json.loads(ended.stdout)["denials"][0]
    assert (row["action"], row["scope"]) == ("Microsoft.Web/sites/write", None)
    assert "scope-missing" in {note["code"] for note in row["notes"]}


def test_masked_values_are_unknown_and_said(run: Run) -> None:
    text = denial(scope="/subscriptions/***/resourceGroups/rg-a", client="***", object_id="***")

    ended = run("explain", "-f", "json", "--access", "examples/access.json", stdin=text)

    assert ended.returncode == 0, ended.stderr
    row = json.loads(ended.stdout)["denials"][0]
    assert row["scope"] == "/subscriptions/***/resourceGroups/rg-a"
    codes = {note["code"] for note in row["notes"]}
    assert "scope-masked" in codes
    assert codes & {"caller-assumed", "caller-unknown"}


HOSTILE = (
    "x; rm -rf $(pwd) `id`",
    "::error::x ##[error]y ##vso[task.complete]",
    '"$(touch pwned)"\\',
    "\x1b[31mred\x1b[0m\u202e",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_names_stay_data_in_commands_and_logs(run: Run, name: str) -> None:
    text = denial(object_id=name, scope=f"{SCOPE}/providers/Microsoft.Web/sites/a$(id)b")

    for style in ("console", "markdown"):
        shown = run("explain", "-f", style, "-v", stdin=text).stdout
        assert "Microsoft.Web/sites/write" in shown
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert not any(line.lstrip().startswith("::") for line in shown.splitlines())
        assert "##[" not in shown
        assert "##vso[" not in shown
    document = json.loads(run("explain", "-f", "json", stdin=text).stdout)
    assert document["denials"]
    for row in document["denials"]:
        for cause in row["causes"]:
            words = shlex.split(cause["settle"])
            assert words[0] == "az"
            assert not any(word in {"rm", "&&", ";", "|", "$(id)", "touch"} for word in words)


def test_evidence_that_allows_what_azure_denied_is_a_finding(run: Run) -> None:
    text = denial(
        action="Microsoft.Storage/storageAccounts/write",
        scope="/subscriptions/5a1e0c62-3f0b-4d1c-8e57-9b6a2d4c7f01/resourceGroups/rg-shop-prod"
        "/providers/Microsoft.Storage/storageAccounts/st",
        object_id="2f4c8e10-0001-4a6b-9c3d-7e5f1a2b3c01",
    )

    console = run("explain", "--access", "examples/access.json", stdin=text)
    ended = run("explain", "--access", "examples/access.json", "-f", "json", stdin=text)

    row = json.loads(ended.stdout)["denials"][0]
    assert row["decision"]["verdict"] == "allowed"
    assert [cause["reason"] for cause in row["causes"]] == [
        "granted-recently",
        "wrong-principal",
        "condition-undetermined",
        "evidence-unreadable",
    ]
    assert "evidence-allows" in console.stdout


def test_another_principal_than_the_one_given_is_said(run: Run) -> None:
    text = (EXAMPLES[1] / "denial.txt").read_text(encoding="utf-8")
    options = ["--access", "examples/access.json", "--principal", "id-shop-release"]

    ended = run("explain", *options, "-f", "json", "--detail", "team", stdin=text)

    row = json.loads(ended.stdout)["denials"][0]
    assert row["principal"] == "2f4c8e10-0001-4a6b-9c3d-7e5f1a2b3c01"
    assert "another-principal" in {note["code"] for note in row["notes"]}


def test_nothing_in_the_template_asks_for_it(run: Run) -> None:
    example = EXAMPLES[0].relative_to(ROOT)
    text = (EXAMPLES[4] / "denial.txt").read_text(encoding="utf-8")
    source, parameters = example / "main.json", example / "main.parameters.json"

    ended = run("explain", "--source", source, "-p", parameters, "-f", "json", stdin=text)

    assert ended.returncode == 0, ended.stderr
    row = json.loads(ended.stdout)["denials"][0]
    assert "source" not in row
    assert "not-in-source" in {note["code"] for note in row["notes"]}


def test_public_detail_hides_other_principals(run: Run) -> None:
    here = EXAMPLES[2].relative_to(ROOT)
    for style in ("console", "json", "markdown"):
        options = ["--access", "examples/access.json", "--detail", "public", "-v", "-f", style]
        ended = run("explain", here / "denial.txt", *options)

        assert ended.returncode == 0, ended.stderr
        assert "id-shop-release" not in ended.stdout
        assert "2f4c8e10-0004" not in ended.stdout
        assert "2f4c8e10-0003" in ended.stdout


def test_the_ledger_is_appended_and_summed_up(run: Run, tmp_path: Path) -> None:
    ledger = tmp_path / "denials.jsonl"
    for verb in ("read", "write", "delete"):
        text = denial(action=f"Microsoft.Web/sites/{verb}") + "Correlation ID: c-1\n"
        ended = run("explain", "--record", ledger, "--now", "2026-11-24T10:00:00Z", stdin=text)
        assert ended.returncode == 0, ended.stderr
    lines = [json.loads(line) for line in ledger.read_text(encoding="utf-8").splitlines()]
    assert set(lines[0]) == {"at", "caller", "action", "scope", "correlationId", "minimalRole"}
    assert [line["correlationId"] for line in lines] == ["c-1"] * 3

    ended = run("explain", "--from-ledger", ledger, "-f", "json")

    (caller,) = json.loads(ended.stdout)["callers"]
    assert caller["caller"] == OBJECT
    assert caller["count"] == 3
    assert caller["minimalRole"]["name"] == "Website Contributor"
    assert caller["atScope"] == SCOPE


def test_a_ledger_without_a_last_line_break_stays_readable(run: Run, tmp_path: Path) -> None:
    ledger = tmp_path / "denials.jsonl"
    ledger.write_text('{"at": "x", "action": "A/b/read"}', encoding="utf-8")

    ended = run("explain", "--record", ledger, stdin=denial())

    assert ended.returncode == 0, ended.stderr
    assert len(ledger.read_text(encoding="utf-8").splitlines()) == 2
    assert run("explain", "--from-ledger", ledger).returncode == 0


@pytest.mark.parametrize("action", ["***/write", "*/write", "A.***/b/write", "<type>/b"])
def test_a_masked_action_is_named_and_never_guessed(run: Run, tmp_path: Path, action: str) -> None:
    ledger = tmp_path / "denials.jsonl"
    text = denial(action=action, scope=f"{SCOPE}/providers/Microsoft.Web/sites/***")
    options: list[str | Path] = [
        "--access",
        "examples/access.json",
        "-f",
        "json",
        "--record",
        ledger,
    ]

    ended = run("explain", *options, stdin=text)

    assert ended.returncode == 0, ended.stderr
    row = json.loads(ended.stdout)["denials"][0]
    assert row["action"] == action
    assert "finding" not in row
    assert {"action-masked", "scope-masked"} <= {note["code"] for note in row["notes"]}
    assert all("***" not in (cause["settle"] or "") for cause in row["causes"])
    summary = run("explain", "--from-ledger", ledger, "-f", "json")
    (caller,) = json.loads(summary.stdout)["callers"]
    assert (caller["minimalRole"], caller["customRole"]) == (None, {"actions": []})
    assert caller["atScope"] is None


@pytest.mark.parametrize("caller", ["***", "@notes.txt", "x=@notes.txt", "<client>"])
def test_a_caller_that_is_none_stays_out_of_commands(run: Run, caller: str) -> None:
    ended = run("explain", "-f", "json", stdin=denial().replace(OBJECT, caller))

    row = json.loads(ended.stdout)["denials"][0]
    commands = [cause["settle"] or "" for cause in row["causes"]]
    assert row["objectId"] == caller
    assert not any(caller in command for command in commands)


def test_a_broken_ledger_is_refused_with_its_place(run: Run, tmp_path: Path) -> None:
    ledger = tmp_path / "denials.jsonl"
    ledger.write_text('{"at": "x", "action": "A/b/read"}\n{"at": 1}\n', encoding="utf-8")

    ended = run("explain", "--from-ledger", ledger)

    assert ended.returncode == 3
    assert "denials.jsonl:2:1" in ended.stderr


def test_roles_are_ranked_narrowest_first(run: Run) -> None:
    actions = ["Microsoft.Storage/storageAccounts/write", "microsoft.storage/storageaccounts/READ"]

    table = run("roles", *actions)
    ended = run("roles", *actions, "-f", "json")

    assert table.returncode == 0, table.stderr
    assert "catalogue" in table.stdout
    document = json.loads(ended.stdout)
    counts = [row["alsoAllows"]["count"] for row in document["roles"] if row["remark"] is None]
    assert counts == sorted(counts)
    assert document["actions"][1]["action"] == "Microsoft.Storage/storageAccounts/read"
    names = [row["name"] for row in document["roles"]]
    assert names.index("Storage Account Contributor") < names.index("Contributor")
    assert names.index("Contributor") < names.index("Owner")


def test_a_data_action_is_known_as_one(run: Run) -> None:
    ended = run("roles", "Microsoft.KeyVault/vaults/secrets/getSecret/action", "-f", "json")

    document = json.loads(ended.stdout)
    assert document["actions"][0]["dataAction"] is True
    assert "Key Vault Secrets User" in {row["name"] for row in document["roles"]}
    assert "Owner" not in {row["name"] for row in document["roles"]}


def test_a_pattern_is_no_action(run: Run) -> None:
    ended = run("roles", "Microsoft.Web/*")

    assert ended.returncode == 2
    assert "is no action" in ended.stderr


def test_the_smallest_role_of_a_ledger_comes_first(run: Run, tmp_path: Path) -> None:
    ledger = tmp_path / "denials.jsonl"
    run("explain", "--record", ledger, stdin=denial())

    ended = run("explain", "--from-ledger", ledger)

    assert "  role    a custom role with 1 action, nothing else\n  or      " in ended.stdout


def test_an_eligibility_is_asked_for_an_object_id_alone(run: Run) -> None:
    text = (
        "The client 'dana@example.org' does not have authorization to perform action 'A.B/c/read'"
    )

    ended = run("explain", "-v", stdin=text)

    assert "--assignee dana@example.org" in ended.stdout
    assert "principalId eq '\"'\"'OBJECT-ID'" in ended.stdout


def test_a_ledger_of_masked_actions_proposes_no_empty_role(run: Run, tmp_path: Path) -> None:
    ledger = tmp_path / "denials.jsonl"
    text = "The client 'c' does not have authorization to perform action '***' over scope '***'."
    run("explain", "--record", ledger, stdin=text)

    ended = run("explain", "--from-ledger", ledger)

    assert "  role    not known: an action is masked" in ended.stdout
    assert "custom role" not in ended.stdout
