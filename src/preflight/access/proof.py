"""Reading is proven, not assumed: an empty list counts only if the reader may read it.

A management-group Reader and a role without the list's action both got an empty list from Azure
instead of an error (MicrosoftDocs/azure-docs issue 66312, azure-sdk-for-python issue 22873). So
another answer must show that the reader holds the list's own read action there: one of its
assignments with the role's definition, or the Permissions API.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from preflight.model.access import DenyAssignment, PrincipalId, RoleAssignment
from preflight.model.action import Action
from preflight.model.role import Permission, RoleDefinition, RoleId
from preflight.model.scope import Scope, ScopeKind
from preflight.model.truth import Truth

_ANY_READ = Action("Microsoft.Resources/any/read")
Holds: TypeAlias = "Callable[[str, Action], bool]"
"""Whether a condition certainly lets an action pass; the engine of conditions answers."""


def never(_text: str, _action: Action) -> bool:
    """Trust no condition: the answer where nobody can evaluate one."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What is known of the reader's own rights."""

    reader: PrincipalId
    held: tuple[tuple[Scope, RoleAssignment], ...] = ()
    """Rows of the reader, each with the scope for which it was listed."""
    roles: Mapping[RoleId, RoleDefinition]
    denies: tuple[DenyAssignment, ...] = ()
    permissions: Mapping[Scope, tuple[Permission, ...]]
    """What the Permissions API says of the reader, by scope."""
    holds: Holds = never

    def prove(self, action: Action, at: Scope) -> bool:
        """Whether the reader certainly holds an action at a scope."""
        if any(self._denied(row, action, at) for row in self.denies):
            return False
        stated = (blocks for scope, blocks in self.permissions.items() if _covers(scope, at))
        if any(self._grants(blocks, action) for blocks in stated):
            return True
        return any(
            _reaches(row.scope, listed, at)
            and row.role in self.roles
            and self._passes(row.condition, action)
            and self._grants(self.roles[row.role].permissions, action)
            for listed, row in self.held
        )

    def read_everything(self, at: Scope) -> bool:
        """Whether the reader certainly may read every resource at a scope, whatever its type.

        A list of resources leaves out those that its reader may not read, without a word.
        """
        stated = (blocks for scope, blocks in self.permissions.items() if _covers(scope, at))
        held = (
            self.roles[row.role].permissions
            for listed, row in self.held
            if row.condition is None and row.role in self.roles and _reaches(row.scope, listed, at)
        )
        blocks = (block for many in (*stated, *held) for block in many)
        denied = any(self._denied(row, _ANY_READ, at) for row in self.denies)
        return not denied and any(_reads_all(block) for block in blocks)

    def _passes(self, condition: str | None, action: Action) -> bool:
        return condition is None or self.holds(condition, action)

    def _grants(self, blocks: Iterable[Permission], action: Action) -> bool:
        return any(
            block.grants(action) is Truth.TRUE and self._passes(block.condition, action)
            for block in blocks
        )

    def _denied(self, row: DenyAssignment, action: Action, at: Scope) -> bool:
        """Whether a deny assignment may keep the reader from reading: seldom, but possible."""
        if row.audit or self.reader in row.excluded:
            return False
        near = row.scope.kind is ScopeKind.MANAGEMENT_GROUP or _covers(row.scope, at)
        return near and any(block.grants(action) is not Truth.FALSE for block in row.permissions)


def _reads_all(block: Permission) -> bool:
    granted = {pattern.text.strip().lower() for pattern in block.actions} & {"*", "*/read"}
    taken = any(
        pattern.text.strip().lower().endswith(("/read", "*")) for pattern in block.not_actions
    )
    return bool(granted) and not taken and block.condition is None


def _covers(upper: Scope, lower: Scope) -> bool:
    return upper.covers(lower) is Truth.TRUE


def _reaches(row: Scope, listed: Scope, at: Scope) -> bool:
    """Whether a row that was listed for a scope counts at another one.

    A row at a management group stands in the answer of everything below that group only.
    """
    if row.kind is ScopeKind.MANAGEMENT_GROUP:
        return _covers(listed, at)
    return _covers(row, at)
