"""The installed program against the fake Azure, as a child process."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import CompletedProcess
from typing import Protocol

import pytest
from tests.fakes.azure import FakeAzure
from tests.fakes.documents import CONTRIBUTOR, DEPLOYER, HUB, PROD, assignment, company
from tests.fakes.exchange import Logged
from tests.fakes.rows import Row, row, rows

from preflight.access.versions import VERSIONS

ROOT = Path(__file__).resolve().parent.parent.parent.parent
TEMPLATES = Path("tests/integration/live/templates")
STORAGE = TEMPLATES / "storage.json"
BOTH = TEMPLATES / "two-subscriptions.json"
READ_WITH_POST = ("/getentities", "/getmembergroups", "/getbyids")
SHOP = PROD + "/resourceGroups/rg-shop"


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a run ended."""

    code: int
    out: str
    err: str
    seconds: float
    report: Row = field(default_factory=dict)

    @property
    def told(self) -> str:
        """Everything that it printed; where a line was broken does not matter."""
        return " ".join((self.out + self.err).split())

    def reasons(self) -> dict[str, str]:
        """Return action at scope → verdict/reason of the gate's requirements."""
        return {
            f"{item['action']} at {item['scope']}": f"{item['verdict']}/{item['reason']}"
            for item in rows(self.report.get("requirements"))
        }

    def undetermined(self) -> set[str]:
        """Return the reasons of what is undetermined."""
        found = (value.split("/") for value in self.reasons().values())
        return {reason for verdict, reason in found if verdict == "undetermined"}


class Gate(Protocol):
    """The fixture `gate`: one run of the gate, live."""

    def __call__(
        self,
        *arguments: str | Path,
        source: Path = ...,
        scope: str = ...,
        kind: str | None = ...,
        env: dict[str, str] | None = ...,
    ) -> Ended: ...


class Program(Protocol):
    """The fixture `run` of the folder above."""

    def __call__(
        self, *arguments: str | Path, env: dict[str, str] | None = ...
    ) -> CompletedProcess[str]: ...


@pytest.fixture
def azure() -> Iterator[FakeAzure]:
    """A company whose deployer is Contributor of both subscriptions, signed in everywhere."""
    document = company(
        assignment(DEPLOYER, CONTRIBUTOR, PROD), assignment(DEPLOYER, CONTRIBUTOR, HUB)
    )
    with FakeAzure(document) as started:
        started.sign_in(DEPLOYER)
        yield started
        check_reads(started.log.of("arm", "graph"))


def check_reads(calls: Iterable[Logged]) -> None:
    """Whatever a test does, the program only reads, and in the versions that it knows."""
    for call in calls:
        posted = call.method == "POST" and call.path.lower().endswith(READ_WITH_POST)
        assert call.method == "GET" or posted, call
        if call.surface == "arm":
            assert call.api_version in set(VERSIONS.values()), call
        assert call.user_agent.startswith("preflight/"), call


@pytest.fixture
def gate(azure: FakeAzure, run: Program, tmp_path: Path) -> Gate:
    """Run `preflight run` live, as one kind of identity, and read its JSON report."""

    def start(
        *arguments: str | Path,
        source: Path = STORAGE,
        scope: str = SHOP,
        kind: str | None = "secret",
        env: dict[str, str] | None = None,
    ) -> Ended:
        file = tmp_path / "report.json"
        file.unlink(missing_ok=True)
        offered = azure.environment(kind) if kind else {"NO_PROXY": "localhost,127.0.0.1"}
        began = time.monotonic()
        ended = run(
            "run", source, "--scope", scope, "--detail", "team",
            "--format", f"json={file}", "--format", "console", *arguments,
            env={**offered, **(env or {})},
        )  # fmt: skip
        seconds = time.monotonic() - began
        report = row(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}
        assert "Traceback" not in ended.stdout + ended.stderr
        for secret in azure.secrets():
            assert secret not in ended.stdout + ended.stderr
            assert not file.is_file() or secret not in file.read_text(encoding="utf-8")
        return Ended(
            code=ended.returncode,
            out=ended.stdout,
            err=ended.stderr,
            seconds=seconds,
            report=report,
        )

    return start
