"""RoleRanking: built-in roles that grant some actions, narrowest first."""

from __future__ import annotations

from dataclasses import dataclass

from preflight.model.advice import AlsoAllows
from preflight.model.report_document import role_definition_id
from preflight.model.role import RoleDefinition
from preflight.model.value import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedRole:
    """A role that grants all of the actions, and what it opens besides.

    `remark` says why a role stands last: it exists for a service, or its holder can give himself
    more. Counts are at least so many: the catalogue is of a date, data actions are patterns.
    """

    role: RoleDefinition
    also_allows: AlsoAllows
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAction:
    """An action as Azure spells it, and how many built-in roles grant it."""

    action: str
    data_action: bool
    known: bool
    """Whether the catalogue has it; a new action may be missing there."""
    roles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRanking:
    """The answer: the actions asked for, and the roles that grant all of them."""

    version: str
    catalogue: str
    actions: tuple[AskedAction, ...]
    roles: tuple[RankedRole, ...]

    def to_dict(self) -> dict[str, JsonValue]:
        """Return the wire form `preflight.roles/1`."""
        return {
            "schema": "preflight.roles/1",
            "tool": {
                "name": "preflight",
                "version": self.version,
                "catalogue": self.catalogue or None,
            },
            "actions": [
                {
                    "action": row.action,
                    "dataAction": row.data_action,
                    "known": row.known,
                    "roles": row.roles,
                }
                for row in self.actions
            ],
            "roles": [
                {
                    "name": row.role.name,
                    "roleDefinitionId": role_definition_id(row.role),
                    "alsoAllows": {
                        "count": row.also_allows.count,
                        "privileged": list(row.also_allows.privileged),
                    },
                    "remark": row.remark or None,
                }
                for row in self.roles
            ],
        }
