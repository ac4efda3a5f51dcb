"""Complete mode deletes what the group holds: all of it must have been listed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.fakes.azure import FakeAzure
from tests.fakes.documents import CONTRIBUTOR, DEPLOYER, PROD, READER, assignment, company, role
from tests.fakes.rows import Row, rows, text
from tests.integration.live.conftest import SHOP, Gate

NARROW = "70000000-0000-4000-8000-0000000000bb"
EMPTY: Row = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "resources": [],
}
SITE: Row = {"id": f"{SHOP}/providers/Microsoft.Web/sites/shop", "type": "Microsoft.Web/sites"}


def world(*held: Row) -> Row:
    document = company(*held)
    reads = ["Microsoft.Authorization/*/read", "Microsoft.Resources/*", "Microsoft.Storage/*"]
    document["roleDefinitions"] = [
        *rows(document["roleDefinitions"]), role("Narrow", reads, identifier=NARROW)
    ]  # fmt: skip
    document["resources"] = [*rows(document["resources"]), SITE]
    return document


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    file = tmp_path / "main.json"
    file.write_text(json.dumps(EMPTY), encoding="utf-8")
    return file


def test_what_is_deleted_is_asked_for(azure: FakeAzure, gate: Gate, empty: Path) -> None:
    azure.load(world(assignment(DEPLOYER, CONTRIBUTOR, PROD)))
    ended = gate("--mode", "complete", source=empty)

    assert ended.code == 0, ended.told
    actions = {text(item["action"]).lower() for item in rows(ended.report["requirements"])}
    assert "microsoft.web/sites/delete" in actions


def test_what_may_not_be_deleted_is_denied(azure: FakeAzure, gate: Gate, empty: Path) -> None:
    azure.load(world(assignment(DEPLOYER, READER, PROD), assignment(DEPLOYER, NARROW, PROD)))
    ended = gate("--mode", "complete", source=empty)

    assert ended.code == 1, ended.told


def test_a_group_of_which_not_everything_is_seen_is_a_gap(
    azure: FakeAzure, gate: Gate, empty: Path
) -> None:
    azure.load(world(assignment(DEPLOYER, NARROW, PROD)))
    ended = gate("--mode", "complete", source=empty)

    assert ended.code == 5, ended.told
    assert [text(item["kind"]) for item in rows(ended.report["gaps"])] == ["inventory"]
