"""Linguistic comparison and search of text, as .NET with ICU does under the invariant culture.

Order: base letters first, then accents, then case (small before capital); punctuation, symbols,
digits, letters. Search ignores case but not accents, does not see invisible characters, and takes
a letter with a combining mark as one. Source: Unicode Technical Standard 10 with CLDR's root table.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from preflight.evaluate.functions.collation_elements import (
    Located,
    ascii_key,
    elements_of,
    is_visible_ascii,
    located_elements,
)
from preflight.evaluate.functions.utf16 import unit_length

_Key: TypeAlias = tuple[int, int, int]
"""What search compares: primary and secondary weight, and the width or kana form."""

_ZERO_WIDTH_JOINERS = "\u200c\u200d"
_CONTROLS = frozenset({"Cc", "Cf", "Zl", "Zp"})
_SKIN_TONES = range(0x1F3FB, 0x1F400)


def effort(*texts: str) -> int:
    """Return how many evaluation steps it takes to look at texts letter by letter.

    None for visible ASCII; one for each character that the others decompose to.
    """
    if all(map(is_visible_ascii, texts)):
        return 0
    return sum(len(unicodedata.normalize("NFKD", text)) for text in texts)


def compare(left: str, right: str) -> int:
    """Return the sign of the linguistic comparison: -1, 0 or 1. Linear in the lengths."""
    if left == right:
        return 0
    if is_visible_ascii(left) and is_visible_ascii(right):
        key, other = ascii_key(left), ascii_key(right)
        return (key > other) - (key < other)
    mine, theirs = elements_of(left), elements_of(right)
    return (
        _sign([e.primary for e in mine if e.primary], [e.primary for e in theirs if e.primary])
        or _sign([e.secondary for e in mine], [e.secondary for e in theirs])
        or _sign([e.tertiary for e in mine], [e.tertiary for e in theirs])
    )


def find_first(text: str, wanted: str) -> int:
    """Return the UTF-16 index of the first match without regard to case, or -1."""
    if is_visible_ascii(text) and is_visible_ascii(wanted):
        return text.lower().find(wanted.lower())
    return next(_matches(text, wanted), -1)


def find_last(text: str, wanted: str) -> int:
    """Return the UTF-16 index of the last match without regard to case, or -1."""
    if not wanted:
        # The engine starts its search at the last unit.
        return max(unit_length(text) - 1, 0)
    if is_visible_ascii(text) and is_visible_ascii(wanted):
        return text.lower().rfind(wanted.lower())
    if not located_elements(wanted):
        return unit_length(text)
    return max(_matches(text, wanted), default=-1)


def starts_with(text: str, prefix: str) -> bool:
    """Tell whether a text starts so, without regard to case."""
    if not prefix:
        return True
    if is_visible_ascii(text) and is_visible_ascii(prefix):
        return text.lower().startswith(prefix.lower())
    located, wanted = located_elements(text), _keys(located_elements(prefix))
    if _keys(located[: len(wanted)]) != wanted:
        return False
    if len(located) == len(wanted):
        return True
    # A mark that follows belongs to the last letter, unless something invisible stands between.
    following = located[len(wanted)]
    stop = located[len(wanted) - 1].stop if wanted else 0
    return following.element.primary != 0 or following.start > stop


def ends_with(text: str, suffix: str) -> bool:
    """Tell whether a text ends so, without regard to case."""
    if not suffix:
        return True
    if is_visible_ascii(text) and is_visible_ascii(suffix):
        return text.lower().endswith(suffix.lower())
    keys, wanted = _keys(located_elements(text)), _keys(located_elements(suffix))
    return keys[max(len(keys) - len(wanted), 0) :] == wanted


def _sign(mine: list[int], theirs: list[int]) -> int:
    return (mine > theirs) - (mine < theirs)


def _keys(elements: list[Located]) -> list[_Key]:
    return [(e.primary, e.secondary, e.form) for e, _, _ in elements]


def _matches(text: str, wanted: str) -> Iterator[int]:
    """Yield the UTF-16 index of each match that begins and ends between whole characters."""
    located = located_elements(text)
    pattern = _keys(located_elements(wanted))
    if not pattern:
        yield 0
        return
    index = position = 0
    for end in _occurrences(_keys(located), pattern):
        first = end - len(pattern)
        if not _is_whole(text, located, first, end):
            continue
        start = located[first].start
        index += unit_length(text[position:start])
        position = start
        yield index


def _occurrences(keys: Sequence[_Key], pattern: Sequence[_Key]) -> Iterator[int]:
    """Yield the end of every occurrence (Knuth, Morris, Pratt): linear whatever the input."""
    fallback = [0] * (len(pattern) + 1)
    matched = 0
    for place in range(1, len(pattern)):
        matched = _advance(pattern, fallback, matched, pattern[place])
        fallback[place + 1] = matched
    matched = 0
    for place, key in enumerate(keys, 1):
        if matched == len(pattern):
            matched = fallback[matched]
        matched = _advance(pattern, fallback, matched, key)
        if matched == len(pattern):
            yield place


def _advance(pattern: Sequence[_Key], fallback: Sequence[int], matched: int, key: _Key) -> int:
    while matched and pattern[matched] != key:
        matched = fallback[matched]
    return matched + 1 if pattern[matched] == key else 0


def _is_whole(text: str, located: Sequence[Located], first: int, end: int) -> bool:
    """Tell whether a match neither begins nor ends inside a character with its marks."""
    start = located[first].start
    if (first and located[first - 1].start == start) or not _is_boundary(text, start):
        return False
    stop = located[end - 1].stop
    limit = located[end].start if end < len(located) else len(text)
    if limit < stop:
        return False
    return any(_is_boundary(text, place) for place in range(stop, limit + 1))


def _is_boundary(text: str, place: int) -> bool:
    """Tell whether a user-perceived character ends here (Unicode Standard Annex 29, in short)."""
    if place in {0, len(text)}:
        return True
    before, following = text[place - 1], text[place]
    if before not in _ZERO_WIDTH_JOINERS and unicodedata.category(before) in _CONTROLS:
        return True
    return not (
        following in _ZERO_WIDTH_JOINERS
        or ord(following) in _SKIN_TONES
        or unicodedata.category(following)[0] == "M"
    )
