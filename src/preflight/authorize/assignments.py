"""Which assignments reach a scope, groups included.

Sources: Azure RBAC "Understand scope" (inheritance) and "Overview" (groups are transitive).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

from preflight.authorize.hierarchy import Hierarchy
from preflight.authorize.scope_index import ScopeIndex
from preflight.model.access import (
    EVERYONE,
    DenyAssignment,
    Principal,
    PrincipalId,
    RoleAssignment,
    RoleEligibility,
)
from preflight.model.decision import Reason
from preflight.model.scope import Scope, ScopeKind
from preflight.model.truth import Truth

Row = TypeVar("Row")
Bound = TypeVar("Bound", RoleAssignment, RoleEligibility)


class Reaching(NamedTuple, Generic[Row]):
    """A row that covers a scope, or may. `reason` says why it is not certain."""

    row: Row
    covers: Truth
    reason: Reason | None = None


class Placed(Generic[Row]):
    """Rows by scope, with the management-group hierarchy taken into account."""

    def __init__(
        self, rows: Iterable[Row], scope_of: Callable[[Row], Scope], hierarchy: Hierarchy
    ) -> None:
        """Index the rows."""
        kept = tuple(rows)
        self._index = ScopeIndex(kept, scope_of)
        self._in_groups = tuple(
            row for row in kept if scope_of(row).kind is ScopeKind.MANAGEMENT_GROUP
        )
        self._scope_of = scope_of
        self._hierarchy = hierarchy
        self._found: dict[str, tuple[Reaching[Row], ...]] = {}

    def reaching(self, scope: Scope) -> tuple[Reaching[Row], ...]:
        """Return the rows at or above a scope, nearest first; UNKNOWN where one may be."""
        found = self._found.get(scope.folded)
        if found is None:
            found = self._found[scope.folded] = tuple(self._find(scope))
        return found

    def below(self, scope: Scope) -> tuple[Row, ...]:
        """Return the rows strictly below a scope, as text."""
        return () if scope.has_placeholder else self._index.below(scope)

    def _find(self, scope: Scope) -> list[Reaching[Row]]:
        rungs = self._hierarchy.rungs(scope)
        if rungs.created is None:
            near = [_by_text(row, truth) for row, truth in self._index.covering(scope)]
        else:
            # Nothing can stand yet at or below what the rollout itself creates.
            near = []
        roots = [] if rungs.created is None else self._index.at(Scope.ROOT)
        groups = [row for group in rungs.groups for row in self._index.at(group)]
        far = [*groups, *roots]
        # `/` is above the management groups: rows there go last.
        at_root = [item for item in near if self._scope_of(item.row).text == "/"]
        inner = [item for item in near if self._scope_of(item.row).text != "/"]
        found = [*inner, *(Reaching(row, Truth.TRUE) for row in far), *at_root]
        return found if rungs.complete else [*found, *self._maybe(scope)]

    def _maybe(self, scope: Scope) -> list[Reaching[Row]]:
        """Return rows at management groups of which it is not known whether they are above."""
        rungs = self._hierarchy.rungs(scope)
        reason = Reason.SCOPE_UNKNOWN if rungs.place_unknown else Reason.HIERARCHY_UNKNOWN
        if rungs.created is not None:
            reason = Reason.SCOPE_CREATED_HERE
        return [
            Reaching(row, Truth.UNKNOWN, reason)
            for row in self._in_groups
            if not scope.text.startswith("{")
            and self._hierarchy.is_above(self._scope_of(row), rungs) is Truth.UNKNOWN
            and self._scope_of(row).covers(scope) is Truth.FALSE
        ]


def _by_text(row: Row, truth: Truth) -> Reaching[Row]:
    return Reaching(row, truth, None if truth is Truth.TRUE else Reason.SCOPE_UNKNOWN)


class Own(NamedTuple, Generic[Row]):
    """A row that is the principal's: directly, through a group, or (UNKNOWN) perhaps."""

    row: Row
    holds: Truth


def own_rows(rows: dict[PrincipalId, list[Bound]], principal: Principal) -> tuple[Own[Bound], ...]:
    """Return the rows of a principal and its transitive groups.

    Where its groups are not known, rows of what is, or may be, a group come with UNKNOWN.
    """
    own = [Own(row, Truth.TRUE) for row in rows.get(principal.object_id, ())]
    if principal.member_of is not None:
        for group in sorted(principal.member_of - {principal.object_id}):
            own += [Own(row, Truth.TRUE) for row in rows.get(group, ())]
        for group in sorted(principal.unknown_groups - principal.member_of):
            own += [Own(row, Truth.UNKNOWN) for row in rows.get(group, ())]
        return tuple(own)
    for holder, theirs in rows.items():
        if holder != principal.object_id:
            own += [Own(row, Truth.UNKNOWN) for row in theirs if row.principal_type.may_be_group]
    return tuple(own)


def by_principal(rows: Sequence[Bound]) -> dict[PrincipalId, list[Bound]]:
    """Index rows by the principal they bind."""
    found: dict[PrincipalId, list[Bound]] = defaultdict(list)
    for row in rows:
        found[row.principal].append(row)
    return found


def denied(row: DenyAssignment, principal: Principal) -> Truth:
    """Whether a deny assignment names the principal and does not exclude it.

    Groups are transitive on both sides; all principals are named by one well-known ID
    (Azure RBAC "Understand deny assignments").
    """
    ids = {principal.object_id} | (principal.member_of or frozenset())
    named = _matches(row.principals, _open(row.group_principals, principal), ids)
    if EVERYONE in row.principals:
        named = Truth.TRUE
    excluded = _matches(row.excluded, _open(row.group_excluded, principal), ids)
    return named & ~excluded


def _open(groups: frozenset[PrincipalId], principal: Principal) -> frozenset[PrincipalId]:
    """Return those of these groups of which it is not known whether the principal is in them."""
    return groups if principal.member_of is None else groups & principal.unknown_groups


def _matches(
    listed: frozenset[PrincipalId], open_groups: frozenset[PrincipalId], ids: Iterable[PrincipalId]
) -> Truth:
    if not listed.isdisjoint(ids):
        return Truth.TRUE
    return Truth.UNKNOWN if open_groups else Truth.FALSE
