"""What a public report must not show: other principals, and the IDs of assignments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from preflight.model.access import (
    EVERYONE,
    AccessSnapshot,
    ActiveSchedule,
    Principal,
    RoleAssignment,
    RoleEligibility,
    principal_id,
)

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Private:
    """Words that `--detail public` hides wherever they stand, commands and errors included.

    `ids` are folded: object and application IDs of principals, names of assignments (their
    GUIDs). `names` are display names as Azure spells them. Nothing of the deploying principal
    is in either.
    """

    ids: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


def private_of(access: AccessSnapshot, subject: Principal) -> Private:
    """Return what is private in the evidence, seen from the deploying principal."""
    rows: list[RoleAssignment | RoleEligibility | ActiveSchedule] = []
    for found in (access.role_assignments, access.eligibilities, access.schedules):
        rows += found or ()
    ids = {str(row.principal) for row in rows} | {last_segment(row.id) for row in rows}
    for deny in access.deny_assignments or ():
        ids |= {last_segment(deny.id), *deny.principals, *deny.excluded}
    ids |= set(_ids(access.principals))
    ids |= {group for row in access.principals for group in row.member_of or ()}
    ids |= {group for row in access.principals for group in row.unknown_groups}
    for _, text in access.warnings:
        # A warning may name another identity that could have signed in.
        ids |= set(_GUID.findall(text.lower()))
    if access.caller is not None and access.caller.object_id is not None:
        ids.add(access.caller.object_id)
    names = {row.display_name for row in access.principals if row.display_name}
    own = {*_ids((subject,)), "", EVERYONE}
    return Private(ids=frozenset(ids - own), names=frozenset(names - {subject.display_name or ""}))


def _ids(principals: Iterable[Principal]) -> Iterator[str]:
    for row in principals:
        yield row.object_id
        if row.app_id:
            yield principal_id(row.app_id)


def last_segment(resource_id: str) -> str:
    """Return the name that an ID ends with, folded."""
    return resource_id.rstrip("/").rpartition("/")[2].lower()
