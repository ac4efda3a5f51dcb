"""A denial → the requirement that a rollout would have, and the template line that asks for it."""

from __future__ import annotations

from collections.abc import Mapping

from preflight.model.action import Action
from preflight.model.explanation import MASK, Denial
from preflight.model.requirement import Certainty, Derivation, Requirement, RequirementKind
from preflight.model.scope import Scope

_DEPLOYMENT = "/providers/microsoft.resources/deployments/"
_GROUPS = "Microsoft.Resources/subscriptions/resourceGroups"


def denied_requirement(denial: Denial, derivation: Derivation | None) -> Requirement:
    """Return the denied action as a requirement; the template adds places and attributes."""
    scope = _scope(denial.scope or "")
    asked = asked_by(denial, derivation)
    return Requirement(
        action=_action(denial),
        scope=scope,
        certainty=Certainty.REQUIRED,
        kind=_kind(denial),
        why="Azure denied it" if asked is None else asked.why,
        resource=scope,
        data_action=denial.data_action,
        origins=asked.origins if asked else (),
        attributes=asked.attributes if asked else None,
    )


def asked_by(denial: Denial, derivation: Derivation | None) -> Requirement | None:
    """Return the requirement that asks for a denied action: at its scope, else of its kind.

    The name of a deployment changes on each run, so that a deployment's scope is compared
    without it; unknown parts of either scope may be anything.
    """
    if derivation is None:
        return None
    action = _action(denial)
    same = [row for row in derivation.requirements if row.action == action]
    if denial.scope is None:
        return same[0] if len({row.scope for row in same}) == 1 else None
    wanted = _scope(denial.scope)
    return next((row for row in same if _may_be(row.scope, wanted)), None)


def _may_be(one: Scope, other: Scope) -> bool:
    """Whether two scopes can be the same, segment by segment."""
    ours, theirs = _named(one), _named(other)
    return len(ours) == len(theirs) and all(
        a == b or "{" in a or "{" in b for a, b in zip(ours, theirs, strict=True)
    )


def _named(scope: Scope) -> tuple[str, ...]:
    head, found, _ = scope.folded.rpartition(_DEPLOYMENT)
    text = head + found + "{deployment}" if found else scope.folded
    return tuple(part for part in text.split("/") if part)


def _kind(denial: Denial) -> RequirementKind:
    action = denial.action.lower()
    if denial.linked:
        return RequirementKind.LINK
    if action.endswith("/register/action"):
        return RequirementKind.REGISTER
    if action == "microsoft.authorization/roleassignments/write":
        return RequirementKind.ASSIGN_ROLE
    verbs: Mapping[str, RequirementKind] = {
        "read": RequirementKind.READ,
        "write": RequirementKind.WRITE,
        "delete": RequirementKind.DELETE,
    }
    return verbs.get(action.rpartition("/")[2], RequirementKind.OTHER)


def _action(denial: Denial) -> Action:
    """Return the action; a linked `/read` is that of the linked resource's own type."""
    if denial.action.startswith("/") and denial.scope:
        kind = _scope(denial.scope).resource_type or ""
        kind = kind.replace("Microsoft.Resources/resourceGroups", _GROUPS)
        return Action(f"{kind}{denial.action}")
    return Action(denial.action)


def _scope(text: str) -> Scope:
    """Return the scope as a scope: a masked part of a segment is an unknown one."""
    return Scope(MASK.sub("{masked}", text))
