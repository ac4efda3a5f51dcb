"""The minimal custom role for what was derived: exactly those actions, assignable where needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from preflight.errors import UsageError
from preflight.model.action import Action
from preflight.model.requirement import Certainty, Derivation, Requirement
from preflight.model.scope import PLACEHOLDER, Scope, ScopeKind
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
    remarks: tuple[str, ...] = ()
    """What whoever creates the role has to know, one line each."""

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
        remarks=tuple(_remarks(needed, scopes, view, derivations[0].catalogue)),
    )


def _remarks(
    needed: Sequence[Requirement], scopes: Sequence[Scope], view: View, catalogue: str
) -> Iterator[str]:
    """Yield what stands between this role and its use.

    Sources: Azure RBAC, "Azure custom roles" (one management group per role, none with data
    actions, never `/`); Azure refuses a role that names an action it does not know.
    """
    knows = view.knows_action
    named = {row.action.folded: row.action for row in needed if not _stands_for(row.action, view)}
    for _, action in sorted(named.items()):
        if knows is not None and not knows(action):
            yield f"{action.text} is unknown to the catalogue of {catalogue}; Azure may know it"
    at_root = {
        row.action.folded: row.action.text for row in needed if _home(row.scope, set()) is None
    }
    if at_root:
        names = ", ".join(text for _, text in sorted(at_root.items()))
        yield f"needed at the tenant root, where no custom role can be assigned: {names}"
    groups = [scope for scope in scopes if scope.kind is ScopeKind.MANAGEMENT_GROUP]
    if len(groups) > 1:
        yield "Azure takes one management group per custom role: make one for each"
    if groups and any(row.data_action for row in needed):
        yield "Azure takes no management group in a custom role with data actions"
    labels = dict.fromkeys(mark for scope in scopes for mark in PLACEHOLDER.findall(scope.text))
    if labels:
        yield f"replace {', '.join(labels)} by the names that the rollout will use"


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
    return [_stands_for(row.action, view) or row.action.text for row in requirements]


def _stands_for(action: Action, view: View) -> str | None:
    """Return the wildcard for an action that no role may name; None where one may."""
    return view.role_wildcard(action) if view.role_wildcard else None


def _sorted(actions: Iterable[str]) -> tuple[str, ...]:
    by_folded = {action.lower(): action for action in actions}
    return tuple(by_folded[folded] for folded in sorted(by_folded))
