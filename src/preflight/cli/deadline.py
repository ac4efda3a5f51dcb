"""The last net: no source keeps the program busy for ever."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from preflight.errors import LimitExceeded


class _TimeIsOver(BaseException):
    """Raised in the thread that took too long; nothing inside may catch it."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Interrupt what runs inside after so many seconds of wall clock.

    The bounds on steps and sizes come first; this catches what they have missed. No signal is
    used: a program that a shell or a pipeline started in the background may ignore them.

    Raises:
        LimitExceeded: when the time was over.
    """
    timer = threading.Timer(seconds, _raise_in, (threading.get_ident(),))
    timer.daemon = True
    timer.start()
    try:
        try:
            yield
        finally:
            timer.cancel()
            timer.join()  # What it has raised by now arrives here at the latest.
    except _TimeIsOver:
        raise LimitExceeded(
            f"the source took more than {seconds:g} s",
            help="raise the limit with --max-seconds if the source is trusted",
        ) from None


def _raise_in(thread: int) -> None:
    """Raise `_TimeIsOver` in a thread before its next instruction."""
    import ctypes  # noqa: PLC0415 - only when the time was over

    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread), ctypes.py_object(_TimeIsOver)
    )
