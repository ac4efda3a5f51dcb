"""The members of a snapshot that are not lists of Azure's own rows: places, people, coverage."""

from __future__ import annotations

from collections.abc import Iterator

from preflight.access.items import Item, scope_of
from preflight.access.rows import principal_type
from preflight.model.access import (
    AccessList,
    Caller,
    Coverage,
    ManagementGroup,
    Principal,
    PrincipalId,
    Reach,
    Subscription,
    Unreadable,
    is_object_id,
    principal_id,
)
from preflight.model.naming import one_line
from preflight.model.scope import Scope, ScopeKind, management_group

_LISTS = {wanted.value.lower(): wanted for wanted in AccessList}
_PLACES = {
    name.lower(): name
    for name in (
        "subscriptions", "managementGroups", "principals", "policyAssignments",
        "policyDefinitions", "policySetDefinitions", "policyExemptions",
    )
}  # fmt: skip
"""What may be unreadable beside the lists that decide."""
_REACHES = {reach.value: reach for reach in Reach}


def group_scope(text: str) -> Scope:
    """Return a management group's scope from its ID or its bare name."""
    return scope_of(text) if "/" in text else management_group(text)


def _group(item: Item, text: str) -> Scope:
    """Return a management group's scope; refuse what is none."""
    found = item.place(group_scope(text).text)
    if found.kind is not ScopeKind.MANAGEMENT_GROUP:
        raise item.error(f"`{one_line(text)}` is no management group")
    return found


def read_management_group(item: Item) -> ManagementGroup:
    """Read a management group; a missing `parent` is not known, a null one is the root's."""
    parent = item.maybe_text("parent")
    empty = item.member("parent") is not None and parent is None
    return ManagementGroup(
        id=_group(item, item.text("id")),
        parent=_group(item, parent) if parent else None,
        parent_known=item.has("parent") and not empty,
    )


def read_subscription(item: Item) -> Subscription:
    """Read a subscription."""
    identifier = item.text("id")
    scope = item.place(identifier if "/" in identifier else f"/subscriptions/{identifier}")
    if scope.kind is not ScopeKind.SUBSCRIPTION:
        raise item.error(f"`{one_line(identifier)}` is no subscription")
    group = item.maybe_text("managementGroup")
    return Subscription(
        id=scope,
        display_name=item.maybe_text("displayName"),
        management_group=_group(item, group) if group else None,
        tenant_id=item.maybe_text("tenantId"),
        managed_by_tenants=tuple(
            row.text("tenantId") if isinstance(row.value, dict) else row.as_text()
            for row in item.members("managedByTenants")
        ),
        inherits_from=tuple(_group(item, text) for text in item.texts("inheritsFrom")),
    )


def read_caller(item: Item) -> Caller:
    """Read who collected the evidence."""
    identifier = item.maybe_text("objectId")
    return Caller(
        object_id=principal_id(identifier) if identifier else None,
        tenant_id=item.maybe_text("tenantId"),
        token_issued_at=item.time("tokenIssuedAt"),
    )


def read_principal(item: Item) -> Principal:
    """Read a principal.

    One that is known by its application ID only has an empty object ID: no row can bind it, but
    whoever names it can be told what is missing.
    """
    identifier = item.maybe_text("objectId")
    groups = None
    if item.member("memberOf") is not None:
        groups = _groups(item, "memberOf")
    return Principal(
        object_id=principal_id(identifier or ""),
        type=principal_type(item, "type"),
        app_id=item.maybe_text("appId"),
        display_name=item.maybe_text("displayName"),
        member_of=groups,
        unknown_groups=_groups(item, "groupsUnknown"),
        groups_complete=item.flag("groupsComplete", default=True),
    )


def _groups(item: Item, key: str) -> frozenset[PrincipalId]:
    """Read object IDs of groups; a name would match no row, and a denial would be missed."""
    found = set()
    for row in item.members(key):
        identifier = principal_id(row.as_text())
        if not is_object_id(identifier):
            raise row.error(
                f"`{one_line(row.as_text())}` is no object ID",
                advice="`az ad group show --group NAME --query id` prints it",
            )
        found.add(identifier)
    return frozenset(found)


def read_coverage(items: Iterator[Item]) -> tuple[Coverage, ...]:
    """Read the readings; those of lists that decide nothing here are left out."""
    return tuple(found for item in items if (found := _coverage(item)) is not None)


def _coverage(item: Item) -> Coverage | None:
    wanted = _LISTS.get(item.text("list").lower())
    reach = _REACHES.get(item.text("reach").lower())
    if reach is None:
        raise item.error(
            f"`{item.text('reach')}` is no reach", advice=f"it is one of {', '.join(_REACHES)}"
        )
    principal = item.maybe_text("principal")
    if wanted is None:
        return None
    return Coverage(
        list=wanted,
        scope=item.scope("scope"),
        reach=reach,
        principal=principal_id(principal) if principal else None,
        read_proven=item.flag("readProven", default=True),
    )


def read_unreadable(item: Item) -> Unreadable:
    """Read what could not be read.

    A list that nobody knows is refused: most likely it is misspelled, and what it should have
    said would count as read.
    """
    text = item.text("what")
    folded = text.lower().removeprefix("microsoft.authorization/")
    known = {**{name: wanted.value for name, wanted in _LISTS.items()}, **_PLACES}
    if folded not in known:
        raise item.error(
            f"`{one_line(text)}` is nothing that could be read",
            advice=f"it is one of {', '.join(known.values())}",
        )
    return Unreadable(
        what=known[folded],
        scope=item.scope("scope"),
        error=item.maybe_text("error") or "",
    )
