"""Short names for print: scopes as people say them, text on one line.

Everything here may come from Azure or from a template, so it is hostile: line breaks and control
characters are folded away. What a report format must escape besides is the format's business.
"""

from __future__ import annotations

import re
from itertools import islice

from preflight.model.access import AccessSnapshot, Principal, RoleAssignment, RoleEligibility
from preflight.model.scope import Scope, ScopeKind

MAX_RUNGS = 32
"""Rungs of one scope that are looked at; ARM's own IDs have far fewer."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def one_line(text: str, *, limit: int = 200) -> str:
    """Return the text on one line, without control characters, at most `limit` characters."""
    flat = " ".join(_CONTROL.sub(" ", text[: 4 * limit]).split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def bare_label(scope: Scope, access: AccessSnapshot) -> str:
    """Return the name alone: a subscription's display name where it is known, else its GUID."""
    if scope.kind is ScopeKind.SUBSCRIPTION:
        known = access.subscription(scope)
        if known is not None and known.display_name:
            return one_line(known.display_name)
    return one_line(scope.name)


def scope_label(scope: Scope, access: AccessSnapshot) -> str:
    """Return a rung's short name: `/`, `mg corp`, `sub Prod`, `rg-shop`, `vnet-hub`."""
    name = bare_label(scope, access)
    match scope.kind:
        case ScopeKind.MANAGEMENT_GROUP:
            return f"mg {name}"
        case ScopeKind.SUBSCRIPTION:
            return f"sub {name}"
        case ScopeKind.RESOURCE_GROUP if not name.lower().startswith("rg"):
            return f"rg {name}"
        case _:
            return name


def scope_path(scope: Scope, access: AccessSnapshot) -> str:
    """Return where a scope is, from the subscription down: `Hub / rg-hub / vnet-hub / snet-pe`."""
    if scope.subscription is None or scope.kind is ScopeKind.SUBSCRIPTION:
        return scope_label(scope, access)
    rungs = list(islice(scope.ladder(), MAX_RUNGS))
    return " / ".join(bare_label(rung, access) for rung in reversed(rungs))


def principal_label(principal: Principal) -> str:
    """Return the display name, else the object ID."""
    return one_line(principal.display_name or principal.object_id)


def role_label(row: RoleAssignment | RoleEligibility, access: AccessSnapshot) -> str:
    """Return the name of the role that a row binds, else `role GUID`."""
    known = access.role_definitions_by_id.get(row.role)
    return one_line(known.name) if known is not None else f"role {one_line(row.role)}"
