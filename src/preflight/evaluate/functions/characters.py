"""Characters as .NET classifies and changes them."""

from __future__ import annotations

import unicodedata

WHITE_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""What `char.IsWhiteSpace` accepts; Python's own set has four control characters more."""

_LAST_UNIT = "\uffff"


def is_letter_or_digit(character: str) -> bool:
    """Tell what `char.IsLetterOrDigit` tells of one unit."""
    return character <= _LAST_UNIT and (
        character.isalpha() or unicodedata.category(character) == "Nd"
    )


def to_upper(text: str) -> str:
    """Return the invariant upper case, character by character: `ß` stays."""
    return text.upper() if text.isascii() else "".join(map(_upper, text))


def to_lower(text: str) -> str:
    """Return the invariant lower case, character by character: `İ` stays."""
    return text.lower() if text.isascii() else "".join(map(_lower, text))


def _upper(character: str) -> str:
    # The invariant culture keeps the dotless i (U+0131) apart from I.
    if character == "\u0131":
        return character
    upper = character.upper()
    if len(upper) > 1:
        # Python knows full mappings only; for Greek with iota the title form is the simple one.
        upper = character.title()
    return upper if len(upper) == 1 else character


def _lower(character: str) -> str:
    lower = character.lower()
    return lower if len(lower) == 1 else character
