"""Answers → the same snapshot that a file gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from preflight.access import merge_rows, rows
from preflight.access.failures import CallFailed
from preflight.access.items import Item
from preflight.access.readings import TIMED, Answer
from preflight.errors import AccessError
from preflight.model.access import (
    AccessList,
    ActiveSchedule,
    Coverage,
    DenyAssignment,
    Lock,
    PrincipalId,
    PrincipalType,
    ProviderRegistration,
    Reach,
    RoleAssignment,
    RoleEligibility,
    Subscription,
    Unreadable,
)
from preflight.model.role import RoleDefinition, role_id
from preflight.model.scope import Scope, ScopeKind
from preflight.model.value import JsonValue

_Row = TypeVar("_Row")
UNPROVEN = "answered, but nothing shows that the identity may read it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Every row that was read, of all answers of one round."""

    role_assignments: tuple[RoleAssignment, ...] = ()
    role_definitions: tuple[RoleDefinition, ...] = ()
    deny_assignments: tuple[DenyAssignment, ...] = ()
    eligibilities: tuple[RoleEligibility, ...] = ()
    schedules: tuple[ActiveSchedule, ...] = ()
    locks: tuple[Lock, ...] = ()
    providers: tuple[ProviderRegistration, ...] = ()
    resources: tuple[Scope, ...] = ()
    asked_for: tuple[tuple[PrincipalId, Scope, RoleAssignment], ...] = ()
    """Role assignments that Azure itself says are a principal's: (whose, listed at, row)."""
    contradictions: tuple[tuple[str, str], ...] = ()
    above: frozenset[tuple[Scope, Scope]] = frozenset()
    """(subscription, management group that its own answers name: it is above it)."""


def read_rows(answers: Sequence[Answer]) -> tuple[Rows, tuple[Answer, ...]]:
    """Read every row; return them, and the answers with what could not be read as an error."""
    checked: list[Answer] = []
    found: dict[AccessList, list[object]] = {wanted: [] for wanted in AccessList}
    asked: list[tuple[PrincipalId, Scope, RoleAssignment]] = []
    above: set[tuple[Scope, Scope]] = set()
    definitions = _Definitions()
    for answer in answers:
        wanted = answer.reading.list
        try:
            if wanted is AccessList.ROLE_DEFINITIONS:
                definitions.add(answer.items)
                parsed: list[object] = []
            else:
                parsed = [_READ[wanted](item) for item in answer.items]
                _refuse_strangers(answer, parsed)
                parsed = [_own(row, answer.reading.principal) for row in parsed]
        except AccessError as error:
            checked.append(replace(answer, items=(), error=error))
            continue
        checked.append(answer)
        found[wanted] += [row for row in parsed if row is not None]
        above |= _above(answer.reading.scope, parsed)
        whose = answer.reading.principal
        if wanted is AccessList.ROLE_ASSIGNMENTS and whose is not None:
            listed = (row for row in parsed if isinstance(row, RoleAssignment))
            asked += [(whose, answer.reading.scope, row) for row in listed]
    roles, contradictions = definitions.read()
    return (
        Rows(
            role_assignments=_assignments(_of(found[AccessList.ROLE_ASSIGNMENTS], RoleAssignment)),
            role_definitions=roles,
            deny_assignments=_of(found[AccessList.DENY_ASSIGNMENTS], DenyAssignment),
            eligibilities=_of(found[AccessList.ELIGIBILITIES], RoleEligibility),
            schedules=_of(found[AccessList.SCHEDULES], ActiveSchedule),
            locks=_of(found[AccessList.LOCKS], Lock),
            providers=_of(found[AccessList.PROVIDERS], ProviderRegistration),
            resources=_of(found[AccessList.RESOURCES], Scope),
            asked_for=tuple(asked),
            contradictions=contradictions,
            above=frozenset(above),
        ),
        tuple(checked),
    )


_READ: dict[AccessList, Callable[[Item], object]] = {
    AccessList.ROLE_ASSIGNMENTS: rows.role_assignment,
    AccessList.DENY_ASSIGNMENTS: rows.deny_assignment,
    AccessList.ELIGIBILITIES: rows.role_eligibility,
    AccessList.SCHEDULES: rows.active_schedule,
    AccessList.LOCKS: rows.lock,
    AccessList.PROVIDERS: rows.provider,
    AccessList.RESOURCES: rows.resource,
}


def _own(row: object, whose: PrincipalId | None) -> object:
    """Return an eligibility as the principal's for whom it was listed.

    It may come through a group that the principal could only join: so it never makes it a member
    of that group, whose other roles would count as granted.
    """
    if not isinstance(row, RoleEligibility) or whose is None or row.principal == whose:
        return row
    return replace(row, principal=whose, principal_type=PrincipalType.UNKNOWN)


def _refuse_strangers(answer: Answer, parsed: Iterable[object]) -> None:
    """Refuse an answer about one principal that holds rows of another one that is no group.

    A row of a group proves that the principal is in it; one of somebody else proves nothing.
    """
    whose = answer.reading.principal
    if whose is None or answer.reading.list is not AccessList.ROLE_ASSIGNMENTS:
        return
    for row in parsed:
        if not isinstance(row, RoleAssignment) or row.principal == whose:
            continue
        if not row.principal_type.may_be_group:
            raise AccessError("the answer about one principal holds rows of another one")


def _above(listed: Scope, found: Iterable[object]) -> set[tuple[Scope, Scope]]:
    place = listed.subscription
    kinds = (RoleAssignment, DenyAssignment, RoleEligibility, ActiveSchedule)
    scopes = (row.scope for row in found if isinstance(row, kinds))
    groups = {scope for scope in scopes if scope.kind is ScopeKind.MANAGEMENT_GROUP}
    return {(place, group) for group in groups} if place is not None else set()


def _of(found: Iterable[object], kind: type[_Row]) -> tuple[_Row, ...]:
    return tuple(dict.fromkeys(row for row in found if isinstance(row, kind)))


def _assignments(found: tuple[RoleAssignment, ...]) -> tuple[RoleAssignment, ...]:
    return merge_rows.role_assignments([found]) or ()


class _Definitions:
    """Role definitions of many answers: the built-in ones come with each, so read each once."""

    def __init__(self) -> None:
        self._seen: dict[str, list[JsonValue]] = {}
        self._found: list[RoleDefinition] = []

    def add(self, items: Iterable[Item]) -> None:
        for item in items:
            guid = role_id(item.text("id"))
            properties = item.value.get("properties") if isinstance(item.value, dict) else None
            known = self._seen.setdefault(guid, [])
            if properties not in known:
                self._found.append(rows.role_definition(item))
                known.append(properties)

    def read(self) -> tuple[tuple[RoleDefinition, ...], tuple[tuple[str, str], ...]]:
        found, warnings = merge_rows.role_definitions([tuple(self._found)])
        return found or (), warnings


def coverage(
    answers: Iterable[Answer], below: Callable[[Scope], Iterable[Scope]]
) -> tuple[Coverage, ...]:
    """Return what the answers cover; `below` gives the targets at a management group or `/`.

    Nothing is assigned to a deployment that does not exist yet: what was read at a management
    group was read for what is about to be put there.
    """
    return tuple(dict.fromkeys(_coverage(answers, below)))


def _coverage(
    answers: Iterable[Answer], below: Callable[[Scope], Iterable[Scope]]
) -> Iterator[Coverage]:
    for answer in answers:
        if answer.error is not None:
            continue
        reading = answer.reading
        places = [reading.scope]
        if reading.scope.subscription is None:
            places += below(reading.scope)
        for place in places:
            yield Coverage(
                list=reading.list,
                scope=place,
                reach=reading.reach,
                principal=reading.principal,
                read_proven=answer.proven,
            )


def lockless(
    above: Iterable[Scope], below: Callable[[Scope], Iterable[Scope]]
) -> tuple[Coverage, ...]:
    """Return what needs no reading: no lock can stand at a management group or at `/`."""
    places = [place for top in above for place in (top, *below(top))]
    return tuple(
        Coverage(list=wanted, scope=place, reach=Reach.AT_ABOVE)
        for place in places
        for wanted in (AccessList.LOCKS, AccessList.PROVIDERS)
    )


def unreadable(answers: Iterable[Answer]) -> tuple[Unreadable, ...]:
    """Return what could not be read, or is not proven, once per list, scope and principal."""
    found: dict[tuple[AccessList, Scope, PrincipalId | None], Unreadable] = {}
    for answer in answers:
        reading = answer.reading
        key = (reading.list, reading.scope, reading.principal)
        if answer.counts or reading.list in TIMED or key in found:
            continue
        everybody = reading.list is AccessList.ROLE_ASSIGNMENTS and reading.principal is None
        said = f"everybody's: {_said(answer)}" if everybody else _said(answer)
        found[key] = Unreadable(what=reading.list.value, scope=reading.scope, error=said)
    return tuple(dict.fromkeys(found.values()))


def _said(answer: Answer) -> str:
    if answer.error is not None:
        return _short(answer.error)
    if answer.barred is not None:
        return f"{UNPROVEN} (one asked for by its ID: {_short(answer.barred)})"
    return UNPROVEN


def _short(error: AccessError) -> str:
    return error.short if isinstance(error, CallFailed) else error.message


def timed_notes(answers: Iterable[Answer]) -> tuple[tuple[str, str], ...]:
    """Return a note where Privileged Identity Management did not answer: no verdict hangs on it."""
    failed = [row for row in answers if row.reading.list in TIMED and row.error is not None]
    if not failed:
        return ()
    places = ", ".join(dict.fromkeys(row.reading.scope.text for row in failed))
    said = _said(failed[0])
    text = f"eligible and time-limited roles at {places} could not be read ({said})"
    return (("pim-unread", text),)


def remarks(answers: Iterable[Answer], places: Sequence[Subscription]) -> tuple[str, ...]:
    """Return how it was read: who resolved the groups, and where deny assignments were seen."""
    read: dict[Scope, bool] = {}
    for answer in answers:
        scope = answer.reading.scope
        if answer.reading.list is AccessList.DENY_ASSIGNMENTS and scope == scope.subscription:
            read[scope] = answer.counts
    names = {row.id: row.display_name or row.id.name for row in places}
    if all(read.values()):
        return ("groups by Azure", "denies read")
    said = (f"{names.get(at, at.name)} {'yes' if yes else 'NO'}" for at, yes in read.items())
    return ("groups by Azure", f"denies read: {', '.join(said)}")
