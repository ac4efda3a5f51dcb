"""Run the gate on every example, offline; write JUnit and Markdown into build/demo/.

    python tools/demo.py [--record]

Exits 0 when every example ended with its expected exit code, else 1. `--record` writes the
reports that the tests compare with (examples/*/expected/).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
BUILD = ROOT / "build" / "demo"


def arguments(folder: Path) -> list[str]:
    """Return the command line of one example, relative to the project's folder."""
    case = json.loads((folder / "example.json").read_text(encoding="utf-8"))
    here = folder.relative_to(ROOT)
    command = ["run", f"{here / case['source']}"]
    for file in case["parameters"]:
        command += ["-p", f"{here / file}"]
    command += ["--access", "examples/access.json", "--scope", case["scope"]]
    command += ["--principal", case["principal"], "--location", case["location"]]
    return [*command, "--now", case["now"], "--detail", "team"]


def preflight(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run the installed program as a child process."""
    program = [sys.executable, "-m", "preflight", *command]
    return subprocess.run(program, cwd=ROOT, check=False, capture_output=True, text=True)


def explained(folder: Path, now: str) -> list[str]:
    """Show what the denial that this rollout met means; return what went wrong."""
    command = ["explain", f"{folder.relative_to(ROOT) / 'denial.txt'}"]
    command += ["--access", "examples/access.json", "--now", now, "--detail", "team"]
    print(f"$ preflight {' '.join(command)}\n", flush=True)
    ended = preflight(command)
    print(ended.stdout + ended.stderr, flush=True)
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
        command = arguments(folder)
        shown = " ".join(f"'{part}'" if " " in part else part for part in command)
        print(f"\n── {folder.name}: {case['title']}\n$ preflight {shown}\n", flush=True)
        ended = preflight([*command, *(part for o in outputs for part in ("--format", o))])
        print(ended.stdout + ended.stderr, flush=True)
        if ended.returncode != case["exitCode"]:
            failures.append(f"{folder.name}: exit {ended.returncode}, expected {case['exitCode']}")
        if (folder / "denial.txt").exists():
            failures += explained(folder, case["now"])
    print("\n".join(failures) or f"all {len(folders)} examples ended as expected")
    print(f"reports: {BUILD.relative_to(ROOT)}/")
    return 1 if failures or not folders else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
