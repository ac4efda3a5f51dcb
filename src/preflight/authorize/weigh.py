"""One row against one request: does it grant, does it block, and if not, why."""

from __future__ import annotations

from typing import NamedTuple

from preflight.authorize.assignments import Own, Reaching, denied
from preflight.authorize.condition.request import ConditionRequest
from preflight.authorize.patterns import Patterns
from preflight.authorize.permissions import (
    Conditions,
    Judgement,
    RoleBook,
    judge_blocks,
    named_blocks,
    with_condition,
)
from preflight.authorize.times import Times
from preflight.model.access import DenyAssignment, Principal, RoleAssignment, RoleEligibility
from preflight.model.decision import Reason
from preflight.model.requirement import Requirement
from preflight.model.scope import Scope
from preflight.model.truth import Truth

ENDED = "ended"
"""Why an assignment gives nothing although it is listed: its time is over, or not there yet."""


class Weighed(NamedTuple):
    """A role assignment that covers a scope (or may), and what it gives there.

    `truth` joins everything; `grants` leaves out whether it covers and whose it is. `reason` is
    why `truth` is not TRUE.
    """

    row: RoleAssignment
    covers: Truth
    holds: Truth
    grants: Truth
    truth: Truth
    reason: Reason | None = None
    blocking: tuple[str, ...] = ()
    in_force: bool = True

    @property
    def certain(self) -> bool:
        """Whether it covers the scope and is the principal's, both for certain."""
        return self.covers is Truth.TRUE and self.holds is Truth.TRUE

    @property
    def because(self) -> str:
        """Why it does not grant, as a `Holding` says it; empty where it does."""
        if not self.in_force:
            return ENDED
        return "" if self.reason is None else self.reason.value


class WeighedDeny(NamedTuple):
    """A deny assignment that may block, with why it is not certain."""

    row: DenyAssignment
    truth: Truth
    reason: Reason | None = None
    blocking: tuple[str, ...] = ()


class Scales(NamedTuple):
    """What every weighing needs."""

    roles: RoleBook
    conditions: Conditions
    patterns: Patterns
    times: Times

    def assignment(
        self,
        reaching: Reaching[Own[RoleAssignment]],
        requirement: Requirement,
        request: ConditionRequest,
    ) -> Weighed:
        """Weigh a role assignment that covers the scope or may."""
        row, holds = reaching.row
        if not self.times.in_force(row):
            return Weighed(row, reaching.covers, holds, Truth.FALSE, Truth.FALSE, in_force=False)
        judged = self.grant(row, requirement, request)
        truth = reaching.covers & holds & judged.truth
        reason = judged.reason
        if judged.truth is not Truth.FALSE:
            if reaching.covers is not Truth.TRUE:
                reason = reaching.reason
            elif holds is not Truth.TRUE:
                reason = Reason.GROUPS_UNKNOWN
        return Weighed(row, reaching.covers, holds, judged.truth, truth, reason, judged.blocking)

    def grant(
        self,
        row: RoleAssignment | RoleEligibility,
        requirement: Requirement,
        request: ConditionRequest,
    ) -> Judgement:
        """Judge what a row gives where it counts: its role, and its own condition."""
        role = self.roles.judge(row.role, request, data_action=requirement.data_action)
        return with_condition(role, row.condition, request, self.conditions)

    def deny(
        self,
        reaching: Reaching[DenyAssignment],
        principal: Principal,
        requirement: Requirement,
        request: ConditionRequest,
    ) -> WeighedDeny:
        """Weigh a deny assignment whose scope covers the requirement's or may."""
        row = reaching.row
        covers, reason = reaching.covers, reaching.reason
        if row.only_this_scope and row.scope != requirement.scope:
            covers = _may_be(row.scope, requirement.scope)
        names = denied(row, principal)
        if row.audit or covers is Truth.FALSE or names is Truth.FALSE:
            return WeighedDeny(row, Truth.FALSE)
        data = requirement.data_action
        blocks = [self.patterns.block(block, data_action=data) for block in row.permissions]
        answer = named_blocks(blocks, self.patterns.matching(requirement.action))
        judged = judge_blocks(answer.named, request, self.conditions)
        judged = with_condition(judged, row.condition, request, self.conditions)
        if covers is Truth.TRUE and names is not Truth.TRUE:
            reason = Reason.GROUPS_UNKNOWN
        truth = covers & names & judged.truth
        return WeighedDeny(row, truth, reason or judged.reason, judged.blocking)


def _may_be(row: Scope, wanted: Scope) -> Truth:
    """Whether a scope with placeholders can turn out to be exactly that of a row."""
    as_deep = wanted.text.startswith("{") or len(row.segments) == len(wanted.segments)
    return row.covers(wanted) & Truth.UNKNOWN if as_deep else Truth.FALSE
