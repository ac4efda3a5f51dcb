"""The person who would run a proposal's commands: may he or she make that grant?

Source: Azure RBAC "Delegate Azure role assignment management to others with conditions": whoever
assigns roles may be limited to some roles or kinds of principals.
"""

from __future__ import annotations

from preflight.advise.case import AdviseInput
from preflight.advise.custom_role import assignable_scope
from preflight.advise.delegation import WRITE
from preflight.model.access import Principal, RoleAssignment
from preflight.model.action import Action
from preflight.model.decision import Verdict
from preflight.model.naming import principal_label
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.scope import Scope

_CREATE = "Microsoft.Authorization/roleDefinitions/write"


class Granter:
    """Who collected the evidence, where that is somebody else than the deploying principal."""

    def __init__(self, evidence: AdviseInput) -> None:
        """Find the person in the evidence; without one nothing is said."""
        self._access = evidence.access
        self._decider = evidence.decider
        caller = evidence.access.caller
        known = caller.object_id if caller is not None else None
        self._who: Principal | None = None
        if known is not None and known != evidence.principal.object_id:
            listed = evidence.access.principals_by_id.get(known)
            self._who = listed or Principal(object_id=known)
            self._decider = evidence.decider.for_principal(self._who)

    def refused(self, grant: RoleAssignment, *, new_role: bool) -> str:
        """Return who may not make a grant and why, and who may; empty where nothing is known."""
        if self._who is None:
            return ""
        wanted = [_assign(grant)]
        home = assignable_scope(grant.scope) if new_role else None
        wanted += [_create(home)] if home is not None else []
        for requirement in wanted:
            decision = self._decider.decide(requirement)
            if decision.verdict is Verdict.DENIED:
                what = "assign it" if requirement.attributes else "create a role"
                who = principal_label(self._who)
                other = self._other(requirement)
                return f"; {who} may not {what}: {decision.reason.value}{other}"
        return ""

    def _other(self, requirement: Requirement) -> str:
        """Name somebody who may, if the evidence shows one."""
        for holding in self._decider.holders(requirement):
            principal = self._access.principals_by_id.get(holding.assignment.principal)
            if principal is not None:
                return f" ({principal_label(principal)} may, as {holding.role_name})"
        return ""


def _assign(grant: RoleAssignment) -> Requirement:
    attributes = {
        "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{grant.role}",
        "principalId": str(grant.principal),
        "principalType": grant.principal_type.value,
    }
    return _requirement(WRITE, Scope(grant.id), attributes)


def _create(home: Scope) -> Requirement:
    return _requirement(_CREATE, home, None)


def _requirement(action: str, scope: Scope, attributes: dict[str, str] | None) -> Requirement:
    return Requirement(
        action=Action(action),
        scope=scope,
        certainty=Certainty.REQUIRED,
        kind=RequirementKind.ASSIGN_ROLE,
        why="the proposed grant",
        resource=scope,
        attributes=attributes,
    )
