"""A Bicep compiler for tests: a real program on PATH that prints what it is told to print."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

_SCRIPT = """#!{python}
import json, os, pathlib, sys, time
here = pathlib.Path(__file__).parent
told = json.loads((here / "told.json").read_text())
calls = here / "calls.json"
seen = json.loads(calls.read_text()) if calls.exists() else []
seen.append({{"arguments": sys.argv[1:], "environment": dict(os.environ), "folder": os.getcwd()}})
calls.write_text(json.dumps(seen))
turn = told[min(len(seen), len(told)) - 1]
time.sleep(turn.get("seconds", 0))
sys.stderr.write(turn.get("messages", ""))
sys.stdout.write(turn.get("output", "") * turn.get("times", 1))
sys.exit(turn.get("code", 0))
"""


@dataclass(frozen=True)
class FakeCompiler:
    """Programs in a folder of their own; `tell` says what the next runs do, the last one again."""

    folder: Path

    def install(self, name: str) -> Path:
        """Put a program of this name into the folder."""
        path = self.folder / name
        path.write_text(_SCRIPT.format(python=sys.executable))
        path.chmod(0o755)
        return path

    def tell(self, *turns: dict[str, object]) -> None:
        """Set what each run prints: `output`, `messages`, `code`, `seconds`, `times`."""
        (self.folder / "told.json").write_text(json.dumps(turns))

    @property
    def arguments(self) -> list[list[str]]:
        """The arguments of each run so far."""
        calls = self.folder / "calls.json"
        return (
            [call["arguments"] for call in json.loads(calls.read_text())] if calls.exists() else []
        )

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the last run."""
        last: dict[str, str] = json.loads((self.folder / "calls.json").read_text())[-1][
            "environment"
        ]
        return last


@pytest.fixture
def compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeCompiler:
    """Return a folder for programs, which alone is on PATH; nothing is installed in it yet."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("AZURE_CONFIG_DIR", raising=False)
    for name in [name for name in os.environ if name.startswith(("AZURE_", "ARM_"))]:
        monkeypatch.delenv(name)
    return FakeCompiler(folder)
