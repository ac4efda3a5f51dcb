"""One process of `tools/fuzz.py`: runs every JOBS-th input of a target and judges each.

fuzz_worker.py TARGET SEED FIRST RUNS JOBS SECONDS
"""

from __future__ import annotations

import contextlib
import faulthandler
import hashlib
import importlib
import json
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.fuzz.mutator import Mutator, Target  # noqa: E402 - the folder has to be found first

FOUND = ROOT / "tests" / "fuzz" / "found"
CPU_SECONDS = 5.0
MEMORY_MB = 200
ADDRESS_SPACE = 3_000_000_000
"""Last net: more than this and the process gets a MemoryError."""
SMALLER_SECONDS = 10.0
NOTED_EVERY = 50


class TooSlowError(BaseException):
    """An input took too long; no `except Exception` may swallow it."""


def _alarm(_number: int, _frame: FrameType | None) -> None:
    raise TooSlowError(f"more than {CPU_SECONDS} s of processor time")


@contextlib.contextmanager
def bounded() -> Iterator[None]:
    """Bound the processor time of one input."""
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def memory_mb() -> int:
    """Return the largest memory this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def outcome(target: Target, data: bytes) -> str | None:
    """Run one input; return what is wrong, as kind and place, or None."""
    before = memory_mb()
    try:
        with bounded():
            target.fuzz(data)
    except (Exception, TooSlowError) as error:  # noqa: BLE001 - whatever is raised is the defect
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if "/preflight/" in frame.filename] or frames
        return f"{type(error).__name__} at {Path(ours[-1].filename).name}:{ours[-1].lineno}"
    grown = memory_mb() - before
    return f"memory {grown // MEMORY_MB}" if grown > MEMORY_MB else None


def smaller(target: Target, data: bytes, defect: str) -> bytes:
    """Cut pieces out of an input as long as the defect stays the same."""
    if defect.startswith(("memory", "TooSlow")):
        return data
    ends = time.monotonic() + SMALLER_SECONDS
    size = len(data) // 2
    while size and time.monotonic() < ends:
        at = 0
        while at < len(data) and time.monotonic() < ends:
            shorter = data[:at] + data[at + size :]
            if outcome(target, shorter) == defect:
                data = shorter
            else:
                at += size
        size //= 2
    return data


def kept(name: str, target: Target, data: bytes, defect: str) -> None:
    """Write a defect's input to the folder from which `make test` replays it."""
    least = smaller(target, data, defect)
    folder = FOUND / name
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{hashlib.sha256(least).hexdigest()[:12]}.txt"
    file.write_bytes(least)
    print(f"DEFECT {name}: {defect}: {file.relative_to(ROOT)}")
    with contextlib.suppress(TooSlowError, Exception), bounded():
        try:
            target.fuzz(least)
        except Exception:  # noqa: BLE001 - it is shown
            print(traceback.format_exc(limit=-4), flush=True)


def replayed(name: str, target: Target) -> tuple[int, int]:
    """Run every input that was found before; return how many, and how many still fail."""
    files = sorted((FOUND / name).glob("*.txt"))
    failed = 0
    for file in files:
        defect = outcome(target, file.read_bytes())
        if defect is not None:
            failed += 1
            print(f"DEFECT {name}: {defect}: {file.relative_to(ROOT)}", flush=True)
    return len(files), failed


def main() -> int:
    """Run this process's share and print its figures as one line of JSON."""
    name = sys.argv[1]
    seed, first, runs, jobs, seconds = map(int, sys.argv[2:])
    faulthandler.enable()
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    signal.signal(signal.SIGPROF, _alarm)
    target: Target = importlib.import_module(f"tests.fuzz.{name}")  # type: ignore[assignment]
    ends = time.monotonic() + seconds if seconds else float("inf")
    replays, defects = replayed(name, target) if first == 0 else (0, 0)
    mutator, known, slowest, done = Mutator(target, seed), set[str](), 0.0, 0
    scratch = ROOT / "build" / "fuzz"
    scratch.mkdir(parents=True, exist_ok=True)
    with (scratch / f"{name}-{first % jobs}.number").open("w", encoding="ascii") as note:
        for number in range(first, first - first % jobs + runs, jobs):
            if done % NOTED_EVERY == 0:
                if time.monotonic() > ends:
                    break
                note.seek(0)
                note.write(f"{number:>12} and {NOTED_EVERY - 1} more of seed {seed}\n")
                note.flush()
            data = mutator.make(number)
            begun = time.process_time()
            defect = outcome(target, data)
            slowest = max(slowest, time.process_time() - begun)
            done += 1
            if defect is not None and defect not in known:
                known.add(defect)
                print(f"input {number} of seed {seed}")
                kept(name, target, data, defect)
    figures = {"runs": done + replays, "defects": len(known) + defects}
    print(json.dumps({**figures, "slowest": slowest, "memory": memory_mb()}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
