"""Who is meant: object ID, application ID or display name → one principal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from preflight.errors import AccessError, UsageError
from preflight.model.access import (
    AccessSnapshot,
    Principal,
    PrincipalId,
    PrincipalType,
    principal_id,
)
from preflight.model.report import Subject

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_NAMED = 5
_WHERE = "`az ad sp show --id APPLICATION-ID --query id` prints the object ID"


def resolve_principal(snapshot: AccessSnapshot, text: str | None) -> Subject:
    """Find the principal for which to decide.

    A GUID that is not listed is an object ID with unknown groups. Without `text`, the only
    principal that the evidence names, else its caller.

    Raises:
        AccessError: a name is not found, or found twice.
        UsageError: nobody is named, or only an application ID is known.
    """
    if text is None or not text.strip():
        return _subject(snapshot, _default(snapshot))
    given = text.strip()
    if _GUID.fullmatch(given):
        return _by_guid(snapshot, given)
    wanted = given.lower()
    found = [row for row in snapshot.principals if (row.display_name or "").lower() == wanted]
    return _translated(snapshot, given, _only(found, f"`{given}`"))


def _default(snapshot: AccessSnapshot) -> Principal:
    people = [row for row in snapshot.principals if row.type is not PrincipalType.GROUP]
    if len(people) == 1 and people[0].object_id:
        return people[0]
    caller = snapshot.caller.object_id if snapshot.caller else None
    if caller is not None:
        return _listed(snapshot, caller) or _unlisted(snapshot, caller)
    names = ", ".join(_label(row) for row in people[:_NAMED])
    more = f" and {len(people) - _NAMED} more" if len(people) > _NAMED else ""
    known = f": the evidence names {names}{more}" if names else ""
    raise UsageError("nothing says for whom to decide", help=f"say it with `--principal ID`{known}")


def _by_guid(snapshot: AccessSnapshot, given: str) -> Subject:
    wanted = principal_id(given)
    listed = _listed(snapshot, wanted)
    if listed is not None:
        return _subject(snapshot, listed)
    applications = [row for row in snapshot.principals if (row.app_id or "").lower() == wanted]
    if not applications:
        return _subject(snapshot, _unlisted(snapshot, wanted))
    return _translated(snapshot, given, _only(applications, f"application ID `{given}`"))


def _translated(snapshot: AccessSnapshot, given: str, found: Principal) -> Subject:
    if not found.object_id:
        raise UsageError(
            f"`{given}` is known to the evidence by its application ID only",
            help=f"role assignments bind object IDs; {_WHERE}",
        )
    return _subject(snapshot, found, given)


def _only(found: Sequence[Principal], what: str) -> Principal:
    if not found:
        raise AccessError(
            f"{what} is no principal that the evidence knows", help="give its object ID"
        )
    if len(found) > 1:
        identifiers = ", ".join(row.object_id or "an application ID" for row in found[:_NAMED])
        raise AccessError(
            f"{what} names {len(found)} principals of the evidence",
            help=f"give the object ID: {identifiers}",
        )
    return found[0]


def _listed(snapshot: AccessSnapshot, wanted: PrincipalId) -> Principal | None:
    return snapshot.principals_by_id.get(wanted)


def _unlisted(snapshot: AccessSnapshot, wanted: PrincipalId) -> Principal:
    """Return an object ID of which only rows tell: its groups are not known."""
    kinds = {kind for kind in _types(snapshot, wanted) if kind is not PrincipalType.UNKNOWN}
    kind = kinds.pop() if len(kinds) == 1 else PrincipalType.UNKNOWN
    return Principal(object_id=wanted, type=kind)


def _types(snapshot: AccessSnapshot, wanted: PrincipalId) -> Iterator[PrincipalType]:
    for assignment in snapshot.role_assignments or ():
        if assignment.principal == wanted:
            yield assignment.principal_type
    for eligibility in snapshot.eligibilities or ():
        if eligibility.principal == wanted:
            yield eligibility.principal_type


def _confirmed(snapshot: AccessSnapshot, wanted: PrincipalId) -> bool:
    """Whether anything in the evidence shows that this is an object ID."""
    caller = snapshot.caller.object_id if snapshot.caller else None
    if wanted == caller or wanted in snapshot.principals_by_id:
        return True
    if any(True for _ in _types(snapshot, wanted)):
        return True
    if any(wanted in row.principals | row.excluded for row in snapshot.deny_assignments or ()):
        return True
    return any(wanted in (row.member_of or ()) for row in snapshot.principals)


def _subject(
    snapshot: AccessSnapshot, principal: Principal, translated_from: str | None = None
) -> Subject:
    caller = snapshot.caller
    reader = caller.object_id if caller else None
    other = reader if reader != principal.object_id else None
    listed = _listed(snapshot, other) if other else None
    return Subject(
        principal=_transitive(snapshot, principal),
        confirmed=_confirmed(snapshot, principal.object_id),
        read_by=_label(listed) if listed else other,
        translated_from=translated_from,
        tenant=snapshot.tenant_id or (caller.tenant_id if caller else None),
    )


def _transitive(snapshot: AccessSnapshot, principal: Principal) -> Principal:
    """Add the groups of a principal's groups, as far as the evidence lists them.

    Azure RBAC counts nested groups ("Azure RBAC overview", groups).
    """
    if principal.member_of is None:
        return principal
    found: set[PrincipalId] = set()
    waiting = set(principal.member_of)
    while waiting:
        group = waiting.pop()
        found.add(group)
        listed = _listed(snapshot, group)
        waiting |= (listed.member_of or frozenset()) - found if listed else frozenset()
    return replace(principal, member_of=frozenset(found))


def _label(principal: Principal) -> str:
    return principal.display_name or principal.object_id or principal.app_id or "?"
