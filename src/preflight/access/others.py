"""Other people's role assignments: for near misses after a denial, never for the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from preflight.access import merge_rows
from preflight.access.asker import Asker
from preflight.access.assemble import read_rows
from preflight.access.directory import Directory
from preflight.access.readings import Answer, Reading
from preflight.access.session import Session
from preflight.access.wanted import top_of
from preflight.errors import AccessError
from preflight.model.access import (
    AccessList,
    AccessSnapshot,
    Coverage,
    Principal,
    PrincipalId,
    Reach,
    RoleAssignment,
)
from preflight.model.scope import PLACEHOLDER, Scope


def with_others(
    session: Session, snapshot: AccessSnapshot, denied: Sequence[Scope], *, whose: PrincipalId
) -> AccessSnapshot:
    """Return the snapshot with everybody's role assignments on the ladders of these scopes.

    They count as read only where the principal's own were, whose rows are not taken from here
    again; the proof is the same right. What cannot be read is left out.
    """
    tops = (scope.subscription or top_of(scope) for scope in denied)
    places = tuple(
        dict.fromkeys(top for top in tops if top is not None and not PLACEHOLDER.search(top.text))
    )
    readings = [Reading(list=AccessList.ROLE_ASSIGNMENTS, scope=place) for place in places]
    rows, answers = read_rows(Asker(session).read(readings)[0])
    # What is the principal's own is what was read first: the verdict hangs on it.
    subjects = {row.object_id for row in snapshot.principals}
    subjects |= {group for row in snapshot.principals for group in row.member_of or ()}
    others = tuple(row for row in rows.role_assignments if row.principal not in subjects)
    if not others:
        return snapshot
    try:
        joined = merge_rows.role_assignments([snapshot.role_assignments or (), others])
    except AccessError:
        # A row has changed between the two readings: what decides is the first one.
        return snapshot
    return replace(
        snapshot,
        role_assignments=joined,
        coverage=(*(snapshot.coverage or ()), *_covered(snapshot, answers, whose)),
        principals=_named(session, _not_in(snapshot, others), others),
        calls=len(session.log.calls),
    )


def _covered(
    snapshot: AccessSnapshot, answers: Iterable[Answer], whose: PrincipalId
) -> Iterator[Coverage]:
    proven = {
        row.scope
        for row in snapshot.coverage or ()
        if row.list is AccessList.ROLE_ASSIGNMENTS
        and row.read_proven
        and row.principal in {None, whose}
    }
    for answer in answers:
        scope = answer.reading.scope
        if answer.error is None and scope in proven:
            below = scope.subscription is not None
            reach = Reach.AT_ABOVE_BELOW if below else Reach.AT_ABOVE
            yield Coverage(list=AccessList.ROLE_ASSIGNMENTS, scope=scope, reach=reach)


def _not_in(snapshot: AccessSnapshot, others: Iterable[RoleAssignment]) -> tuple[Principal, ...]:
    """Return the principals; a group whose row was not returned for one is none of its groups."""
    own = {row.id.lower() for row in snapshot.role_assignments or ()}
    strangers = frozenset(row.principal for row in others if row.id.lower() not in own)
    return tuple(
        replace(row, unknown_groups=row.unknown_groups - strangers) for row in snapshot.principals
    )


def _named(
    session: Session, principals: Sequence[Principal], others: Iterable[RoleAssignment]
) -> tuple[Principal, ...]:
    """Return the principals with the others' names, where the directory tells them."""
    known = {row.object_id for row in principals}
    wanted = {row.principal for row in others} - known
    return (*principals, *Directory(session.graph).names(wanted))
