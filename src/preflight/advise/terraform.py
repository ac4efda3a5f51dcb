"""A grant as Terraform (provider azurerm)."""

from __future__ import annotations

import re

from preflight.model.advice import Recommendation, RecommendationKind
from preflight.model.role import RoleDefinition
from preflight.model.scope import Scope

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SPECIAL = re.compile(r'[\\"\n\r\t]|[$%](?=\{)|[\x00-\x1f\x7f-\x9f\u2028\u2029]')


def quoted(text: str) -> str:
    """Return an HCL string literal: quotes, `${`, `%{` and control characters stay data."""
    return f'"{_SPECIAL.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    if char in "$%":
        return char * 2
    return _ESCAPES.get(char) or f"\\u{ord(char):04x}"


def grant_in_terraform(row: Recommendation, principal_type: str) -> str:
    """Return the resources that make the grant; empty for a row that is no grant."""
    if row.role is None or row.scope is None or row.principal is None:
        return ""
    custom = row.kind is RecommendationKind.CUSTOM_ROLE
    reference = (
        "azurerm_role_definition.preflight.role_definition_resource_id"
        if custom
        else quoted(_role_resource_id(row.role, row.scope))
    )
    rows = [
        ("scope", quoted(row.scope.text)),
        ("role_definition_id", reference),
        ("principal_id", quoted(row.principal)),
    ]
    if principal_type:
        rows.append(("principal_type", quoted(principal_type)))
    if row.condition:
        rows += [("condition", quoted(row.condition)), ("condition_version", '"2.0"')]
    assignment = _block('resource "azurerm_role_assignment" "preflight"', rows)
    return f"{_definition(row.role)}\n{assignment}" if custom else assignment


def _role_resource_id(role: RoleDefinition, scope: Scope) -> str:
    above = scope.subscription.text if scope.subscription else ""
    return f"{above}/providers/Microsoft.Authorization/roleDefinitions/{role.id}"


def _definition(role: RoleDefinition) -> str:
    block = role.permissions[0]
    scopes = [scope.text for scope in role.assignable_scopes]
    inner = [("actions", _list([pattern.text for pattern in block.actions]))]
    if block.data_actions:
        inner.append(("data_actions", _list([pattern.text for pattern in block.data_actions])))
    permissions = _block("permissions", inner).replace("\n", "\n  ").rstrip()
    rows = [
        ("name", quoted(role.name)),
        ("role_definition_id", quoted(role.id)),
        ("scope", quoted(scopes[0])),
        ("assignable_scopes", _list(scopes)),
    ]
    outer = _block('resource "azurerm_role_definition" "preflight"', rows)
    return outer.removesuffix("}\n") + f"\n  {permissions}\n}}\n"


def _block(head: str, rows: list[tuple[str, str]]) -> str:
    width = max(len(name) for name, _ in rows)
    body = "".join(f"  {name:<{width}} = {value}\n" for name, value in rows)
    return f"{head} {{\n{body}}}\n"


def _list(texts: list[str]) -> str:
    return "[" + ", ".join(quoted(text) for text in texts) + "]"
