"""Where grants can sit: groups that the rollout creates, resources that exist before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import islice

from preflight.model.access import AccessSnapshot
from preflight.model.naming import MAX_RUNGS, scope_path
from preflight.model.requirement import Requirement, RequirementKind
from preflight.model.scope import Scope, ScopeKind

_GROUP_WRITE = "microsoft.resources/subscriptions/resourcegroups/write"


class Places:
    """Finds the place of a requirement and the anchor of several (docs/explanation/advice.md).

    A *place* is the resource group, or the subscription where this rollout creates the group,
    or what is above both: a role assigned there reaches the requirement. An *anchor* is the
    narrowest such scope for a whole finding.
    """

    def __init__(self, requirements: Iterable[Requirement], access: AccessSnapshot) -> None:
        """Look through every requirement of the rollout, the allowed ones too."""
        self._access = access
        self._written = frozenset(
            row.scope
            for row in requirements
            if row.action.folded == _GROUP_WRITE and row.scope.kind is ScopeKind.RESOURCE_GROUP
        )
        self._memo: dict[Scope, Scope] = {}

    @cached_property
    def _existing(self) -> frozenset[Scope]:
        """Every scope that some row of the evidence proves to exist."""
        access = self._access
        rows = [*(access.resources or ()), *access.scopes]
        rows += [row.scope for row in access.role_assignments or ()]
        rows += [row.scope for row in access.deny_assignments or ()]
        rows += [row.scope for row in access.locks or ()]
        known: set[Scope] = set()
        for row in set(rows):
            for rung in islice(row.ladder(), MAX_RUNGS):
                if rung in known:
                    break
                known.add(rung)
        return frozenset(known)

    def created(self, group: Scope) -> bool:
        """Whether this rollout creates the resource group, as far as the evidence can tell."""
        return group in self._written and group not in self._existing

    def place(self, scope: Scope) -> Scope:
        """Return the place of a scope; text that is no resource ID is its own place."""
        found = self._memo.get(scope)
        if found is None:
            found = self._memo[scope] = self._find_place(scope)
        return found

    def path(self, scope: Scope) -> str:
        """Return where a scope is, from the subscription down, for print."""
        return scope_path(scope, self._access)

    def _find_place(self, scope: Scope) -> Scope:
        group = scope.resource_group
        if group is not None and not self.created(group):
            return group
        if scope.subscription is not None:
            return scope.subscription
        if scope.kind is ScopeKind.UNKNOWN:
            return scope
        rungs = islice(scope.ladder(), MAX_RUNGS)
        return next((r for r in rungs if r.kind is ScopeKind.MANAGEMENT_GROUP), Scope.ROOT)

    def anchor(self, requirements: Sequence[Requirement]) -> Scope | None:
        """Return the narrowest scope that exists before the rollout and is above them all.

        Only where every requirement is a linked action may it be a resource. None where the
        requirements share no scope below the management groups, or its text is not known.
        """
        linked = all(row.kind is RequirementKind.LINK for row in requirements)
        homes = {self._home(row.scope) if linked else self.place(row.scope) for row in requirements}
        common = _common(sorted(homes, key=lambda home: home.folded))
        if common is None or common.has_placeholder or common.kind is ScopeKind.UNKNOWN:
            return None
        return common

    def _home(self, scope: Scope) -> Scope:
        """Return the nearest rung that is a resource known to exist, else the place."""
        for rung in islice(scope.ladder(), MAX_RUNGS):
            if rung.kind is not ScopeKind.RESOURCE:
                break
            if rung in self._existing and not rung.has_placeholder:
                return rung
        return self.place(scope)


def _common(scopes: Sequence[Scope]) -> Scope | None:
    """Return the deepest rung that all scopes share in their text."""
    if not scopes:
        return None
    shared = list(islice(scopes[0].ladder(), MAX_RUNGS))
    for scope in scopes[1:]:
        above = set(islice(scope.ladder(), MAX_RUNGS))
        shared = [rung for rung in shared if rung in above]
    return shared[0] if shared else None
