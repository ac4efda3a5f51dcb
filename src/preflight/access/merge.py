"""Several files of evidence → one snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from preflight.access import merge_rows
from preflight.access.part import Part
from preflight.errors import AccessError
from preflight.model.access import (
    AccessList,
    AccessSnapshot,
    Caller,
    Coverage,
    Reach,
    RoleAssignment,
    Subscription,
    Unreadable,
)
from preflight.model.naming import one_line
from preflight.model.scope import Scope, ScopeKind
from preflight.model.truth import Truth
from preflight.model.value import JsonValue

MAX_UNKNOWN = 10
"""Members without a meaning that are named of each file."""
_ATTRIBUTES: Mapping[AccessList, str] = {
    AccessList.ROLE_DEFINITIONS: "role_definitions",
    AccessList.ROLE_ASSIGNMENTS: "role_assignments",
    AccessList.DENY_ASSIGNMENTS: "deny_assignments",
    AccessList.ELIGIBILITIES: "eligibilities",
    AccessList.SCHEDULES: "schedules",
    AccessList.LOCKS: "locks",
    AccessList.PROVIDERS: "providers",
    AccessList.RESOURCES: "resources",
}


def merge(parts: Sequence[Part]) -> AccessSnapshot:
    """Join the files; what they contradict each other about decides nothing.

    Raises:
        AccessError: they are of different clouds or tenants, or a role assignment stands in
            them twice with different content, or in one and not in another that was read there.
    """
    snapshots = [part.snapshot for part in parts]
    _refuse_revoked(parts)
    definitions, contradictions = merge_rows.role_definitions(
        [row.role_definitions for row in snapshots]
    )
    subscriptions = [row for part in parts for row in _subscriptions(part)]
    return AccessSnapshot(
        collected_at=_collected_at(snapshots),
        cloud=_cloud(parts),
        tenant_id=_one(snapshots, lambda row: row.tenant_id, "tenants"),
        scopes=tuple(dict.fromkeys(scope for row in snapshots for scope in row.scopes)),
        management_groups=merge_rows.management_groups(
            row for snapshot in snapshots for row in snapshot.management_groups
        ),
        subscriptions=merge_rows.subscriptions(subscriptions),
        caller=_caller(snapshots),
        principals=merge_rows.principals(snapshots),
        role_definitions=definitions,
        role_assignments=merge_rows.role_assignments([row.role_assignments for row in snapshots]),
        deny_assignments=merge_rows.joined([row.deny_assignments for row in snapshots]),
        eligibilities=merge_rows.joined([row.eligibilities for row in snapshots]),
        schedules=merge_rows.joined([row.schedules for row in snapshots]),
        locks=merge_rows.joined([row.locks for row in snapshots]),
        providers=merge_rows.joined([row.providers for row in snapshots]),
        resources=merge_rows.joined([row.resources for row in snapshots]),
        coverage=_coverage(parts),
        unreadable=tuple(_unreadable(snapshots)),
        policies=_policies(snapshots),
        files=tuple(name for snapshot in snapshots for name in snapshot.files),
        warnings=(*_warnings(parts), *contradictions),
    )


def _refuse_revoked(parts: Sequence[Part]) -> None:
    """Refuse a role assignment that a whole snapshot of another time no longer has.

    A grant that was taken away between the two would count for ever.
    """
    whole = [part.snapshot for part in parts if not part.bare]
    held = [{row.id.lower() for row in one.role_assignments or ()} for one in whole]
    for index, one in enumerate(whole):
        entries = [row for row in _entries(one) if row.list is AccessList.ROLE_ASSIGNMENTS]
        for other in whole if entries else ():
            for row in other.role_assignments or ():
                if row.id.lower() not in held[index] and _would_list(entries, row):
                    raise AccessError(
                        f"the role assignment `{one_line(row.id)}` stands in "
                        f"`{one_line(', '.join(other.files))}` and not in "
                        f"`{one_line(', '.join(one.files))}`, which was read at its scope",
                        help="give evidence that was collected at one time",
                    )


def _would_list(entries: Sequence[Coverage], row: RoleAssignment) -> bool:
    """Whether one of these readings would have found a role assignment."""
    return any(
        entry.read_proven
        and entry.principal in {None, row.principal}
        and (
            entry.scope == row.scope
            or (entry.reach is not Reach.AT and row.scope.covers(entry.scope) is Truth.TRUE)
            or (entry.reach is Reach.AT_ABOVE_BELOW and entry.scope.covers(row.scope) is Truth.TRUE)
        )
        for entry in entries
    )


def _collected_at(snapshots: Sequence[AccessSnapshot]) -> datetime | None:
    """Return the oldest time; None as soon as one file does not say when it was collected."""
    known = [row.collected_at for row in snapshots if row.collected_at is not None]
    return min(known) if known and len(known) == len(snapshots) else None


def _cloud(parts: Sequence[Part]) -> str:
    whole = [part.snapshot for part in parts if not part.bare]
    return _one(whole, lambda row: row.cloud, "clouds") or "AzureCloud"


def _one(
    snapshots: Sequence[AccessSnapshot], read: Callable[[AccessSnapshot], str | None], what: str
) -> str | None:
    """Return what all files say that say anything."""
    found = {value.lower(): value for row in snapshots if (value := read(row)) is not None}
    if len(found) > 1:
        raise AccessError(
            f"the files are of different {what}: {', '.join(sorted(found.values()))}",
            help="give the evidence of one tenant only",
        )
    return next(iter(found.values()), None)


def _caller(snapshots: Sequence[AccessSnapshot]) -> Caller | None:
    """Return who collected the evidence; None where several people did."""
    callers = list(dict.fromkeys(row.caller for row in snapshots if row.caller is not None))
    return callers[0] if len(callers) == 1 else None


def _policies(
    snapshots: Sequence[AccessSnapshot],
) -> dict[str, tuple[Mapping[str, JsonValue], ...]]:
    found: dict[str, tuple[Mapping[str, JsonValue], ...]] = defaultdict(tuple)
    for snapshot in snapshots:
        for name, rows in snapshot.policies.items():
            found[name] += rows
    return dict(found)


def _subscriptions(part: Part) -> tuple[Subscription, ...]:
    """Return the subscriptions of a part.

    Rows at management groups that a bare list holds apply to the subscription it was listed
    for: what a list answers is at or above its scope.
    """
    snapshot = part.snapshot
    place = snapshot.scopes[0].subscription if part.bare and snapshot.scopes else None
    if place is None:
        return snapshot.subscriptions
    scopes = [row.scope for row in snapshot.role_assignments or ()]
    scopes += [row.scope for row in snapshot.deny_assignments or ()]
    groups = dict.fromkeys(scope for scope in scopes if scope.kind is ScopeKind.MANAGEMENT_GROUP)
    return (Subscription(id=place, inherits_from=tuple(groups)),) if groups else ()


def _coverage(parts: Sequence[Part]) -> tuple[Coverage, ...] | None:
    """Return what was read by whom: None only for one whole snapshot that does not say."""
    if len(parts) == 1 and not parts[0].incomplete:
        return parts[0].snapshot.coverage
    return tuple(
        entry
        for part in parts
        for entry in _entries(part.snapshot)
        if entry.list not in part.incomplete
    )


def _entries(snapshot: AccessSnapshot) -> Iterator[Coverage]:
    """Yield what one file claims to have read."""
    if snapshot.coverage is not None:
        yield from (row for row in snapshot.coverage if _present(snapshot, row.list))
        return
    for wanted in AccessList:
        if not _present(snapshot, wanted):
            continue
        failed = [row.scope for row in snapshot.unreadable if _same(row.what, wanted)]
        for scope in snapshot.scopes:
            if not any(_above(place, scope) for place in failed):
                yield Coverage(list=wanted, scope=scope, reach=Reach.AT_ABOVE_BELOW)


def _above(place: Scope, scope: Scope) -> bool:
    """Whether what failed is above a scope; a management group may be above any subscription."""
    if place.kind is ScopeKind.MANAGEMENT_GROUP and scope.subscription is not None:
        return True
    return place.covers(scope) is Truth.TRUE


def _unreadable(snapshots: Sequence[AccessSnapshot]) -> Iterator[Unreadable]:
    """Yield what could not be read, without what another file read at that very scope."""
    for one in snapshots:
        read = {
            (entry.list.value.lower(), entry.scope)
            for other in snapshots
            if other is not one
            for entry in _entries(other)
            if entry.read_proven and entry.principal is None and entry.reach is not Reach.AT
        }
        yield from (row for row in one.unreadable if (row.what.lower(), row.scope) not in read)


def _present(snapshot: AccessSnapshot, wanted: AccessList) -> bool:
    return getattr(snapshot, _ATTRIBUTES[wanted]) is not None


def _same(what: str, wanted: AccessList) -> bool:
    return what.lower() == wanted.value.lower()


def _warnings(parts: Sequence[Part]) -> Iterator[tuple[str, str]]:
    for part in parts:
        name = ", ".join(part.snapshot.files)
        if part.snapshot.collected_at is None:
            yield "evidence-age-unknown", f"nothing says when `{name}` was collected"
        for wanted in sorted(part.incomplete):
            yield (
                "list-incomplete",
                f"`{name}` has only the first page of {wanted.value}: it counts as not read",
            )
        for key in part.unknown[:MAX_UNKNOWN]:
            yield (
                "unknown-member",
                f"`{name}` has a member `{one_line(key)}` that no snapshot has: it is not used",
            )
        if not part.snapshot.scopes and part.snapshot.coverage is None:
            yield "scopes-missing", f"`{name}` does not say for which `scopes` it was collected"


def only_scope(parts: Sequence[Part]) -> Scope | None:
    """Return the one scope that whole snapshots were collected for, if it is one."""
    scopes = {scope for part in parts if not part.bare for scope in part.snapshot.scopes}
    return scopes.pop() if len(scopes) == 1 else None
