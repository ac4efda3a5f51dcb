from __future__ import annotations

import pytest

from preflight.cli.deadline import deadline
from preflight.errors import LimitExceeded


def spin(seconds: float) -> None:
    with deadline(seconds):
        while True:
            pass


def test_what_takes_too_long_is_interrupted() -> None:
    with pytest.raises(LimitExceeded, match="took more than") as raised:
        spin(0.05)

    assert "--max-seconds" in raised.value.help


def test_what_is_quick_is_left_alone() -> None:
    with deadline(5):
        pass


def test_a_user_who_interrupts_is_no_limit() -> None:
    with pytest.raises(KeyboardInterrupt), deadline(5):
        raise KeyboardInterrupt
