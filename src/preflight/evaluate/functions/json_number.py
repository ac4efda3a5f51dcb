"""Numbers in JSON text: decimal, hexadecimal and octal integers, and floats."""

from __future__ import annotations

import re

_LONGEST_INTEGER = 380
_INT64_DIGITS = 19
_INT64 = range(-(1 << 63), 1 << 63)

_INTEGER = re.compile(r"-?[0-9]+")
_OTHER_BASE = re.compile(r"0[xX](?P<hexadecimal>[0-9a-fA-F]+)|0(?P<octal>[0-7]+)")
_FLOAT = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")


def read_number(text: str) -> int | float | None:
    """Return the number that a text spells, or None; integers may have 380 characters."""
    if text[0] == "0" and len(text) > 1 and text[1] not in ".eE":
        return _other_base(text)
    if _INTEGER.fullmatch(text):
        return _integer(text)
    return float(text) if _FLOAT.fullmatch(text) else None


def _integer(text: str) -> int | None:
    if len(text) > _LONGEST_INTEGER and len(text.lstrip("-")) > _INT64_DIGITS:
        return None
    return int(text)


def _other_base(text: str) -> int | None:
    """Read hexadecimal or octal digits as 64 bits in two's complement."""
    match = _OTHER_BASE.fullmatch(text)
    if match is None or len(text) > _LONGEST_INTEGER:
        return None
    value = int(match["hexadecimal"], 16) if match["hexadecimal"] else int(match["octal"], 8)
    if value >= 1 << 64:
        return None
    return value if value in _INT64 else value - (1 << 64)
