"""A tenant that tells everything leads to the very verdicts of its snapshot file."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.azure import FakeAzure
from tests.fakes.documents import AUDITOR, DEPLOYER, HUB, PROD
from tests.fakes.rows import Row, rows, text
from tests.fakes.worlds import SHOP, world

import preflight
from preflight.access.clouds import Endpoints
from preflight.access.session import Session
from preflight.api.live import LiveSettings, live_reports, open_live
from preflight.api.settings import GateSettings
from preflight.api.snapshot import collect, save
from preflight.model.report import Report
from preflight.model.value import JsonValue

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATE = ROOT / "tests" / "integration" / "live" / "templates" / "two-subscriptions.json"
FOUND = (1070,)
"""Companies that once were decided otherwise."""
WORLDS = 400 if os.environ.get("PREFLIGHT_DEEP") == "1" else 40


@pytest.fixture(scope="module")
def azure() -> Iterator[FakeAzure]:
    with FakeAzure({}) as started:
        yield started


def verdicts(report: Row) -> dict[str, tuple[str, str]]:
    return {
        f"{item['action']} at {item['scope']}": (text(item["verdict"]), text(item["reason"]))
        for item in rows(report["requirements"])
    }


def signed_in(azure: FakeAzure, document: Row, reader: str) -> Session:
    azure.load(document)
    azure.sign_in(reader)
    endpoints = Endpoints(
        arm=azure.url, authority=azure.authority, graph=azure.graph_url, audience=azure.url
    )
    settings = LiveSettings(
        auth="env", endpoints=endpoints, deadline_s=30, environ=azure.environment("secret", reader)
    )
    return open_live(settings)


def live(azure: FakeAzure, document: Row, reader: str) -> Report:
    session = signed_in(azure, document, reader)
    derivation = preflight.derive(str(TEMPLATE), scope=SHOP, location="westeurope")
    gate = GateSettings(principal=None if reader == DEPLOYER else DEPLOYER)
    (report,) = live_reports(session, [derivation], gate, cross_check=False)
    assert isinstance(report, Report), report
    return report


def from_file(document: Row, folder: Path) -> Report:
    scopes: list[JsonValue] = [PROD, HUB]
    file = folder / "tenant.json"
    stated = {**document, "scopes": scopes, "collectedAt": "2026-11-24T10:00:00Z"}
    file.write_text(json.dumps(stated), encoding="utf-8")
    derivation = preflight.derive(str(TEMPLATE), scope=SHOP, location="westeurope")
    return preflight.check(derivation, preflight.load_access(str(file)), principal=DEPLOYER)


def from_snapshot(azure: FakeAzure, document: Row, folder: Path) -> Report:
    """Export what decides, everybody's rows included, and decide from that file."""
    session = signed_in(azure, document, AUDITOR)
    derivation = preflight.derive(str(TEMPLATE), scope=SHOP, location="westeurope")
    found = collect(session, [derivation], [], principal=DEPLOYER, everyone=True)
    file = str(folder / "snapshot.json")
    save(found, file)
    return preflight.check(derivation, preflight.load_access(file), principal=DEPLOYER)


@pytest.mark.parametrize("part", range(4))
def test_live_is_as_from_the_file(
    part: int, azure: FakeAzure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(azure.authority_file))
    for seed in (*range(part, WORLDS, 4), *FOUND[part::4]):
        document = world(random.Random(seed))  # noqa: S311 - repeatable by its seed

        expected = verdicts(from_file(document, tmp_path).to_dict())
        actual = verdicts(live(azure, document, AUDITOR).to_dict())

        assert expected == actual, f"seed {seed}"
        if part == 0:
            exported = verdicts(from_snapshot(azure, document, tmp_path).to_dict())
            assert expected == exported, f"seed {seed}"
