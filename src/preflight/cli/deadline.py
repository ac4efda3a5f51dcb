"""The last net: no source keeps the program busy for ever."""

from __future__ import annotations

import _thread
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from preflight.errors import LimitExceeded


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Interrupt what runs inside after so many seconds of wall clock.

    The bounds on steps and sizes come first; this catches what they have missed.

    Raises:
        LimitExceeded: when the time was over.
    """
    over = threading.Event()

    def interrupt() -> None:
        over.set()
        _thread.interrupt_main()

    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    except KeyboardInterrupt:
        if not over.is_set():
            raise
        raise LimitExceeded(
            f"the source took more than {seconds:g} s",
            help="raise the limit with --max-seconds if the source is trusted",
        ) from None
    finally:
        timer.cancel()
