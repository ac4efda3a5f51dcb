"""UTF-16 code units: how the engine counts, cuts and encodes text.

.NET strings are sequences of 16-bit units, so a character past U+FFFF counts two and may even be
cut in half. A Python string in *unit form* holds one character per unit (halves as surrogates);
in *text form* every pair is one character again.
"""

from __future__ import annotations

import re

_CODEC = "utf-16-le"
_HALF = re.compile("[\ud800-\udfff]")
_PAST_LAST_UNIT = re.compile("[\U00010000-\U0010ffff]")


def to_units(text: str) -> str:
    """Return the unit form: one character per UTF-16 unit."""
    if not _PAST_LAST_UNIT.search(text):
        return text
    data = text.encode(_CODEC, "surrogatepass")
    return "".join(chr(low | high << 8) for low, high in zip(data[::2], data[1::2], strict=True))


def from_units(text: str) -> str:
    """Return the text form: halves that belong together become one character."""
    if not _HALF.search(text):
        return text
    return text.encode(_CODEC, "surrogatepass").decode(_CODEC, "surrogatepass")


def unit_length(text: str) -> int:
    """Return the number of UTF-16 units."""
    if text.isascii():
        return len(text)
    return len(text) + len(_PAST_LAST_UNIT.findall(text))


def utf8(text: str) -> bytes:
    """Encode to UTF-8 as .NET does: U+FFFD for each half that has lost its partner."""
    return _HALF.sub("\ufffd", from_units(text)).encode()


def from_utf8(data: bytes) -> str:
    """Decode UTF-8 as .NET does: U+FFFD for each longest wrong sequence."""
    return data.decode("utf-8", "replace")
