"""Which places of a tenant have to be looked at for a rollout."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.scope import PLACEHOLDER, Scope, ScopeKind

_WRITE = "microsoft.authorization/roleassignments/write"
_RUNGS = 32
MAXIMUM_SUBSCRIPTIONS = 300
"""Subscriptions, and management groups, that one run looks at; others count as not read."""
MAXIMUM_GROUPS = 200
"""Resource groups that are asked where their subscription refuses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked about. Only places whose text is known are in it."""

    scopes: tuple[Scope, ...] = ()
    """Every distinct scope of a requirement."""
    linked: frozenset[Scope] = frozenset()
    """Those of linked actions: resources that exist elsewhere."""
    assigned: frozenset[Scope] = frozenset()
    """Subscriptions (and management groups) of which everybody's role assignments are read."""
    emptied: frozenset[Scope] = frozenset()
    """Resource groups that a complete-mode deployment may delete from."""

    passed: tuple[Scope, ...] = ()
    """Scopes at `/` that are not looked at: what is needed there is only possible."""

    @property
    def subscriptions(self) -> tuple[Scope, ...]:
        """The subscriptions, in order of first mention."""
        found = (scope.subscription for scope in self.scopes)
        distinct = dict.fromkeys(row for row in found if row is not None)
        return tuple(distinct)[:MAXIMUM_SUBSCRIPTIONS]

    @property
    def above(self) -> tuple[Scope, ...]:
        """Management groups and `/`, where one is itself a target."""
        tops = (top_of(scope) for scope in self.scopes if scope.subscription is None)
        return tuple(dict.fromkeys(top for top in tops if top is not None))[:MAXIMUM_SUBSCRIPTIONS]

    def below(self, top: Scope) -> tuple[Scope, ...]:
        """Return the scopes for which a management group or `/` is looked at."""
        scopes = (scope for scope in self.scopes if scope.subscription is None)
        return tuple(scope for scope in scopes if top_of(scope) == top)

    def groups(self, subscription: Scope) -> tuple[Scope, ...]:
        """Return the distinct resource groups of a subscription."""
        found = (s.resource_group for s in self.scopes if s.subscription == subscription)
        distinct = dict.fromkeys(row for row in found if row is not None and _known(row))
        return tuple(distinct)[:MAXIMUM_GROUPS]

    def linked_in(self, group: Scope) -> tuple[Scope, ...]:
        """Return the linked resources of a resource group."""
        found = (scope for scope in self.scopes if scope in self.linked)
        return tuple(s for s in found if s.resource_group == group and s != group and _known(s))


def wanted_of(requirements: Iterable[Requirement]) -> Wanted:
    """Return what a rollout's requirements ask about."""
    rows = [row for row in requirements if _placed(row.scope)]
    passed = [row for row in rows if _at_root(row)]
    if any(row.certainty is not Certainty.POSSIBLE for row in passed):
        passed = []
    else:
        # A built-in role that is named stands at `/`, and hardly anybody may read there.
        rows = [row for row in rows if not _at_root(row)]
    return Wanted(
        passed=tuple(dict.fromkeys(row.scope for row in passed)),
        scopes=tuple(dict.fromkeys(row.scope for row in rows)),
        linked=frozenset(row.scope for row in rows if row.kind is RequirementKind.LINK),
        assigned=frozenset(
            place
            for row in rows
            if row.action.folded == _WRITE
            and (place := row.scope.subscription or top_of(row.scope)) is not None
        ),
    )


def _at_root(row: Requirement) -> bool:
    return top_of(row.scope) == Scope.ROOT


def wanted_scopes(scopes: Iterable[Scope]) -> Wanted:
    """Return the same for scopes that were named."""
    return Wanted(scopes=tuple(dict.fromkeys(scope for scope in scopes if _placed(scope))))


def _placed(scope: Scope) -> bool:
    """Whether the subscription or management group of a scope is known."""
    if scope.kind is ScopeKind.UNKNOWN or {".", ".."} & set(scope.segments):
        # Dots in a path would lead a call somewhere else than the scope says.
        return False
    top = scope.subscription or top_of(scope)
    return top is not None and _known(top)


def _known(scope: Scope) -> bool:
    return PLACEHOLDER.search(scope.text) is None


def top_of(scope: Scope) -> Scope | None:
    """Return the management group a scope is or is below, else `/`; None in a subscription."""
    if scope.subscription is not None:
        return None
    for number, rung in enumerate(scope.ladder()):
        if rung.kind is ScopeKind.MANAGEMENT_GROUP:
            return rung
        if number == _RUNGS:
            return None
    return Scope.ROOT
