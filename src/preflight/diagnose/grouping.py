"""Decisions of one root cause: one unactivated role is one finding, not twenty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TypeAlias

from preflight.diagnose.places import Places
from preflight.model.access import DenyAssignment, Lock, RoleAssignment, RoleEligibility
from preflight.model.decision import Decision, Reason, Settle, Verdict
from preflight.model.naming import MAX_RUNGS
from preflight.model.requirement import Certainty, RequirementKind
from preflight.model.scope import Scope

Key: TypeAlias = tuple[str, ...]
_Cause: TypeAlias = RoleAssignment | RoleEligibility

_BY_PLACE = frozenset(
    {
        Reason.EXCLUDED_BY_NOT_ACTIONS,
        Reason.WRONG_SCOPE,
        Reason.ROLE_LACKS_ACTION,
        Reason.WRONG_PRINCIPAL,
        Reason.NO_ASSIGNMENT,
        Reason.SCOPE_CREATED_HERE,
    }
)
"""What is missing is a grant: one at the place of the requirements would close them."""

_BY_ROWS: Mapping[Reason, type[DenyAssignment | Lock | RoleAssignment]] = {
    Reason.DENY_ASSIGNMENT: DenyAssignment,
    Reason.SCOPE_LOCKED: Lock,
    Reason.ROLE_ASSIGNMENT_CONFLICT: RoleAssignment,
    Reason.CONDITION_NOT_MET: RoleAssignment,
    Reason.CONDITION_UNDETERMINED: RoleAssignment,
    Reason.ROLE_DEFINITION_MISSING: RoleAssignment,
    Reason.PATTERN_UNSUPPORTED: RoleAssignment,
}
"""The rows of the evidence are the cause, wherever the requirements are."""

_WITH_DETAIL = frozenset({Reason.CONDITION_NOT_MET, Reason.POLICY_DENIES})

_COVERED: Mapping[Reason, type[_Cause]] = {
    Reason.WRONG_SCOPE: RoleAssignment,
    Reason.ELIGIBLE_NOT_ACTIVE: RoleEligibility,
}
"""Any one of the rows explains a decision: the one that explains the most is taken."""

MAX_ROWS = 64
"""Rows of one decision's evidence that are weighed as its cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Decisions of one cause, in report order; `cause` is the row that explains them all.

    `reason` is that of the decisions, or the warning that an allow carries.
    """

    reason: Reason
    verdict: Verdict
    certain: bool
    """False for `possible` requirements: they fold into findings of their own."""
    decisions: tuple[Decision, ...]
    indexes: tuple[int, ...]
    """Where the decisions stand in the input."""
    cause: _Cause | None = None


@dataclass(frozen=True, slots=True)
class _Member:
    index: int
    decision: Decision


def group(decisions: Sequence[Decision], places: Places) -> tuple[Group, ...]:
    """Group what is not plainly allowed by root cause, in the order of first appearance.

    An allow with several warnings stands in one group for each.
    """
    buckets: dict[tuple[Reason, Key], list[_Member]] = {}
    for index, decision in enumerate(decisions):
        for reason in _causes(decision):
            key = (reason, _key(decision, reason, places))
            buckets.setdefault(key, []).append(_Member(index, decision))
    groups = [
        part for (reason, _), members in buckets.items() for part in _split(reason, members, places)
    ]
    return tuple(sorted(groups, key=lambda part: part.indexes[0]))


def _causes(decision: Decision) -> tuple[Reason, ...]:
    if decision.verdict is Verdict.ALLOWED:
        return tuple(dict.fromkeys(decision.warnings))
    return (decision.reason,)


def _key(decision: Decision, reason: Reason, places: Places) -> Key:
    """Return what two decisions of one cause have in common, their reason apart."""
    requirement = decision.requirement
    possible = str(requirement.certainty is Certainty.POSSIBLE)
    key: Key = (decision.verdict.value, possible)
    if reason in _BY_PLACE:
        registers = str(requirement.kind is RequirementKind.REGISTER)
        key += (places.place(requirement.scope).folded, registers)
    elif reason is Reason.PROVIDER_NOT_REGISTERED:
        key += (places.place(requirement.scope).folded,)
    elif reason in _BY_ROWS:
        key += _ids(decision, _BY_ROWS[reason])
    elif reason not in _COVERED and decision.settle is not None:
        settle = placed_settle(decision.settle, requirement.scope, places)
        key += (settle.what, settle.who)
    return (*key, decision.detail) if reason in _WITH_DETAIL else key


def placed_settle(settle: Settle, scope: Scope, places: Places) -> Settle:
    """Return a settle that speaks of the place instead of the requirement's own scope.

    One list that is read at a resource group settles everything in it.
    """
    own, place = places.path(scope), places.path(places.place(scope))
    return replace(settle, what=settle.what.replace(own, place))


def _ids(decision: Decision, kind: type[DenyAssignment | Lock | RoleAssignment]) -> Key:
    rows = [row.id.lower() for row in decision.evidence if isinstance(row, kind)]
    return tuple(sorted(set(rows)))


def _split(reason: Reason, members: Sequence[_Member], places: Places) -> list[Group]:
    kind = _COVERED.get(reason)
    if kind is None:
        return [_group(reason, members, None)]
    rows = [_rows(member.decision, kind) for member in members]
    counts = Counter(row.id for found in rows for row in found)
    causes: dict[str, tuple[_Cause | None, list[_Member]]] = {}
    for member, found in zip(members, rows, strict=True):
        cause = _widest(found, counts, places.place(member.decision.requirement.scope))
        causes.setdefault(cause.id if cause else "", (cause, []))[1].append(member)
    return [_group(reason, explained, cause) for cause, explained in causes.values()]


def _widest(rows: Sequence[_Cause], counts: Mapping[str, int], place: Scope) -> _Cause | None:
    """Return the row that explains the most decisions, then the nearest, then the first ID."""
    return min(
        rows, key=lambda row: (-counts[row.id], -nearness(row.scope, place), row.id), default=None
    )


def _rows(decision: Decision, kind: type[_Cause]) -> list[_Cause]:
    return [row for row in decision.evidence[:MAX_ROWS] if isinstance(row, kind)]


def _group(reason: Reason, members: Sequence[_Member], cause: _Cause | None) -> Group:
    first = members[0].decision
    return Group(
        reason=reason,
        verdict=first.verdict,
        certain=first.requirement.certainty is not Certainty.POSSIBLE,
        decisions=tuple(member.decision for member in members),
        indexes=tuple(member.index for member in members),
        cause=cause,
    )


def nearness(scope: Scope, other: Scope) -> int:
    """Return how many leading segments two scopes share."""
    pairs = zip(_parts(scope), _parts(other), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _parts(scope: Scope) -> tuple[str, ...]:
    return tuple(part.lower() for part in scope.segments[: 2 * MAX_RUNGS])
