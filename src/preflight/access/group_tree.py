"""What `az account management-group show --expand --recurse` prints: the tree below a group.

Source: Microsoft.Management "Management Groups - Get" with `$expand=children` (children have
`type` `Microsoft.Management/managementGroups` or `/subscriptions`, older answers `childType`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from preflight.access.header import group_scope
from preflight.access.items import Item, scope_of
from preflight.model.access import ManagementGroup, Subscription
from preflight.model.scope import Scope, ScopeKind

MAXIMUM_DEPTH = 32
"""Groups below each other that are followed; Azure allows six."""
_TYPE = "microsoft.management/managementgroups"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTree:
    """The groups and subscriptions of a tree."""

    groups: tuple[ManagementGroup, ...]
    subscriptions: tuple[Subscription, ...]


def is_group_tree(root: Item) -> bool:
    """Whether a file is one management group as `az` or the REST API shows it."""
    if not isinstance(root.value, dict):
        return False
    kind = root.value.get("type")
    return isinstance(kind, str) and kind.lower().lstrip("/").removeprefix("providers/") == _TYPE


def read_group_tree(root: Item) -> GroupTree:
    """Read a management group and what is below it.

    Raises:
        AccessError: the tree is not of that form, or deeper than any directory is.
    """
    top = _own(root)
    groups, subscriptions = [top], list[Subscription]()
    for parent, child in _children(root, top.id, 0):
        scope = _scope(child)
        if scope.kind is ScopeKind.SUBSCRIPTION:
            name = child.maybe_text("displayName")
            found = Subscription(id=scope, display_name=name, management_group=parent)
            subscriptions.append(found)
        else:
            groups.append(ManagementGroup(id=scope, parent=parent))
    return GroupTree(groups=tuple(groups), subscriptions=tuple(subscriptions))


def _own(root: Item) -> ManagementGroup:
    """Read the group itself: without `details` nothing says what it is below."""
    details = root.member("details")
    parent = details.member("parent") if details is not None else None
    identifier = parent.maybe_text("id") if parent is not None else None
    return ManagementGroup(
        id=group_scope(root.text("id")),
        parent=group_scope(identifier) if identifier else None,
        parent_known=details is not None,
    )


def _children(item: Item, parent: Scope, depth: int) -> Iterator[tuple[Scope, Item]]:
    if depth > MAXIMUM_DEPTH:
        raise item.error("the management groups are nested deeper than any directory's")
    for child in item.members("children"):
        yield parent, child
        if _scope(child).kind is not ScopeKind.SUBSCRIPTION:
            yield from _children(child, _scope(child), depth + 1)


def _scope(child: Item) -> Scope:
    scope = scope_of(child.text("id"))
    if scope.kind not in {ScopeKind.SUBSCRIPTION, ScopeKind.MANAGEMENT_GROUP}:
        raise child.error("a child is a management group or a subscription")
    return scope
