"""Expressions inside other text, as IDs in what-if results hold them.

A template string is an expression as a whole or not at all. The what-if API prints IDs whose
parts it could not evaluate, and leaves the brackets around those parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_STEP = re.compile(r"'[^']*+(?>(?:''[^']*+)*)'?|[^\[\]']++|[\[\]]").match


def pieces(text: str) -> Iterator[str]:
    """Yield literal text and expressions, brackets included, in their order.

    Brackets around a text without a call belong to a name (`[prod] CPU`), and so does one that is
    not closed.
    """
    literal_from = at = 0
    while (start := text.find("[", at)) >= 0:
        end = closing(text, start)
        if end is None:
            break
        if "(" in text[start:end]:
            if start > literal_from:
                yield text[literal_from:start]
            yield text[start:end]
            literal_from = end
        at = end
    if literal_from < len(text):
        yield text[literal_from:]


def closing(text: str, start: int) -> int | None:
    """Return the offset behind the bracket that closes the one at `start`, or None.

    Brackets in single quotes do not count.
    """
    depth, at = 0, start
    while at < len(text) and (step := _STEP(text, at)):
        depth += {"[": 1, "]": -1}.get(step[0], 0)
        at = step.end()
        if not depth:
            return at
    return None
