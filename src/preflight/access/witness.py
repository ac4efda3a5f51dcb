"""The Permissions API as a witness where role assignments may not be listed.

It answers for the caller only, and can confirm a grant, never the absence of a deny assignment:
so what it says stands beside the lists as one row per scope, which the lists' own rules weigh.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from preflight.access.readings import Answer
from preflight.model.access import AccessList, Coverage, Principal, Reach, RoleAssignment
from preflight.model.role import Permission, RoleDefinition, RoleId
from preflight.model.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Rows that say what the Permissions API said."""

    assignments: tuple[RoleAssignment, ...] = ()
    definitions: tuple[RoleDefinition, ...] = ()
    coverage: tuple[Coverage, ...] = ()


def witnessed(
    answers: Iterable[Answer],
    permissions: Mapping[Scope, tuple[Permission, ...]],
    principal: Principal | None,
) -> Witness:
    """Return the caller's permissions as rows, where its role assignments were not read.

    `principal` is the caller; None where it is decided for somebody else.
    """
    if principal is None:
        return Witness()
    unread = {
        row.reading.scope
        for row in answers
        if row.reading.list is AccessList.ROLE_ASSIGNMENTS
        and row.reading.principal == principal.object_id
        and not row.counts
    }
    places = [scope for scope, blocks in permissions.items() if scope in unread and blocks]
    pairs = [
        (scope, _role(number, scope, permissions[scope])) for number, scope in enumerate(places)
    ]
    return Witness(
        assignments=tuple(_row(scope, role, principal) for scope, role in pairs),
        definitions=tuple(role for _, role in pairs),
        coverage=tuple(
            Coverage(
                list=AccessList.ROLE_ASSIGNMENTS,
                scope=scope,
                reach=Reach.AT,
                principal=principal.object_id,
            )
            for scope, _ in pairs
        ),
    )


def _role(number: int, scope: Scope, blocks: tuple[Permission, ...]) -> RoleDefinition:
    return RoleDefinition(
        id=RoleId(f"permissions-of-caller-{number}"),
        name=f"what Azure says the caller holds at {scope.name}",
        permissions=blocks,
    )


def _row(scope: Scope, role: RoleDefinition, principal: Principal) -> RoleAssignment:
    at = "" if scope == Scope.ROOT else scope.text
    return RoleAssignment(
        # A saved snapshot must take it for what it stands for: a role assignment.
        id=f"{at}/providers/Microsoft.Authorization/roleAssignments/{role.id}",
        scope=scope,
        principal=principal.object_id,
        role=role.id,
        principal_type=principal.type,
    )
