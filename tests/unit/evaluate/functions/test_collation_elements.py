"""Collation elements, and the tables behind them."""

import pytest

from preflight.evaluate.functions.collation_elements import (
    ascii_key,
    elements_of,
    is_visible_ascii,
    located_elements,
)
from preflight.evaluate.functions.collation_table import (
    IGNORED,
    LOOKALIKES,
    MARKS,
    PRIMARY,
    SPELLINGS,
    code_points,
)


def test_entries_of_a_table() -> None:
    assert [*code_points("61-63 301+341 20")] == [
        ("a",),
        ("b",),
        ("c",),
        ("\u0301", "\u0341"),
        (" ",),
    ]


def test_no_character_has_two_places() -> None:
    primary = [entry[0] for entry in code_points(PRIMARY)]
    marks = [mark for entry in code_points(MARKS) for mark in entry]
    ignored = [entry[0] for entry in code_points(IGNORED)]
    spelled = [chr(code) for code, _ in SPELLINGS + LOOKALIKES]
    everything = primary + marks + ignored + spelled

    assert len(set(everything)) == len(everything)


@pytest.mark.parametrize("character", [chr(code) for code in range(0x20, 0x250) if code != 0xAD])
def test_every_latin_character_has_an_element(character: str) -> None:
    assert bool(elements_of(character)) == (
        not 0x7F <= ord(character) < 0xA0 or character == "\x85"
    )


def test_elements_know_where_they_come_from() -> None:
    places = [(start, stop) for _, start, stop in located_elements("\xe1\xadb\u0439\u0438\u0306")]

    assert places == [(0, 1), (0, 1), (2, 3), (3, 4), (4, 6)]


def test_visible_ascii_compares_by_a_key() -> None:
    assert is_visible_ascii("aB\t~")
    assert not is_visible_ascii("a\0")
    assert not is_visible_ascii("\xe9")
    assert ascii_key("aB") == (ascii_key("ab")[0], "01")
