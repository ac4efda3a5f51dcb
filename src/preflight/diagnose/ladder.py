"""The scope ladder, rung by rung: what the principal holds there, and what denies there."""

from __future__ import annotations

from collections import defaultdict

from preflight.model.access import AccessSnapshot, DenyAssignment
from preflight.model.diagnosis import Decider, Holding, Rung
from preflight.model.naming import MAX_RUNGS, scope_label
from preflight.model.requirement import Requirement
from preflight.model.scope import Scope


def rungs(requirement: Requirement, decider: Decider, access: AccessSnapshot) -> tuple[Rung, ...]:
    """Return the rungs of a requirement's scope, top down (`/` first).

    Of a ladder longer than `MAX_RUNGS` the middle is left out.
    """
    held: dict[Scope, list[Holding]] = defaultdict(list)
    for holding in decider.holdings(requirement):
        held[holding.assignment.scope].append(holding)
    denies: dict[Scope, list[DenyAssignment]] = defaultdict(list)
    for row, _ in decider.deny_assignments(requirement):
        denies[row.scope].append(row)
    nearest_first = decider.rungs(requirement.scope)
    if len(nearest_first) > MAX_RUNGS:
        nearest_first = (*nearest_first[: MAX_RUNGS // 2], *nearest_first[-(MAX_RUNGS // 2) :])
    return tuple(
        Rung(
            scope=scope,
            label=scope_label(scope, access),
            holds=tuple(held.get(scope, ())),
            deny_assignments=tuple(denies.get(scope, ())),
        )
        for scope in reversed(nearest_first)
    )
