"""Errors of a template: where they are, and what they mean where it is undecided if they happen.

A resource of which nobody can say whether it is deployed may fail to evaluate. Then ARM refuses
the template in the one case, and in the other there is nothing to need: a note says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from preflight.errors import InputError, LimitExceeded
from preflight.model.source import Place
from preflight.model.template import Note


@contextmanager
def located(place: Place) -> Iterator[None]:
    """Put `place` on an `InputError` that has none."""
    try:
        yield
    except InputError as problem:
        problem.where = problem.where or place
        raise


@contextmanager
def tolerated(notes: list[Note], place: Place, *, undecided: bool) -> Iterator[None]:
    """Turn what ARM would refuse into a note where it is undecided; a bound stays an error."""
    try:
        yield
    except LimitExceeded:
        raise
    except InputError as problem:
        if not undecided:
            raise
        notes.append(
            Note(
                code="refused-if-deployed",
                message=f"if this is deployed, ARM refuses the template: {problem.message}",
                origin=problem.where if isinstance(problem.where, Place) else place,
            )
        )
