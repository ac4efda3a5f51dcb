"""The narrowest role that exists already: built-in, or a custom one of the tenant."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from preflight.advise.known import KnownRoles
from preflight.advise.platform_roles import for_platform, leaving
from preflight.advise.pricing import Pricing
from preflight.advise.role_index import Need, RoleIndex
from preflight.model.access import AccessSnapshot
from preflight.model.role import RoleDefinition, RoleId
from preflight.model.scope import Scope
from preflight.model.truth import Truth


class Tier(enum.IntEnum):
    """How willingly a role is proposed; a later tier only where the ones before do not work."""

    PLAIN = 0
    BROAD = 1
    """It allows whatever its exceptions do not name (`*`)."""
    PLATFORM = 2
    """It exists for one of the platform's own services."""
    ESCALATING = 3
    """Its holder can give himself any other action: Owner, User Access Administrator, …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """A role that grants what is needed; `count` further actions are opened by it."""

    role: RoleDefinition
    count: int
    tier: Tier
    escalations: tuple[str, ...] = ()


class ExistingRoles:
    """Finds the roles that grant some actions, narrowest first; answers are kept."""

    def __init__(self, access: AccessSnapshot, catalog: KnownRoles, pricing: Pricing) -> None:
        """Take the catalogue's roles and the evidence's; of one GUID the evidence's counts."""
        self._access = access
        self._catalog = catalog
        self._pricing = pricing
        self._ranked: dict[frozenset[Need], tuple[Priced, ...]] = {}

    @cached_property
    def _known(self) -> dict[RoleId, RoleDefinition]:
        known = {role.id: role for role in self._catalog.roles}
        known.update(self._access.role_definitions_by_id)
        return known

    @cached_property
    def _index(self) -> RoleIndex:
        return RoleIndex(self._known.values())

    def named(self, ids: Iterable[str]) -> tuple[RoleDefinition, ...]:
        """Return the roles of these GUIDs, as far as they are known."""
        found = (self._known.get(RoleId(one)) for one in ids)
        return tuple(role for role in found if role is not None)

    def granting(self, needs: frozenset[Need], anchor: Scope) -> Sequence[Priced]:
        """Return the roles that grant every need and can be assigned at the anchor.

        Order: tier, roles on their way out last, further actions, name.
        """
        found = self._ranked.get(needs)
        if found is None:
            priced = [self._priced(role, needs) for role in self._index.granting(needs)]
            found = self._ranked[needs] = tuple(sorted(priced, key=_rank))
        return [row for row in found if self._assignable(row.role, anchor)]

    def which_grant(self, needs: frozenset[Need]) -> tuple[RoleDefinition, ...]:
        """Return the roles that grant every need, in no order of merit and not priced."""
        return self._index.granting(needs)

    def _priced(self, role: RoleDefinition, needs: frozenset[Need]) -> Priced:
        escalations = self._pricing.escalations(role, needs)
        return Priced(
            role=role,
            count=self._pricing.count(role, needs),
            tier=Tier.ESCALATING if escalations else _tier(role),
            escalations=escalations,
        )

    def _assignable(self, role: RoleDefinition, anchor: Scope) -> bool:
        """Whether the role's assignable scopes admit the anchor; none known: built-in ones do."""
        if not role.assignable_scopes:
            return not role.custom
        above = self._access.ancestors(anchor).groups
        return any(
            scope.covers(anchor) is Truth.TRUE or scope in above for scope in role.assignable_scopes
        )


def _tier(role: RoleDefinition) -> Tier:
    if for_platform(role):
        return Tier.PLATFORM
    everything = any(row.text == "*" for block in role.permissions for row in block.actions)
    return Tier.BROAD if everything else Tier.PLAIN


def _rank(row: Priced) -> tuple[int, bool, int, str, str]:
    return row.tier, leaving(row.role), row.count, row.role.name.lower(), row.role.id
