"""When a grant begins and ends, and what that means for a rollout that starts now.

Sources: Microsoft Entra PIM APIs (the end stands on the schedule instance only); Azure RBAC
"Troubleshoot" (a change of role assignments takes up to ten minutes) and "Conditions
troubleshoot" (a condition up to five).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from preflight.model.access import (
    AccessSnapshot,
    ActiveSchedule,
    PrincipalId,
    RoleAssignment,
    RoleEligibility,
)
from preflight.model.role import RoleId
from preflight.model.scope import Scope

ASSIGNMENT_WINDOW = timedelta(minutes=10)
"""A role assignment may not be enforced everywhere before this has passed."""
CONDITION_WINDOW = timedelta(minutes=5)
"""The same for a changed condition."""


class Times:
    """The schedule instances of a snapshot, found by the assignment they stand behind."""

    def __init__(self, snapshot: AccessSnapshot, now: datetime | None) -> None:
        """Index the instances; without a clock nothing ends and nothing is recent."""
        self._now = now
        caller = snapshot.caller
        self._caller = caller.object_id if caller else None
        self._token_issued_at = caller.token_issued_at if caller else None
        self._by_assignment: dict[str, list[ActiveSchedule]] = defaultdict(list)
        self._by_triple: dict[tuple[PrincipalId, RoleId, Scope], list[ActiveSchedule]] = (
            defaultdict(list)
        )
        for row in snapshot.schedules or ():
            if row.assignment:
                self._by_assignment[row.assignment.lower()].append(row)
            self._by_triple[row.principal, row.role, row.scope].append(row)

    def _schedules(self, row: RoleAssignment) -> list[ActiveSchedule]:
        named = self._by_assignment.get(row.id.lower())
        return named or self._by_triple.get((row.principal, row.role, row.scope), [])

    def _running(self, row: RoleAssignment) -> list[ActiveSchedule]:
        """Return the instances that have begun and not ended; all of them where none has."""
        schedules, now = self._schedules(row), self._now
        running = [] if now is None else [one for one in schedules if _runs(one, now)]
        return running or schedules

    def ends_on(self, row: RoleAssignment) -> datetime | None:
        """Return when an assignment ends; None where it is permanent or nothing is known."""
        ends = [schedule.ends_on for schedule in self._running(row)]
        known = [moment for moment in ends if moment is not None]
        return max(known) if known and len(known) == len(ends) else None

    def in_force(self, row: RoleAssignment) -> bool:
        """Whether an assignment gives anything now: it has begun and has not ended."""
        if self._now is None:
            return True
        schedules = self._schedules(row)
        return not schedules or any(_runs(schedule, self._now) for schedule in schedules)

    def ends_within(self, row: RoleAssignment, duration: timedelta) -> bool:
        """Whether an assignment ends before a rollout that starts now is over."""
        end = self.ends_on(row)
        return self._now is not None and end is not None and end - self._now < duration

    def recent(self, row: RoleAssignment, principal: PrincipalId) -> bool:
        """Whether an assignment may not be enforced yet, or is younger than the token in use."""
        if row.created_on is None or self._now is None:
            return False
        if self._now - row.created_on < ASSIGNMENT_WINDOW:
            return True
        changed = row.updated_on if row.condition is not None else None
        if changed is not None and self._now - changed < CONDITION_WINDOW:
            return True
        issued = self._token_issued_at if principal == self._caller else None
        return issued is not None and row.created_on > issued

    def eligible(self, row: RoleEligibility) -> bool:
        """Whether an eligibility could be activated now."""
        if self._now is None:
            return True
        begun = row.starts_on is None or row.starts_on <= self._now
        return begun and (row.ends_on is None or row.ends_on > self._now)


def _runs(schedule: ActiveSchedule, now: datetime) -> bool:
    """Whether a schedule instance has begun and has not ended."""
    begun = schedule.starts_on is None or schedule.starts_on <= now
    return begun and (schedule.ends_on is None or schedule.ends_on > now)
