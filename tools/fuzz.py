"""Run the fuzz targets of tests/fuzz; see `make fuzz`.

    fuzz.py [TARGET ...] [--runs N] [--seed S] [--seconds T] [--jobs J] [--atheris]

Every input has a number from which it is made again, so that a run is the same on every machine.
A defect is any exception that a target lets out, an input that takes more than 5 s of processor
time, or one that needs more than 200 MB. What is found is made smaller and written to
tests/fuzz/found/TARGET/, where `make test` replays it. With `--atheris` (the extra `fuzz`; Linux)
the inputs come from libFuzzer, guided by coverage.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGETS = (
    "bicep", "conditions", "snapshots", "templates", "expressions", "what_if", "parameters",
    "denials",
)  # fmt: skip
RUNS = 1_000_000
FOUND = ROOT / "tests" / "fuzz" / "found"
GRACE_SECONDS = 60
"""How long a worker may stay silent past the time box before it counts as hung."""


def main() -> int:
    """Run the targets that are asked for; 1 where a defect was found."""
    options = parsed()
    if options.atheris:
        command = [str(ROOT / "tools" / "fuzz_atheris.py")]
        limits = ["--runs", str(options.runs), "--seconds", str(options.seconds)]
        calls = [[sys.executable, *command, target, *limits] for target in options.targets]
        return max(subprocess.run(call, cwd=ROOT, check=False).returncode for call in calls)
    return max(fuzzed(target, options) for target in options.targets)


def parsed() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--runs", type=int, default=RUNS, help="inputs for each target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--seconds", type=int, default=0, help="time box for each target; 0: none")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--atheris", action="store_true")
    options = parser.parse_args()
    options.targets = options.targets or list(TARGETS)
    unknown = sorted(set(options.targets) - set(TARGETS))
    if unknown:
        parser.error(f"no such target: {', '.join(unknown)}; there are {', '.join(TARGETS)}")
    return options


def fuzzed(target: str, options: argparse.Namespace) -> int:
    """Replay what was found before, then run one target in as many processes as asked."""
    begun = time.monotonic()
    jobs = [started(target, options, job) for job in range(max(1, options.jobs))]
    answers = [finished(target, job, options) for job in jobs]
    runs = sum(answer["runs"] for answer in answers)
    defects = sum(answer["defects"] for answer in answers)
    seconds = time.monotonic() - begun
    cut = "" if runs >= options.runs else f" of {options.runs:,} (time box)"
    print(
        f"{target:<12} {runs:>9,} inputs{cut}, seed {options.seed}, {seconds:.0f} s,"
        f" slowest {max(answer['slowest'] for answer in answers):.2f} s,"
        f" {max(answer['memory'] for answer in answers)} MB, {defects} defects",
        flush=True,
    )
    return 1 if defects else 0


def started(target: str, options: argparse.Namespace, job: int) -> subprocess.Popen[str]:
    """Start one worker."""
    worker = [sys.executable, str(ROOT / "tools" / "fuzz_worker.py"), target]
    share = [options.seed, options.first + job, options.runs, max(1, options.jobs), options.seconds]
    command = [*worker, *map(str, share)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def finished(
    target: str, worker: subprocess.Popen[str], options: argparse.Namespace
) -> dict[str, float]:
    """Wait for a worker; one that died or hung is a defect itself."""
    limit = options.seconds + GRACE_SECONDS if options.seconds else None
    try:
        output, _ = worker.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        worker.kill()
        output, _ = worker.communicate()
    lines = output.splitlines()
    for line in lines:
        if not line.startswith("{"):
            print(line, flush=True)
    if worker.returncode == 0 and lines:
        answer: dict[str, float] = json.loads(lines[-1])
        return answer
    print(f"{target}: a worker ended with {worker.returncode}; its last input is under build/fuzz/")
    return {"runs": 0, "defects": 1, "slowest": 0, "memory": 0}


if __name__ == "__main__":
    sys.exit(main())
