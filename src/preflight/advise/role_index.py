"""Which role definitions grant a set of actions, found without trying every role on each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from preflight.model.action import Action, ActionPattern
from preflight.model.requirement import Requirement
from preflight.model.role import Permission, RoleDefinition
from preflight.model.truth import Truth


class Need(NamedTuple):
    """One action that a role has to grant."""

    action: Action
    data_action: bool


def needs_of(requirements: Iterable[Requirement]) -> frozenset[Need]:
    """Return the different actions of several requirements."""
    return frozenset(Need(row.action, row.data_action) for row in requirements)


class _Entry(NamedTuple):
    role: int
    permission: Permission


class RoleIndex:
    """Answers which of many roles grant all of some actions.

    Patterns are looked up by their text (no `*`) or tried once however many roles hold them.
    A permission block with a condition of its own is not counted on: whether it grants depends
    on the request.
    """

    def __init__(self, roles: Iterable[RoleDefinition]) -> None:
        """Index the roles; the answers keep their order."""
        self.roles = tuple(roles)
        self._literals: dict[tuple[bool, str], list[_Entry]] = defaultdict(list)
        self._wildcards: dict[tuple[bool, str], list[tuple[ActionPattern, list[_Entry]]]]
        self._wildcards = defaultdict(list)
        self._granting: dict[Need, frozenset[int]] = {}
        wild: dict[tuple[bool, ActionPattern], list[_Entry]] = defaultdict(list)
        for number, role in enumerate(self.roles):
            for permission in role.permissions:
                if permission.condition is None:
                    self._add(_Entry(number, permission), wild)
        for (data, pattern), entries in wild.items():
            self._wildcards[data, _namespace(pattern)].append((pattern, entries))

    def _add(self, entry: _Entry, wild: dict[tuple[bool, ActionPattern], list[_Entry]]) -> None:
        blocks = ((False, entry.permission.actions), (True, entry.permission.data_actions))
        for data, patterns in blocks:
            for pattern in patterns:
                if "*" not in pattern.text:
                    self._literals[data, pattern.text.lower()].append(entry)
                elif pattern.supported:
                    wild[data, pattern].append(entry)

    def granting(self, needs: frozenset[Need]) -> tuple[RoleDefinition, ...]:
        """Return the roles that certainly grant every need, in index order; none for no need."""
        if not needs:
            return ()
        numbers = frozenset.intersection(*(self._roles_for(need) for need in needs))
        return tuple(self.roles[number] for number in sorted(numbers))

    def _roles_for(self, need: Need) -> frozenset[int]:
        found = self._granting.get(need)
        if found is None:
            found = self._granting[need] = frozenset(self._find(need))
        return found

    def _find(self, need: Need) -> Iterable[int]:
        action, data = need
        entries = list(self._literals.get((data, action.folded), ()))
        namespace = action.namespace.lower()
        for bucket in ("", namespace):
            for pattern, held in self._wildcards.get((data, bucket), ()):
                if pattern.matches(action):
                    entries += held
        for role, permission in entries:
            if permission.excludes(action, data_action=data) is Truth.FALSE:
                yield role


def _namespace(pattern: ActionPattern) -> str:
    """Return the namespace that a pattern is bound to; empty where it is not bound to one."""
    before = pattern.text.lower().partition("*")[0]
    namespace, slash, _ = before.partition("/")
    return namespace if slash else ""
