"""Everything that was weighed for one requirement."""

from __future__ import annotations

from typing import NamedTuple

from preflight.authorize.assignments import Own, Reaching
from preflight.authorize.blockers import Blocking
from preflight.authorize.condition.request import ConditionRequest
from preflight.authorize.hierarchy import Rungs
from preflight.authorize.weigh import Weighed, WeighedDeny
from preflight.model.access import AccessList, RoleAssignment
from preflight.model.decision import Evidence, Reason
from preflight.model.requirement import Requirement
from preflight.model.truth import Truth


class Case(NamedTuple):
    """What was weighed; rows that certainly play no part are left out.

    `unread_denies` and `unread_grants` say why a missing deny or role assignment proves nothing
    here (None where it does).
    """

    requirement: Requirement
    request: ConditionRequest
    rungs: Rungs
    weighed: tuple[Weighed, ...]
    lacking: tuple[Reaching[Own[RoleAssignment]], ...]
    """What reaches the scope but whose role lacks the action."""
    seen: tuple[Weighed, ...]
    """Those of `weighed` that grant for certain and whose rung was read."""
    denies: tuple[WeighedDeny, ...]
    locks: tuple[Blocking, ...]
    unread_denies: Reason | None
    unread_grants: Reason | None

    @property
    def open(self) -> tuple[Weighed, ...]:
        """What may grant."""
        return tuple(row for row in self.weighed if row.truth is Truth.UNKNOWN)

    @property
    def unread(self) -> tuple[Weighed, ...]:
        """What grants but stands where the list was not read."""
        read = {row.row.id for row in self.seen}
        return tuple(
            row for row in self.weighed if row.truth is Truth.TRUE and row.row.id not in read
        )


class Doubt(NamedTuple):
    """One thing that is not known, and the rows or the list that leave it open."""

    reason: Reason
    rows: tuple[Evidence, ...] = ()
    weighed: Weighed | None = None
    unread: AccessList | None = None
    blocking: tuple[str, ...] = ()
    tenant: bool = False
    """Whether it is the subscription's tenant that was not read."""
