"""Answers that contradict what the reader is said to hold: what they touch is not proven.

A deny assignment may keep the reader from the very list that would show it. It gives itself away:
who may list role assignments somewhere holds a role there, so an empty answer about the reader
itself refutes itself; and a refusal of what the reader is shown to hold has another cause, which
an empty answer to a narrower question would have to show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from preflight.access.failures import CallFailed
from preflight.access.proof import Rights
from preflight.access.readings import Answer
from preflight.errors import AccessError
from preflight.model.access import AccessList
from preflight.model.scope import Scope
from preflight.model.truth import Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """Scopes at which proofs do not count."""

    blind: frozenset[Scope] = frozenset()
    """Azure knows no role of the reader there: no list is proven."""
    barred: frozenset[Scope] = frozenset()
    """The reader was refused what it holds there: no deny assignments there or below are proven."""

    def touch(self, answer: Answer) -> bool:
        """Whether an answer is not to be believed empty."""
        reading = answer.reading
        return reading.scope in self.blind or (
            reading.list is AccessList.DENY_ASSIGNMENTS
            and any(place.covers(reading.scope) is Truth.TRUE for place in self.barred)
        )


_TELLING = frozenset({AccessList.ROLE_ASSIGNMENTS, AccessList.DENY_ASSIGNMENTS})
"""Lists whose refusal tells of a deny assignment: only whoever holds the right asks in vain."""


def doubts_of(rights: Rights, answers: Sequence[Answer]) -> Doubts:
    """Return where the answers contradict the reader's rights."""
    listed = [row for row in answers if row.reading.list is AccessList.ROLE_ASSIGNMENTS]
    return Doubts(
        blind=frozenset(
            row.reading.scope
            for row in listed
            if row.reading.principal == rights.reader and row.error is None and not row.items
        ),
        barred=frozenset(
            row.reading.scope
            for row in answers
            if row.reading.list in _TELLING
            and _forbidden(row.error or row.barred)
            and rights.prove(row.reading.action, row.reading.scope)
        ),
    )


def _forbidden(error: AccessError | None) -> bool:
    return isinstance(error, CallFailed) and error.status == 403  # noqa: PLR2004 - forbidden
