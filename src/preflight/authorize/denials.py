"""Why a requirement is denied: the first reason that applies, in the order of `DENIAL_ORDER`."""

from __future__ import annotations

from collections.abc import Sequence

from preflight.authorize.case import Case
from preflight.authorize.evidence import IndexedSnapshot, OwnRows
from preflight.authorize.weigh import Scales
from preflight.authorize.wording import Wording
from preflight.model.access import RoleAssignment, RoleEligibility
from preflight.model.decision import Decision, Evidence, Reason, Verdict
from preflight.model.diagnosis import Holding
from preflight.model.truth import Truth

MAXIMUM_ROWS = 20
"""Rows that one denial names; more would explain nothing more."""


class Denials:
    """Finds the reason of a denial; policy and other principals are for others to look at."""

    def __init__(
        self, indexed: IndexedSnapshot, own: OwnRows, scales: Scales, wording: Wording
    ) -> None:
        """Keep what is asked."""
        self._indexed = indexed
        self._own = own
        self._scales = scales
        self._wording = wording

    def blocked(self, case: Case) -> Decision | None:
        """Return the denial by what wins over any grant; None where nothing does."""
        denies = [row for row in case.denies if row.truth is Truth.TRUE]
        if denies:
            detail = self._wording.deny(denies[0].row, case)
            return _denied(case, Reason.DENY_ASSIGNMENT, [row.row for row in denies], detail)
        locks = [row.lock for row in case.locks if row.truth is Truth.TRUE]
        if locks:
            detail = self._wording.lock(locks[0])
            return _denied(case, Reason.SCOPE_LOCKED, locks, detail)
        clash = self._indexed.clashes.of(case.requirement)
        if clash is not None:
            detail = self._wording.clash(clash, case)
            return _denied(case, Reason.ROLE_ASSIGNMENT_CONFLICT, [clash], detail)
        return None

    def unheld(self, case: Case, elsewhere: Sequence[Holding]) -> Decision:
        """Return the denial of what no role assignment grants."""
        decision = self._by_assignments(case) or self._by_eligibility(case)
        if decision is None and elsewhere:
            rows = [row.assignment for row in elsewhere]
            detail = self._wording.elsewhere_detail(elsewhere[0])
            decision = _denied(case, Reason.WRONG_SCOPE, rows, detail)
        if decision is None:
            decision = self._lacking(case)
        if self._indexed.registrations.missing(case.requirement):
            detail = self._wording.unregistered(case.requirement, decision.detail)
            return _denied(case, Reason.PROVIDER_NOT_REGISTERED, decision.evidence, detail)
        return decision

    def _by_assignments(self, case: Case) -> Decision | None:
        """Return the denial by an assignment that covers the scope but stops at the action."""
        for reason in (Reason.CONDITION_NOT_MET, Reason.EXCLUDED_BY_NOT_ACTIONS):
            found = [row for row in case.weighed if row.certain and row.reason is reason]
            if found:
                detail = self._wording.stopped(found[0], case)
                return _denied(case, reason, [row.row for row in found], detail)
        return None

    def _by_eligibility(self, case: Case) -> Decision | None:
        """Return the denial where an eligibility would grant, once activated."""
        found: list[RoleEligibility] = []
        for reaching in self._own.eligibilities.reaching(case.requirement.scope):
            own = reaching.row
            certain = reaching.covers is Truth.TRUE and own.holds is Truth.TRUE
            if not certain or not self._scales.times.eligible(own.row):
                continue
            judged = self._scales.grant(own.row, case.requirement, case.request)
            if judged.truth is not Truth.FALSE:
                found.append(own.row)
        if not found:
            return None
        detail = self._wording.eligible(found[0])
        return _denied(case, Reason.ELIGIBLE_NOT_ACTIVE, found, detail)

    def _lacking(self, case: Case) -> Decision:
        held: list[RoleAssignment] = []
        over: list[RoleAssignment] = []
        for reaching in case.lacking:
            if reaching.covers is Truth.TRUE and reaching.row.holds is Truth.TRUE:
                row = reaching.row.row
                (held if self._scales.times.in_force(row) else over).append(row)
        if held:
            detail = self._wording.lacking(held)
            return _denied(case, Reason.ROLE_LACKS_ACTION, held[:MAXIMUM_ROWS], detail)
        over += [row.row for row in case.weighed if row.certain and not row.in_force]
        detail = self._wording.ended(over[0]) if over else ""
        return _denied(case, Reason.NO_ASSIGNMENT, over[:MAXIMUM_ROWS], detail)


def _denied(case: Case, reason: Reason, evidence: Sequence[Evidence], detail: str) -> Decision:
    return Decision(
        requirement=case.requirement,
        verdict=Verdict.DENIED,
        reason=reason,
        evidence=tuple(evidence),
        detail=detail,
    )
