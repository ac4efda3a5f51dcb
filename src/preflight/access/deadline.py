"""How long everything live may take together, and work that must not outlast it."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias, TypeVar, cast

from preflight.errors import AccessError, Unreachable

_Result = TypeVar("_Result")

AT_ONCE = 8
"""Calls that run side by side."""


class Deadline:
    """A moment by which everything must be done."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Start to count."""
        self.seconds = seconds
        self._clock = clock
        self._end = clock() + seconds

    @property
    def remaining(self) -> float:
        """Seconds that are left; never negative."""
        return max(self._end - self._clock(), 0.0)

    def extend(self, seconds: float) -> None:
        """Leave out time that was spent on something else."""
        self._end += max(seconds, 0.0)

    @property
    def over(self) -> bool:
        """Whether no time is left."""
        return self.remaining <= 0

    def error(self, what: str) -> Unreachable:
        """Return the error of what was not done in time."""
        return Unreachable(
            f"{what} was not done within {self.seconds:g} s",
            help="raise the limit with --deadline, or look at the network and the proxy settings",
        )


_Outcome: TypeAlias = "tuple[_Result | None, BaseException | None]"
"""What became of one task: its result, or why there is none."""


def within(deadline: Deadline, what: str, task: Callable[[], _Result]) -> _Result:
    """Do one thing, and give it up at the deadline: nothing that hangs can hold the program.

    Raises:
        Unreachable: the time is over; whatever `task` raises otherwise.
    """
    (found,) = side_by_side(deadline, [(what, task)])
    if isinstance(found, BaseException):
        raise found
    return found


def side_by_side(
    deadline: Deadline, tasks: Sequence[tuple[str, Callable[[], _Result]]]
) -> tuple[_Result | AccessError, ...]:
    """Do things, at most `AT_ONCE` at a time; return what each gave, or why it gave nothing.

    An `AccessError` of a task is returned in its place; anything else it raises is raised here.
    What is not done at the deadline is given up.
    """
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, _Outcome[_Result]]] = queue.SimpleQueue()
    for number in range(len(tasks)):
        waiting.put(number)

    def work() -> None:
        while not deadline.over:
            try:
                number = waiting.get_nowait()
            except queue.Empty:
                return
            done.put((number, _attempt(tasks[number][1])))

    for _ in range(min(AT_ONCE, len(tasks))):
        # Daemons: a call that hangs in the system's own code must not keep the process alive.
        threading.Thread(target=work, daemon=True).start()
    outcomes = dict(_collected(deadline, done, len(tasks)))
    found: list[_Result | AccessError] = []
    for number, (what, _) in enumerate(tasks):
        result, error = outcomes.get(number, (None, deadline.error(what)))
        if error is not None and not isinstance(error, AccessError):
            raise error
        found.append(error if error is not None else cast("_Result", result))
    return tuple(found)


def _attempt(task: Callable[[], _Result]) -> tuple[_Result | None, BaseException | None]:
    try:
        return task(), None
    except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
        return None, error


def _collected(
    deadline: Deadline, done: queue.SimpleQueue[tuple[int, _Outcome[_Result]]], count: int
) -> Iterable[tuple[int, _Outcome[_Result]]]:
    for _ in range(count):
        try:
            yield done.get(timeout=max(deadline.remaining, 0.001))
        except queue.Empty:
            return
