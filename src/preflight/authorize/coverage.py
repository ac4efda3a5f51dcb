"""How much of a list was read: where a missing row proves something, and where not.

A reading at a scope tells about rungs: `at` about that one, `at-above` also about every rung above
it, `at-above-below` about every rung below it too. A requirement is covered when every rung of
its ladder is. Source: docs/reference/formats.md; Azure RBAC "List role assignments using REST"
(what each filter returns).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from preflight.authorize.hierarchy import Hierarchy, Rungs
from preflight.authorize.scope_index import ScopeIndex
from preflight.model.access import (
    AccessList,
    AccessSnapshot,
    Coverage,
    PrincipalId,
    Reach,
    Unreadable,
)
from preflight.model.scope import Scope, ScopeKind
from preflight.model.truth import Truth


class Reading:
    """The readings of one list that count for one principal, ready to be asked."""

    def __init__(
        self, entries: Sequence[Coverage], failures: Sequence[Unreadable], hierarchy: Hierarchy
    ) -> None:
        """Index the entries; `failures` are readings that failed inside them."""
        self._hierarchy = hierarchy
        self._failures = ScopeIndex((row.scope for row in failures), lambda scope: scope)
        self._scopes = ScopeIndex((row.scope for row in entries), lambda scope: scope)
        self._exact = {row.scope.folded for row in entries if row.reach is Reach.AT}
        self._open_below = {
            row.scope.folded for row in entries if row.reach is Reach.AT_ABOVE_BELOW
        }
        self._upwards: set[str] = set()
        for row in entries:
            if row.reach is not Reach.AT:
                rungs = hierarchy.rungs(row.scope)
                self._upwards.update(rung.folded for rung in rungs.all)
        self._covered: dict[str, bool] = {}

    def rung(self, scope: Scope, rungs: Rungs) -> bool:
        """Whether one rung of a ladder was read."""
        if self._failed(scope):
            return False
        if scope.folded in self._upwards or scope.folded in self._exact:
            return True
        above = rungs.all[rungs.all.index(scope) :] if scope in rungs.all else (scope,)
        return any(rung.folded in self._open_below for rung in above)

    def covers(self, scope: Scope) -> bool:
        """Whether every rung of a scope was read, so that a missing row proves something."""
        found = self._covered.get(scope.folded)
        if found is None:
            found = self._covered[scope.folded] = self._find(scope)
        return found

    def _find(self, scope: Scope) -> bool:
        rungs = self._hierarchy.rungs(scope)
        if self._failed(scope):
            return False
        if rungs.created is not None:
            return self._above_created(rungs)
        if scope.folded in self._upwards:
            return True
        if any(rung.folded in self._open_below for rung in rungs.all):
            return True
        return rungs.whole and self._rung_by_rung(rungs)

    def _rung_by_rung(self, rungs: Rungs) -> bool:
        """Whether readings of single rungs join to the whole ladder."""
        steps = rungs.text or (Scope.ROOT,)
        if not all(self._seen(rung) for rung in steps):
            return False
        # What is above the last rung of the text: told by a reading there, or known by name.
        if steps[-1].folded in self._upwards:
            return True
        return rungs.complete and all(self._seen(rung) for rung in (*rungs.groups, Scope.ROOT))

    def _above_created(self, rungs: Rungs) -> bool:
        """Return whether what is above it was read: at what is created here nothing can be yet."""
        if not rungs.groups or not rungs.complete:
            return False
        above = (*rungs.groups, Scope.ROOT)
        if any(rung.folded in self._open_below for rung in above):
            return True
        return above[0].folded in self._upwards or all(self._seen(rung) for rung in above)

    def _seen(self, rung: Scope) -> bool:
        return rung.folded in self._upwards or rung.folded in self._exact

    def _failed(self, scope: Scope) -> bool:
        """Whether a reading failed at or above a scope and none nearer to it succeeded."""
        failed = [place for place, _ in self._failures.covering(scope)]
        if not failed:
            return False
        nearer = [place for place, truth in self._scopes.covering(scope) if truth is Truth.TRUE]
        return not nearer or any(place.covers(nearer[0]) is not Truth.TRUE for place in failed)

    def may_cover(self, scope: Scope) -> bool:
        """Whether only a placeholder of the scope keeps a reading from covering it."""
        return scope.has_placeholder and any(
            truth is Truth.UNKNOWN for _, truth in self._scopes.covering(scope)
        )


def reading(
    snapshot: AccessSnapshot,
    wanted: AccessList,
    principal: PrincipalId | None,
    hierarchy: Hierarchy,
) -> Reading:
    """Return what was read of a list, for one principal (None: for everybody).

    Without `coverage`, every list that is present was read at, above and below each of the
    snapshot's scopes. Where the file says that reading it failed it counts as not read, unless
    it was read again at the same scope or nearer. A list that is absent was not read, whatever
    `coverage` says.
    """
    if not _present(snapshot, wanted):
        return Reading((), (), hierarchy)
    if snapshot.coverage is None:
        failed = tuple(failures(snapshot, wanted))
        entries = tuple(
            Coverage(list=wanted, scope=scope, reach=Reach.AT_ABOVE_BELOW)
            for scope in snapshot.scopes
            if not any(_may_be_above(row.scope, scope, hierarchy) for row in failed)
        )
        return Reading(entries, failed, hierarchy)
    counted = tuple(
        row
        for row in snapshot.coverage
        if row.list is wanted and row.read_proven and row.principal in {None, principal}
    )
    return Reading(counted, tuple(failures(snapshot, wanted)), hierarchy)


def _may_be_above(failed: Scope, scope: Scope, hierarchy: Hierarchy) -> bool:
    """Whether a failed reading is at or above a scope, or may be: its management groups count."""
    if failed.kind is not ScopeKind.MANAGEMENT_GROUP:
        return failed.covers(scope) is Truth.TRUE
    return hierarchy.is_above(failed, hierarchy.rungs(scope)) is not Truth.FALSE


def failures(snapshot: AccessSnapshot, wanted: AccessList) -> Iterable[Unreadable]:
    """Yield what the snapshot says could not be read of a list."""
    return (row for row in snapshot.unreadable if row.what.lower() == wanted.value.lower())


def _present(snapshot: AccessSnapshot, wanted: AccessList) -> bool:
    lists: dict[AccessList, object] = {
        AccessList.ROLE_DEFINITIONS: snapshot.role_definitions,
        AccessList.ROLE_ASSIGNMENTS: snapshot.role_assignments,
        AccessList.DENY_ASSIGNMENTS: snapshot.deny_assignments,
        AccessList.ELIGIBILITIES: snapshot.eligibilities,
        AccessList.SCHEDULES: snapshot.schedules,
        AccessList.LOCKS: snapshot.locks,
        AccessList.PROVIDERS: snapshot.providers,
        AccessList.RESOURCES: snapshot.resources,
    }
    return lists[wanted] is not None
