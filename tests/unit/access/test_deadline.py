"""Work side by side that must not outlast its deadline."""

from __future__ import annotations

import threading

import pytest

from preflight.access.deadline import AT_ONCE, Deadline, side_by_side, within
from preflight.errors import AccessError, Unreachable


def test_results_stand_in_the_order_of_the_tasks() -> None:
    found = side_by_side(Deadline(10), [(str(n), lambda n=n: n * n) for n in range(20)])  # type: ignore[misc]  # a default binds the number

    assert tuple(n * n for n in range(20)) == found


def test_an_access_error_stands_in_the_place_of_its_task() -> None:
    def fails() -> int:
        raise AccessError("refused")

    first, second = side_by_side(Deadline(10), [("a", fails), ("b", lambda: 1)])

    assert isinstance(first, AccessError)
    assert second == 1


def test_any_other_error_is_raised_here() -> None:
    def fails() -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        side_by_side(Deadline(10), [("a", fails)])


def test_what_hangs_is_given_up() -> None:
    never = threading.Event()
    try:
        with pytest.raises(Unreachable, match=r"the call was not done within 0\.2 s"):
            within(Deadline(0.2), "the call", lambda: never.wait(30))
    finally:
        never.set()


def test_nothing_is_begun_after_the_deadline() -> None:
    begun: list[int] = []
    (found,) = side_by_side(Deadline(0), [("late", lambda: begun.append(1))])

    assert isinstance(found, Unreachable)
    assert [] == begun


def test_so_many_at_a_time() -> None:
    lock, running, most = threading.Lock(), 0, 0
    together = threading.Barrier(AT_ONCE, timeout=10)

    def task() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        together.wait()
        with lock:
            running -= 1

    side_by_side(Deadline(20), [("t", task)] * (3 * AT_ONCE))

    assert most == AT_ONCE


def test_the_clock_counts_down_to_nothing() -> None:
    now = [100.0]
    deadline = Deadline(5, clock=lambda: now[0])

    assert deadline.remaining == 5
    now[0] = 200.0
    assert deadline.remaining == 0
    assert deadline.over


def test_time_for_something_else_is_left_out() -> None:
    now = [0.0]
    deadline = Deadline(5, clock=lambda: now[0])
    now[0] = 4.0
    deadline.extend(3)

    assert deadline.remaining == 4
