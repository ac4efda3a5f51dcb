"""The minimal custom role: exactly the actions that are missing, assignable where they are.

Where Azure refuses to take an action into a role, the narrowest pattern that it takes stands in.
"""

from __future__ import annotations

import re
from uuid import NAMESPACE_URL, uuid5

from preflight.advise.known import KnownRoles
from preflight.advise.role_index import Need
from preflight.model.action import ActionPattern
from preflight.model.role import Permission, RoleDefinition, role_id
from preflight.model.scope import Scope, ScopeKind

_UNUSUAL = re.compile(r"[^A-Za-z0-9._-]+")


def minimal_role(
    needs: frozenset[Need], anchor: Scope, catalog: KnownRoles
) -> RoleDefinition | None:
    """Return the custom role with exactly these actions, or None where Azure takes none.

    At `/` there are built-in roles only, and a role with data actions cannot be assigned at a
    management group (Azure RBAC, "Azure custom roles"). Name and GUID follow from actions and
    scope, so that the same proposal is always the same role.
    """
    home = assignable_scope(anchor)
    if home is None or any("*" in need.action.text for need in needs):
        return None
    if home.kind is ScopeKind.MANAGEMENT_GROUP and any(need.data_action for need in needs):
        return None
    control = _patterns(needs, catalog, data_action=False)
    data = _patterns(needs, catalog, data_action=True)
    key = "|".join([home.folded, *(row.text.lower() for row in (*control, *data))])
    guid = str(uuid5(NAMESPACE_URL, f"preflight:{key}"))
    return RoleDefinition(
        id=role_id(guid),
        name=f"preflight {_UNUSUAL.sub('-', home.name)[:64]} {guid[:8]}",
        permissions=(Permission(actions=control, data_actions=data),),
        custom=True,
        full_id=f"{home.text}/providers/Microsoft.Authorization/roleDefinitions/{guid}",
        assignable_scopes=(home,),
    )


def assignable_scope(anchor: Scope) -> Scope | None:
    """Return the scope that a custom role for an anchor is made at; None where there is none.

    Management group, subscription or resource group: a resource's role is made at its group.
    """
    if anchor.kind in {
        ScopeKind.MANAGEMENT_GROUP,
        ScopeKind.SUBSCRIPTION,
        ScopeKind.RESOURCE_GROUP,
    }:
        return anchor
    return anchor.resource_group or anchor.subscription


def _patterns(
    needs: frozenset[Need], catalog: KnownRoles, *, data_action: bool
) -> tuple[ActionPattern, ...]:
    texts = {
        need.action.folded: catalog.role_wildcard(need.action) or catalog.spelled(need.action.text)
        for need in needs
        if need.data_action is data_action
    }
    return tuple(ActionPattern(text) for text in sorted(set(texts.values()), key=str.lower))
