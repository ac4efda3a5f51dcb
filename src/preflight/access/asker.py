"""Questions to Resource Manager, side by side, each with its answer or its error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from preflight.access.calls import Question
from preflight.access.deadline import side_by_side
from preflight.access.failures import CallFailed
from preflight.access.items import Item
from preflight.access.readings import Answer, Reading
from preflight.access.session import Session
from preflight.errors import AccessError

Task: TypeAlias = "tuple[str, Callable[[], tuple[Item, ...]]]"
Told: TypeAlias = "tuple[Item, ...] | AccessError"


class Asker:
    """Asks within one session."""

    def __init__(self, session: Session) -> None:
        """Keep the session."""
        self.session = session

    def rows(self, question: Question) -> Task:
        """Return the task of reading a whole list."""
        return question.label, lambda: self.session.arm.rows(question)

    def one(self, question: Question) -> Task:
        """Return the task of reading one thing."""
        return question.label, lambda: (self.session.arm.one(question),)

    def ask(self, tasks: Sequence[Task]) -> tuple[Told, ...]:
        """Do the tasks; what is not done at the deadline is an error in its place."""
        return side_by_side(self.session.deadline, tasks)

    def read(
        self, readings: Sequence[Reading], also: Sequence[Task] = ()
    ) -> tuple[tuple[Answer, ...], tuple[Told, ...]]:
        """Read lists, and do other tasks beside them."""
        lists = [self.rows(reading.question) for reading in readings]
        singles = {row: row.single for row in readings if row.single is not None}
        asked = [self.one(question) for question in singles.values()]
        found = self.ask([*lists, *asked, *also])
        shown = dict(zip(singles, found[len(lists) :], strict=False))
        answers = tuple(
            Answer(reading=reading, error=got)
            if isinstance(got, AccessError)
            else Answer(reading=reading, items=got, barred=_barred(shown.get(reading, ())))
            for reading, got in zip(readings, found, strict=False)
        )
        return answers, found[len(lists) + len(asked) :]


def _barred(told: Told) -> AccessError | None:
    """Return why the row that was asked for shows no right to read; None where it does.

    Nothing of that name is the answer to somebody who may read (`DenyAssignmentNotFound`).
    """
    if not isinstance(told, AccessError):
        return None
    return None if isinstance(told, CallFailed) and told.status == 404 else told  # noqa: PLR2004 - not found
