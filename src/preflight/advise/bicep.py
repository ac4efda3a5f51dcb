"""A grant as Bicep: to be deployed by somebody who may assign roles."""

from __future__ import annotations

import re
from collections.abc import Sequence

from preflight.model.advice import Recommendation, RecommendationKind
from preflight.model.naming import one_line
from preflight.model.role import RoleDefinition
from preflight.model.scope import Scope, ScopeKind

_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SPECIAL = re.compile(r"[\\'\n\r\t]|\$(?=\{)|[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_TARGETS = {
    ScopeKind.TENANT: "tenant",
    ScopeKind.MANAGEMENT_GROUP: "managementGroup",
    ScopeKind.SUBSCRIPTION: "subscription",
    ScopeKind.RESOURCE_GROUP: "resourceGroup",
}
_ANY_VERSION = "2024-01-01"
"""API version of an `existing` resource that is only a scope: it is never called."""


def quoted(text: str) -> str:
    """Return a Bicep string literal: quotes, `${` and control characters stay data."""
    return f"'{_SPECIAL.sub(_escape, text)}'"


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    if char == "$":
        return "\\$"
    return _ESCAPES.get(char) or f"\\u{{{ord(char):x}}}"


def grant_in_bicep(row: Recommendation, principal_type: str) -> str | None:
    """Return a Bicep file that makes the grant, or None for a scope Bicep cannot name simply."""
    if row.role is None or row.scope is None or row.principal is None:
        return None
    home = row.scope if row.scope.kind in _TARGETS else row.scope.resource_group
    target = _existing(row.scope, home) if home is not None else None
    if home is None or target is None:
        return None
    custom = row.kind is RecommendationKind.CUSTOM_ROLE
    parts = [
        f"// Deploy at {one_line(home.text)}\ntargetScope = {quoted(_TARGETS[home.kind])}",
        *target,
        *([_definition(row.role, home)] if custom else []),
        _assignment(row, row.role, principal_type, scoped=bool(target)),
    ]
    return "\n\n".join(parts) + "\n"


def _existing(scope: Scope, home: Scope) -> Sequence[str] | None:
    """Return the declaration of the resource that is the scope; empty where it is the home.

    None for a resource below another provider's, which needs more than one declaration.
    """
    if scope == home:
        return ()
    segments = scope.segments[len(home.segments) :]
    kind = scope.resource_type
    pairs = segments[2:]
    if kind is None or segments[0].lower() != "providers" or len(pairs) % 2:
        return None
    if any(part.lower() == "providers" for part in segments[1:]):
        return None
    name = quoted("/".join(pairs[1::2]))
    return (
        f"resource target {quoted(f'{kind}@{_ANY_VERSION}')} existing = {{\n  name: {name}\n}}",
    )


def _definition(role: RoleDefinition, home: Scope) -> str:
    block = role.permissions[0]
    permissions = [_list("actions", [row.text for row in block.actions])]
    if block.data_actions:
        permissions.append(_list("dataActions", [row.text for row in block.data_actions]))
    body = "\n".join(permissions)
    return f"""resource definition 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {{
  name: {quoted(role.id)}
  properties: {{
    roleName: {quoted(role.name)}
    description: 'What one rollout lacks; made by preflight'
    type: 'CustomRole'
    permissions: [
      {{
{body}
      }}
    ]
    assignableScopes: [
      {quoted(home.text)}
    ]
  }}
}}"""


def _list(name: str, texts: Sequence[str]) -> str:
    rows = "".join(f"          {quoted(text)}\n" for text in texts)
    return f"        {name}: [\n{rows}        ]"


def _assignment(
    row: Recommendation, role: RoleDefinition, principal_type: str, *, scoped: bool
) -> str:
    scope = "" if row.scope is None else row.scope.text
    key = ", ".join(quoted(text) for text in (scope, row.principal or "", role.id))
    properties = [f"principalId: {quoted(row.principal or '')}"]
    if principal_type:
        properties.append(f"principalType: {quoted(principal_type)}")
    properties.append(f"roleDefinitionId: {_role_reference(row, role)}")
    if row.condition:
        properties += [f"condition: {quoted(row.condition)}", "conditionVersion: '2.0'"]
    body = "".join(f"\n    {line}" for line in properties)
    target = "\n  scope: target" if scoped else ""
    return f"""resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{
  name: guid({key}){target}
  properties: {{{body}
  }}
}}"""


def _role_reference(row: Recommendation, role: RoleDefinition) -> str:
    if row.kind is RecommendationKind.CUSTOM_ROLE:
        return "definition.id"
    in_subscription = row.scope is not None and row.scope.subscription is not None
    function = "subscriptionResourceId" if in_subscription else "tenantResourceId"
    return f"{function}('Microsoft.Authorization/roleDefinitions', {quoted(role.id)})"
