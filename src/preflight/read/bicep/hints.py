"""What was probably meant, where a token stands that the grammar does not have there."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from preflight.read.json_strings import shown

_LONGEST_WORD = 40
_ANYWHERE: Mapping[str, str] = {
    ";": "leave the `;` out: a statement ends with its line",
    "and": "write `&&`",
    "or": "write `||`",
}
_FOR_EXPECTED: Mapping[tuple[str, str], str] = {
    ("the end of the line", "="): "two values are compared with `==`",
    ("`:` after the name of a property", "="): "a property is written `name: value`",
    ("a type", ":"): "a value stands behind `=`",
    ("`{`, `[` or `if`", "for"): "a loop stands in brackets: [for item in list: { … }]",
    ("`:`", "{"): "a loop is written [for item in list: { … }]",
}


def hint(expected: str, found: str) -> str:
    """Return advice about a token that stands where something else is expected, or nothing."""
    known = _FOR_EXPECTED.get((expected, found)) or _ANYWHERE.get(found, "")
    if not known and expected == "`=`":
        return meant(found, ("existing",))
    return known


def meant(word: str, known: Iterable[str]) -> str:
    """Ask whether the known word was meant that is most like this one; nothing where none is."""
    names = sorted(known)
    folded = {name.lower(): name for name in names}
    close = difflib.get_close_matches(word[:_LONGEST_WORD].lower(), folded, n=1)
    return f"did you mean `{shown(folded[close[0]])}`?" if close else ""
