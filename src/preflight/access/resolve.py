"""For whom it is decided when it is read live: the caller, or somebody who was named."""

from __future__ import annotations

from preflight.access.claims import Claims
from preflight.access.directory import GUID, Directory
from preflight.errors import AccessError, UsageError
from preflight.model.access import Principal, PrincipalType, principal_id

_HOW = "`az ad sp show --id APPLICATION-ID --query id` prints an application's object ID"


def caller_of(claims: Claims) -> Principal:
    """Return the caller as a principal; a user's token names the program that signed it in."""
    return Principal(
        object_id=claims.object_id,
        type=claims.type,
        app_id=None if claims.type is PrincipalType.USER else claims.app_id,
        display_name=claims.display_name,
    )


def live_principal(text: str | None, claims: Claims, directory: Directory) -> Principal:
    """Return who is meant: object ID, application ID or display name; without one the caller.

    Raises:
        AccessError: a name is not found, found twice, or nobody may look it up.
        UsageError: it is a group.
    """
    given = (text or "").strip()
    caller = caller_of(claims)
    if not given or given.lower() in {caller.object_id, (caller.app_id or "").lower()}:
        return caller
    found = (
        _by_guid(given, directory) if GUID.fullmatch(given) else _by_name(given, caller, directory)
    )
    if found.type in {PrincipalType.GROUP, PrincipalType.FOREIGN_GROUP}:
        raise UsageError(
            f"`{given}` is a group, and deciding for a group is not supported",
            help="name a member: a user, a service principal or a managed identity",
        )
    return found


def _by_guid(given: str, directory: Directory) -> Principal:
    """Look a GUID up; where nobody may, it counts as an object ID that nothing confirms."""
    try:
        found = directory.by_id(given.lower()) or directory.by_application(given.lower())
    except AccessError:
        return Principal(object_id=principal_id(given))
    if found is None:
        raise AccessError(
            f"`{given}` is in the directory neither as an object ID nor as an application ID",
            help=f"the deploying principal must be in the tenant of the subscription; {_HOW}",
        )
    return found


def _by_name(given: str, caller: Principal, directory: Directory) -> Principal:
    """Look a name up; where nobody may, the caller's own is known. A sign-in name has only one."""
    own = given.lower() == (caller.display_name or "").lower()
    if own and "@" in given:
        return caller
    try:
        found = directory.named(given)
    except AccessError as error:
        if own:
            return caller
        raise AccessError(
            f"`{given}` cannot be looked up: {error.message}",
            help=f"give the object ID instead; {_HOW}",
        ) from error
    if len(found) != 1:
        shown = ", ".join(row.object_id for row in found[:5])
        count = f"{len(found)} principals" if found else "nobody"
        raise AccessError(
            f"`{given}` names {count} of the directory",
            help=f"give the object ID{': ' + shown if shown else '; ' + _HOW}",
        )
    return found[0]
