"""Evidence that is refused: one message with the place of the mistake."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from preflight.access import json_text
from preflight.access.snapshot_file import load_snapshot, parse_snapshot
from preflight.errors import AccessError
from preflight.model.scope import Scope
from preflight.model.value import JsonValue

SUB = "/subscriptions/11111111-1111-4111-8111-111111111111"
SOMEBODY = "a1a1a1a1-0000-4000-8000-000000000001"


def refusal(text: str, scope: str | None = SUB) -> str:
    with pytest.raises(AccessError) as caught:
        parse_snapshot(text, scope=Scope(scope) if scope else None)
    return str(caught.value)


def members(text: str) -> str:
    return f'{{"schema": "preflight.access/1",\n {text}}}'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "access.json:1:1: the file is no JSON: Expecting value"),
        ("{", "access.json:1:2: the file is no JSON"),
        ('{"schema": NaN}', "access.json:1:1: the file is refused: `NaN` is no JSON value"),
        ("[" * 100_000, "access.json:1:1: the file is nested too deeply"),
        (f"[{'9' * 5000}]", "access.json:1:1: the file is refused"),
        ('"text"', "access.json:1:1: the file is no access snapshot"),
        ("{}", "access.json:1:1: the file is no access snapshot"),
        (
            '{\n "schema": "preflight.access/2"}',
            "access.json:2:2: the snapshot is not of version `preflight.access/1`",
        ),
        ('{"schema": null}', "access.json:1:1: the snapshot is not of version"),
        (
            members('"denyAssignments": [1], "denyAssignments": []'),
            "access.json:1:1: the file is refused: the member `denyAssignments` stands twice",
        ),
        (members('"locks": {}'), "access.json:2:2: an array, or an answer with `value`"),
        (members('"locks": 5'), "access.json:2:2: an array is expected here"),
        (members('"roleAssignments": [5]'), "access.json:2:22: an object is expected here"),
        (
            members('"roleAssignments": [{"scope": "/", "roleDefinitionId": "r"}]'),
            "access.json:2:22: `principalId` is missing here",
        ),
        (
            members('"roleAssignments": [{"scope": "/", "principalId": ["p"]}]'),
            "access.json:2:37: a text is expected here",
        ),
        (
            members('"roleAssignments": [{"principalId": "p", "id": "/x"}]'),
            "access.json:2:22: `scope` is missing here",
        ),
        (
            members('"collectedAt": "0001-01-01T00:00:00+14:00"'),
            "access.json:2:2: `0001-01-01T00:00:00+14:00` is no ISO 8601 time",
        ),
        (members('"collectedAt": "today"'), "access.json:2:2: `today` is no ISO 8601 time"),
        (
            members('"locks": [{"id": "l", "level": "Total", "scope": "/"}]'),
            "access.json:2:24: `Total` is no lock level",
        ),
        (
            members('"coverage": [{"list": "locks", "scope": "/", "reach": "all"}]'),
            "access.json:2:15: `all` is no reach",
        ),
        (
            members(
                '"denyAssignments": [{"doNotApplyToChildScopes": "yes", "scope": "/", '
                f'"principals": [{{"id": "{SOMEBODY}"}}], "permissions": [{{"actions": ["*"]}}]}}]'
            ),
            "access.json:2:23: true or false is expected here",
        ),
        (
            members('"roleAssignments": [{"scope": "/", "principalId": "p", "roleDefinitionId": '
                    '"r", "condition": 5}]'),
            "a text is expected here",
        ),
        ("[]", "access.json:1:1: an empty array does not say which list it is"),
        ('[{"a": 1}]', "access.json:1:2: this is no row that decides access"),
        (
            '[{"level": "ReadOnly"}, {"principalId": "p"}]',
            "access.json:1:1: the array holds rows of several lists",
        ),
    ],
)  # fmt: skip
def test_the_place_of_the_mistake_is_named(text: str, expected: str) -> None:
    assert expected in refusal(text)


def test_a_bare_list_needs_its_scope() -> None:
    row: JsonValue = {"principalId": "p", "roleDefinitionId": "r", "scope": SUB}

    assert "nothing says for which scope" in refusal(json.dumps([row]), scope=None)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(AccessError, match="cannot read") as caught:
        load_snapshot([tmp_path / "none.json"], scope=None, catalog=None)

    assert "--access" in caught.value.help


def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(AccessError, match="cannot read"):
        load_snapshot([tmp_path], scope=None, catalog=None)


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "MAXIMUM_BYTES", 10)
    path = tmp_path / "a.json"
    path.write_text("[" + " " * 20)

    with pytest.raises(AccessError, match="is larger than"):
        load_snapshot([path], scope=None, catalog=None)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'{"schema": "\xff"}')

    with pytest.raises(AccessError, match="is no utf-8 text"):
        load_snapshot([path], scope=None, catalog=None)


def test_more_files_than_anybody_has(tmp_path: Path) -> None:
    with pytest.raises(AccessError, match="more than 1000 files"):
        load_snapshot([tmp_path / str(n) for n in range(1001)], scope=None, catalog=None)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_that_nobody_writes_to(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)

    with pytest.raises(AccessError, match="it is no regular file"):
        load_snapshot([path], scope=None, catalog=None)


def test_a_file_of_more_values_than_memory_is_for() -> None:
    assert "holds more than 4,000,000 values" in refusal("[" + "{}," * 2_000_001 + "{}]")


@pytest.mark.parametrize(
    "given",
    [
        {"principals": None, "permissions": [{"actions": ["*"]}]},
        {"principals": [], "permissions": [{"actions": ["*"]}]},
        {"principals": [{"id": SOMEBODY}], "permissions": None},
        {"principals": [{"id": SOMEBODY}], "permissions": [{}]},
        {"principals": [{"id": SOMEBODY}], "permissions": [{"actions": None}]},
    ],
)
def test_a_deny_assignment_that_denies_nothing_is_refused(given: dict[str, JsonValue]) -> None:
    text = json.dumps(
        {"schema": "preflight.access/1", "denyAssignments": [{"scope": "/", **given}]}
    )

    with pytest.raises(AccessError, match="cannot be weighed"):
        parse_snapshot(text, scope=None)
