"""Long runs of what one pattern takes piece by piece."""

from __future__ import annotations

import re


def end_of_run(pattern: re.Pattern[str], text: str, position: int) -> int:
    """Return the offset in a text where no more of a pattern follows.

    The matcher keeps a mark for each round of a repeated group: over text that may hold millions
    of them a group has few rounds, and is asked again here.
    """
    while (match := pattern.match(text, position)) and match.end() > position:
        position = match.end()
    return position
