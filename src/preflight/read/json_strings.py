"""Text in JSON: escape sequences, pointers, and how user text stands in messages."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_PART = re.compile(r"(?>(?:[^\\]++|\\(?:u[0-9a-fA-F]{4}|.)|\\){1,2000})", re.DOTALL)
"""A part of a text with few escape sequences: a replacement keeps all that it finds until its end.
"""
_ESCAPES = {
    '"': '"',
    "'": "'",
    "\\": "\\",
    "/": "/",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
}


class BadEscape(ValueError):
    """A backslash that begins no escape sequence, at an offset of the raw text."""

    def __init__(self, offset: int) -> None:
        """Keep the offset."""
        super().__init__(offset)
        self.offset = offset


def resolve_escapes(raw: str) -> str:
    """Return what the text between two quotes means; raises `BadEscape`."""
    parts: list[str] = []
    for part in _PART.finditer(raw):
        try:
            parts.append(_ESCAPE.sub(_resolved, part[0]))
        except BadEscape as bad:
            raise BadEscape(part.start() + bad.offset) from None
    text = "".join(parts)
    return mend(text) if "\\u" in raw else text


def _resolved(match: re.Match[str]) -> str:
    code, character = match.groups()
    if code is not None:
        return chr(int(code, 16))
    if character not in _ESCAPES:
        raise BadEscape(match.start())
    return _ESCAPES[character]


def escape_pointer(key: str) -> str:
    """Return a property name as a segment of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def mend(text: str) -> str:
    """Join surrogate pairs, and put U+FFFD for a lone one, as ARM's reader does."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def shown(text: str, length: int = 60) -> str:
    """Return user text as it stands in a message: one line, printable, not long."""
    cut = text if len(text) <= length else text[: length - 1] + "…"
    return "".join(character if character.isprintable() else " " for character in cut)
