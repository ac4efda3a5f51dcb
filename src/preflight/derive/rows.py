"""Rows of the plan: what their type is, and which of them are one resource."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from preflight.model.plan import Condition, PlannedResource
from preflight.model.scope import Scope
from preflight.model.template import ChangeKind

_CHANGES = {ChangeKind.WRITE: 0, ChangeKind.DELETE: 1, ChangeKind.EXISTING: 2}
_CONDITIONS = {
    Condition.NONE: 0,
    Condition.TRUE: 0,
    Condition.UNKNOWN: 1,
    Condition.FALSE: 2,
}
DEPLOYMENTS = "microsoft.resources/deployments"


def outermost(scope: Scope) -> Scope:
    """Return the top-level resource that a resource is, is part of, or extends."""
    parts = scope.segments
    start = next((i for i, part in enumerate(parts) if part.lower() == "providers"), len(parts))
    return Scope("/".join(parts[: start + 4]))


def rule_type(row: PlannedResource) -> str:
    """Return the type by which rules know a row.

    The old form `T/providers/x` is the extension's own type, which its ID shows.
    """
    if "/providers/" not in row.type.lower():
        return row.type
    return row.id.shown_type or row.type


def has_unknown_type(row: PlannedResource) -> bool:
    """Whether it is not known what kind of resource the row is.

    An unknown type, or the old form `T/providers/x` whose namespace is unknown or missing: no
    action follows from it, and a role that holds `*` must not seem to hold one.
    """
    kind = rule_type(row).lower()
    return "{" in kind or "/providers/" in kind or "/" not in kind


def is_deployment(row: PlannedResource) -> bool:
    """Whether the row is a deployment, the root one included."""
    return row.deployment is not None or row.type.lower() == DEPLOYMENTS


def is_written(row: PlannedResource) -> bool:
    """Whether the rollout writes the row, or may do so."""
    return row.change is ChangeKind.WRITE and row.condition is not Condition.FALSE


def merge_rows(rows: Iterable[PlannedResource]) -> tuple[PlannedResource, ...]:
    """Return one row per ID, at the place of the first.

    A written declaration is kept before a deleted and an `existing` one, then the strongest
    condition. Rows whose ID has an unknown part are one only when they come from the same
    declaration and loop index.
    """
    merged: dict[Hashable, PlannedResource] = {}
    for row in rows:
        key = _identity(row)
        kept = merged.get(key)
        if kept is None or _strength(row) < _strength(kept):
            merged[key] = row
    return tuple(merged.values())


def _identity(row: PlannedResource) -> Hashable:
    if not row.id.has_placeholder:
        return row.id.folded
    place = row.place
    return (row.id.folded, place.source.name, place.pointer, place.via, row.loop_index)


def _strength(row: PlannedResource) -> tuple[int, int]:
    return (_CHANGES[row.change], _CONDITIONS[row.condition])
