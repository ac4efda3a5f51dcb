"""Where else the principal holds an action: the assignments that a `wrong-scope` names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from preflight.model.access import RoleAssignment
from preflight.model.role import RoleId
from preflight.model.scope import Scope

MAXIMUM_NAMED = 10
"""Assignments elsewhere that are named for one requirement."""


class Elsewhere:
    """The principal's own assignments by place and role, nearest places first."""

    def __init__(self, rows: Iterable[RoleAssignment]) -> None:
        """Sort the rows into resource groups and subscriptions (None: everything)."""
        self._by_role: dict[tuple[Scope | None, RoleId], list[RoleAssignment]] = defaultdict(list)
        self._naming: dict[tuple[str, bool], tuple[RoleId, ...]] = {}
        for row in rows:
            places = (row.scope.resource_group, row.scope.subscription)
            for place in {place for place in places if place is not None}:
                self._by_role[place, row.role].append(row)
            self._by_role[None, row.role].append(row)
        self._roles = tuple(dict.fromkeys(role for _, role in self._by_role))

    def nearest(
        self,
        scope: Scope,
        roles: Iterable[RoleId],
        grants: Callable[[RoleAssignment], bool],
    ) -> tuple[RoleAssignment, ...]:
        """Return assignments of these roles that grant, those in the same group first."""
        wanted = tuple(roles)
        found: dict[str, RoleAssignment] = {}
        for row in islice(filter(grants, self._outwards(scope, wanted)), 3 * MAXIMUM_NAMED):
            found.setdefault(row.id, row)
        return tuple(found.values())[:MAXIMUM_NAMED]

    def roles(self, key: tuple[str, bool], names: Callable[[RoleId], bool]) -> tuple[RoleId, ...]:
        """Return the roles held anywhere that name an action; `key` is the action's."""
        found = self._naming.get(key)
        if found is None:
            found = self._naming[key] = tuple(role for role in self._roles if names(role))
        return found

    def _outwards(self, scope: Scope, roles: tuple[RoleId, ...]) -> Iterator[RoleAssignment]:
        for place in (scope.resource_group, scope.subscription):
            if place is not None:
                for role in roles:
                    yield from self._by_role.get((place, role), ())
        for role in roles:
            yield from self._by_role.get((None, role), ())
