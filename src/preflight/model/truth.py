"""Three-valued logic (Kleene): what is true, false, or not known."""

from __future__ import annotations

import enum
from collections.abc import Iterable


class Truth(enum.Enum):
    """The answer to a question that evidence may leave open."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2

    rank: int
    """The value as a plain attribute: the engine joins truths a million times in a big run, and
    an enum's own `value` costs five times as much."""

    def __init__(self, rank: int) -> None:
        """Keep the rank."""
        self.rank = rank

    @staticmethod
    def of(value: bool) -> Truth:  # noqa: FBT001 - a conversion
        """Return TRUE or FALSE."""
        return Truth.TRUE if value else Truth.FALSE

    def __bool__(self) -> bool:
        """Refuse to be used as a bool: UNKNOWN is neither."""
        raise TypeError("compare a Truth with `is Truth.TRUE`; it has no bool value")

    def __and__(self, other: Truth) -> Truth:
        """Kleene AND: the weaker of the two."""
        return self if self.rank <= other.rank else other

    def __or__(self, other: Truth) -> Truth:
        """Kleene OR: the stronger of the two."""
        return self if self.rank >= other.rank else other

    def __invert__(self) -> Truth:
        """Kleene NOT: UNKNOWN stays UNKNOWN."""
        return Truth(2 - self.rank)


def any_of(truths: Iterable[Truth]) -> Truth:
    """Kleene OR over many; FALSE for none."""
    strongest = Truth.FALSE
    for truth in truths:
        if truth is Truth.TRUE:
            return truth
        strongest = strongest | truth
    return strongest


def all_of(truths: Iterable[Truth]) -> Truth:
    """Kleene AND over many; TRUE for none."""
    weakest = Truth.TRUE
    for truth in truths:
        if truth is Truth.FALSE:
            return truth
        weakest = weakest & truth
    return weakest
