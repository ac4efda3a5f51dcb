"""The minimal custom role for what was derived: exactly those actions, assignable where needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from preflight.errors import UsageError
from preflight.model.requirement import Certainty, Derivation, Requirement
from preflight.model.scope import Scope, ScopeKind
from preflight.report.text import clip, plain
from preflight.report.view import View

GATE_READS: tuple[str, ...] = (
    "Microsoft.Authorization/*/read",
    "Microsoft.Management/managementGroups/read",
    "Microsoft.Resources/subscriptions/providers/read",
    "Microsoft.Resources/subscriptions/read",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
)
"""What the gate itself has to read (Azure RBAC built-in Reader covers the same)."""

_GROUP_WRITE = "microsoft.resources/subscriptions/resourcegroups/write"
_NAME = 128
_ASSIGNABLE = frozenset(
    {ScopeKind.MANAGEMENT_GROUP, ScopeKind.SUBSCRIPTION, ScopeKind.RESOURCE_GROUP}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A custom role, ready to be written down.

    No wildcards but those of `GATE_READS` and of actions that Azure takes in no other form.
    """

    name: str
    description: str
    actions: tuple[str, ...]
    data_actions: tuple[str, ...]
    scopes: tuple[str, ...]

    @property
    def target_scope(self) -> str:
        """Where the definition is deployed: `subscription` or `managementGroup`."""
        kind = Scope(self.scopes[0]).kind
        return "managementGroup" if kind is ScopeKind.MANAGEMENT_GROUP else "subscription"


def role_of(derivations: Sequence[Derivation], view: View) -> Role:
    """Return one role for all derivations: their `required` and `conditional` actions.

    Raises:
        UsageError: where nothing is needed below `/`, at which no custom role can be assigned.
    """
    needed = [
        requirement
        for derivation in derivations
        for requirement in derivation.requirements
        if requirement.certainty is not Certainty.POSSIBLE
    ]
    scopes = assignable_scopes(needed)
    if not scopes:
        raise UsageError(
            "a custom role cannot be assigned at the tenant root, where this rollout needs it",
            help="assign a built-in role at `/` instead: `preflight roles ACTION…` names them",
        )
    sources = plain(" ".join(derivation.source for derivation in derivations))
    control = _actions((row for row in needed if not row.data_action), view)
    return Role(
        name=clip(f"preflight {sources}", _NAME),
        description=clip(f"What a rollout of {sources} needs, derived by preflight", 1000),
        actions=_sorted([*control, *GATE_READS] if view.gate_reads else control),
        data_actions=_sorted(_actions((row for row in needed if row.data_action), view)),
        scopes=tuple(scope.text for scope in scopes),
    )


def assignable_scopes(requirements: Iterable[Requirement]) -> tuple[Scope, ...]:
    """Return where the role has to be assignable, what is covered by another left out.

    A resource's role sits at its group, or at the subscription where this rollout creates the
    group; `/` is not possible (Azure RBAC, "Azure custom roles").
    """
    rows = tuple(requirements)
    created = {row.scope for row in rows if row.action.folded == _GROUP_WRITE}
    homes = {home for row in rows if (home := _home(row.scope, created)) is not None}
    kept = [
        scope
        for scope in homes
        if not any(other != scope and _above(other, scope) for other in homes)
    ]
    return tuple(sorted(kept, key=lambda scope: scope.folded))


def _above(other: Scope, scope: Scope) -> bool:
    return scope.folded.startswith(other.folded + "/")


def _home(scope: Scope, created: set[Scope]) -> Scope | None:
    group = scope.resource_group
    if group is not None and group not in created:
        return group
    if scope.subscription is not None:
        return scope.subscription
    return next((rung for rung in _rungs(scope) if rung.kind in _ASSIGNABLE), None)


def _rungs(scope: Scope) -> Iterator[Scope]:
    """Yield the ladder, bounded: a hostile ID can have any number of segments."""
    return (rung for rung, _ in zip(scope.ladder(), range(32), strict=False))


def _actions(requirements: Iterable[Requirement], view: View) -> list[str]:
    """Return the actions as Azure takes them in a role."""
    wildcard = view.role_wildcard
    return [(wildcard(row.action) if wildcard else None) or row.action.text for row in requirements]


def _sorted(actions: Iterable[str]) -> tuple[str, ...]:
    by_folded = {action.lower(): action for action in actions}
    return tuple(by_folded[folded] for folded in sorted(by_folded))
