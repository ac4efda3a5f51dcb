"""A recommendation as text to be pasted: `az` here, Bicep and Terraform in their own modules."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping

from preflight.advise.bicep import grant_in_bicep
from preflight.advise.terraform import grant_in_terraform
from preflight.model.access import PrincipalType
from preflight.model.advice import Recommendation, RecommendationKind
from preflight.model.role import RoleDefinition
from preflight.model.value import JsonValue

ASSIGNABLE_TYPES = frozenset(
    {PrincipalType.USER, PrincipalType.GROUP, PrincipalType.SERVICE_PRINCIPAL}
)
"""Types that `az`, Bicep and Terraform take; of another one nothing is said."""


def az(*words: str, **options: str) -> str:
    """Return one `az` command line for a POSIX shell; every value is one word, whatever it holds.

    An option `role_definition` becomes `--role-definition`; an empty value leaves it out. A value
    that starts with `-` is joined with `=`, so that it cannot be taken for an option.
    """
    parts = ["az", *words]
    for name, value in options.items():
        option = f"--{name.replace('_', '-')}"
        if value.startswith("-"):
            parts.append(shlex.quote(f"{option}={value}"))
        elif value:
            parts += [option, shlex.quote(value)]
    return " ".join(parts)


def lines(commands: Iterable[str]) -> str:
    """Return several commands, one below the other."""
    return "\n".join(commands)


def grant_commands(row: Recommendation, kind: PrincipalType) -> Mapping[str, str]:
    """Return how to make a grant with each tool; `kind` is the principal's type."""
    if row.role is None or row.scope is None or row.principal is None:
        return {}
    principal_type = kind.value if kind in ASSIGNABLE_TYPES else ""
    commands = {"az": _grant_with_az(row, row.role, principal_type)}
    bicep = grant_in_bicep(row, principal_type)
    if bicep is not None:
        commands["bicep"] = bicep
    commands["terraform"] = grant_in_terraform(row, principal_type)
    return commands


def _grant_with_az(row: Recommendation, role: RoleDefinition, principal_type: str) -> str:
    custom = row.kind is RecommendationKind.CUSTOM_ROLE
    assign = az(
        "role",
        "assignment",
        "create",
        assignee_object_id=row.principal or "",
        assignee_principal_type=principal_type,
        role=role.name if custom else role.id,
        scope=row.scope.text if row.scope else "",
        condition=row.condition or "",
        condition_version="2.0" if row.condition else "",
    )
    if not custom:
        return assign
    define = az("role", "definition", "create", role_definition=role_document(role))
    return lines((define, assign))


def role_document(role: RoleDefinition) -> str:
    """Return a custom role as `az role definition create` takes it, on one line."""
    block = role.permissions[0]
    document: dict[str, JsonValue] = {
        "Name": role.name,
        "IsCustom": True,
        "Description": "What one rollout lacks; made by preflight",
        "Actions": [pattern.text for pattern in block.actions],
        "NotActions": [],
        "DataActions": [pattern.text for pattern in block.data_actions],
        "NotDataActions": [],
        "AssignableScopes": [scope.text for scope in role.assignable_scopes],
    }
    return json.dumps(document)
