"""What was probably meant by the path of a file that is not there."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

from preflight.read.json_strings import shown

_NAMES = 1_000
"""Most names that are compared."""
_LONGEST = 255
"""Longest name that a file can have."""


def similar_file(path: Path, written: str) -> str:
    """Advise a file of a similar name in the same folder; `written` is how the path was given."""
    try:
        names = sorted(os.listdir(path.parent))[:_NAMES]  # noqa: PTH208 - names only
    except (OSError, ValueError):
        return "check the path: its folder is not there"
    if len(path.name) > _LONGEST:
        return "check the path"
    close = difflib.get_close_matches(path.name, names, n=1)
    folder, slash, _ = written.rpartition("/")
    return f"did you mean `{shown(folder + slash + close[0])}`?" if close else "check the path"
