"""A second witness: what Azure itself says the caller holds, against what the lists say.

The Permissions API answers what the caller's token is worth at a scope right now. The lists run
ahead of enforcement, so where they allow and it does not, nobody knows yet. It can confirm a
grant, never the absence of a deny assignment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from preflight.model.access import AccessSnapshot, RoleAssignment
from preflight.model.decision import Decision, Reason, Settle, Verdict
from preflight.model.requirement import Certainty
from preflight.model.role import Permission
from preflight.model.scope import Scope, ScopeKind
from preflight.model.truth import Truth

MAXIMUM_SCOPES = 10
"""Scopes that are asked about."""
_CAUSES: Mapping[Reason, str] = {
    Reason.GROUPS_UNKNOWN: "it is granted through a group, which the token in use may not know yet",
    Reason.HIERARCHY_UNKNOWN: "it is granted at a management group, from where it takes longest",
    Reason.EVIDENCE_STALE: "a grant is listed before it is enforced: it takes up to ten minutes",
}

Ask = Callable[[Sequence[Scope]], Mapping[Scope, tuple[Permission, ...]]]
"""Scopes → what the caller holds there; a scope that nobody may ask about is missing."""


class CrossCheck:
    """Holds the allowed decisions against the caller's permissions."""

    def __init__(self, access: AccessSnapshot, ask: Ask, *, most: int = MAXIMUM_SCOPES) -> None:
        """Keep what is known to exist, and how to ask; at most at `most` scopes."""
        self._ask = ask
        self._most = most
        self._existing = frozenset(access.resources or ())
        self._told: dict[Scope, tuple[Permission, ...] | None] = {}
        self.remarks: tuple[str, ...] = ()
        self.unasked: frozenset[object] = frozenset()
        """Keys of allowed requirements at scopes that gave no answer."""

    def review(self, decisions: Sequence[Decision]) -> Sequence[Decision]:
        """Return the decisions; allowed ones that Azure does not confirm are undetermined."""
        allowed = [row for row in decisions if row.verdict is Verdict.ALLOWED]
        places = tuple(dict.fromkeys(self._place(row) for row in sorted(allowed, key=_weight)))
        stated = self._stated(places[: self._most])
        answers = {id(row): self._confirmed(row, stated) for row in allowed}
        self.unasked = frozenset(
            row.requirement.key for row in allowed if self._place(row) not in stated
        )
        self.remarks = tuple(_remark(len(places), len(stated), answers.values()))
        return tuple(
            _lowered(row) if answers.get(id(row)) is Truth.FALSE else row for row in decisions
        )

    def _stated(self, places: Sequence[Scope]) -> Mapping[Scope, tuple[Permission, ...]]:
        """Return what was told of places, each asked once in a run."""
        told = self._ask([place for place in places if place not in self._told])
        self._told.update({place: told.get(place) for place in places if place not in self._told})
        found = ((place, self._told[place]) for place in places)
        return {place: blocks for place, blocks in found if blocks is not None}

    def _place(self, decision: Decision) -> Scope:
        """Return where to ask: at what exists, and not above where it was granted."""
        scope = decision.requirement.scope
        for row in decision.evidence:
            if isinstance(row, RoleAssignment) and row.scope.resource_group is not None:
                # Something is assigned there, so it exists; above it would not show.
                return row.scope
        group = scope.resource_group
        if group is not None and group in self._existing:
            return group
        if scope.subscription is not None:
            return scope.subscription
        rungs = (rung for rung in scope.ladder() if rung.kind is ScopeKind.MANAGEMENT_GROUP)
        return next(rungs, Scope.ROOT)

    def _confirmed(
        self, decision: Decision, stated: Mapping[Scope, tuple[Permission, ...]]
    ) -> Truth:
        """Whether Azure says so too; UNKNOWN where it was not asked or a condition decides."""
        blocks = stated.get(self._place(decision))
        if blocks is None:
            return Truth.UNKNOWN
        requirement = decision.requirement
        granting = [
            block
            for block in blocks
            if block.grants(requirement.action, data_action=requirement.data_action)
            is not Truth.FALSE
        ]
        if not granting:
            return Truth.FALSE
        sure = any(
            block.condition is None
            and block.grants(requirement.action, data_action=requirement.data_action) is Truth.TRUE
            for block in granting
        )
        return Truth.TRUE if sure else Truth.UNKNOWN


def _weight(decision: Decision) -> int:
    """Sort what is needed for certain first."""
    return list(Certainty).index(decision.requirement.certainty)


def _remark(places: int, asked: int, answers: Iterable[Truth]) -> Iterable[str]:
    told = list(answers)
    if not told or not asked:
        return
    if Truth.FALSE in told:
        yield "a second witness disagrees"
    elif asked == places:
        yield "2 witnesses"
    else:
        yield f"2 witnesses at {asked} of {places} scopes"


def _lowered(decision: Decision) -> Decision:
    reason = _cause(decision)
    return replace(
        decision,
        verdict=Verdict.UNDETERMINED,
        reason=reason,
        detail=f"the lists grant it, but Azure says the caller does not hold it: {_CAUSES[reason]}",
        warnings=(),
        settle=Settle(
            what="wait some minutes, sign in again and run the gate again (`preflight wait` does)",
            who="whoever runs the gate",
        ),
    )


def _cause(decision: Decision) -> Reason:
    if Reason.GRANTED_THROUGH_GROUP in {decision.reason, *decision.warnings}:
        return Reason.GROUPS_UNKNOWN
    rows = [row for row in decision.evidence if isinstance(row, RoleAssignment)]
    if rows and all(row.principal_type.may_be_group for row in rows):
        return Reason.GROUPS_UNKNOWN
    if rows and all(row.scope.kind is ScopeKind.MANAGEMENT_GROUP for row in rows):
        return Reason.HIERARCHY_UNKNOWN
    return Reason.EVIDENCE_STALE
