"""An allow and the warnings that go with it."""

from __future__ import annotations

from collections.abc import Iterator

from preflight.authorize.case import Case
from preflight.authorize.evidence import IndexedSnapshot
from preflight.authorize.options import AuthorizeOptions
from preflight.authorize.weigh import Weighed
from preflight.authorize.wording import Wording
from preflight.model.access import Principal, PrincipalType
from preflight.model.decision import Decision, Reason, Verdict
from preflight.model.requirement import RequirementKind
from preflight.model.scope import ScopeKind


class Allowance:
    """Words an allow."""

    def __init__(
        self,
        indexed: IndexedSnapshot,
        principal: Principal,
        options: AuthorizeOptions,
        wording: Wording,
    ) -> None:
        """Keep what is asked."""
        self._indexed = indexed
        self._times = indexed.scales.times
        self._principal = principal
        self._options = options
        self._wording = wording

    def of(self, case: Case) -> Decision:
        """Return the decision; a warning stands only where it holds for every grant."""
        return Decision(
            requirement=case.requirement,
            verdict=Verdict.ALLOWED,
            reason=Reason.GRANTED,
            evidence=tuple(row.row for row in case.seen),
            detail=self._wording.granted(case.seen[0]),
            warnings=tuple(self._warnings(case)),
        )

    def _warnings(self, case: Case) -> Iterator[Reason]:
        """Yield the warnings, the most pressing first."""
        times, me = self._times, self._principal.object_id
        if self._indexed.registrations.missing(case.requirement):
            yield Reason.PROVIDER_NOT_REGISTERED
        if all(times.ends_within(row.row, self._options.duration) for row in case.seen):
            yield Reason.EXPIRES_DURING_RUN
        if all(times.recent(row.row, me) for row in case.seen):
            yield Reason.GRANTED_RECENTLY
        if all(_inherited_from_group(row, case) for row in case.seen):
            yield Reason.ARM_PREFLIGHT_MAY_REFUSE
        if self._principal.type is PrincipalType.SERVICE_PRINCIPAL and all(
            row.row.principal != me for row in case.seen
        ):
            # The evidence does not tell managed identities from other service principals.
            yield Reason.GRANTED_THROUGH_GROUP


def _inherited_from_group(row: Weighed, case: Case) -> bool:
    """Whether a deployment above subscriptions is granted only at a group further up.

    Source: Azure Resource Manager "Deployment preflight", limitations.
    """
    if case.requirement.kind is not RequirementKind.DEPLOY or not case.rungs.text:
        return False
    if case.rungs.text[-1].kind is ScopeKind.SUBSCRIPTION:
        return False
    above = row.row.scope.kind is ScopeKind.MANAGEMENT_GROUP
    return above and row.row.scope not in case.rungs.text
