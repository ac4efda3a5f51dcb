"""Collation elements: the weights under which a text is compared.

One character gives no, one or several elements; a letter and a mark that make one letter of their
own (Cyrillic short i) give one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from preflight.evaluate.functions.collation_table import (
    IGNORED,
    LOOKALIKES,
    MARKS,
    OTHER_SYMBOLS_BEFORE,
    PRIMARY,
    SPELLINGS,
    VARIANT,
    code_points,
)


class Element(NamedTuple):
    """One collation element. A mark has primary 0; any other has secondary 1.

    `form` is the width or kana form that search keeps apart, 0 for the plain one.
    """

    primary: int
    secondary: int
    tertiary: int
    form: int


class Located(NamedTuple):
    """An element and the offsets of the characters that it comes from."""

    element: Element
    start: int
    stop: int


class _Style(NamedTuple):
    """How a character differs from the plain small one: its compatibility form, and its case."""

    form: str
    capital: bool


_PLAIN = _Style("", capital=False)
_COMPATIBLE = "<compat>"

_TERTIARY: Mapping[str, tuple[int, int]] = {
    "": (2, 8),
    "<wide>": (3, 9),
    "<compat>": (4, 10),
    "<font>": (5, 11),
    "<circle>": (6, 12),
    "small hiragana": (13, 13),
    "hiragana": (14, 14),
    "small katakana": (15, 15),
    "katakana": (17, 17),
    "<narrow>": (18, 18),
    "<super>": (20, 29),
    "<sub>": (21, 29),
    "<noBreak>": (27, 27),
    "<square>": (28, 29),
    "<fraction>": (30, 30),
}
"""Tertiary weight of a small and a capital character by form (UTS 10, Appendix A)."""
_OTHER_FORM = (31, 31)
_KEPT_APART: Mapping[str, int] = {"<wide>": 1, "<narrow>": 2, "katakana": 3, "small katakana": 3}
"""Forms that a search without regard to case still distinguishes."""

_SHIFT = 21
_COMMON = 1
_PRIMARY_OF = {entry[0]: rank << _SHIFT for rank, entry in enumerate(code_points(PRIMARY), 1)}
_AFTER_ALL = (len(_PRIMARY_OF) + 1) << _SHIFT
_OTHER_SYMBOLS = _PRIMARY_OF[chr(OTHER_SYMBOLS_BEFORE)] - (1 << _SHIFT)
_MARK_OF = {
    mark: rank for rank, entry in enumerate(code_points(MARKS), _COMMON + 1) for mark in entry
} | {VARIANT: 0x300}
_IGNORED = frozenset(entry[0] for entry in code_points(IGNORED))
_SPELLINGS = {chr(code): text for code, text in SPELLINGS}
_LOOKALIKES = {chr(code): text for code, text in LOOKALIKES}
_KANA_SHIFT = 0x60
_KATAKANA_LETTERS = range(0x30A1, 0x30F7)
_HIRAGANA_LETTERS = range(0x3041, 0x3097)
_SMALL_KANA = {0x3095: 0x304B, 0x3096: 0x3051} | {
    small: small + 1
    for small in (*range(0x3041, 0x304A, 2), 0x3063, 0x3083, 0x3085, 0x3087, 0x308E)
}


_VISIBLE_ASCII = "".join(c for c in map(chr, range(128)) if c not in _IGNORED)
_ASCII_PRIMARY = str.maketrans({c: chr(_PRIMARY_OF[c.lower()] >> _SHIFT) for c in _VISIBLE_ASCII})
_ASCII_CASE = str.maketrans({c: "1" if c.isupper() else "0" for c in _VISIBLE_ASCII})
_MARK = re.compile("[\u0300-\u036f\u0483-\u0487]")
"""Marks that can make another letter of the one before (in the scripts of the table)."""
_IS_VISIBLE_ASCII = re.compile("[\t-\r -~]*")


def is_visible_ascii(text: str) -> bool:
    """Tell whether each character is ASCII and has weights of its own: much is simpler then."""
    return text.isascii() and _IS_VISIBLE_ASCII.fullmatch(text) is not None


def ascii_key(text: str) -> tuple[str, str]:
    """Return what text of visible ASCII compares by: base letters, then capitals."""
    return text.translate(_ASCII_PRIMARY), text.translate(_ASCII_CASE)


class _Known(dict[str, tuple[Element, ...]]):
    """The elements of letters, worked out once for each."""

    def __missing__(self, letter: str) -> tuple[Element, ...]:
        whole = unicodedata.normalize("NFC", letter) if len(letter) > 1 else letter
        self[letter] = tuple(_elements(whole, _PLAIN))
        return self[letter]


def elements_of(text: str) -> list[Element]:
    """Return the collation elements of a text."""
    known = _Known()
    return [element for letter in _letters(text) for element in known[letter]]


def located_elements(text: str) -> list[Located]:
    """Return the collation elements of a text with their places."""
    known = _Known()
    found: list[Located] = []
    place = 0
    for letter in _letters(text):
        stop = place + len(letter)
        found += [Located(element, place, stop) for element in known[letter]]
        place = stop
    return found


def _letters(text: str) -> Iterator[str]:
    """Yield the characters of a text, together with a mark that makes another letter of them."""
    if not _MARK.search(text):
        yield from text
        return
    place = 0
    while place < len(text):
        pair = text[place : place + 2]
        joined = _MARK.match(text, place + 1) and unicodedata.normalize("NFC", pair)
        length = 2 if joined and joined.lower() in _PRIMARY_OF else 1
        yield text[place : place + length]
        place += length


def _elements(character: str, style: _Style) -> Iterator[Element]:
    primary = _PRIMARY_OF.get(character)
    if primary is not None:
        yield _element(primary, style)
    elif character in _MARK_OF:
        yield Element(0, _MARK_OF[character], _TERTIARY[""][0], 0)
    elif character not in _IGNORED:
        yield from _derived(character, style)


def _derived(character: str, style: _Style) -> Iterator[Element]:
    """Yield the elements of a character that has none in the tables."""
    small = character.lower()
    if len(small) == 1 and small != character and unicodedata.category(character) != "Lt":
        yield from _elements(small, style._replace(capital=True))
    elif character in _SPELLINGS:
        yield from _spelled(_SPELLINGS[character], style)
    elif character in _LOOKALIKES:
        yield from _spelled(_LOOKALIKES[character], style._replace(form=_COMPATIBLE))
    elif (canonical := unicodedata.normalize("NFD", character)) != character:
        yield from _spelled(canonical, style)
    elif decomposition := unicodedata.decomposition(character):
        form, *codes = decomposition.split()
        text = "".join(chr(int(code, 16)) for code in codes)
        yield from _spelled(text, style._replace(form=style.form or form))
    else:
        yield from _other(character, style)


def _spelled(text: str, style: _Style) -> Iterator[Element]:
    for character in text:
        yield from _elements(character, style)


def _other(character: str, style: _Style) -> Iterator[Element]:
    category = unicodedata.category(character)
    code = ord(character)
    if code in _KATAKANA_LETTERS or code in _HIRAGANA_LETTERS:
        yield _kana(code, style)
    elif category == "Nd":
        yield from _elements(str(unicodedata.digit(character)), style)
    elif category[0] == "M":
        yield Element(0, code, _TERTIARY[""][0], 0)
    elif category[0] in "PS":
        yield _element(_OTHER_SYMBOLS + code, style)
    elif category not in {"Cc", "Cf"}:
        yield _element(_AFTER_ALL + code, style)


def _kana(code: int, style: _Style) -> Element:
    script = "hiragana"
    if code in _KATAKANA_LETTERS:
        code, script = code - _KANA_SHIFT, "katakana"
    if code in _SMALL_KANA:
        code, script = _SMALL_KANA[code], f"small {script}"
    return _element(_AFTER_ALL + code, style._replace(form=style.form or script))


def _element(primary: int, style: _Style) -> Element:
    tertiary = _TERTIARY.get(style.form, _OTHER_FORM)[style.capital]
    return Element(primary, _COMMON, tertiary, _KEPT_APART.get(style.form, 0))
