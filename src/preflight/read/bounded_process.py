"""Runs a program that is not ours: with a time limit, bounded output, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import IO

from preflight.errors import InputError, LimitExceeded

_CHUNK = 65_536
_LAST_WORDS_S = 5.0
"""How long output may still come once the program has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessLimits:
    """Bounds of one run; whatever goes past them ends it."""

    seconds: float
    output_bytes: int
    message_bytes: int = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """How a program ended, and what it wrote."""

    code: int
    output: bytes
    messages: bytes


class _Drain(Thread):
    """Reads one pipe up to a limit, then ends the program."""

    def __init__(
        self, process: subprocess.Popen[bytes], pipe: IO[bytes] | None, limit: int
    ) -> None:
        super().__init__(daemon=True)
        self._process = process
        self._pipe = pipe
        self.limit = limit
        self.data = bytearray()
        self.overflowed = False

    def run(self) -> None:
        """Read until the end or the limit."""
        if self._pipe is None:
            return
        # The pipe is closed under this thread when a grandchild keeps it open.
        with suppress(OSError, ValueError):
            while chunk := os.read(self._pipe.fileno(), _CHUNK):
                self.data += chunk
                if len(self.data) > self.limit:
                    self.overflowed = True
                    _end(self._process)
                    return


def run_bounded(
    command: Sequence[str], *, environment: Mapping[str, str], folder: Path, limits: ProcessLimits
) -> Finished:
    """Run a program in `folder` with exactly `environment` and no input.

    Raises:
        InputError: it cannot be started.
        LimitExceeded: it took too long or wrote too much; it was ended.
    """
    name = Path(command[0]).name
    try:
        process = subprocess.Popen(  # noqa: S603 - the program was named by the user or is on PATH
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,
        )
    except OSError as error:
        message = f"`{command[0]}` cannot be started: {error.strerror}"
        raise InputError(message, help="check the path that --bicep names") from error
    output = _Drain(process, process.stdout, limits.output_bytes)
    messages = _Drain(process, process.stderr, limits.message_bytes)
    with process:
        try:
            output.start()
            messages.start()
            code = process.wait(limits.seconds)
        except subprocess.TimeoutExpired as error:
            message = f"`{name}` had not finished after {limits.seconds:g} seconds"
            raise LimitExceeded(message, help="compile it by hand to see why") from error
        finally:
            _end(process)
            output.join(_LAST_WORDS_S)
            messages.join(_LAST_WORDS_S)
    for drain in (output, messages):
        if drain.overflowed:
            message = f"`{name}` wrote more than {drain.limit:,} bytes"
            raise LimitExceeded(message, help="raise the limit with --max-input")
    return Finished(code=code, output=bytes(output.data), messages=bytes(messages.data))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and whatever it has started."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            # The program leads a session of its own, so its ID is the group's.
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
