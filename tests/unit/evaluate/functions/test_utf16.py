"""UTF-16 code units."""

from preflight.evaluate.functions.utf16 import (
    from_units,
    from_utf8,
    to_units,
    unit_length,
    utf8,
)


def test_a_character_past_the_first_plane_is_two_units() -> None:
    assert to_units("a\U0001f600") == "a\ud83d\ude00"
    assert unit_length("a\U0001f600") == 3
    assert from_units("a\ud83d\ude00") == "a\U0001f600"


def test_a_lone_half_survives_units_but_not_utf8() -> None:
    assert from_units(to_units("\U0001f600")[:1]) == "\ud83d"
    assert utf8("\ud83dx") == b"\xef\xbf\xbdx"
    assert utf8("\ud83d\ude00") == "\U0001f600".encode()


def test_wrong_utf8_becomes_replacement_characters() -> None:
    assert from_utf8(b"\xed\xa0\x80a") == "\ufffd\ufffd\ufffda"
    assert from_utf8(b"\xf0\x9f\x98") == "\ufffd"
