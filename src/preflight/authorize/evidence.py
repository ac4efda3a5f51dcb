"""A snapshot made ready to be asked: every index is built once and shared."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from preflight.authorize.assignments import Own, Placed, by_principal, own_rows
from preflight.authorize.blockers import Clashes, Registrations
from preflight.authorize.coverage import Reading, reading
from preflight.authorize.elsewhere import Elsewhere
from preflight.authorize.hierarchy import Hierarchy
from preflight.authorize.patterns import Patterns
from preflight.authorize.permissions import Conditions, RoleBook
from preflight.authorize.times import Times
from preflight.authorize.weigh import Scales
from preflight.model.access import (
    AccessList,
    AccessSnapshot,
    DenyAssignment,
    Lock,
    Principal,
    PrincipalId,
    RoleAssignment,
    RoleEligibility,
)
from preflight.model.scope import Scope
from preflight.model.truth import Truth


class IndexedSnapshot:
    """The parts of a snapshot that do not depend on the principal."""

    def __init__(
        self, snapshot: AccessSnapshot, created: Mapping[Scope, Scope | None], times: Times
    ) -> None:
        """Keep the snapshot; indexes are built when first asked for."""
        self.snapshot = snapshot
        self.hierarchy = Hierarchy(snapshot, created)
        conditions = Conditions()
        patterns = Patterns()
        roles = RoleBook(snapshot.role_definitions_by_id, conditions, patterns)
        self.scales = Scales(roles, conditions, patterns, times)
        self._readings: dict[tuple[AccessList, PrincipalId | None], Reading] = {}

    @cached_property
    def assignments(self) -> dict[PrincipalId, list[RoleAssignment]]:
        """Role assignments by principal."""
        return by_principal(self.snapshot.role_assignments or ())

    @cached_property
    def eligibilities(self) -> dict[PrincipalId, list[RoleEligibility]]:
        """Eligibilities by principal."""
        return by_principal(self.snapshot.eligibilities or ())

    @cached_property
    def everybody(self) -> Placed[Own[RoleAssignment]]:
        """All role assignments by scope, whoever holds them."""
        rows = [Own(row, Truth.TRUE) for row in self.snapshot.role_assignments or ()]
        return Placed(rows, lambda own: own.row.scope, self.hierarchy)

    @cached_property
    def denies(self) -> Placed[DenyAssignment]:
        """Deny assignments that block, by scope."""
        rows = [row for row in self.snapshot.deny_assignments or () if not row.audit]
        return Placed(rows, lambda row: row.scope, self.hierarchy)

    @cached_property
    def locks(self) -> Placed[Lock]:
        """Locks by scope."""
        return Placed(self.snapshot.locks or (), lambda row: row.scope, self.hierarchy)

    @cached_property
    def clashes(self) -> Clashes:
        """Existing role assignments with which new ones may clash."""
        return Clashes(self.snapshot)

    @cached_property
    def registrations(self) -> Registrations:
        """States of resource providers."""
        return Registrations(self.snapshot)

    def reading(self, wanted: AccessList, principal: PrincipalId | None) -> Reading:
        """Return what was read of a list (None: for everybody)."""
        found = self._readings.get((wanted, principal))
        if found is None:
            found = reading(self.snapshot, wanted, principal, self.hierarchy)
            self._readings[wanted, principal] = found
        return found


class OwnRows:
    """The rows of one principal and its groups, by scope."""

    def __init__(self, indexed: IndexedSnapshot, principal: Principal) -> None:
        """Pick the principal's rows and index them."""
        self.assignments = own_rows(indexed.assignments, principal)
        self.placed = Placed(self.assignments, lambda own: own.row.scope, indexed.hierarchy)
        self._indexed = indexed
        self.principal = principal

    @cached_property
    def subscriptions(self) -> frozenset[Scope]:
        """The subscriptions in which something is certainly assigned to the principal."""
        own = (row.row.scope.subscription for row in self.assignments if row.holds is Truth.TRUE)
        return frozenset(place for place in own if place is not None)

    @cached_property
    def elsewhere(self) -> Elsewhere:
        """The assignments that are certainly the principal's, by nearness."""
        return Elsewhere(own.row for own in self.assignments if own.holds is Truth.TRUE)

    @cached_property
    def eligibilities(self) -> Placed[Own[RoleEligibility]]:
        """The principal's eligibilities by scope."""
        rows = own_rows(self._indexed.eligibilities, self.principal)
        return Placed(rows, lambda own: own.row.scope, self._indexed.hierarchy)
