"""The examples, asked of their tenant instead of read from its file: the same verdicts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.azure import FakeAzure
from tests.fakes.documents import AUDITOR
from tests.fakes.examples import ROOT, tenant
from tests.fakes.rows import Row, row, rows, text
from tests.integration.live.conftest import Program

EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/example.json"))


@pytest.fixture(scope="module")
def examples() -> Iterator[FakeAzure]:
    with FakeAzure(tenant()) as started:
        started.sign_in(AUDITOR)
        yield started


def decided(report: Row) -> dict[str, tuple[str, str]]:
    """Return what decides the exit code: verdict and reason by action and scope."""
    return {
        f"{item['action']} at {item['scope']}": (text(item["verdict"]), text(item["reason"]))
        for item in rows(report["requirements"])
        if item["certainty"] != "possible"
    }


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_live_is_as_from_the_file(
    folder: Path, examples: FakeAzure, run: Program, tmp_path: Path
) -> None:
    case = json.loads((folder / "example.json").read_text(encoding="utf-8"))
    here = folder.relative_to(ROOT)
    arguments = ["run", str(here / case["source"]), "--format", f"json={tmp_path / 'live.json'}"]
    for file in case["parameters"]:
        arguments += ["-p", str(here / file)]
    if "whatIf" in case:
        arguments += ["--what-if", str(here / case["whatIf"]), "--mode", case["mode"]]
    for option in ("scope", "principal", "location"):
        arguments += [f"--{option}", case[option]]

    ended = run(*arguments, "--detail", "team", env=examples.environment("secret"))

    assert ended.returncode == case["exitCode"], ended.stdout + ended.stderr
    recorded = json.loads((folder / "expected" / "report.json").read_text(encoding="utf-8"))
    live = row(json.loads((tmp_path / "live.json").read_text(encoding="utf-8")))
    assert decided(live) == decided(recorded)
    assert row(live["principal"])["readBy"] == AUDITOR
    assert row(live["evidenceSource"])["kind"] == "live"
