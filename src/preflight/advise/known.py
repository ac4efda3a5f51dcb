"""What advice asks of the catalogue."""

from __future__ import annotations

from typing import Protocol

from preflight.model.action import Action
from preflight.model.role import RoleDefinition


class KnownRoles(Protocol):
    """Built-in roles and actions; `model.catalog.RuleCatalog` is one."""

    @property
    def roles(self) -> tuple[RoleDefinition, ...]:
        """All built-in role definitions."""

    def knows(self, action: Action) -> bool:
        """Whether the action is in the catalogue."""

    def spelled(self, action: str) -> str:
        """Return the action as Azure spells it, or as given where it is unknown."""

    def actions(self) -> tuple[str, ...]:
        """Return every known control-plane action."""

    def role_wildcard(self, action: Action) -> str | None:
        """Return the narrowest pattern for an action that a role may not name; mostly None."""
