"""The whole gate on varied worlds: names do not matter, the rung of an assignment does."""

from __future__ import annotations

import copy
import json
import uuid
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import preflight
from preflight.model.value import JsonValue

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/example.json"))
SNAPSHOT = json.loads((ROOT / "examples" / "access.json").read_text(encoding="utf-8"))
names = st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789", min_size=3, max_size=12)


def load(tmp_path: Path, snapshot: JsonValue) -> preflight.AccessSnapshot:
    file = tmp_path / "access.json"
    file.write_text(json.dumps(snapshot), encoding="utf-8")
    return preflight.load_access(file)


@cache
def derive(folder: Path) -> tuple[preflight.Derivation, dict[str, str]]:
    case = json.loads((folder / "example.json").read_text(encoding="utf-8"))
    derivation = preflight.derive(
        folder / case["source"],
        scope=case["scope"],
        parameters=[str(folder / file) for file in case["parameters"]],
        location=case["location"],
    )
    return derivation, case


def outcome(report: preflight.Report) -> list[tuple[str, str, str, str]]:
    return [
        (
            row.requirement.action.folded,
            row.requirement.scope.folded,
            row.verdict.value,
            row.reason.value,
        )
        for row in report.decisions
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("worlds")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
@settings(max_examples=10)
@given(seed=st.integers(0, 2**32), prefix=names)
def test_renaming_principals_groups_and_roles_changes_nothing(
    example: Path, folder: Path, seed: int, prefix: str
) -> None:
    derivation, case = derive(example)
    before = preflight.check(derivation, load(folder, SNAPSHOT), case["principal"])
    text = json.dumps(SNAPSHOT)
    renamed: dict[str, str] = {}
    for number, row in enumerate(SNAPSHOT["principals"]):
        renamed[row["objectId"]] = str(uuid.UUID(int=seed * 1000 + number + 1, version=4))
    for number, row in enumerate(SNAPSHOT["roleDefinitions"]):
        renamed[row["name"]] = str(uuid.UUID(int=seed * 1000 + 500 + number, version=4))
    for old, new in renamed.items():
        text = text.replace(old, new)
    snapshot = json.loads(text)
    for number, row in enumerate(snapshot["principals"]):
        row["displayName"] = f"{prefix}-{number}"
    for number, row in enumerate(snapshot["roleDefinitions"]):
        row["properties"]["roleName"] = f"{prefix} role {number}"

    after = preflight.check(derivation, load(folder, snapshot), renamed[case["principal"]])

    assert outcome(after) == outcome(before)


SUB = "/subscriptions/{sub}"
CORP = "/providers/Microsoft.Management/managementGroups/corp"
SANDBOX = "/providers/Microsoft.Management/managementGroups/sandbox"
TEST = f"{SUB}/resourceGroups/rg-shop-test"
OTHER = f"{TEST}/providers/Microsoft.Storage/storageAccounts/stother"
RUNGS = ("/", CORP, SANDBOX, SUB, f"{SUB}/resourceGroups/rg-shop-prod", TEST, OTHER)


@given(rung=st.sampled_from(RUNGS))
def test_moving_the_assignment_moves_verdict_and_reason(folder: Path, rung: str) -> None:
    derivation, case = derive(ROOT / "examples" / "b-sibling-resource-group")
    snapshot = copy.deepcopy(SNAPSHOT)
    subscription = case["scope"].split("/")[2]
    scope = rung.format(sub=subscription)
    moved = next(
        row
        for row in snapshot["roleAssignments"]
        if row["properties"]["principalId"] == case["principal"]
    )
    moved["properties"]["scope"] = scope
    moved["id"] = f"{scope.rstrip('/')}/providers/Microsoft.Authorization/roleAssignments/x"

    report = preflight.check(derivation, load(folder, snapshot), case["principal"])

    required = [row for row in report.decisions if row.requirement.certainty == "required"]
    covers = scope == "/" or scope.endswith(("/corp", subscription, "/rg-shop-test"))
    assert {row.verdict for row in required} == {"allowed" if covers else "denied"}
    assert {row.reason for row in required} == {"granted" if covers else "wrong-scope"}
    assert report.exit_code == (0 if covers else 1)


@given(drop=st.sampled_from(["roleAssignments", "denyAssignments", "roleDefinitions"]))
def test_a_list_that_was_not_collected_never_allows(folder: Path, drop: str) -> None:
    derivation, case = derive(ROOT / "examples" / "f-passes")
    snapshot = {key: value for key, value in SNAPSHOT.items() if key != drop}

    report = preflight.check(derivation, load(folder, snapshot), case["principal"])

    # Built-in roles come from the catalogue where the key is absent; the others are unknown.
    assert report.exit_code == (0 if drop == "roleDefinitions" else 5)
