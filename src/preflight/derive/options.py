"""What shapes a derivation besides the plan and the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from preflight.model.access import AccessList, AccessSnapshot, ManagementGroup, Reach
from preflight.model.role import RoleId
from preflight.model.scope import Scope
from preflight.model.truth import Truth


@dataclass(frozen=True, kw_only=True)
class DeriveOptions:
    """How the rollout is done, and what is known of the place it goes to.

    `inventory` tells which resources exist and which providers are registered; without it both
    are unknown. `deny_settings` and `action_on_unmanage` belong to `client="stack"`.
    """

    client: str = "az"
    mode: str = "incremental"
    deny_settings: str = "none"
    action_on_unmanage: str = "detach"
    inventory: AccessSnapshot | None = None
    tenant: str | None = None
    """The tenant's ID: the name of its root management group."""
    most: int = 20_000
    """How many requirements there may be."""

    @property
    def complete(self) -> bool:
        """Whether the root deployment deletes what its template lacks."""
        return self.mode.lower() == "complete"

    @cached_property
    def _registrations(self) -> Mapping[tuple[str, str], Truth]:
        rows = self.inventory.providers if self.inventory else None
        return {
            (row.subscription.folded, row.namespace.lower()): row.registered for row in rows or ()
        }

    def registered(self, subscription: Scope, namespace: str) -> Truth:
        """Whether a provider is registered; UNKNOWN where the inventory has no row for it."""
        return self._registrations.get((subscription.folded, namespace.lower()), Truth.UNKNOWN)

    def resources_in(self, group: Scope) -> tuple[Scope, ...] | None:
        """Return what a resource group holds, or None where that is not known."""
        inventory = self.inventory
        if inventory is None or inventory.resources is None or not _covers(inventory, group):
            return None
        return tuple(
            scope
            for scope in inventory.resources
            if scope != group and group.covers(scope) is Truth.TRUE
        )

    @cached_property
    def _groups(self) -> Mapping[Scope, ManagementGroup]:
        rows = self.inventory.management_groups if self.inventory else ()
        return {row.id: row for row in rows}

    def management_group(self, scope: Scope) -> ManagementGroup | None:
        """Return what is known of a management group."""
        return self._groups.get(scope)

    @cached_property
    def knows_every_group(self) -> bool:
        """Whether a management group that the inventory does not list cannot exist.

        That is so where the list is there and the whole tenant was read.
        """
        inventory = self.inventory
        if inventory is None or inventory.coverage is not None or not inventory.management_groups:
            return False
        return any(scope == Scope.ROOT or self.is_root_group(scope) for scope in inventory.scopes)

    def parent_of(self, subscription: Scope) -> Scope | None:
        """Return the management group that a subscription is in, if that is known."""
        row = self.inventory.subscription(subscription) if self.inventory else None
        return row.management_group if row else None

    def is_root_group(self, scope: Scope) -> bool:
        """Whether a management group is known to be the tenant's root group."""
        tenant = self.tenant or (self.inventory.tenant_id if self.inventory else None)
        if tenant is not None and scope.name.lower() == tenant.lower():
            return True
        row = self._groups.get(scope)
        return row is not None and row.parent_known and row.parent is None

    def assignable_scopes(self, role: RoleId) -> tuple[Scope, ...]:
        """Return the assignable scopes that a role definition has already."""
        if self.inventory is None:
            return ()
        definition = self.inventory.role_definitions_by_id.get(role)
        return definition.assignable_scopes if definition and definition.custom else ()


def _covers(inventory: AccessSnapshot, group: Scope) -> bool:
    """Whether the list of resources was read for the whole group."""
    if inventory.coverage is None:
        return any(scope.covers(group) is Truth.TRUE for scope in inventory.scopes)
    return any(
        entry.list is AccessList.RESOURCES
        and entry.read_proven
        and entry.reach is Reach.AT_ABOVE_BELOW
        and entry.scope.covers(group) is Truth.TRUE
        for entry in inventory.coverage
    )
