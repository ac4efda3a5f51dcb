"""The condition of a grant that lets its holder assign roles: only what the source assigns.

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
ADMINISTRATORS = frozenset(
    {
        "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
    }
)
"""Owner, User Access Administrator, Role Based Access Control Administrator."""
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


def delegated_principals(requirements: Sequence[Requirement]) -> tuple[str, ...] | None:
    """Return who would be assigned roles (object IDs); None if one of them is not known."""
    found = {
        (requirement.attributes or {}).get("principalId", "").lower()
        for requirement in requirements
        if assigns_roles(requirement)
    }
    if not found or not all(_GUID.fullmatch(one) for one in found):
        return None
    return tuple(sorted(found))


def delegation_condition(requirements: Sequence[Requirement]) -> str | None:
    """Return a condition under which only what the source assigns can be assigned.

    Its roles, to its principals where all of them are known, else to principals of one type,
    where the source names the same type everywhere. None where no role is assigned, or one of
    them is not known before the rollout.
    """
    roles = delegated_roles(requirements)
    if not roles:
        return None
    named = delegated_principals(requirements)
    who = [_one_of("PrincipalId", named)] if named else []
    kind = _only_type(requirements)
    if kind:
        who.append(f"[{_KEY}:PrincipalType] StringEqualsIgnoreCase '{kind}'")
    which = _one_of("RoleDefinitionId", roles)
    return _condition([which, *who], [which, *who[: len(who) - bool(kind)]])


def guarded_condition(requirements: Sequence[Requirement]) -> str | None:
    """Return a condition under which any role can be assigned but those that assign roles.

    For a source of which one role is not known before the rollout; None where none is assigned.
    Source: Azure RBAC "Delegate Azure role assignment management to others with conditions",
    "Allow all except specific roles".
    """
    if not any(assigns_roles(requirement) for requirement in requirements):
        return None
    barred = ", ".join(sorted(ADMINISTRATORS))
    test = f"[{_KEY}:RoleDefinitionId] ForAnyOfAllValues:GuidNotEquals {{{barred}}}"
    return _condition([test], [test])


def _only_type(requirements: Sequence[Requirement]) -> str:
    kinds = {
        (requirement.attributes or {}).get("principalType", "")
        for requirement in requirements
        if assigns_roles(requirement)
    }
    kind = kinds.pop() if len(kinds) == 1 else ""
    return kind if kind.lower() in _TYPES else ""


def _one_of(attribute: str, values: Sequence[str]) -> str:
    return f"[{_KEY}:{attribute}] ForAnyOfAnyValues:GuidEquals {{{', '.join(values)}}}"


def _condition(written: Sequence[str], deleted: Sequence[str]) -> str | None:
    clauses = (
        f"((!(ActionMatches{{'{action}'}})) OR "
        f"({' AND '.join(f'{source}{test}' for test in tests)}))"
        for action, source, tests in (
            (WRITE, "@Request", written),
            (_DELETE, "@Resource", deleted),
        )
    )
    text = " AND ".join(clauses)
    return text if len(text) <= MAX_LENGTH else None
