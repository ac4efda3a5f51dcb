"""What decides access: principals, roles, assignments, and how much of it was seen."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import NewType

from preflight.model.role import Permission, RoleDefinition, RoleId
from preflight.model.scope import Scope, ScopeKind
from preflight.model.truth import Truth
from preflight.model.value import JsonValue

PrincipalId = NewType("PrincipalId", str)
"""An object ID in lower case; see `principal_id`."""

MAX_MANAGEMENT_GROUPS = 32
"""Management groups above each other that are followed; Azure allows seven."""

EVERYONE = PrincipalId("00000000-0000-0000-0000-000000000000")
"""All principals of the directory; stands only in a deny assignment's principals."""


_LENGTHS = (32, 38)
"""A GUID without dashes, and one in braces."""
_DIGITS = re.compile(r"[0-9a-f]{32}")
_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


def principal_id(text: str) -> PrincipalId:
    """Fold an object ID; a GUID in braces or without dashes is written as Azure writes it."""
    folded = text.strip().lower()
    if len(folded) in _LENGTHS:
        bare = folded.strip("{}").replace("-", "")
        if _DIGITS.fullmatch(bare):
            parts = (bare[:8], bare[8:12], bare[12:16], bare[16:20], bare[20:])
            return PrincipalId("-".join(parts))
    return PrincipalId(folded)


def is_object_id(identifier: PrincipalId) -> bool:
    """Whether it has the form of a GUID."""
    return _GUID.fullmatch(identifier) is not None


class PrincipalType(enum.StrEnum):
    """What a principal is; the type never influences matching, the ID does."""

    USER = "User"
    GROUP = "Group"
    SERVICE_PRINCIPAL = "ServicePrincipal"
    FOREIGN_GROUP = "ForeignGroup"
    DEVICE = "Device"
    UNKNOWN = "Unknown"
    """No type is stated: it may be anything."""
    ORPHANED = "Orphaned"
    """Azure itself says `Unknown`: the principal was deleted, and the row reaches nobody."""

    @property
    def may_be_group(self) -> bool:
        """Whether an assignment to it can reach somebody through membership."""
        return self in {PrincipalType.GROUP, PrincipalType.FOREIGN_GROUP, PrincipalType.UNKNOWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A user, group, service principal or managed identity, by object ID.

    `member_of` holds direct and transitive groups; None when membership is not known. Of the
    groups in `unknown_groups` nothing is known although the others are. `groups_complete` false:
    only groups that the same reading names were looked at; of those of other evidence nothing is
    known.
    """

    object_id: PrincipalId
    type: PrincipalType = PrincipalType.UNKNOWN
    app_id: str | None = None
    display_name: str | None = None
    member_of: frozenset[PrincipalId] | None = None
    unknown_groups: frozenset[PrincipalId] = frozenset()
    groups_complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleAssignment:
    """The binding of principal, role definition and scope."""

    id: str
    scope: Scope
    principal: PrincipalId
    role: RoleId
    principal_type: PrincipalType = PrincipalType.UNKNOWN
    condition: str | None = None
    created_on: datetime | None = None
    updated_on: datetime | None = None

    @property
    def name(self) -> str:
        """The GUID that names the assignment."""
        return self.id.rstrip("/").rpartition("/")[2].lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleEligibility:
    """A PIM eligibility: gives nothing until it is activated."""

    id: str
    scope: Scope
    principal: PrincipalId
    role: RoleId
    principal_type: PrincipalType = PrincipalType.UNKNOWN
    condition: str | None = None
    starts_on: datetime | None = None
    ends_on: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveSchedule:
    """A PIM schedule instance behind an active role assignment: says when the grant ends.

    `assignment` is the ID of the role assignment it stands for (None: match by principal, role
    and scope). `ends_on` None means permanent.
    """

    id: str
    scope: Scope
    principal: PrincipalId
    role: RoleId
    assignment: str | None = None
    activated: bool = False
    starts_on: datetime | None = None
    ends_on: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DenyAssignment:
    """A block that wins over role assignments at its scope."""

    id: str
    name: str
    scope: Scope
    permissions: tuple[Permission, ...]
    principals: frozenset[PrincipalId]
    excluded: frozenset[PrincipalId]
    group_principals: frozenset[PrincipalId] = frozenset()
    """Those of `principals` that are, or may be, groups."""
    group_excluded: frozenset[PrincipalId] = frozenset()
    only_this_scope: bool = False
    """`doNotApplyToChildScopes`."""
    audit: bool = False
    """`denyAssignmentEffect` audit: reports, does not block."""
    condition: str | None = None
    system: bool = False
    """Made by Azure itself (managed application, blueprint, deployment stack)."""


class LockLevel(enum.StrEnum):
    """What a lock forbids."""

    CAN_NOT_DELETE = "CanNotDelete"
    READ_ONLY = "ReadOnly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A management lock; inherited by everything below its scope."""

    id: str
    name: str
    scope: Scope
    level: LockLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRegistration:
    """Whether a resource provider is registered in a subscription."""

    subscription: Scope
    namespace: str
    state: str

    @property
    def registered(self) -> Truth:
        """TRUE for Registered, FALSE for NotRegistered, UNKNOWN in between."""
        match self.state.lower():
            case "registered":
                return Truth.TRUE
            case "notregistered" | "unregistered":
                return Truth.FALSE
            case _:
                return Truth.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagementGroup:
    """A management group; `parent` None is the tenant root group (or not known: `parent_known`)."""

    id: Scope
    parent: Scope | None = None
    parent_known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A subscription as the evidence knows it.

    `management_group` None: not known. `inherits_from`: management groups seen in the
    subscription's own answers; they are ancestors, others stay unknown.
    """

    id: Scope
    display_name: str | None = None
    management_group: Scope | None = None
    tenant_id: str | None = None
    managed_by_tenants: tuple[str, ...] = ()
    inherits_from: tuple[Scope, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who collected the evidence, with the token in use."""

    object_id: PrincipalId | None = None
    tenant_id: str | None = None
    token_issued_at: datetime | None = None
    credential: str = ""
    """Where the token came from (live evidence only): `az login`."""
    interactive: bool = False
    """Whether it is a user who signed in at a keyboard (live evidence only)."""


class AccessList(enum.StrEnum):
    """The lists of a snapshot, by their names in the file."""

    ROLE_DEFINITIONS = "roleDefinitions"
    ROLE_ASSIGNMENTS = "roleAssignments"
    DENY_ASSIGNMENTS = "denyAssignments"
    ELIGIBILITIES = "roleEligibilityScheduleInstances"
    SCHEDULES = "roleAssignmentScheduleInstances"
    LOCKS = "locks"
    PROVIDERS = "providers"
    RESOURCES = "resources"


class Reach(enum.StrEnum):
    """How far from its scope a reading went."""

    AT = "at"
    AT_ABOVE = "at-above"
    AT_ABOVE_BELOW = "at-above-below"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One reading of a list: outside all readings a missing row proves nothing."""

    list: AccessList
    scope: Scope
    reach: Reach
    principal: PrincipalId | None = None
    """Set when only that principal's rows were asked for."""
    read_proven: bool = True
    """False counts as not read."""


SUBSCRIPTIONS = "subscriptions"
"""`what` of a subscription of which not even the tenant could be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A list that could not be read somewhere, with the error in its own words."""

    what: str
    scope: Scope
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ancestry:
    """The management groups above a scope, nearest first, and whether they are all.

    `/` is not in it: it is above everything.
    """

    groups: tuple[Scope, ...]
    complete: bool


@dataclass(frozen=True, kw_only=True)
class AccessSnapshot:
    """Everything that decides access, as far as it was collected.

    A list that is None was not collected: unknown. An empty one means none, within `coverage`.
    `coverage` None means: every list present was read at, above and below each of `scopes`.
    """

    collected_at: datetime | None = None
    cloud: str = "AzureCloud"
    tenant_id: str | None = None
    scopes: tuple[Scope, ...] = ()
    management_groups: tuple[ManagementGroup, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    caller: Caller | None = None
    principals: tuple[Principal, ...] = ()
    role_definitions: tuple[RoleDefinition, ...] | None = None
    role_assignments: tuple[RoleAssignment, ...] | None = None
    deny_assignments: tuple[DenyAssignment, ...] | None = None
    eligibilities: tuple[RoleEligibility, ...] | None = None
    schedules: tuple[ActiveSchedule, ...] | None = None
    locks: tuple[Lock, ...] | None = None
    providers: tuple[ProviderRegistration, ...] | None = None
    resources: tuple[Scope, ...] | None = None
    coverage: tuple[Coverage, ...] | None = None
    unreadable: tuple[Unreadable, ...] = ()
    policies: Mapping[str, tuple[Mapping[str, JsonValue], ...]] = field(default_factory=dict)
    """Policy lists as they were in the file, by list name; not interpreted yet."""
    files: tuple[str, ...] = ()
    """The files it was read from; empty for live evidence."""
    live: bool = False
    calls: int | None = None
    """How many calls it took (live evidence only)."""
    remarks: tuple[str, ...] = ()
    """How it was read, for the headline (live evidence only)."""
    notes: tuple[tuple[str, str], ...] = ()
    """Remarks of the reader: (code, message)."""
    warnings: tuple[tuple[str, str], ...] = ()
    """Remarks that count under `--strict`: (code, message)."""

    @cached_property
    def _subscriptions(self) -> Mapping[Scope, Subscription]:
        return {row.id: row for row in self.subscriptions}

    @cached_property
    def _groups(self) -> Mapping[Scope, ManagementGroup]:
        return {row.id: row for row in self.management_groups}

    @cached_property
    def principals_by_id(self) -> Mapping[PrincipalId, Principal]:
        """Principals by object ID."""
        return {row.object_id: row for row in self.principals}

    @cached_property
    def role_definitions_by_id(self) -> Mapping[RoleId, RoleDefinition]:
        """Role definitions by GUID; empty when they were not collected."""
        return {row.id: row for row in self.role_definitions or ()}

    def subscription(self, scope: Scope) -> Subscription | None:
        """Return what is known of the subscription that a scope is in."""
        return self._subscriptions.get(scope.subscription) if scope.subscription else None

    def ancestors(self, scope: Scope) -> Ancestry:
        """Return the management groups above a scope (of it, for a management group: without it).

        A cycle in the data, or a chain longer than any directory has, ends the walk and leaves
        it incomplete.
        """
        if scope.subscription is not None:
            row = self._subscriptions.get(scope.subscription)
            seen = self._seen(row.inherits_from) if row else ()
            if row is None or row.management_group is None:
                return Ancestry(groups=seen, complete=False)
            return self._climb(row.management_group, seen)
        group = _management_group_of(scope)
        if group is None:
            known = scope.kind in {ScopeKind.TENANT, ScopeKind.RESOURCE}
            return Ancestry(groups=(), complete=known)
        climbed = self._climb(group, ())
        return Ancestry(groups=climbed.groups[1:], complete=climbed.complete)

    def _seen(self, groups: tuple[Scope, ...]) -> tuple[Scope, ...]:
        """Return groups known to be above a subscription, with what is above them."""
        above = ((group, *self._climb(group, ()).groups) for group in groups)
        return tuple(dict.fromkeys(chain.from_iterable(above)))

    def _climb(self, first: Scope, also: tuple[Scope, ...]) -> Ancestry:
        groups: list[Scope] = []
        step: Scope | None = first
        complete = True
        while step is not None:
            if step in groups or len(groups) == MAX_MANAGEMENT_GROUPS:
                # A cycle: nothing of such a chain can be trusted.
                return Ancestry(groups=(), complete=False)
            groups.append(step)
            row = self._groups.get(step)
            if row is None or not row.parent_known:
                complete = False
                break
            step = row.parent
        return Ancestry(groups=tuple(dict.fromkeys([*groups, *also])), complete=complete)


def _management_group_of(scope: Scope) -> Scope | None:
    """Return the management group a scope is or is below, from its text."""
    return next((rung for rung in scope.ladder() if rung.kind is ScopeKind.MANAGEMENT_GROUP), None)
