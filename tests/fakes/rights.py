"""What the reader itself may read: the fake's own, plain account of Azure RBAC.

Conditions are left out: no read action of the control plane can carry one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from tests.fakes.rows import Row, properties, rows, text, texts
from tests.fakes.tenant import Tenant, definition_id, fold, scope_of

EVERYONE = "00000000-0000-0000-0000-000000000000"


@lru_cache(maxsize=4096)
def _pattern(pattern: str) -> re.Pattern[str]:
    escaped = re.escape(pattern.strip()).replace(r"/\*/", "/(?:.*/)?").replace(r"\*", ".*")
    return re.compile(escaped, re.IGNORECASE)


def _any(patterns: Iterable[str], action: str) -> bool:
    return any(_pattern(pattern).fullmatch(action) for pattern in patterns)


def _grants(permission: Row, action: str) -> bool:
    allowed = _any(texts(permission.get("actions")), action)
    return allowed and not _any(texts(permission.get("notActions")), action)


def assignments_of(tenant: Tenant, principal: str, scope: str) -> list[Row]:
    """Return the role assignments that count for a principal at a scope."""
    holders, folded = tenant.holders(principal), fold(scope)
    return [
        item
        for item in tenant.listed("roleAssignments")
        if text(properties(item).get("principalId")).lower() in holders
        and tenant.covers(scope_of(item), folded)
    ]


def _denied(tenant: Tenant, principal: str, action: str, scope: str) -> bool:
    holders, folded = tenant.holders(principal), fold(scope)
    for item in tenant.listed("denyAssignments"):
        stated = properties(item)
        at = scope_of(item)
        only_here = stated.get("doNotApplyToChildScopes") is True
        named = {text(entry["id"]).lower() for entry in rows(stated.get("principals"))}
        excluded = {text(entry["id"]).lower() for entry in rows(stated.get("excludePrincipals"))}
        if (
            (at == folded if only_here else tenant.covers(at, folded))
            and named & {*holders, EVERYONE}
            and not excluded & holders
            and text(stated.get("denyAssignmentEffect")).lower() != "audit"
            and any(_grants(entry, action) for entry in rows(stated.get("permissions")))
        ):
            return True
    return False


def may(tenant: Tenant, principal: str, action: str, scope: str) -> bool:
    """Whether a principal may do an action at a scope."""
    for item in assignments_of(tenant, principal, scope):
        definition = tenant.definitions.get(definition_id(item), {})
        permissions = rows(properties(definition).get("permissions"))
        if any(_grants(entry, action) for entry in permissions):
            return not _denied(tenant, principal, action, scope)
    return False
