"""Other people's role assignments: for near misses after a denial, never for the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from preflight.access import merge_rows
from preflight.access.asker import Asker
from preflight.access.assemble import read_rows
from preflight.access.directory import Directory
from preflight.access.readings import Reading
from preflight.access.session import Session
from preflight.access.wanted import top_of
from preflight.errors import AccessError
from preflight.model.access import AccessList, AccessSnapshot, Principal, RoleAssignment
from preflight.model.scope import PLACEHOLDER, Scope


def with_others(
    session: Session, snapshot: AccessSnapshot, denied: Sequence[Scope]
) -> AccessSnapshot:
    """Return the snapshot with everybody's role assignments on the ladders of these scopes.

    No coverage is added: a missing row of somebody else proves nothing. What cannot be read is
    left out.
    """
    tops = (scope.subscription or top_of(scope) for scope in denied)
    places = tuple(
        dict.fromkeys(top for top in tops if top is not None and not PLACEHOLDER.search(top.text))
    )
    readings = [Reading(list=AccessList.ROLE_ASSIGNMENTS, scope=place) for place in places]
    answers, _ = Asker(session).read(readings)
    rows, _ = read_rows(answers)
    if not rows.role_assignments:
        return snapshot
    own = snapshot.role_assignments or ()
    try:
        joined = merge_rows.role_assignments([own, rows.role_assignments])
    except AccessError:
        # A row has changed between the two readings: what decides is the first one.
        return snapshot
    return replace(
        snapshot,
        role_assignments=joined,
        principals=_named(session, _not_in(snapshot, rows.role_assignments), rows.role_assignments),
        calls=len(session.log.calls),
    )


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
