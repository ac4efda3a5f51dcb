"""The installed program as a child process.

Loading the libraries takes longer than most runs. So the first run of a test process starts a
server that has loaded them and the program, and each run is a fork of it, with its own folder,
environment and streams, and the exit code of `sys.exit`; only `atexit` handlers do not run. What
the interpreter itself reads (a variable `PYTHON…`) gets a new one, as do places without `fork`.
"""

from __future__ import annotations

import multiprocessing
import os
import pkgutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired

import preflight
from preflight.cli.main import main

LONGEST_S = 180


def run_program(
    arguments: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    stdin: str = "",
    timeout_s: float = LONGEST_S,
) -> CompletedProcess[str]:
    """Run `preflight ARG …` to its end.

    Raises `TimeoutExpired` when it takes longer, having ended it.
    """
    server = None if any(name.startswith("PYTHON") for name in env) else _server()
    if server is None:
        return subprocess.run(
            [sys.executable, "-m", "preflight", *arguments],
            cwd=cwd, env=dict(env), input=stdin, check=False, capture_output=True,
            encoding="utf-8", timeout=timeout_s,
        )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="preflight-run-") as folder:
        streams = [Path(folder, name) for name in ("stdin", "stdout", "stderr")]
        streams[0].write_text(stdin, encoding="utf-8", newline="")
        child = server.Process(target=_child, args=(arguments, cwd, dict(env), streams))
        child.start()
        child.join(timeout_s)
        if child.exitcode is None:
            child.kill()
            child.join()
            raise TimeoutExpired(["preflight", *arguments], timeout_s)
        out, err = (file.read_text(encoding="utf-8") for file in streams[1:])
        return CompletedProcess(["preflight", *arguments], child.exitcode, out, err)


@cache
def _server() -> ForkServerContext | None:
    """Return what forks the loaded program; it starts with the first run."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return None
    server = multiprocessing.get_context("forkserver")
    modules = [found.name for found in pkgutil.walk_packages(preflight.__path__, "preflight.")]
    server.set_forkserver_preload([__name__, *modules])
    return server


def _child(
    arguments: Sequence[str], cwd: Path, env: Mapping[str, str], streams: Sequence[Path]
) -> None:
    """Become the program: what a new interpreter would find is set, and `main` is called."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    tempfile.tempdir = None
    for number, (file, flags) in enumerate(
        zip(streams, (os.O_RDONLY, *[os.O_WRONLY | os.O_CREAT] * 2), strict=True)
    ):
        opened = os.open(file, flags)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
    sys.argv = ["preflight", *arguments]
    main()
