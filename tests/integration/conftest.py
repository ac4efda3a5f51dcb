"""The installed program as a child process, in a scrubbed environment."""

from __future__ import annotations

import os
from pathlib import Path
from subprocess import CompletedProcess
from typing import Protocol

import pytest
from tests.program import run_program

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = ("PATH", "HOME", "LANG", "SYSTEMROOT", "TEMP", "TMP", "VIRTUAL_ENV")


class Run(Protocol):
    """The fixture `run`: one call of the program."""

    def __call__(
        self,
        *arguments: str | Path,
        cwd: Path = ...,
        stdin: str = ...,
        env: dict[str, str] | None = ...,
    ) -> CompletedProcess[str]: ...


@pytest.fixture
def environment() -> dict[str, str]:
    """An environment without a CI, Azure or preflight variable."""
    return {name: os.environ[name] for name in KEPT if name in os.environ}


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    """Run `preflight ARG …` in the project's folder (or `cwd`), never longer than three minutes."""

    def start(
        *arguments: str | Path,
        cwd: Path = ROOT,
        stdin: str = "",
        env: dict[str, str] | None = None,
    ) -> CompletedProcess[str]:
        return run_program(
            [*map(str, arguments)], cwd=cwd, env={**environment, **(env or {})}, stdin=stdin
        )

    return start
