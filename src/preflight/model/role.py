"""Role definitions: permission blocks, and which actions they grant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

from preflight.model.action import Action, ActionPattern
from preflight.model.scope import Scope
from preflight.model.truth import Truth

RoleId = NewType("RoleId", str)
"""The last GUID of a role definition's ID, in lower case; see `role_id`."""


def role_id(text: str) -> RoleId:
    """Reduce a role definition ID (full, with any prefix, or bare) to its GUID.

    Source: Azure RBAC "List Azure role definitions": the prefix may be absent or another scope.
    """
    return RoleId(text.strip().rstrip("/").rpartition("/")[2].lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One permission block; `notActions` subtract from the actions of the same block only."""

    actions: tuple[ActionPattern, ...] = ()
    not_actions: tuple[ActionPattern, ...] = ()
    data_actions: tuple[ActionPattern, ...] = ()
    not_data_actions: tuple[ActionPattern, ...] = ()
    condition: str | None = None

    def names(self, action: Action, *, data_action: bool) -> Truth:
        """Whether `actions` (or `dataActions`) match; UNKNOWN if only an unsupported pattern does.

        A data action is never tested against `actions` (Azure RBAC "Control and data actions").
        """
        return _matched(self.data_actions if data_action else self.actions, action)

    def excludes(self, action: Action, *, data_action: bool) -> Truth:
        """Whether `notActions` (or `notDataActions`) match."""
        return _matched(self.not_data_actions if data_action else self.not_actions, action)

    def grants(self, action: Action, *, data_action: bool = False) -> Truth:
        """Whether the block allows the action, its condition apart."""
        named = self.names(action, data_action=data_action)
        if named is Truth.FALSE:
            return named
        return named & ~self.excludes(action, data_action=data_action)


def _matched(patterns: tuple[ActionPattern, ...], action: Action) -> Truth:
    answer = Truth.FALSE
    for pattern in patterns:
        if pattern.matches(action):
            if pattern.supported:
                return Truth.TRUE
            answer = Truth.UNKNOWN
    return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleDefinition:
    """A permission set. `id` is the GUID; `full_id` the ID as Azure returns it."""

    id: RoleId
    name: str
    permissions: tuple[Permission, ...]
    custom: bool = False
    full_id: str = ""
    assignable_scopes: tuple[Scope, ...] = ()

    def grants(self, action: Action, *, data_action: bool = False) -> Truth:
        """Whether any permission block allows the action, conditions apart."""
        answer = Truth.FALSE
        for permission in self.permissions:
            answer |= permission.grants(action, data_action=data_action)
            if answer is Truth.TRUE:
                break
        return answer
