"""What decides access, read from Azure Resource Manager into the snapshot that a file gives.

Calls grow with subscriptions and management groups, not with resources; they run side by side
and are collected before anything is judged. What a subscription refuses is asked once more at
its resource groups and linked resources. Nothing is ever written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeVar

from preflight.access.ancestry import Ancestry
from preflight.access.asker import Asker
from preflight.access.assemble import (
    Rows,
    coverage,
    lockless,
    read_rows,
    remarks,
    timed_notes,
    unreadable,
)
from preflight.access.calls import Question
from preflight.access.directory import Directory
from preflight.access.doubts import doubts_of
from preflight.access.failures import READER_ROLE, CallFailed
from preflight.access.items import Item
from preflight.access.membership import Membership, membership_of
from preflight.access.proof import Holds, Rights, never
from preflight.access.readings import Answer, Reading, narrower, readings_for
from preflight.access.resolve import caller_of
from preflight.access.rows import permission
from preflight.access.session import Session
from preflight.access.surroundings import Around, Surroundings
from preflight.access.wanted import Wanted
from preflight.access.witness import witnessed
from preflight.errors import AccessError, Forbidden
from preflight.model.access import (
    AccessList,
    AccessSnapshot,
    ActiveSchedule,
    Caller,
    Principal,
    Reach,
    RoleEligibility,
    Subscription,
)
from preflight.model.role import Permission, role_id
from preflight.model.scope import Scope

_Timed = TypeVar("_Timed", RoleEligibility, ActiveSchedule)
_NARROWED = (
    AccessList.ROLE_ASSIGNMENTS,
    AccessList.ROLE_DEFINITIONS,
    AccessList.DENY_ASSIGNMENTS,
    AccessList.LOCKS,
)
"""Lists that are asked for at narrower scopes where the subscription refuses."""
MAXIMUM_BY_ID = 50
"""Role definitions that are asked for one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What has been read so far."""

    answers: tuple[Answer, ...] = ()
    rows: Rows = field(default_factory=Rows)
    permissions: dict[Scope, tuple[Permission, ...]]


class Collector:
    """Reads for one principal; `caller` of the session is who reads."""

    def __init__(
        self, session: Session, principal: Principal, wanted: Wanted, *, holds: Holds = never
    ) -> None:
        """Keep what is asked; nothing is sent yet. `holds` evaluates the reader's conditions."""
        self._holds = holds
        self._session = session
        self._principal = principal
        self._wanted = wanted
        self._reader = session.signed_in.claims.object_id
        self._mine = principal.object_id == self._reader
        self._asker = Asker(session)
        self._surroundings = Surroundings(self._asker, wanted)
        self.answers: tuple[Answer, ...] = ()

    def collect(self) -> AccessSnapshot:
        """Return what decides access, as far as it can be read, and what could not be.

        Raises:
            AccessError: no role assignments could be read at all.
        """
        self._collected_at = datetime.now(UTC).replace(microsecond=0)
        readings = readings_for(self._wanted, self._principal.object_id, self._reader)
        answers, told = self._asker.read(tuple(readings), self._surroundings.tasks())
        seen = self._proven(_Seen(answers=answers, permissions={}))
        seen = self._narrowed(seen)
        around = self._surroundings.read(told)
        seen = self._missing_definitions(seen)
        self.answers = seen.answers
        self._refuse_if_blind(seen, around)
        return self._assembled(seen, around)

    # --- proving ------------------------------------------------------------------------------

    def _proven(self, seen: _Seen) -> _Seen:
        """Say of each answer whether an empty one would mean none."""
        rows, answers = read_rows(seen.answers)
        seen = _Seen(answers=answers, rows=rows, permissions=seen.permissions)
        rights = self._rights(seen)
        unproven = [answer for answer in answers if not _holds(rights, answer)]
        doubted = {answer.reading.scope for answer in unproven if self._worth_asking(answer)}
        permissions = self.permissions(doubted - seen.permissions.keys())
        seen = replace(seen, permissions={**seen.permissions, **permissions})
        rights = self._rights(seen)
        doubts = doubts_of(rights, answers)
        proven = tuple(
            replace(row, proven=_holds(rights, row) and not doubts.touch(row)) for row in answers
        )
        return replace(seen, answers=proven)

    def _worth_asking(self, answer: Answer) -> bool:
        """Whether the Permissions API could prove an answer, or stand in for a refused one."""
        if answer.error is None:
            return answer.barred is None
        refused = isinstance(answer.error, CallFailed) and answer.error.refused
        return refused and self._mine and answer.reading.list is AccessList.ROLE_ASSIGNMENTS

    def _rights(self, seen: _Seen) -> Rights:
        held = tuple((at, row) for who, at, row in seen.rows.asked_for if who == self._reader)
        return Rights(
            reader=self._reader,
            held=held,
            roles={row.id: row for row in seen.rows.role_definitions},
            denies=seen.rows.deny_assignments,
            permissions=seen.permissions,
            holds=self._holds,
        )

    def permissions(self, scopes: Iterable[Scope]) -> dict[Scope, tuple[Permission, ...]]:
        """Ask what the caller holds at scopes; a refusal tells nothing."""
        places = sorted(scopes, key=lambda scope: scope.folded)
        found = self._asker.ask([self._asker.rows(permissions_question(row)) for row in places])
        return {
            place: blocks
            for place, got in zip(places, found, strict=True)
            if not isinstance(got, AccessError) and (blocks := _blocks(got)) is not None
        }

    # --- narrower, and by ID ------------------------------------------------------------------

    def _narrowed(self, seen: _Seen) -> _Seen:
        """Ask again at resource groups, then at linked resources, where the wider was refused."""
        seen = self._again(seen, self._wanted.subscriptions, self._wanted.groups)
        groups = [
            group for place in self._wanted.subscriptions for group in self._wanted.groups(place)
        ]
        return self._again(seen, groups, self._wanted.linked_in)

    def _again(
        self, seen: _Seen, wide: Iterable[Scope], below: Callable[[Scope], Iterable[Scope]]
    ) -> _Seen:
        readings: list[Reading] = []
        for place in wide:
            there = [row for row in seen.answers if row.reading.scope == place]
            refused = [
                row.reading
                for row in there
                if not row.counts and row.reading.list in _NARROWED and _refused(row)
            ]
            readings += [narrower(row, scope) for scope in below(place) for row in refused]
        if not readings:
            return seen
        answers = (*seen.answers, *self._asker.read(readings)[0])
        return self._proven(_Seen(answers=answers, permissions=seen.permissions))

    def _missing_definitions(self, seen: _Seen) -> _Seen:
        """Ask by ID for the role definitions that no list had."""
        known = {row.id for row in seen.rows.role_definitions}
        wanted = {
            role_id(identifier): identifier
            for answer in seen.answers
            if answer.reading.list is AccessList.ROLE_ASSIGNMENTS
            and answer.reading.principal is not None
            for item in answer.items
            if role_id(identifier := item.text("roleDefinitionId")) not in known
        }
        asked = list(wanted.values())[:MAXIMUM_BY_ID]
        questions = [Question(path=_rooted(row), kind="roleDefinitions") for row in asked]
        found = self._asker.ask([self._asker.one(question) for question in questions])
        reading = Reading(list=AccessList.ROLE_DEFINITIONS, scope=Scope.ROOT, reach=Reach.AT)
        items = tuple(item for got in found if not isinstance(got, AccessError) for item in got)
        if not items:
            return seen
        more = Answer(reading=reading, items=items)
        return self._proven(_Seen(answers=(*seen.answers, more), permissions=seen.permissions))

    # --- the snapshot -------------------------------------------------------------------------

    def _refuse_if_blind(self, seen: _Seen, around: Around) -> None:
        """Raise where no role assignments could be read: then nothing can be decided."""
        tenant = self._session.signed_in.claims.tenant_id
        if any(row.tenant_id and row.tenant_id.lower() != tenant for row in around.subscriptions):
            return
        asked = [row for row in seen.answers if row.reading.list is AccessList.ROLE_ASSIGNMENTS]
        if not asked or any(row.counts for row in asked):
            return
        error = next((row.error for row in asked if row.error is not None), None)
        if error is not None:
            raise error
        raise Forbidden(
            f"the role assignments at {asked[0].reading.scope.text} were answered, but nothing "
            "shows that the identity that runs the gate may read them",
            help=READER_ROLE,
        )

    def _assembled(self, seen: _Seen, around: Around) -> AccessSnapshot:
        rows, below = seen.rows, self._wanted.below
        subscriptions = tuple(_placed(row, rows, around.ancestry) for row in around.subscriptions)
        places = (*self._wanted.subscriptions, *self._wanted.above)
        witness = witnessed(seen.answers, seen.permissions, self._principal if self._mine else None)
        membership = self._membership(rows)
        claims = self._session.signed_in.claims
        read = {answer.reading.scope for answer in seen.answers if answer.error is None}
        return AccessSnapshot(
            collected_at=self._collected_at,
            cloud=self._session.signed_in.cloud.name,
            tenant_id=claims.tenant_id,
            scopes=tuple(place for place in places if place in read),
            management_groups=tuple(around.ancestry.groups.values()),
            subscriptions=subscriptions,
            caller=Caller(
                object_id=claims.object_id,
                tenant_id=claims.tenant_id,
                token_issued_at=claims.issued_at,
                credential=self._session.signed_in.label,
                interactive=self._session.signed_in.interactive,
            ),
            principals=self._principals(membership),
            role_definitions=(*rows.role_definitions, *witness.definitions) or None,
            role_assignments=(*rows.role_assignments, *witness.assignments),
            deny_assignments=rows.deny_assignments,
            eligibilities=self._looked_at(rows.eligibilities),
            schedules=self._looked_at(rows.schedules),
            locks=rows.locks,
            providers=rows.providers,
            resources=rows.resources,
            coverage=(
                *coverage(seen.answers, below),
                *lockless((*self._wanted.above, *self._wanted.passed), below),
                *witness.coverage,
            ),
            unreadable=(*unreadable(seen.answers), *around.failures),
            live=True,
            calls=len(self._session.log.calls),
            remarks=remarks(seen.answers, subscriptions),
            notes=timed_notes(seen.answers),
            warnings=(*self._session.signed_in.warnings, *rows.contradictions),
        )

    def _looked_at(self, rows: tuple[_Timed, ...]) -> tuple[_Timed, ...]:
        """Leave out what is in subscriptions that nobody asked about."""
        asked = {None, *self._wanted.subscriptions}
        return tuple(row for row in rows if row.scope.subscription in asked)

    def _membership(self, rows: Rows) -> Membership:
        whose = self._principal.object_id
        listed = [row for who, _, row in rows.asked_for if who == whose]
        directory = Directory(self._session.graph)
        return membership_of(whose, listed, rows.deny_assignments, directory.groups_of)

    def _principals(self, membership: Membership) -> tuple[Principal, ...]:
        subject = replace(
            self._principal,
            member_of=membership.groups,
            unknown_groups=membership.unknown,
            groups_complete=membership.complete,
        )
        if self._mine:
            return (subject,)
        return subject, caller_of(self._session.signed_in.claims)


def _placed(row: Subscription, rows: Rows, ancestry: Ancestry) -> Subscription:
    seen = sorted((group for place, group in rows.above if place == row.id), key=_folded)
    return replace(row, management_group=ancestry.parents.get(row.id), inherits_from=tuple(seen))


def permissions_question(scope: Scope) -> Question:
    """Return the question for what the caller holds at a scope."""
    at = "" if scope == Scope.ROOT else scope.text
    return Question(path=f"{at}/providers/Microsoft.Authorization/permissions", kind="permissions")


def _blocks(items: Iterable[Item]) -> tuple[Permission, ...] | None:
    try:
        return tuple(permission(item) for item in items)
    except AccessError:
        return None


def _holds(rights: Rights, answer: Answer) -> bool:
    reading = answer.reading
    if answer.error is not None or answer.barred is not None:
        return False
    if reading.lists_everything:
        return rights.read_everything(reading.scope)
    return reading.needs_no_right or rights.prove(reading.action, reading.scope)


def _refused(answer: Answer) -> bool:
    """Whether a narrower question may be answered: where the place is there, and said no."""
    error = answer.error
    return error is None or (isinstance(error, CallFailed) and error.status in {401, 403})


def _rooted(identifier: str) -> str:
    return "/" + identifier.strip().strip("/")


def _folded(scope: Scope) -> str:
    return scope.folded
