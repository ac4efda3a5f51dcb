"""What stops a rollout beside RBAC: locks, unregistered providers, clashing role assignments."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from preflight.authorize.assignments import Placed
from preflight.authorize.requests import WRITE
from preflight.model.access import (
    AccessSnapshot,
    Lock,
    LockLevel,
    PrincipalId,
    RoleAssignment,
    principal_id,
)
from preflight.model.action import Action
from preflight.model.requirement import Requirement
from preflight.model.role import RoleId, role_id
from preflight.model.scope import PLACEHOLDER, Scope
from preflight.model.truth import Truth

_MARKER = "/providers/microsoft.authorization/roleassignments/"
_OWN_ACTIONS = "microsoft.authorization/locks/"
"""A lock does not keep anybody from changing or removing locks."""


class Blocking(NamedTuple):
    """A lock that stops an action, or may (UNKNOWN: only a placeholder keeps it open)."""

    lock: Lock
    truth: Truth


def blocking_locks(requirement: Requirement, locks: Placed[Lock]) -> tuple[Blocking, ...]:
    """Return the locks that stop a requirement, nearest first.

    ReadOnly lets only reads pass, CanNotDelete everything but deletes; both are inherited, and
    one below a resource or group keeps it from being deleted (Azure Resource Manager "Lock
    resources"). Data actions are not affected.
    """
    verb = requirement.action.verb
    own = requirement.action.folded.startswith(_OWN_ACTIONS)
    if requirement.data_action or verb == "read" or own:
        return ()
    found = [
        Blocking(reaching.row, reaching.covers)
        for reaching in locks.reaching(requirement.scope)
        if verb == "delete" or reaching.row.level is LockLevel.READ_ONLY
    ]
    if verb == "delete":
        found += [Blocking(row, Truth.TRUE) for row in locks.below(requirement.scope)]
    return tuple(found)


class Clashes:
    """Existing role assignments with which a new one would clash."""

    def __init__(self, snapshot: AccessSnapshot) -> None:
        """Index the existing rows by what makes them unique."""
        self._by_name: dict[str, list[RoleAssignment]] = defaultdict(list)
        self._by_triple: dict[tuple[Scope, PrincipalId, RoleId], list[RoleAssignment]] = (
            defaultdict(list)
        )
        for row in snapshot.role_assignments or ():
            self._by_name[row.name].append(row)
            self._by_triple[row.scope, row.principal, row.role].append(row)

    def of(self, requirement: Requirement) -> RoleAssignment | None:
        """Return the existing row that a role assignment to be written clashes with.

        Azure refuses a second name for the same scope, principal and role, and a name that is in
        use for another scope, principal or role (names are unique in the tenant; Azure RBAC
        "Troubleshoot", `RoleAssignmentExists` and `RoleAssignmentUpdateNotPermitted`). What is
        unknown before the rollout never clashes.
        """
        scope, attributes = requirement.scope.folded, requirement.attributes
        if requirement.action.folded != WRITE or attributes is None or _MARKER not in scope:
            return None
        extended, _, name = scope.rpartition(_MARKER)
        principal = principal_id(attributes.get("principalId", "{}"))
        role = role_id(attributes.get("roleDefinitionId", "{}"))
        if any(PLACEHOLDER.search(text) or not text.strip("{}") for text in (principal, role)):
            return None
        if PLACEHOLDER.search(scope):
            return None
        wanted = (Scope(extended or "/"), principal, role)
        same_name = self._by_name.get(name, [])
        if any((row.scope, row.principal, row.role) == wanted for row in same_name):
            return None
        others = [row for row in self._by_triple.get(wanted, []) if row.name != name]
        return next(iter((*same_name, *others)), None)


def provider_of(action: Action) -> str | None:
    """Return the folded namespace that a `…/register/action` registers; None for others."""
    parts = action.folded.split("/")
    return parts[0] if len(parts) == 3 and parts[1:] == ["register", "action"] else None  # noqa: PLR2004 - namespace, register, action


class Registrations:
    """Which resource providers are registered where."""

    def __init__(self, snapshot: AccessSnapshot) -> None:
        """Index the states; what two rows disagree about is not known."""
        self._states: dict[tuple[Scope, str], Truth] = {}
        for row in snapshot.providers or ():
            key = (row.subscription, row.namespace.lower())
            agreed = self._states.get(key, row.registered) is row.registered
            self._states[key] = row.registered if agreed else Truth.UNKNOWN

    def missing(self, requirement: Requirement) -> bool:
        """Whether a requirement registers a provider that is known not to be registered."""
        namespace = provider_of(requirement.action)
        place = requirement.scope.subscription
        if namespace is None or place is None:
            return False
        return self._states.get((place, namespace)) is Truth.FALSE
