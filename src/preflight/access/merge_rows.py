"""Rows that stand in several files, or twice in one: which of them count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from preflight.errors import AccessError
from preflight.model.access import (
    MAX_MANAGEMENT_GROUPS,
    AccessSnapshot,
    ManagementGroup,
    Principal,
    PrincipalId,
    PrincipalType,
    RoleAssignment,
    Subscription,
)
from preflight.model.role import Permission, RoleDefinition, RoleId
from preflight.model.scope import Scope

_Row = TypeVar("_Row")


def joined(lists: Sequence[tuple[_Row, ...] | None]) -> tuple[_Row, ...] | None:
    """Join lists, each equal row once; None where no file has the list."""
    present = [rows for rows in lists if rows is not None]
    return tuple(dict.fromkeys(row for rows in present for row in rows)) if present else None


def role_assignments(
    lists: Sequence[tuple[RoleAssignment, ...] | None],
) -> tuple[RoleAssignment, ...] | None:
    """Join role assignments by their IDs.

    Raises:
        AccessError: two rows with one ID say different things.
    """
    present = [rows for rows in lists if rows is not None]
    if not present:
        return None
    found: dict[str, RoleAssignment] = {}
    for rows in present:
        for row in rows:
            key = row.id.lower()
            found[key] = _same_assignment(found[key], row) if key in found else row
    return tuple(found.values())


def _same_assignment(one: RoleAssignment, other: RoleAssignment) -> RoleAssignment:
    if _binding(one) != _binding(other):
        raise AccessError(
            f"the role assignment `{one.id}` stands in the evidence twice with different content",
            help="give evidence that was collected at one time",
        )
    return replace(
        one,
        principal_type=(
            other.principal_type
            if one.principal_type is PrincipalType.UNKNOWN
            else one.principal_type
        ),
        created_on=one.created_on or other.created_on,
        updated_on=one.updated_on or other.updated_on,
    )


def _binding(row: RoleAssignment) -> tuple[object, ...]:
    return row.scope, row.principal, row.role, row.condition


def role_definitions(
    lists: Sequence[tuple[RoleDefinition, ...] | None],
) -> tuple[tuple[RoleDefinition, ...] | None, tuple[tuple[str, str], ...]]:
    """Join role definitions by GUID; one that two rows describe differently is left out.

    Returns the definitions (None where no file has any) and a warning for each left out.
    """
    present = [rows for rows in lists if rows is not None]
    if not present:
        return None, ()
    by_id: dict[RoleId, list[RoleDefinition]] = defaultdict(list)
    for rows in present:
        for row in rows:
            by_id[row.id].append(row)
    agreed: list[RoleDefinition] = []
    warnings: list[tuple[str, str]] = []
    for role, rows_of in by_id.items():
        if len(rows_of) == 1 or len({_rights(row) for row in rows_of}) == 1:
            agreed.append(rows_of[0])
        else:
            text = f"the role definition {role} stands in the evidence with different permissions"
            warnings.append(("role-definition-contradiction", f"{text}: it counts as missing"))
    return tuple(agreed), tuple(warnings)


def _rights(row: RoleDefinition) -> frozenset[Permission]:
    return frozenset(row.permissions)


def subscriptions(rows: Iterable[Subscription]) -> tuple[Subscription, ...]:
    """Join subscriptions; two different parents make the parent unknown."""
    by_id: dict[Scope, list[Subscription]] = defaultdict(list)
    for row in rows:
        by_id[row.id].append(row)
    return tuple(_subscription(same) for same in by_id.values())


def _subscription(rows: Sequence[Subscription]) -> Subscription:
    parents = {row.management_group for row in rows if row.management_group is not None}
    inherits = tuple(dict.fromkeys(group for row in rows for group in row.inherits_from))
    if len(inherits) > MAX_MANAGEMENT_GROUPS:
        raise AccessError(
            f"more than {MAX_MANAGEMENT_GROUPS} management groups are said to be above "
            f"`{rows[0].id.text}`",
            help="name the subscription that each list was made for",
        )
    return Subscription(
        id=rows[0].id,
        display_name=next((row.display_name for row in rows if row.display_name), None),
        management_group=parents.pop() if len(parents) == 1 else None,
        tenant_id=next((row.tenant_id for row in rows if row.tenant_id), None),
        managed_by_tenants=tuple(
            dict.fromkeys(tenant for row in rows for tenant in row.managed_by_tenants)
        ),
        inherits_from=inherits,
    )


def management_groups(rows: Iterable[ManagementGroup]) -> tuple[ManagementGroup, ...]:
    """Join management groups; two different parents make the parent unknown."""
    by_id: dict[Scope, set[Scope | None]] = defaultdict(set)
    for row in rows:
        parents = by_id[row.id]
        if row.parent_known:
            parents.add(row.parent)
    return tuple(
        ManagementGroup(
            id=scope,
            parent=next(iter(parents)) if len(parents) == 1 else None,
            parent_known=len(parents) == 1,
        )
        for scope, parents in by_id.items()
    )


def principals(snapshots: Sequence[AccessSnapshot]) -> tuple[Principal, ...]:
    """Join principals by object ID; two different memberships make the membership unknown.

    A membership of which only the groups of one file were looked at says nothing of the groups
    that another file names: a deny assignment for one of them would be missed.
    """
    by_id: dict[PrincipalId, list[Principal]] = defaultdict(list)
    nameless: list[Principal] = []
    told: dict[PrincipalId, set[int]] = defaultdict(set)
    for number, snapshot in enumerate(snapshots):
        for row in snapshot.principals:
            if row.object_id:
                by_id[row.object_id].append(row)
            else:
                nameless.append(row)
            if row.member_of is not None:
                told[row.object_id].add(number)
    joined = []
    for identifier, rows in by_id.items():
        strangers = [row for n, row in enumerate(snapshots) if n not in told[identifier]]
        joined.append(_principal(rows, _groups_of(strangers)))
    return (*joined, *dict.fromkeys(nameless))


def _groups_of(snapshots: Iterable[AccessSnapshot]) -> frozenset[PrincipalId]:
    """Return every group that evidence names."""
    found: set[PrincipalId] = set()
    for snapshot in snapshots:
        for held in (snapshot.role_assignments, snapshot.eligibilities):
            found.update(row.principal for row in held or () if row.principal_type.may_be_group)
        for deny in snapshot.deny_assignments or ():
            found |= deny.group_principals | deny.group_excluded
    return frozenset(found)


def _principal(rows: Sequence[Principal], strangers: frozenset[PrincipalId]) -> Principal:
    """Join the rows of one principal; `strangers` are groups of files that do not have it."""
    complete = all(row.groups_complete for row in rows)
    memberships = {row.member_of for row in rows if row.member_of is not None}
    known = (row.type for row in rows if row.type is not PrincipalType.UNKNOWN)
    return Principal(
        object_id=rows[0].object_id,
        type=next(known, PrincipalType.UNKNOWN),
        app_id=next((row.app_id for row in rows if row.app_id), None),
        display_name=next((row.display_name for row in rows if row.display_name), None),
        member_of=memberships.pop() if len(memberships) == 1 else None,
        unknown_groups=frozenset(group for row in rows for group in row.unknown_groups)
        | (frozenset() if complete else strangers - {rows[0].object_id}),
        groups_complete=complete,
    )
