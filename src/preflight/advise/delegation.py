"""The condition of a grant that lets its holder assign roles: only those that the source names.

Source: Azure RBAC "Examples to delegate Azure role assignment management with conditions".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from preflight.model.requirement import Requirement
from preflight.model.role import role_id

WRITE = "Microsoft.Authorization/roleAssignments/write"
_DELETE = "Microsoft.Authorization/roleAssignments/delete"
_KEY = "Microsoft.Authorization/roleAssignments"
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TYPES = frozenset({"user", "group", "serviceprincipal"})
MAX_LENGTH = 8000
"""Azure takes conditions up to 8 KB (Azure RBAC, "Troubleshoot limits")."""


def assigns_roles(requirement: Requirement) -> bool:
    """Whether a requirement is to write a role assignment."""
    return requirement.action.folded == WRITE.lower()


def delegated_roles(requirements: Sequence[Requirement]) -> tuple[str, ...] | None:
    """Return the roles (GUIDs) that would be assigned; None if one of them is not known."""
    found: set[str] = set()
    for requirement in requirements:
        if assigns_roles(requirement):
            named = role_id((requirement.attributes or {}).get("roleDefinitionId", ""))
            if _GUID.fullmatch(named) is None:
                return None
            found.add(named)
    return tuple(sorted(found))


def delegation_condition(requirements: Sequence[Requirement]) -> str | None:
    """Return a condition under which only the roles that the source assigns can be assigned.

    Also only to principals of one type, where the source names the same type everywhere. None
    where no role is assigned, or one of them is not known before the rollout.
    """
    roles = delegated_roles(requirements)
    if not roles:
        return None
    kinds = {
        (requirement.attributes or {}).get("principalType", "")
        for requirement in requirements
        if assigns_roles(requirement)
    }
    kind = kinds.pop() if len(kinds) == 1 else ""
    written = _clause(WRITE, "@Request", roles, kind if kind.lower() in _TYPES else "")
    text = f"{written} AND {_clause(_DELETE, '@Resource', roles, '')}"
    return text if len(text) <= MAX_LENGTH else None


def _clause(action: str, source: str, roles: Sequence[str], kind: str) -> str:
    test = f"{source}[{_KEY}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{', '.join(roles)}}}"
    if kind:
        test = f"{test} AND {source}[{_KEY}:PrincipalType] StringEqualsIgnoreCase '{kind}'"
    return f"((!(ActionMatches{{'{action}'}})) OR ({test}))"
