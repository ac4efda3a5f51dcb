"""What counts as a defect, for the targets that derive."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache

from preflight.api import derivation as api_derivation
from preflight.catalog.load import load_catalog
from preflight.errors import PreflightError, SyntaxProblem
from preflight.model.requirement import Derivation
from preflight.model.source import Offsets, Place

# The catalogue is read afresh for each derivation; here that would be most of the work.
vars(api_derivation)["load_catalog"] = cache(load_catalog)


def judge(derive: Callable[[], Derivation]) -> Derivation | None:
    """Derive: a refusal has its place inside the text, anything else prints as JSON.

    Returns None for a refusal; whatever else is raised is a defect.
    """
    try:
        derivation = derive()
    except PreflightError as problem:
        judge_refusal(problem)
        return None
    json.dumps(derivation.to_dict())
    for note in derivation.notes:
        if note.origin is not None:
            judge_place(note.origin)
    return derivation


def judge_refusal(problem: PreflightError) -> None:
    """Check the parts of a message and where it points."""
    assert problem.message
    assert "\n" not in problem.message, f"a message with a line break: {problem.message!r}"
    str(problem)
    if isinstance(problem, SyntaxProblem):
        assert problem.offset >= 0
    if problem.where is not None:
        assert isinstance(problem.where, Place)
        assert problem.where.label
        assert len(problem.where.excerpt) < 1000
        judge_place(problem.where)


def judge_place(place: Place) -> None:
    """Check that a place is inside its text."""
    lines = place.source.text.split("\n")
    line, column = place.position
    assert 1 <= line <= len(lines)
    assert 1 <= column <= len(lines[line - 1]) + 1
    span = place.source.span(place.pointer)
    whole = span is None or place.source.offsets is not Offsets.VALUE
    end = len(place.source.text) if whole or span is None else span.end - span.value
    assert place.offset is None or 0 <= place.offset <= end, f"offset {place.offset} of {end}"
