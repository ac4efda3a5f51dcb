"""Rows of a template and of a what-if result that are the same resource.

An ID that both know is the same without case. Where a part of an ID is unknown, the rows of the
other side that it may turn out to be are candidates.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import TypeVar

from preflight.model.plan import Condition, PlannedResource
from preflight.model.scope import PLACEHOLDER, Scope, segment_pattern
from preflight.model.template import ChangeKind
from preflight.model.value import Cause, PartialText, Unknown, Value

_T = TypeVar("_T")
_MAX_COMPARED = 5_000_000
"""How often rows with an unknown part of their ID are compared."""
_BY_SEGMENTS = 20
"""How much dearer it is to compare two IDs that both have unknown parts."""
_MAX_DEPTH = 100
"""Levels of a body in which unknown values are looked up."""


class TemplateRows:
    """The written rows of a template, deployments apart, by ID and by type."""

    def __init__(self, rows: Iterable[PlannedResource]) -> None:
        """Index the rows; those of a false condition are found by their ID only."""
        self.by_id: dict[Scope, PlannedResource] = {}
        self._by_type: dict[str, list[PlannedResource]] = defaultdict(list)
        self._open: dict[str, list[tuple[re.Pattern[str], PlannedResource]]] = defaultdict(list)
        self._left = _MAX_COMPARED
        for row in rows:
            if row.change is ChangeKind.WRITE and row.deployment is None:
                kept = self.by_id.get(row.id)
                if kept is None or kept.condition is Condition.FALSE:
                    self.by_id[row.id] = row
                if row.condition is not Condition.FALSE:
                    self._by_type[type_of(row)].append(row)
                    if row.id.has_placeholder:
                        self._open[type_of(row)].append((_pattern(row.id), row))

    def candidates(self, row: PlannedResource) -> list[PlannedResource]:
        """Return the rows that a listed row may be, its exact match apart."""
        if row.id.has_placeholder:
            same_type = self._by_type.get(type_of(row), ())
            rows = self._some(same_type, cost=_BY_SEGMENTS)
            return [mine for mine in rows if may_be_same(mine.id, row.id)]
        listed = row.id.folded
        open_rows = self._some(self._open.get(type_of(row), ()))
        return [mine for pattern, mine in open_rows if pattern.fullmatch(listed)]

    def _some(self, rows: Sequence[_T], *, cost: int = 1) -> Iterator[_T]:
        """Yield as many as may still be compared."""
        for row in rows:
            self._left -= cost
            if self._left < 0:
                return
            yield row


def type_of(row: PlannedResource) -> str:
    """Return a row's type as it is compared."""
    return (row.id.resource_type or row.type).lower()


def _pattern(identity: Scope) -> re.Pattern[str]:
    """Return what an ID with placeholders may turn out to be, in lower case."""
    if identity.text.startswith("{"):
        return re.compile(r"(?s:.*)")
    segments = (segment_pattern(segment).pattern for segment in identity.folded.split("/"))
    return re.compile("/".join(segments))


def may_be_same(one: Scope, other: Scope) -> bool:
    """Whether two IDs may be the same once their placeholders are known."""
    if one.text.startswith("{") or other.text.startswith("{"):
        return True
    pairs = zip_longest(one.folded.split("/"), other.folded.split("/"))
    return all(
        mine is not None and theirs is not None and _fits(mine, theirs) for mine, theirs in pairs
    )


def _fits(mine: str, theirs: str) -> bool:
    if mine == theirs:
        return True
    open_here, open_there = PLACEHOLDER.search(mine), PLACEHOLDER.search(theirs)
    if open_here and open_there:
        return True
    if open_here:
        return segment_pattern(mine).fullmatch(theirs) is not None
    return open_there is not None and segment_pattern(theirs).fullmatch(mine) is not None


def seen_by_service(row: PlannedResource, listed: PlannedResource) -> PlannedResource:
    """Return a template's row with what the result knows of it: it is there, its open values."""
    certain = not listed.undecided and row.condition is not Condition.FALSE
    return replace(
        row,
        condition=Condition.TRUE if certain and row.undecided else row.condition,
        undecided=row.undecided and not certain,
        body=_settled(row.body, listed.body),
        location=row.location or listed.location,
    )


def named_by_service(row: PlannedResource, listed: PlannedResource) -> PlannedResource:
    """Return a template's row whose name was open under the name that the result knows."""
    return replace(seen_by_service(row, listed), id=listed.id, name=listed.name, expression=None)


def placed(listed: PlannedResource, row: PlannedResource) -> PlannedResource:
    """Return a listed row at the line of the template's row, which shows a body it may hide."""
    return replace(listed, place=row.place, symbol=row.symbol, within=row.within, no_body=False)


def _settled(
    mine: Mapping[str, Value], theirs: Mapping[str, Value], depth: int = 0
) -> dict[str, Value]:
    """Return an object in which the other side's values stand for what is unknown here."""
    folded = {key.lower(): value for key, value in theirs.items()}
    return {
        key: _settled_value(value, folded.get(key.lower()), depth + 1)
        for key, value in mine.items()
    }


def _settled_value(mine: Value, theirs: Value, depth: int) -> Value:
    """Return what the other side knows of an unknown value; secrets stay what they are."""
    if theirs is None or isinstance(theirs, Unknown) or depth > _MAX_DEPTH:
        return mine
    if isinstance(mine, Unknown):
        return mine if mine.cause is Cause.SECURE else theirs
    if isinstance(mine, PartialText):
        secret = any(isinstance(p, Unknown) and p.cause is Cause.SECURE for p in mine.parts)
        return mine if secret or isinstance(theirs, PartialText) else theirs
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return _settled(mine, theirs, depth)
    if isinstance(mine, list) and isinstance(theirs, list) and len(mine) == len(theirs):
        return [_settled_value(a, b, depth + 1) for a, b in zip(mine, theirs, strict=True)]
    return mine
