"""What an undetermined decision says: what is not known, and what would settle it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from preflight.authorize.case import Case, Doubt
from preflight.authorize.settles import Settles
from preflight.authorize.wording import Wording, in_words
from preflight.model.access import AccessList, AccessSnapshot, Principal
from preflight.model.decision import Reason, Settle

Said: TypeAlias = tuple[str, Settle]
"""The detail of a decision, and what would settle it."""


class DoubtWording:
    """Words for doubts, one method per reason."""

    def __init__(self, snapshot: AccessSnapshot, principal: Principal, wording: Wording) -> None:
        """Keep what names things."""
        self._snapshot = snapshot
        self._settles = Settles(snapshot, principal)
        self._wording = wording

    def say(self, doubt: Doubt, case: Case) -> Said:
        """Say what is not known."""
        return _BY_REASON.get(doubt.reason, DoubtWording._unread)(self, doubt, case)

    def _named(self, doubt: Doubt) -> str:
        return self._wording.at(doubt.weighed.row) if doubt.weighed else ""

    def _condition(self, doubt: Doubt, case: Case) -> Said:
        clauses = self._wording.clauses_of(doubt.blocking, case)
        text = ": ".join(part for part in (self._named(doubt), in_words(clauses)) if part)
        row = doubt.weighed.row if doubt.weighed else None
        return text, self._settles.condition(clauses, row)

    def _scope(self, doubt: Doubt, case: Case) -> Said:
        return self._named(doubt), self._settles.scope(case.requirement.scope)

    def _created(self, _doubt: Doubt, case: Case) -> Said:
        created = case.rungs.created
        text = f"the rollout itself creates {self._wording.place(created)}" if created else ""
        return text, self._settles.created(next(iter(case.rungs.groups), None))

    def _groups(self, doubt: Doubt, _case: Case) -> Said:
        return self._named(doubt), self._settles.groups()

    def _hierarchy(self, doubt: Doubt, case: Case) -> Said:
        top = case.rungs.text[-1] if case.rungs.text else case.requirement.scope
        return self._named(doubt), self._settles.hierarchy(top)

    def _definition(self, doubt: Doubt, _case: Case) -> Said:
        return self._named(doubt), self._settles.role(doubt.weighed.row if doubt.weighed else None)

    def _pattern(self, doubt: Doubt, _case: Case) -> Said:
        named = self._named(doubt)
        return named, self._settles.pattern(named or "the deny assignment")

    def _tenant(self, _doubt: Doubt, case: Case) -> Said:
        tenant = self._tenant_of(case)
        return f"the subscription is in tenant {tenant}", self._settles.tenant(tenant)

    def _delegated(self, _doubt: Doubt, case: Case) -> Said:
        text = "the subscription is managed from another tenant by delegation"
        return text, self._settles.delegated(self._tenant_of(case))

    def _tenant_of(self, case: Case) -> str:
        subscription = self._snapshot.subscription(case.requirement.scope)
        return (subscription.tenant_id if subscription else None) or "of the subscription"

    def _unread(self, doubt: Doubt, case: Case) -> Said:
        scope = case.requirement.scope
        if doubt.tenant:
            text = (
                "the tenant of the subscription could not be read: what another tenant delegates "
                "(Azure Lighthouse) stands in no list"
            )
            return text, self._settles.subscription(scope)
        wanted = doubt.unread or AccessList.ROLE_ASSIGNMENTS
        text = f"{wanted.value} were not read for {self._wording.place(scope)}"
        return text, self._settles.unread(wanted, scope)


_BY_REASON: Mapping[Reason, Callable[[DoubtWording, Doubt, Case], Said]] = {
    Reason.CONDITION_UNDETERMINED: DoubtWording._condition,  # noqa: SLF001 - the class's own table
    Reason.SCOPE_UNKNOWN: DoubtWording._scope,  # noqa: SLF001
    Reason.SCOPE_CREATED_HERE: DoubtWording._created,  # noqa: SLF001
    Reason.GROUPS_UNKNOWN: DoubtWording._groups,  # noqa: SLF001
    Reason.HIERARCHY_UNKNOWN: DoubtWording._hierarchy,  # noqa: SLF001
    Reason.ROLE_DEFINITION_MISSING: DoubtWording._definition,  # noqa: SLF001
    Reason.PATTERN_UNSUPPORTED: DoubtWording._pattern,  # noqa: SLF001
    Reason.WRONG_TENANT: DoubtWording._tenant,  # noqa: SLF001
    Reason.DELEGATED_ACCESS: DoubtWording._delegated,  # noqa: SLF001
}
