"""A requirement as conditions see it."""

from __future__ import annotations

from collections.abc import Mapping

from preflight.authorize.condition.request import (
    ConditionRequest,
    SubOperation,
    attribute_key,
    attribute_table,
)
from preflight.model.access import PrincipalType, RoleAssignment
from preflight.model.requirement import Requirement
from preflight.model.scope import PLACEHOLDER
from preflight.model.value import JsonValue

WRITE = "microsoft.authorization/roleassignments/write"
DELETE = "microsoft.authorization/roleassignments/delete"
_TYPE = "Microsoft.Authorization/roleAssignments"
_KEYS = {
    "roleDefinitionId": attribute_key(f"{_TYPE}:RoleDefinitionId"),
    "principalId": attribute_key(f"{_TYPE}:PrincipalId"),
    "principalType": attribute_key(f"{_TYPE}:PrincipalType"),
}
"""The attributes of a role assignment that conditions may ask, by the template's property."""
_TYPES = {
    kind.value.lower(): kind.value
    for kind in PrincipalType
    if kind not in {PrincipalType.UNKNOWN, PrincipalType.ORPHANED}
}


class Requests:
    """Builds requests; what is given by the caller is indexed once."""

    def __init__(
        self,
        attributes: Mapping[str, Mapping[str, JsonValue]],
        sub_operation: str | SubOperation,
        existing: Mapping[str, RoleAssignment],
    ) -> None:
        """Keep what every request has; `existing` are role assignments by their folded ID."""
        self._attributes = attribute_table(attributes)
        self._sub_operation = sub_operation
        self._existing = existing

    def of(self, requirement: Requirement) -> ConditionRequest:
        """Return the request of a requirement.

        A write carries the new assignment in `@Request`; a delete has the existing one in
        `@Resource` and carries nothing (Azure RBAC "Authorization actions and attributes").
        """
        attributes = self._attributes
        if requirement.action.folded == WRITE:
            attributes = attributes | _known("request", requirement.attributes or {})
        elif requirement.action.folded == DELETE:
            attributes = self._deleted(requirement) | attributes
        return ConditionRequest(
            action=requirement.action,
            sub_operation=self._sub_operation,
            attributes=attributes,
        )

    def _deleted(self, requirement: Requirement) -> dict[tuple[str, str], JsonValue]:
        row = self._existing.get(requirement.scope.folded)
        stated = requirement.attributes if row is None else _stated(row)
        if stated is None:
            return {}
        nothing: dict[tuple[str, str], JsonValue] = {
            ("request", key): None for key in _KEYS.values()
        }
        return nothing | _known("resource", stated)


def _stated(row: RoleAssignment) -> dict[str, str]:
    stated = {"roleDefinitionId": row.role, "principalId": row.principal}
    if row.principal_type.value in {"User", "Group", "ServicePrincipal"}:
        stated["principalType"] = row.principal_type.value
    return stated


def _known(source: str, stated: Mapping[str, str]) -> dict[tuple[str, str], JsonValue]:
    """Return the attributes that are known: a placeholder anywhere in one leaves it unknown.

    So does a type that Azure does not know; of one in another case Azure's spelling counts.
    """
    found: dict[tuple[str, str], JsonValue] = {}
    for name, key in _KEYS.items():
        text = stated.get(name, "")
        if name == "principalType":
            text = _TYPES.get(text.lower(), "")
        if text and not PLACEHOLDER.search(text):
            found[source, key] = text
    return found
