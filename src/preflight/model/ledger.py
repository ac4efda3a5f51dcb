"""The ledger: denials on record, and what would have prevented them."""

from __future__ import annotations

from dataclasses import dataclass

from preflight.model.report_document import role_definition_id
from preflight.model.role_ranking import RankedRole
from preflight.model.value import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One denial on record. What the text did not say is None."""

    at: str
    """When it was recorded: ISO 8601, UTC."""
    caller: str | None
    """The object ID, else the client as the text gave it."""
    action: str
    scope: str | None
    correlation_id: str | None = None
    minimal_role: str | None = None
    """The narrowest built-in role that grants the action, by name."""

    def to_dict(self) -> dict[str, JsonValue]:
        """Return the line of the file."""
        return {
            "at": self.at,
            "caller": self.caller,
            "action": self.action,
            "scope": self.scope,
            "correlationId": self.correlation_id,
            "minimalRole": self.minimal_role,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerSummary:
    """The denials of one caller, and the smallest role that would have prevented them all."""

    caller: str | None
    count: int
    first: str
    last: str
    actions: tuple[str, ...]
    scopes: tuple[str, ...]
    at_scope: str | None
    """The narrowest scope that covers all of them; None where none does or one is not known."""
    role: RankedRole | None
    """The smallest built-in role with all the actions; None where there is none."""
    custom_actions: tuple[str, ...]
    """The actions of the minimal custom role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerSummary:
    """A ledger, caller by caller, the most denied first."""

    version: str
    catalogue: str
    file: str
    lines: int
    callers: tuple[CallerSummary, ...]

    def to_dict(self) -> dict[str, JsonValue]:
        """Return the wire form `preflight.ledger/1`."""
        return {
            "schema": "preflight.ledger/1",
            "tool": {
                "name": "preflight",
                "version": self.version,
                "catalogue": self.catalogue or None,
            },
            "file": self.file,
            "lines": self.lines,
            "callers": [_caller(row) for row in self.callers],
        }


def _caller(row: CallerSummary) -> JsonValue:
    role = row.role
    return {
        "caller": row.caller,
        "count": row.count,
        "first": row.first,
        "last": row.last,
        "actions": list(row.actions),
        "scopes": list(row.scopes),
        "atScope": row.at_scope,
        "minimalRole": None
        if role is None
        else {
            "name": role.role.name,
            "roleDefinitionId": role_definition_id(role.role),
            "alsoAllows": {
                "count": role.also_allows.count,
                "privileged": list(role.also_allows.privileged),
            },
        },
        "customRole": {"actions": list(row.custom_actions)},
    }
