"""Deny first, then the union of role assignments: the answer for one requirement.

Source: Azure RBAC "How Azure RBAC determines if a user has access to a resource". Every step is
three-valued: what is not known is never taken for "none", nor for "allowed".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from preflight.authorize.allowed import Allowance
from preflight.authorize.assignments import Own, Placed, Reaching, by_principal, own_rows
from preflight.authorize.blockers import blocking_locks
from preflight.authorize.case import Case
from preflight.authorize.condition.request import ConditionRequest
from preflight.authorize.coverage import Reading
from preflight.authorize.denials import Denials
from preflight.authorize.evidence import IndexedSnapshot, OwnRows
from preflight.authorize.options import AuthorizeOptions
from preflight.authorize.permissions import Judgement
from preflight.authorize.requests import Requests
from preflight.authorize.settles import Settles
from preflight.authorize.times import Times
from preflight.authorize.undetermined import Doubts
from preflight.authorize.weigh import Weighed, WeighedDeny
from preflight.authorize.wording import Wording
from preflight.model.access import (
    AccessList,
    AccessSnapshot,
    DenyAssignment,
    Principal,
    RoleAssignment,
)
from preflight.model.decision import Decision, Reason, Verdict
from preflight.model.diagnosis import Holding
from preflight.model.naming import one_line
from preflight.model.requirement import Requirement
from preflight.model.role import RoleDefinition, RoleId
from preflight.model.scope import Scope
from preflight.model.truth import Truth

__all__ = ["AuthorizeOptions", "Authorizer"]


class _Weighing(NamedTuple):
    """What reaches a scope: what may grant or stops at something, and what lacks the action."""

    weighed: tuple[Weighed, ...]
    lacking: tuple[Reaching[Own[RoleAssignment]], ...]


class Authorizer:
    """Decides requirements for one principal from one snapshot (`model.diagnosis.Decider`)."""

    def __init__(
        self,
        snapshot: AccessSnapshot,
        principal: Principal,
        options: AuthorizeOptions | None = None,
    ) -> None:
        """Index the snapshot; nothing is decided yet."""
        self.options = options or AuthorizeOptions()
        now = self.options.now or snapshot.collected_at
        indexed = IndexedSnapshot(snapshot, self.options.created, Times(snapshot, now))
        existing = {row.id.lower(): row for row in snapshot.role_assignments or ()}
        self._requests = Requests(self.options.attributes, self.options.sub_operation, existing)
        self._lifted: frozenset[str] = frozenset()
        self._extra: tuple[RoleAssignment, ...] = ()
        self._bind(indexed, principal)

    def _bind(self, indexed: IndexedSnapshot, principal: Principal) -> None:
        """Take a principal's view of the indexed snapshot."""
        self.principal = principal
        self._indexed = indexed
        self._scales = indexed.scales
        self._own = OwnRows(indexed, principal)
        self._reads = indexed.reading(AccessList.ROLE_ASSIGNMENTS, principal.object_id)
        self._reads_denies = indexed.reading(AccessList.DENY_ASSIGNMENTS, None)
        self._place_extra()

    def _place_extra(self) -> None:
        own = own_rows(by_principal(self._extra), self.principal)
        self._placed_extra = Placed(own, lambda row: row.row.scope, self._indexed.hierarchy)
        self._extra_ids = frozenset(row.id for row in self._extra)

    def for_principal(self, principal: Principal) -> Authorizer:
        """Return the same for another principal; shares every index."""
        other = object.__new__(Authorizer)
        other.options, other._requests = self.options, self._requests
        other._lifted, other._extra = self._lifted, self._extra
        other._bind(self._indexed, principal)
        other._scales = self._scales
        return other

    def with_extra(
        self,
        *,
        role_assignments: Sequence[RoleAssignment] = (),
        role_definitions: Sequence[RoleDefinition] = (),
        lifted: frozenset[str] = frozenset(),
    ) -> Authorizer:
        """Return the same with more in place; cheap.

        `lifted` are the IDs of deny assignments and locks that no longer apply.
        """
        other = object.__new__(Authorizer)
        other.__dict__.update(self.__dict__)
        other._lifted = self._lifted | {row.lower() for row in lifted}
        other._extra = (*self._extra, *role_assignments)
        if role_definitions:
            roles = self._scales.roles.extended(role_definitions)
            other._scales = self._scales._replace(roles=roles)
        other._place_extra()
        return other

    # --- what decides -------------------------------------------------------------------------

    def decide(self, requirement: Requirement) -> Decision:
        """Decide one requirement.

        Gives every reason of `DENIAL_ORDER` but `policy-denies` and `wrong-principal`.
        """
        wording = self._wording()
        if requirement.action.has_wildcard:
            # "Holds all of these" is another question than "holds this one".
            return Decision(
                requirement=requirement,
                verdict=Verdict.UNDETERMINED,
                reason=Reason.PATTERN_UNSUPPORTED,
                detail=f"`{one_line(requirement.action.text)}` is a pattern, not one action",
                settle=Settles.pattern("the question"),
            )
        case = self._case(requirement)
        denials = Denials(self._indexed, self._own, self._scales, wording)
        doubts = Doubts(self._indexed, self._own, self.options, wording)
        blocked = denials.blocked(case)
        if blocked is not None and not _passed_by(blocked, doubts.foreign(case)):
            return blocked
        if case.seen:
            doubt = doubts.of_allowing(case)
            if doubt is not None:
                return doubt
            return Allowance(self._indexed, self.principal, self.options, wording).of(case)
        doubt = doubts.of_denying(case)
        if doubt is not None:
            return doubt
        return denials.unheld(case, self.elsewhere(requirement))

    def _wording(self) -> Wording:
        return Wording(self._indexed.snapshot, self.principal, self._scales)

    def _case(self, requirement: Requirement) -> Case:
        scope = requirement.scope
        request = self._requests.of(requirement)
        weighed, lacking = self._weighed(requirement, request)
        granting = (row for row in weighed if row.truth is Truth.TRUE)
        locks = blocking_locks(requirement, self._indexed.locks)
        return Case(
            requirement=requirement,
            request=request,
            rungs=self._indexed.hierarchy.rungs(scope),
            weighed=weighed,
            lacking=lacking,
            seen=tuple(row for row in granting if self._read(row, scope)),
            denies=self._denies(requirement, request),
            locks=tuple(row for row in locks if row.lock.id.lower() not in self._lifted),
            unread_denies=self._unread(self._reads_denies, scope),
            unread_grants=self._unread(self._reads, scope),
        )

    def _weighed(self, requirement: Requirement, request: ConditionRequest) -> _Weighing:
        """Weigh what reaches the scope; rows whose role lacks the action are only kept."""
        scope, data_action = requirement.scope, requirement.data_action
        lacking: list[Reaching[Own[RoleAssignment]]] = []
        weighed: list[Weighed] = []
        judged: dict[RoleId, Judgement] = {}
        for placed in (self._placed_extra, self._own.placed):
            for reaching in placed.reaching(scope):
                role = reaching.row.row.role
                judgement = judged.get(role)
                if judgement is None:
                    judgement = self._scales.roles.judge(role, request, data_action=data_action)
                    judged[role] = judgement
                if judgement.reason is Reason.ROLE_LACKS_ACTION:
                    lacking.append(reaching)
                else:
                    weighed.append(self._scales.assignment(reaching, requirement, request))
        return _Weighing(tuple(weighed), tuple(lacking))

    def _denies(
        self, requirement: Requirement, request: ConditionRequest
    ) -> tuple[WeighedDeny, ...]:
        weighed = (
            self._scales.deny(reaching, self.principal, requirement, request)
            for reaching in self._indexed.denies.reaching(requirement.scope)
            if reaching.row.id.lower() not in self._lifted
        )
        return tuple(row for row in weighed if row.truth is not Truth.FALSE)

    def _read(self, weighed: Weighed, scope: Scope) -> bool:
        """Whether a grant stands where the list was read (or was put there by `with_extra`)."""
        if weighed.row.id in self._extra_ids or self._reads.covers(scope):
            return True
        return self._reads.rung(weighed.row.scope, self._indexed.hierarchy.rungs(scope))

    def _unread(self, reads: Reading, scope: Scope) -> Reason | None:
        """Return why a missing row proves nothing at a scope; None where it does."""
        if reads.covers(scope):
            return None
        rungs = self._indexed.hierarchy.rungs(scope)
        if rungs.created is not None and not rungs.groups:
            return Reason.SCOPE_CREATED_HERE
        return Reason.SCOPE_UNKNOWN if reads.may_cover(scope) else Reason.EVIDENCE_UNREADABLE

    # --- what explains ------------------------------------------------------------------------

    def rungs(self, scope: Scope) -> tuple[Scope, ...]:
        """Return the ladder of a scope, nearest first: known management groups too, `/` last."""
        return self._indexed.hierarchy.rungs(scope).all

    def holdings(self, requirement: Requirement) -> tuple[Holding, ...]:
        """Return what the principal and its groups hold at or above the scope, nearest first."""
        request = self._requests.of(requirement)
        wording = self._wording()
        return tuple(
            wording.holding(self._scales.assignment(reaching, requirement, request))
            for placed in (self._placed_extra, self._own.placed)
            for reaching in placed.reaching(requirement.scope)
        )

    def elsewhere(self, requirement: Requirement) -> tuple[Holding, ...]:
        """Return what the principal holds elsewhere that would grant it there, nearest first."""
        request = self._requests.of(requirement)
        reaching = self._own.placed.reaching(requirement.scope)
        here = {row.row.row.id for row in reaching if row.covers is Truth.TRUE}

        def grants(row: RoleAssignment) -> bool:
            if row.id in here or not self._scales.times.in_force(row):
                return False
            return self._scales.grant(row, requirement, request).truth is not Truth.FALSE

        def names(role: RoleId) -> bool:
            answer = self._scales.roles.answer(role, action, data_action=data_action)
            return answer is not None and bool(answer.named)

        action, data_action = requirement.action, requirement.data_action
        wording = self._wording()
        held = self._own.elsewhere
        roles = held.roles((action.folded, data_action), names)
        rows = held.nearest(requirement.scope, roles, grants)
        return tuple(wording.elsewhere(row) for row in rows)

    def holders(self, requirement: Requirement) -> tuple[Holding, ...]:
        """Return anybody's direct assignments at or above the scope that grant, nearest first."""
        request = self._requests.of(requirement)
        wording = self._wording()
        everybody = Placed(
            [Own(row, Truth.TRUE) for row in self._extra],
            lambda own: own.row.scope,
            self._indexed.hierarchy,
        )
        weighed = (
            self._scales.assignment(reaching, requirement, request)
            for placed in (everybody, self._indexed.everybody)
            for reaching in placed.reaching(requirement.scope)
        )
        return tuple(
            replace(wording.holding(row), via="direct")
            for row in weighed
            if row.truth is Truth.TRUE
        )

    def deny_assignments(
        self, requirement: Requirement
    ) -> tuple[tuple[DenyAssignment, Truth], ...]:
        """Return what blocks (TRUE) or may block (UNKNOWN) the requirement, nearest first."""
        request = self._requests.of(requirement)
        return tuple((row.row, row.truth) for row in self._denies(requirement, request))

    def uncovered(self, wanted: AccessList, scope: Scope) -> bool:
        """Whether a missing row of a list proves nothing at a scope."""
        whose = self.principal.object_id if wanted is not AccessList.DENY_ASSIGNMENTS else None
        return not self._indexed.reading(wanted, whose).covers(scope)


def _passed_by(blocked: Decision, foreign: Reason | None) -> bool:
    """Whether a lock does not stop whoever comes from the managing tenant.

    Source: Azure Lighthouse "Cross-tenant management experience".
    """
    return blocked.reason is Reason.SCOPE_LOCKED and foreign is Reason.DELEGATED_ACCESS
