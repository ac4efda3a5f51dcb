"""Built-in role definitions from their packaged lines."""

from __future__ import annotations

import json

from preflight.errors import CatalogError
from preflight.model.action import ActionPattern
from preflight.model.role import Permission, RoleDefinition, role_id
from preflight.model.scope import Scope
from preflight.model.value import JsonValue

_PREFIX = "/providers/Microsoft.Authorization/roleDefinitions/"


def read_roles(text: str) -> tuple[RoleDefinition, ...]:
    """Read one role per line: GUID, name, permission blocks; sorted by name.

    Raises:
        CatalogError: a line is not of that form.
    """
    try:
        return tuple(_role(json.loads(line)) for line in text.splitlines())
    except ValueError as error:
        raise CatalogError("the packaged table of built-in roles is damaged") from error


def _role(line: JsonValue) -> RoleDefinition:
    match line:
        case [str(guid), str(name), list(blocks)]:
            return RoleDefinition(
                id=role_id(guid),
                name=name,
                permissions=tuple(_permission(block) for block in blocks),
                full_id=_PREFIX + guid,
                assignable_scopes=(Scope.ROOT,),
            )
        case _:
            raise ValueError(line)


def _permission(block: JsonValue) -> Permission:
    match block:
        case [actions, not_actions, data_actions, not_data_actions, *rest]:
            condition = rest[0] if rest else None
            return Permission(
                actions=_patterns(actions),
                not_actions=_patterns(not_actions),
                data_actions=_patterns(data_actions),
                not_data_actions=_patterns(not_data_actions),
                condition=condition if isinstance(condition, str) else None,
            )
        case _:
            raise ValueError(block)


def _patterns(values: JsonValue) -> tuple[ActionPattern, ...]:
    if not isinstance(values, list):
        raise ValueError(values)  # noqa: TRY004 - read_roles turns it into a CatalogError
    return tuple(ActionPattern(str(value)) for value in values)
