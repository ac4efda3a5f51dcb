"""What a decision says: details that name what decided, in the words of the field."""

from __future__ import annotations

from collections.abc import Sequence

from preflight.authorize.case import Case
from preflight.authorize.condition.explain import Clause, dashed
from preflight.authorize.weigh import Scales, Weighed
from preflight.model.access import (
    EVERYONE,
    AccessSnapshot,
    DenyAssignment,
    Lock,
    LockLevel,
    Principal,
    PrincipalId,
    RoleAssignment,
    RoleEligibility,
)
from preflight.model.diagnosis import Holding
from preflight.model.naming import one_line, scope_path
from preflight.model.requirement import Requirement
from preflight.model.role import Permission, RoleId
from preflight.model.scope import Scope
from preflight.model.truth import Truth

_ROLES_NAMED = 3


class Wording:
    """Words for one principal and snapshot."""

    def __init__(self, snapshot: AccessSnapshot, principal: Principal, scales: Scales) -> None:
        """Keep what names things."""
        self._snapshot = snapshot
        self._principal = principal
        self._scales = scales

    # --- names --------------------------------------------------------------------------------

    def place(self, scope: Scope) -> str:
        """Return a scope from the subscription down, on one line."""
        return scope_path(scope, self._snapshot)

    def role(self, role: RoleId) -> str:
        """Return a role's name, or `role GUID`."""
        found = self._scales.roles.definition(role)
        return one_line(found.name) if found else f"role {one_line(role)}"

    def via(self, holder: PrincipalId) -> str:
        """Return `direct`, or the name (else ID) of the group that holds a row."""
        if holder == self._principal.object_id:
            return "direct"
        known = self._snapshot.principals_by_id.get(holder)
        return one_line(known.display_name) if known and known.display_name else holder

    def at(self, row: RoleAssignment | RoleEligibility) -> str:
        """Name a role and where it is assigned."""
        return f"{self.role(row.role)} at {self.place(row.scope)}"

    def _role_names(self, guid: str) -> str | None:
        found = self._scales.roles.definition(RoleId(dashed(guid)))
        return one_line(found.name) if found else None

    # --- holdings -----------------------------------------------------------------------------

    def holding(self, weighed: Weighed) -> Holding:
        """Return one assignment on the ladder with what it gives."""
        return Holding(
            assignment=weighed.row,
            role_name=self.role(weighed.row.role),
            via=self.via(weighed.row.principal),
            grants=weighed.truth,
            because="" if weighed.truth is Truth.TRUE else weighed.because,
        )

    def elsewhere(self, row: RoleAssignment) -> Holding:
        """Return an assignment elsewhere: it grants there, not here."""
        return Holding(
            assignment=row,
            role_name=self.role(row.role),
            via=self.via(row.principal),
            grants=Truth.FALSE,
            because="wrong-scope",
        )

    # --- allowed ------------------------------------------------------------------------------

    def granted(self, weighed: Weighed) -> str:
        """Name what grants."""
        via = self.via(weighed.row.principal)
        return self.at(weighed.row) + ("" if via == "direct" else f" through {via}")

    # --- denied -------------------------------------------------------------------------------

    def deny(self, row: DenyAssignment, case: Case) -> str:
        """Name what a deny assignment forbids, where, and for whom."""
        pattern = _naming(row.permissions, case.requirement)
        whom = "everybody" if EVERYONE in row.principals else "this principal or a group of it"
        but = f" but {len(row.excluded)} excluded" if row.excluded else ""
        name = one_line(row.name) or one_line(row.id)
        place = self.place(row.scope)
        return f"`{name}` at {place} forbids `{one_line(pattern)}` to {whom}{but}"

    def lock(self, row: Lock) -> str:
        """Name a lock and what it lets pass."""
        passes = "reads only" if row.level is LockLevel.READ_ONLY else "everything but deletes"
        place = self.place(row.scope)
        return f"{row.level.value} lock `{one_line(row.name)}` at {place} lets pass {passes}"

    def clash(self, row: RoleAssignment, case: Case) -> str:
        """Say with which existing role assignment a new one clashes."""
        wanted = case.requirement.scope.name.lower()
        if row.name == wanted:
            return (
                f"the name {one_line(row.name)} is in use for {self.at(row)}; scope, principal "
                "and role of a role assignment cannot be changed"
            )
        return f"{self.at(row)} is assigned to this principal already, as {one_line(row.name)}"

    def stopped(self, weighed: Weighed, case: Case) -> str:
        """Say at what an assignment that covers the scope stops."""
        row = weighed.row
        if weighed.blocking:
            return f"{self.at(row)}: {self.clauses(weighed.blocking, case)}"
        definition = self._scales.roles.definition(row.role)
        pattern = _excluding(definition.permissions if definition else (), case.requirement)
        kind = "notDataActions" if case.requirement.data_action else "notActions"
        return f"{self.at(row)}: {kind} `{one_line(pattern)}`"

    def clauses(self, conditions: Sequence[str], case: Case) -> str:
        """Say which clauses of conditions do not hold, and what would satisfy them."""
        return in_words(self.clauses_of(conditions, case))

    def clauses_of(self, conditions: Sequence[str], case: Case) -> tuple[Clause, ...]:
        """Return the clauses of conditions that keep them from holding."""
        return self._scales.conditions.clauses(conditions, case.request, self._role_names)

    def eligible(self, row: RoleEligibility) -> str:
        """Name what would have to be activated."""
        via = self.via(row.principal)
        return f"{self.at(row)} is eligible, not active" + (
            "" if via == "direct" else f" (through {via})"
        )

    @staticmethod
    def elsewhere_detail(holding: Holding) -> str:
        """Name where the action is held instead."""
        return f"{holding.role_name} holds it at {one_line(holding.assignment.scope.text)}"

    def lacking(self, held: Sequence[RoleAssignment]) -> str:
        """Name the roles that cover the scope and lack the action."""
        roles = list(dict.fromkeys(self.at(row) for row in held))
        more = len(roles) - _ROLES_NAMED
        text = ", ".join(roles[:_ROLES_NAMED])
        return f"{text} and {more} more" if more > 0 else text

    def ended(self, row: RoleAssignment) -> str:
        """Name an assignment whose time is over or has not come."""
        end = self._scales.times.ends_on(row)
        when = f"ended {end.isoformat()}" if end else "is not in force"
        return f"{self.at(row)} {when}"

    @staticmethod
    def unregistered(requirement: Requirement, detail: str) -> str:
        """Say which provider is not registered, and why it cannot be registered."""
        text = f"{one_line(requirement.action.namespace)} is not registered there"
        return f"{text}; {detail}" if detail else text


def in_words(clauses: Sequence[Clause]) -> str:
    """Return clauses as one text: what each says, what the request shows, what would do."""
    return "; ".join(_clause(clause) for clause in clauses)


def _clause(clause: Clause) -> str:
    text = one_line(clause.text)
    parts = [f"`{text}`"] if text else []
    parts += [one_line(part, limit=400) for part in (clause.found, clause.wanted) if part]
    return ": ".join(parts[:2]) + (f" ({parts[2]})" if len(parts) > 2 else "")  # noqa: PLR2004 - text, found, wanted


def _naming(permissions: Sequence[Permission], requirement: Requirement) -> str:
    """Return the pattern by which a permission block names the action."""
    data = requirement.data_action
    for permission in permissions:
        if permission.grants(requirement.action, data_action=data) is Truth.FALSE:
            continue
        for pattern in permission.data_actions if data else permission.actions:
            if pattern.matches(requirement.action):
                return pattern.text
    return requirement.action.text


def _excluding(permissions: Sequence[Permission], requirement: Requirement) -> str:
    """Return the first `notActions` pattern that takes the action away."""
    data = requirement.data_action
    for permission in permissions:
        if permission.names(requirement.action, data_action=data) is Truth.FALSE:
            continue
        for pattern in permission.not_data_actions if data else permission.not_actions:
            if pattern.matches(requirement.action):
                return pattern.text
    return requirement.action.text
