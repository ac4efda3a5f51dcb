"""Whether a grant lets its holder give himself more than the rollout asks for.

A rollout that assigns roles or defines them needs actions which open others, unless a condition
limits them. Source: Azure RBAC "Best practices" (privileged administrator roles), "Delegate Azure
role assignment management to others with conditions".
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from preflight.advise.delegation import (
    ADMINISTRATORS,
    assigns_roles,
    delegated_principals,
    delegated_roles,
)
from preflight.advise.privileged import ESCALATING
from preflight.model.requirement import Requirement

_ESCALATING = frozenset(text.lower() for text in ESCALATING)

_LIMITED = ", limited by a condition to"


class Reach(enum.IntEnum):
    """How far the required actions themselves take their holder."""

    NAMED = 0
    """No further than the roles that `Opens.roles` names."""
    UNPRIVILEGED = 1
    """To any role that assigns no roles."""
    ANYTHING = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Opens:
    """What a grant opens by the required actions; `remark` goes behind its name."""

    remark: str = ""
    reach: Reach = Reach.NAMED
    roles: tuple[str, ...] = ()
    """Roles (GUIDs) that its holder can give himself."""


class Escalation:
    """What the requirements of one finding let their holder do."""

    def __init__(
        self, requirements: Iterable[Requirement], escalates: Callable[[str], bool]
    ) -> None:
        """Keep the requirements; `escalates` tells it of a role (GUID) that is assigned."""
        self._requirements = tuple(requirements)
        self._escalates = escalates
        self._others = sorted(
            {
                row.action.text
                for row in self._requirements
                if row.action.folded in _ESCALATING and not assigns_roles(row)
            }
        )

    def with_condition(self, condition: str | None) -> Opens:
        """Return what a grant with this condition opens."""
        assigning = self._assigning(condition)
        if not self._others:
            return assigning
        remark = f" (it can give itself any other action through {', '.join(self._others)})"
        return Opens(remark=assigning.remark + remark, reach=Reach.ANYTHING)

    def _assigning(self, condition: str | None) -> Opens:
        if not any(assigns_roles(row) for row in self._requirements):
            return Opens()
        if condition is None:
            remark = " without a condition (it can assign any role, Owner to itself too)"
            return Opens(remark=remark, reach=Reach.ANYTHING)
        roles = delegated_roles(self._requirements)
        if roles is None:
            remark = f"{_LIMITED} roles that do not administer access (to itself too),"
            return Opens(remark=remark, reach=Reach.UNPRIVILEGED)
        if delegated_principals(self._requirements) is not None:
            return Opens(remark=f"{_LIMITED} the roles and principals that the source names,")
        remark = f"{_LIMITED} the roles that the source assigns (to itself too"
        if any(role in ADMINISTRATORS or self._escalates(role) for role in roles):
            remark += ", and one of them opens anything"
            return Opens(remark=f"{remark}),", reach=Reach.ANYTHING)
        return Opens(remark=f"{remark}),", roles=roles)
