"""Percent escapes in URIs: the normal form, and the form for reading."""

from __future__ import annotations

import re

from preflight.evaluate.functions.utf16 import utf8

_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_NOT_READABLE = frozenset(";/?:@&=+$,#[]!'()*%\\")
"""Characters that stay escaped in the form for reading, control characters apart."""

_TO_NORMALISE = re.compile(
    r"(?P<high>(?:%[89A-Fa-f][0-9A-Fa-f])+)|(?P<low>%[0-7][0-9A-Fa-f])"
    r"|(?P<raw>[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=])"
)
_ESCAPES = re.compile(r"(?P<high>(?:%[89A-Fa-f][0-9A-Fa-f])+)|(?P<low>%[0-7][0-9A-Fa-f])")
_PROBLEM = re.compile(r"%(?![0-9A-Fa-f]{2})|[\0- \"<>\\^`{|}\x7f-\x9f]")


def normalise(text: str) -> str:
    """Escape what may not stand in a URI, and write unreserved characters as they are."""
    return _TO_NORMALISE.sub(_normalise_match, text)


def escape(text: str) -> str:
    """Return every character as UTF-8 escapes."""
    return "".join(f"%{byte:02X}" for byte in utf8(text))


def readable(text: str) -> str:
    """Decode the escapes of a normalised URI that need not be there for a reader."""
    return _ESCAPES.sub(_readable_match, text)


def is_well_formed(text: str) -> bool:
    """Tell whether nothing in the text needs escaping; letters beyond ASCII need none."""
    return _PROBLEM.search(text) is None


def _normalise_match(match: re.Match[str]) -> str:
    if match["high"]:
        decoded = _decode(match["high"])
        return match["high"] if decoded is None else escape(decoded)
    if match["low"]:
        character = chr(int(match["low"][1:], 16))
        return character if character in _UNRESERVED else match["low"]
    return escape(match["raw"])


def _readable_match(match: re.Match[str]) -> str:
    if match["high"]:
        decoded = _decode(match["high"])
        return match["high"] if decoded is None else decoded
    character = chr(int(match["low"][1:], 16))
    hidden = character in _NOT_READABLE or not character.isprintable()
    return match["low"] if hidden else character


def _decode(escapes: str) -> str | None:
    try:
        return bytes.fromhex(escapes.replace("%", "")).decode()
    except UnicodeDecodeError:
        return None
