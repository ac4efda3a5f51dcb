"""Every input that was ever a defect, and a few hundred fresh ones, through each fuzz target."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
INPUTS = {
    "bicep": 120,
    "conditions": 400,
    "denials": 400,
    "expressions": 800,
    "parameters": 250,
    "snapshots": 150,
    "templates": 400,
    "what_if": 300,
}


def test_every_target_is_run() -> None:
    modules = {path.stem for path in (ROOT / "tests" / "fuzz").glob("*.py")}

    assert modules - {"judging", "mutator", "test_found"} == set(INPUTS)


@pytest.mark.parametrize("target", INPUTS)
def test_found_and_fresh_inputs(target: str) -> None:
    limits = ["--runs", str(INPUTS[target]), "--jobs", "1", "--seed", "7"]
    ended = subprocess.run(
        [sys.executable, "tools/fuzz.py", target, *limits],
        cwd=ROOT,
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=100,
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
