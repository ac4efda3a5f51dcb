"""Every example ends as expected, and its reports are the recorded ones byte for byte.

`python tools/demo.py --record` writes them anew; review reads the diff.
"""

from __future__ import annotations

import json
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
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/example.json"))
RECORDED = (("json", "report.json"), ("markdown", "report.md"), ("junit", "report.xml"))


def test_there_are_eight_examples() -> None:
    assert [folder.name[0] for folder in EXAMPLES] == list("abcdefgh")


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_example(folder: Path, run: Run, tmp_path: Path) -> None:
    case = json.loads((folder / "example.json").read_text(encoding="utf-8"))
    here = folder.relative_to(ROOT)
    arguments = ["run", str(here / case["source"]), "--access", "examples/access.json"]
    for file in case["parameters"]:
        arguments += ["-p", str(here / file)]
    if "whatIf" in case:
        arguments += ["--what-if", str(here / case["whatIf"]), "--mode", case["mode"]]
    for option in ("scope", "principal", "location", "now"):
        arguments += [f"--{option}", case[option]]
    for name, file in RECORDED:
        arguments += ["--format", f"{name}={tmp_path / file}"]

    ended = run(*arguments, "--detail", "team")

    assert ended.returncode == case["exitCode"], ended.stdout + ended.stderr
    for _, file in RECORDED:
        written = (tmp_path / file).read_text(encoding="utf-8")
        assert written == (folder / "expected" / file).read_text(encoding="utf-8"), file
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    denied = [row for row in report["requirements"] if row["certainty"] == "required"]
    reasons = {row["reason"] for row in denied if row["verdict"] != "allowed"} or {"granted"}
    assert reasons == {case["reason"]}
