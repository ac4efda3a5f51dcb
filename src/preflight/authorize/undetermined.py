"""What keeps a requirement undecided, and what would settle it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from preflight.authorize.case import Case, Doubt
from preflight.authorize.doubt_wording import DoubtWording
from preflight.authorize.evidence import IndexedSnapshot, OwnRows
from preflight.authorize.options import AuthorizeOptions
from preflight.authorize.settles import Settles
from preflight.authorize.wording import Wording
from preflight.model.access import SUBSCRIPTIONS, AccessList, Unreadable
from preflight.model.decision import Decision, Reason, Verdict
from preflight.model.scope import Scope
from preflight.model.truth import Truth

ORDER: tuple[Reason, ...] = (
    Reason.WRONG_TENANT,
    Reason.DELEGATED_ACCESS,
    Reason.CONDITION_UNDETERMINED,
    Reason.SCOPE_UNKNOWN,
    Reason.SCOPE_CREATED_HERE,
    Reason.GROUPS_UNKNOWN,
    Reason.HIERARCHY_UNKNOWN,
    Reason.ROLE_DEFINITION_MISSING,
    Reason.PATTERN_UNSUPPORTED,
    Reason.EVIDENCE_UNREADABLE,
)
"""Of several doubts the first of these is the reason: what a single row leaves open comes before
a list that was not read."""


MAXIMUM_ROWS = 20
"""Rows that one undetermined decision names; more would settle nothing more."""


class Doubts:
    """Finds what is not known and whether it could change the verdict."""

    def __init__(
        self,
        indexed: IndexedSnapshot,
        own: OwnRows,
        options: AuthorizeOptions,
        wording: Wording,
    ) -> None:
        """Keep what is asked."""
        self._own = own
        self._snapshot = indexed.snapshot
        self._principal = own.principal
        self._options = options
        self._words = DoubtWording(indexed.snapshot, own.principal, wording)

    def of_allowing(self, case: Case) -> Decision | None:
        """Return the decision where a grant stands but something may override it."""
        doubts = [
            Doubt(row.reason or Reason.EVIDENCE_UNREADABLE, (row.row,), blocking=row.blocking)
            for row in case.denies
            if row.truth is Truth.UNKNOWN
        ]
        foreign = self.foreign(case)
        if foreign is not None:
            doubts.append(Doubt(foreign))
        if case.unread_denies is not None:
            doubts.append(Doubt(case.unread_denies, unread=AccessList.DENY_ASSIGNMENTS))
        if any(row.truth is Truth.UNKNOWN for row in case.locks):
            rows = tuple(row.lock for row in case.locks if row.truth is Truth.UNKNOWN)
            doubts.append(Doubt(Reason.SCOPE_UNKNOWN, rows))
        if doubts:
            return self._undetermined(case, doubts)
        age, limit = self._options.evidence_age, self._options.max_evidence_age
        if age is not None and age > limit:
            settle = Settles.stale(age, limit)
            return Decision(
                requirement=case.requirement,
                verdict=Verdict.UNDETERMINED,
                reason=Reason.EVIDENCE_STALE,
                evidence=tuple(row.row for row in case.seen),
                detail=f"the evidence is {age.days} days old",
                settle=settle,
            )
        return None

    def of_denying(self, case: Case) -> Decision | None:
        """Return the decision where nothing certainly grants but something may."""
        doubts = list(self._doubts_of_denying(case))
        return self._undetermined(case, doubts) if doubts else None

    def _doubts_of_denying(self, case: Case) -> Iterator[Doubt]:
        foreign = self.foreign(case)
        if foreign is not None:
            yield Doubt(foreign)
        elif self._tenant_unread(case):
            yield Doubt(Reason.EVIDENCE_UNREADABLE, tenant=True)
        for row in case.open:
            reason = row.reason or Reason.EVIDENCE_UNREADABLE
            yield Doubt(reason, (row.row,), weighed=row, blocking=row.blocking)
        for row in case.unread:
            yield Doubt(Reason.EVIDENCE_UNREADABLE, (row.row,), unread=AccessList.ROLE_ASSIGNMENTS)
        if case.rungs.created is not None:
            yield Doubt(Reason.SCOPE_CREATED_HERE)
        elif case.unread_grants is not None:
            yield Doubt(case.unread_grants, unread=AccessList.ROLE_ASSIGNMENTS)

    def foreign(self, case: Case) -> Reason | None:
        """Return why the lists of a subscription in another tenant decide nothing.

        Object IDs are those of one tenant, and delegated access (Azure Lighthouse) is not in the
        lists at all (Azure RBAC "List role assignments using REST", note). Whether all deny
        assignments are in them is not documented: so a grant that is seen decides nothing either.
        """
        subscription = self._snapshot.subscription(case.requirement.scope)
        mine = self._tenant()
        if subscription is None or subscription.tenant_id is None or mine is None:
            return None
        if subscription.tenant_id.lower() == mine:
            return None
        managing = {tenant.lower() for tenant in subscription.managed_by_tenants}
        return Reason.DELEGATED_ACCESS if mine in managing else Reason.WRONG_TENANT

    def _tenant_unread(self, case: Case) -> bool:
        """Whether nobody could tell whose subscription it is: access may be delegated there.

        A role assignment of one's own in it shows that it is the principal's tenant.
        """
        place = case.requirement.scope.subscription
        if place is None or place in self._own.subscriptions:
            return False
        reaching = [row.row for row in case.weighed if row.certain]
        reaching += [row.row.row for row in case.lacking if row.covers is Truth.TRUE]
        if any(row.scope != Scope.ROOT for row in reaching):
            return False
        return any(row.what == SUBSCRIPTIONS for row in self._failed_at(place))

    def _failed_at(self, place: Scope) -> Iterator[Unreadable]:
        return (row for row in self._snapshot.unreadable if row.scope == place)

    def _tenant(self) -> str | None:
        caller = self._snapshot.caller
        stated = self._options.tenant
        if stated is None and caller and caller.object_id == self._principal.object_id:
            stated = caller.tenant_id
        found = stated or self._snapshot.tenant_id
        return found.lower() if found else None

    def _undetermined(self, case: Case, doubts: Sequence[Doubt]) -> Decision:
        ranked = sorted(doubts, key=_rank)
        first = ranked[0]
        same = [row for doubt in ranked if doubt.reason is first.reason for row in doubt.rows]
        detail, settle = self._words.say(first, case)
        return Decision(
            requirement=case.requirement,
            verdict=Verdict.UNDETERMINED,
            reason=first.reason,
            evidence=tuple(same[:MAXIMUM_ROWS]),
            detail=detail,
            settle=settle,
        )


def _rank(doubt: Doubt) -> int:
    return ORDER.index(doubt.reason) if doubt.reason in ORDER else len(ORDER)
