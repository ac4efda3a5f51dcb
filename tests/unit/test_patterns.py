"""What holds for every regular expression of the program."""

from __future__ import annotations

import re
from pathlib import Path

import preflight

SOURCES = sorted(Path(preflight.__file__).parent.rglob("*.py"))
POSSESSIVE_GROUP = re.compile(r"(?<!\\)\)(?:[*?+]|\{[0-9,]+\})\+(?![,;])")


def test_no_group_is_repeated_possessively() -> None:
    # Python before 3.11.5 matches `(?:a|b)*+` wrongly (gh-106052); `(?>(?:a|b)*)` is right.
    assert SOURCES
    found = [
        f"{path.name}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if POSSESSIVE_GROUP.search(line)
    ]

    assert found == []
