"""What lies next to a rollout's requirements and must still be refused after a fix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from preflight.advise.delegation import assigns_roles
from preflight.advise.known import KnownRoles
from preflight.advise.privileged import ESCALATING
from preflight.model.access import Principal
from preflight.model.action import Action
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.scope import Scope
from preflight.model.truth import Truth

ADJACENT: tuple[str, ...] = (
    *ESCALATING,
    "Microsoft.Authorization/roleAssignments/delete",
    "Microsoft.Authorization/denyAssignments/write",
    "Microsoft.Authorization/locks/delete",
    "Microsoft.Authorization/policyAssignments/write",
    "Microsoft.Authorization/policyAssignments/delete",
    "Microsoft.Authorization/policyExemptions/write",
    "Microsoft.Resources/deploymentStacks/manageDenySetting/action",
)
"""What nobody needs for a rollout that does not declare it: no deploying role below Owner and
User Access Administrator holds one of these (docs/how-to/verify.md)."""

_OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
_WHY = "must not be held"


@dataclass(frozen=True, slots=True, kw_only=True)
class MustNot:
    """An action that must be refused: at one scope, or wherever the rollout needs something."""

    action: Action
    scope: Scope | None = None
    data_action: bool = False


def probes(
    requirements: Sequence[Requirement],
    must_not: Sequence[MustNot] | None,
    principal: Principal,
    catalog: KnownRoles,
) -> tuple[Requirement, ...]:
    """Return what to ask beside the requirements, each once; `must_not` None is the default list.

    What the rollout itself requires at a place is not asked there, but where `must_not` names
    the scope, for then somebody asked this very question. By default also: write and
    delete of each linked resource in a place that the rollout writes nothing to, and, where it
    assigns roles, the assignment of Owner to itself.
    """
    places = _places(requirements)
    if must_not is not None:
        found = [
            _probe(row.action, scope, data_action=row.data_action)
            for row in must_not
            for scope in ([row.scope] if row.scope is not None else places)
        ]
    else:
        found = [_probe(Action(text), scope) for scope in places for text in ADJACENT]
        found += [*_linked(requirements, catalog), *_owner(requirements, principal)]
    named = {(row.action, row.scope) for row in must_not or () if row.scope is not None}
    unique = {
        row.key: row
        for row in found
        if (row.action, row.scope) in named or not _required(row, requirements)
    }
    return tuple(unique[key] for key in sorted(unique))


def _places(requirements: Sequence[Requirement]) -> list[Scope]:
    """Return where the rollout needs something: its groups, and linked resources elsewhere."""
    own = _own_homes(requirements)
    return list(
        dict.fromkeys(
            row.scope if _is_foreign_link(row, own) else _home(row.scope)
            for row in requirements
            if _sure(row)
        )
    )


def _own_homes(requirements: Sequence[Requirement]) -> frozenset[Scope]:
    """Return the places that the rollout writes something to."""
    return frozenset(_home(row.scope) for row in requirements if row.kind is RequirementKind.WRITE)


def _home(scope: Scope) -> Scope:
    return scope.resource_group or scope.subscription or scope


def _is_foreign_link(row: Requirement, own: frozenset[Scope]) -> bool:
    return row.kind is RequirementKind.LINK and _sure(row) and _home(row.scope) not in own


def _sure(row: Requirement) -> bool:
    return row.certainty is not Certainty.POSSIBLE


def _linked(requirements: Sequence[Requirement], catalog: KnownRoles) -> Iterator[Requirement]:
    """Yield write and delete of resources that the rollout only links, in places of others."""
    own = _own_homes(requirements)
    for row in requirements:
        kind = row.scope.resource_type
        if kind is not None and _is_foreign_link(row, own):
            for verb in ("write", "delete"):
                yield _probe(Action(catalog.spelled(f"{kind}/{verb}")), row.scope)


def _owner(requirements: Sequence[Requirement], principal: Principal) -> Iterator[Requirement]:
    """Yield the assignment of Owner to oneself wherever the rollout assigns roles."""
    for row in requirements:
        if assigns_roles(row) and _sure(row):
            yield Requirement(
                action=row.action,
                scope=row.scope,
                certainty=Certainty.REQUIRED,
                kind=RequirementKind.ASSIGN_ROLE,
                why=f"{_WHY}: assigning Owner to itself",
                resource=row.scope,
                attributes={
                    "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/"
                    + _OWNER,
                    "principalId": principal.object_id,
                    "principalType": principal.type.value,
                },
            )


def _probe(action: Action, scope: Scope, *, data_action: bool = False) -> Requirement:
    return Requirement(
        action=action,
        scope=scope,
        certainty=Certainty.REQUIRED,
        kind=RequirementKind.OTHER,
        why=_WHY,
        resource=scope,
        data_action=data_action,
    )


def _required(probe: Requirement, requirements: Sequence[Requirement]) -> bool:
    """Whether the rollout needs the action there or below; what is only possible is no need."""
    return probe.attributes is None and any(
        _sure(row)
        and row.action == probe.action
        and row.data_action is probe.data_action
        and probe.scope.covers(row.scope) is not Truth.FALSE
        for row in requirements
    )
