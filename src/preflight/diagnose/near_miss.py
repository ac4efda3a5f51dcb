"""The closest assignment that would have worked, and exactly what it lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from preflight.diagnose.grouping import Group
from preflight.model.access import AccessSnapshot, RoleAssignment
from preflight.model.action import Action
from preflight.model.decision import Decision, Reason
from preflight.model.diagnosis import Holding, NearMiss, Rung
from preflight.model.naming import one_line, role_label
from preflight.model.role import RoleDefinition
from preflight.model.scope import Scope, ScopeKind
from preflight.model.truth import Truth

_VERBS = ("read", "write", "delete")


def near_miss(
    group: Group, rungs: Sequence[Rung], place: Scope, access: AccessSnapshot
) -> NearMiss | None:
    """Return the near miss of a group, or None where no assignment comes close.

    `place` is where a grant would have to be; `rungs` are those of the first decision.
    """
    if group.reason is Reason.WRONG_SCOPE:
        if not isinstance(group.cause, RoleAssignment):
            return None
        return NearMiss(
            assignment=group.cause,
            role_name=role_label(group.cause, access),
            lacks=relation(group.cause.scope, place, access),
        )
    describe = _ON_THE_LADDER.get(group.reason)
    holding = describe and _closest(group, rungs)
    if describe is None or holding is None:
        return None
    return NearMiss(
        assignment=holding.assignment,
        role_name=holding.role_name,
        lacks=one_line(describe(group.decisions[0], holding, access)),
    )


def _closest(group: Group, rungs: Sequence[Rung]) -> Holding | None:
    """Return the nearest holding that fails for the group's reason (denies: that grants)."""
    held = [holding for rung in reversed(rungs) for holding in rung.holds]
    if group.reason in {Reason.DENY_ASSIGNMENT, Reason.SCOPE_LOCKED}:
        return next((holding for holding in held if holding.grants is Truth.TRUE), None)
    return next((holding for holding in held if holding.because == group.reason.value), None)


def relation(assigned: Scope, needed: Scope, access: AccessSnapshot) -> str:
    """Say how the scope of an assignment misses the scope where it is needed."""
    if assigned.kind is ScopeKind.MANAGEMENT_GROUP:
        return _below_a_group(assigned, needed, access)
    if needed.covers(assigned) is Truth.TRUE:
        return "a scope below it: assignments reach down, never up"
    if assigned.subscription != needed.subscription:
        return "another subscription" if needed.subscription else "below the management groups"
    if assigned.resource_group != needed.resource_group:
        return "another resource group" if needed.resource_group else "one resource group only"
    return "another resource in the same resource group"


def _below_a_group(assigned: Scope, needed: Scope, access: AccessSnapshot) -> str:
    if needed.kind is ScopeKind.MANAGEMENT_GROUP and needed in access.ancestors(assigned).groups:
        return "a management group below it: assignments reach down, never up"
    return "a management group that is not above it"


def _lacks(decision: Decision, holding: Holding, access: AccessSnapshot) -> str:
    action, data = decision.requirement.action, decision.requirement.data_action
    role = access.role_definitions_by_id.get(holding.assignment.role)
    kind, verb = split_action(action)
    others = [verb for verb in _VERBS if role and _holds(role, f"{kind}/{verb}", data_action=data)]
    return f"it grants {', '.join(others) or 'nothing'} on {kind}, not {verb}"


def _holds(role: RoleDefinition, action: str, *, data_action: bool) -> bool:
    return role.grants(Action(action), data_action=data_action) is Truth.TRUE


def split_action(action: Action) -> tuple[str, str]:
    """Split an action into its type and its verb: `…/subnets` and `join/action`."""
    kind, _, verb = action.text.rpartition("/")
    if verb.lower() == "action" and "/" in kind:
        kind, _, step = kind.rpartition("/")
        verb = f"{step}/{verb}"
    return kind, verb


def _excluded(decision: Decision, holding: Holding, access: AccessSnapshot) -> str:
    role = access.role_definitions_by_id.get(holding.assignment.role)
    found = next(_exclusions(role, decision), None) if role else None
    return found or "its notActions exclude the action"


def _exclusions(role: RoleDefinition, decision: Decision) -> Iterator[str]:
    action, data = decision.requirement.action, decision.requirement.data_action
    for number, block in enumerate(role.permissions, start=1):
        if block.names(action, data_action=data) is Truth.FALSE:
            continue
        name = "notDataActions" if data else "notActions"
        for pattern in block.not_data_actions if data else block.not_actions:
            if pattern.matches(action):
                which = f" of its permission block {number}" if len(role.permissions) > 1 else ""
                yield f"{name} {pattern.text}{which} takes the action away"


def _condition(decision: Decision, _holding: Holding, _access: AccessSnapshot) -> str:
    return (
        f"its condition is not met: {decision.detail}"
        if decision.detail
        else ("its condition is not met")
    )


def _unsettled(_decision: Decision, _holding: Holding, _access: AccessSnapshot) -> str:
    return "whether its condition is met is not known before the rollout"


def _overridden(_decision: Decision, _holding: Holding, _access: AccessSnapshot) -> str:
    return "a deny assignment overrides it"


def _locked(_decision: Decision, _holding: Holding, _access: AccessSnapshot) -> str:
    return "a lock stops everybody"


_ON_THE_LADDER: Mapping[Reason, Callable[[Decision, Holding, AccessSnapshot], str]] = {
    Reason.DENY_ASSIGNMENT: _overridden,
    Reason.SCOPE_LOCKED: _locked,
    Reason.CONDITION_NOT_MET: _condition,
    Reason.CONDITION_UNDETERMINED: _unsettled,
    Reason.EXCLUDED_BY_NOT_ACTIONS: _excluded,
    Reason.ROLE_LACKS_ACTION: _lacks,
}
