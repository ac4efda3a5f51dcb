"""Linguistic comparison and search."""

from functools import cmp_to_key

import pytest

from preflight.evaluate.functions.collation import (
    compare,
    ends_with,
    find_first,
    find_last,
    starts_with,
)


@pytest.mark.parametrize(
    "words",
    [
        list(" _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0189aAbBzZ"),
        ["a", "A", "\xe1", "\xc1", "\xe0", "\xe2", "\xe5", "\xe4", "\xe3", "\xe6", "\xc6", "b"],
        ["resource group", "resource_group", "resource-group", "resourceGroup", "ResourceGroup2"],
        ["co-op", "coop", "COOP"],
        ["1a", "A0", "a1"],
        ["01", "1", "\uff11", "10", "1a", "2", "a1"],
        ["d", "\u0111", "\xf0", "e", "h", "\u0127", "i", "\u0131", "l", "\u0142", "m"],
        ["o", "\xf6", "\xf8", "\u0153", "p", "ss", "\xdf", "t", "z", "\xfe"],
        ["\u01c6", "\u01c5", "\u01c4"],
        ["\u2013", "\u201c", "\xa7", "\xa9", "\xa4", "\xa3", "\u20ac", "1", "\xbd", "2", "\xb2"],
        ["fi", "\ufb01", "fj"],
        ["\U0001f600", "0", "z"],
        ["\u03b1", "\u0391", "\u03c9", "\u0430", "\u0410", "\u0438", "\u0439", "\u044f", "\u05d0"],
        ["\u05d0", "\u0621", "\uae00", "\u3042", "\u30a2", "\u3044", "\u65e5"],
        ["I", "\u2160", "\u0131"],
        ["a", "a\u05b0", "b"],
        ["\u3063", "\u3064", "\u30c3", "\u30c4"],
        ["e", "e\u0301", "ea", "e\u0301a", "ez"],
    ],
)
def test_order(words: list[str]) -> None:
    words_reversed = [*reversed(words)]

    assert sorted(words_reversed, key=cmp_to_key(compare)) == words


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("\xe9", "e\u0301"),
        ("co\xadop", "coop"),
        ("a\0b", "ab"),
        ("\u0142", "l\u0335"),
        ("K", "\u212a"),
        ("\u0439", "\u0438\u0306"),
        ("\u0419", "\u0418\u0306"),
        ("a\ufe0f", "a"),
        ("a", "a"),
        ("3", "\u0663"),
    ],
)
def test_equal_text(left: str, right: str) -> None:
    assert compare(left, right) == 0


@pytest.mark.parametrize(
    ("text", "wanted", "first", "last"),
    [
        ("abcABC", "C", 2, 5),
        ("aaa", "aa", 0, 1),
        ("abc", "x", -1, -1),
        ("", "a", -1, -1),
        ("abc", "", 0, 2),
        ("", "", 0, 0),
        ("co\xadop", "coop", 0, 0),
        ("\xadab", "ab", 1, 1),
        ("\xe9", "\xad", 0, 1),
        ("abc", "\xad", 0, 3),
        ("\xe9x", "e\u0301", 0, 0),
        ("e\u0301x", "e", -1, -1),
        ("e\u0301x", "\u0301", -1, -1),
        ("e\u0301x", "x", 2, 2),
        ("\U0001f600x\U0001f600", "\U0001f600", 0, 3),
        ("stra\xdfe", "SS", -1, -1),
        ("\xe6", "ae", -1, -1),
        ("\ufb01", "fi", 0, 0),
        ("x\ufb01", "i", -1, -1),
        ("\u0130i", "i", 1, 1),
        ("a\uff41", "A", 0, 0),
        ("a\r\nb", "\n", 2, 2),
        ("a\u200db", "a", 0, 0),
        ("\xad\u0301a", "\u0301A", 1, 1),
    ],
)
def test_search(text: str, wanted: str, first: int, last: int) -> None:
    assert (find_first(text, wanted), find_last(text, wanted)) == (first, last)


@pytest.mark.parametrize(
    ("text", "part", "starts", "ends"),
    [
        ("abcABC", "ABC", True, True),
        ("abc", "", True, True),
        ("", "a", False, False),
        ("\xadab", "ab", True, True),
        ("a\u200b", "a", True, True),
        ("\u212a", "K", True, True),
        ("e\u0301", "e", False, False),
        ("e\u0301", "\u0301", False, True),
        ("x\u01c4", "\u01c6", False, True),
        ("\xdf", "s", False, True),
        ("a\0\u0301", "a", True, False),
        ("\xe9", "\0", True, True),
    ],
)
def test_starts_and_ends(text: str, part: str, starts: bool, ends: bool) -> None:
    assert (starts_with(text, part), ends_with(text, part)) == (starts, ends)


def test_search_is_linear() -> None:
    assert find_first("\xe9" * 20_000, "\xe9" * 10_000 + "a") == -1
    assert find_last("\xe9" * 20_000, "\xe9" * 10_000) == 10_000
