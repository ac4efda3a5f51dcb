"""Small templates that ask for an enormous amount of work: each must be refused, and soon.

    python tools/hostile.py [NAME…]

Each row is one run of `preflight requirements`: processor seconds, megabytes at the peak, exit
code, and the first line of what it said. `make bench` prints the worst of them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from hostile_calls import CALLS
from hostile_shapes import SHAPES, Template, many

TEMPLATES: Mapping[str, Callable[[], Template]] = {
    **SHAPES,
    **{name: partial(many, call) for name, call in CALLS.items()},
}
"""Shape → the template. All of them are refused."""


def measure(command: Sequence[str]) -> tuple[float, float, int, str]:
    """Run a command; return processor seconds, peak megabytes, exit code and its first words."""
    with tempfile.TemporaryFile("w+") as said:
        child = subprocess.Popen(command, stdout=said, stderr=said)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        words = said.read(400)
    seconds = usage.ru_utime + usage.ru_stime
    return seconds, usage.ru_maxrss / 1024, child.returncode, words.partition("\n")[0]


def rows(names: Iterable[str]) -> Iterable[tuple[str, float, float, int, str]]:
    """Yield name, seconds, megabytes, exit code and words of each shape."""
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            file = Path(folder) / "main.json"
            file.write_text(json.dumps(TEMPLATES[name]()))
            command = [sys.executable, "-m", "preflight", "requirements", str(file), "-g", "rg"]
            yield name, *measure(command)


def main(names: Sequence[str]) -> int:
    """Print one row per shape; exit 1 where one was not refused."""
    code = 0
    for name, seconds, megabytes, answer, words in rows(names or TEMPLATES):
        print(f"{seconds:7.2f} {megabytes:6.0f} {answer:>3}  {name}: {words[-90:]}", flush=True)
        code = code or int(answer != 3)  # noqa: PLR2004 - refused input
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
