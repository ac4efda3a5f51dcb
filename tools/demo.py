"""Run the gate on every example, offline; write JUnit and Markdown into build/demo/.

    python tools/demo.py [--record]

One of them is run live too: against `tests/fakes`, an Azure on this machine that is made from
the examples' own snapshot, and that must lead to the same verdict.

Exits 0 when every example ended with its expected exit code, else 1. `--record` writes the
reports that the tests compare with (examples/*/expected/).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.fakes.azure import FakeAzure  # noqa: E402 - found through the line above
from tests.fakes.documents import AUDITOR  # noqa: E402 - the same
from tests.fakes.examples import tenant  # noqa: E402 - the same

EXAMPLES = ROOT / "examples"
BUILD = ROOT / "build" / "demo"


LIVE = "e-subnet-of-another-team"
"""The example that is run live too."""


def arguments(folder: Path, *, live: bool = False) -> list[str]:
    """Return the command line of one example, relative to the project's folder."""
    case = json.loads((folder / "example.json").read_text(encoding="utf-8"))
    here = folder.relative_to(ROOT)
    command = ["run", f"{here / case['source']}"]
    if "whatIf" in case:
        command += ["--what-if", f"{here / case['whatIf']}", "--mode", case["mode"]]
    for file in case["parameters"]:
        command += ["-p", f"{here / file}"]
    evidence = [] if live else ["--access", "examples/access.json", "--now", case["now"]]
    command += [*evidence, "--scope", case["scope"], "--principal", case["principal"]]
    return [*command, "--location", case["location"], "--detail", "team"]


def preflight(
    command: Sequence[str], variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the installed program as a child process, and show how it was called."""
    shown = " ".join(f"'{part}'" if " " in part else part for part in command)
    print(f"$ preflight {shown}\n", flush=True)
    program = [sys.executable, "-m", "preflight", *command]
    env = {**os.environ, **(variables or {})}
    ended = subprocess.run(program, cwd=ROOT, env=env, check=False, capture_output=True, text=True)
    print(ended.stdout + ended.stderr, flush=True)
    return ended


def run_live(folder: Path) -> list[str]:
    """Run one example against the Azure on this machine; return what was not as expected."""
    case = json.loads((folder / "example.json").read_text(encoding="utf-8"))
    print(f"\n── {folder.name}, live: the tenant is asked, as an auditor", flush=True)
    with FakeAzure(tenant()) as azure:
        azure.sign_in(AUDITOR)
        ended = preflight(arguments(folder, live=True), azure.environment("secret"))
    if ended.returncode == case["exitCode"]:
        return []
    return [f"{folder.name}, live: exit {ended.returncode}, expected {case['exitCode']}"]


def explained(folder: Path, now: str) -> list[str]:
    """Show what the denial that this rollout met means; return what went wrong."""
    command = ["explain", f"{folder.relative_to(ROOT) / 'denial.txt'}"]
    command += ["--access", "examples/access.json", "--now", now, "--detail", "team"]
    ended = preflight(command)
    return [f"{folder.name}: explain ended with {ended.returncode}"] if ended.returncode else []


def main(options: Sequence[str]) -> int:
    """Run every example and say whether each ended as expected."""
    BUILD.mkdir(parents=True, exist_ok=True)
    failures = []
    folders = sorted(path.parent for path in EXAMPLES.glob("*/example.json"))
    for folder in folders:
        case = json.loads((folder / "example.json").read_text(encoding="utf-8"))
        written = BUILD if "--record" not in options else folder / "expected"
        stem = folder.name if written == BUILD else "report"
        formats = [("junit", "xml"), ("markdown", "md")]
        formats += [("json", "json")] if "--record" in options else []
        outputs = [f"{name}={written / f'{stem}.{ending}'}" for name, ending in formats]
        print(f"\n── {folder.name}: {case['title']}", flush=True)
        command = arguments(folder)
        ended = preflight([*command, *(part for o in outputs for part in ("--format", o))])
        if ended.returncode != case["exitCode"]:
            failures.append(f"{folder.name}: exit {ended.returncode}, expected {case['exitCode']}")
        if (folder / "denial.txt").exists():
            failures += explained(folder, case["now"])
    failures += run_live(EXAMPLES / LIVE)
    ended_well = f"all {len(folders)} examples ended as expected, {LIVE} live too"
    print("\n".join(failures) or ended_well)
    print(f"reports: {BUILD.relative_to(ROOT)}/")
    return 1 if failures or not folders else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
