"""What was probably meant by a name that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from itertools import islice

_COMPARED = 1_000
"""Names that are compared: each takes time, and many errors may be told."""
_LONGEST = 60
"""Characters of the name that count."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return advice that names the closest known name; empty where none is close."""
    close = difflib.get_close_matches(name[:_LONGEST], islice(known, _COMPARED), n=1)
    return f"did you mean `{close[0]}`?" if close else ""
