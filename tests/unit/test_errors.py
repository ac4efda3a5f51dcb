"""What every error promises, whatever it quotes."""

from __future__ import annotations

from preflight.errors import LONGEST_MESSAGE, InputError


def test_a_message_is_one_line() -> None:
    error = InputError("no `a\r\n::error::b\x1b[2J`", help="try\u2028this")

    assert error.message == "no `a  ::error::b [2J`"
    assert str(error) == error.message
    assert error.help == "try this"


def test_a_message_is_never_long() -> None:
    error = InputError("x" * 1_000_000, help="y" * 1_000_000)

    assert len(error.message) == len(error.help) == LONGEST_MESSAGE
    assert error.message.endswith("x…")
