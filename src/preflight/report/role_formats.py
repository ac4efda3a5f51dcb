"""Role formats: the minimal custom role for `az`, as ARM JSON, as Bicep and as Terraform."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from preflight.errors import CatalogError
from preflight.model.requirement import Derivation
from preflight.model.value import JsonValue
from preflight.report.json import dump
from preflight.report.role import Role, role_of
from preflight.report.view import View

_CALLERS = ("subscription", "managementGroup")
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


class RoleJson:
    """Input of `az role definition create --role-definition @FILE`."""

    name: ClassVar[str] = "role"

    def render(self, derivations: Sequence[Derivation], view: View) -> str:
        """Return the role as `az` takes it."""
        return role_json(role_of(derivations, view))


def role_json(role: Role) -> str:
    """Return a role as `az role definition create` takes it."""
    return dump(
        {
            "Name": role.name,
            "IsCustom": True,
            "Description": role.description,
            "Actions": list(role.actions),
            "NotActions": [],
            "DataActions": list(role.data_actions),
            "NotDataActions": [],
            "AssignableScopes": list(role.scopes),
        }
    )


class RoleArm:
    """A template that deploys the role definition."""

    name: ClassVar[str] = "role-arm"

    def render(self, derivations: Sequence[Derivation], view: View) -> str:
        """Return the role as an ARM template."""
        role = role_of(derivations, view)
        literal = role.name.replace("'", "''")
        permission: dict[str, JsonValue] = {
            "actions": _literals(role.actions),
            "notActions": [],
            "dataActions": _literals(role.data_actions),
            "notDataActions": [],
        }
        return dump(
            {
                "$schema": "https://schema.management.azure.com/schemas/"
                f"{_SCHEMAS[role.target_scope]}#",
                "contentVersion": "1.0.0.0",
                **({"metadata": {"comments": list(role.remarks)}} if role.remarks else {}),
                "resources": [
                    {
                        "type": "Microsoft.Authorization/roleDefinitions",
                        "apiVersion": "2022-04-01",
                        "name": f"[guid({role.target_scope}().id, '{literal}')]",
                        "properties": {
                            "roleName": _literal(role.name),
                            "description": _literal(role.description),
                            "type": "CustomRole",
                            "permissions": [permission],
                            "assignableScopes": _literals(role.scopes),
                        },
                    }
                ],
            }
        )


_SCHEMAS: Mapping[str, str] = {
    "subscription": "2018-05-01/subscriptionDeploymentTemplate.json",
    "managementGroup": "2019-08-01/managementGroupDeploymentTemplate.json",
}


def _literal(text: str) -> str:
    """Return text that ARM does not take for an expression."""
    return "[" + text if text.startswith("[") else text


def _literals(texts: Sequence[str]) -> list[JsonValue]:
    return [_literal(text) for text in texts]


class RoleBicep:
    """A Bicep file that deploys the role definition."""

    name: ClassVar[str] = "role-bicep"

    def render(self, derivations: Sequence[Derivation], view: View) -> str:
        """Return the role as Bicep."""
        return role_bicep(role_of(derivations, view))


def role_bicep(role: Role) -> str:
    """Return a role as a Bicep file."""
    return _rendered("role.bicep.j2", bicep_string, role)


class RoleTerraform:
    """An `azurerm_role_definition` resource."""

    name: ClassVar[str] = "role-terraform"

    def render(self, derivations: Sequence[Derivation], view: View) -> str:
        """Return the role as Terraform."""
        return _rendered("role.tf.j2", terraform_string, role_of(derivations, view))


def bicep_string(text: str) -> str:
    """Return a Bicep string literal: nothing in it is interpolated, nor a command in a log."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("${", "\\${")
    literal = _UNPRINTABLE.sub(_bicep_escape, escaped)
    return "'" + literal.replace("##", "#\\u{23}") + "'"


def terraform_string(text: str) -> str:
    """Return a Terraform string literal: nothing in it is a template, nor a command in a log."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    escaped = escaped.replace("${", "$${").replace("%{", "%%{")
    literal = _UNPRINTABLE.sub(_terraform_escape, escaped)
    return '"' + literal.replace("##", "#\\u0023") + '"'


def _bicep_escape(match: re.Match[str]) -> str:
    return f"\\u{{{ord(match.group()):x}}}"


def _terraform_escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - four digits


class _Literal(str):
    """Text that is already a literal of the language."""

    __slots__ = ()


def _only_literals(value: object) -> object:
    """Refuse to print a value that no filter has escaped: a mistake in a template of ours."""
    if not isinstance(value, _Literal):
        raise CatalogError("a role template prints a value that is not escaped")
    return value


def _caller(target_scope: str) -> _Literal:
    if target_scope not in _CALLERS:
        raise CatalogError("a role template names an unknown scope function")
    return _Literal(target_scope)


def _comment(text: str) -> _Literal:
    """Return the text of a line comment: one line of ASCII, and no command in a log."""
    return _Literal(_UNPRINTABLE.sub("?", text).replace("##", "# #"))


def _rendered(template: str, quote: Callable[[str], str], role: Role) -> str:
    """Fill a template; every value must pass the language's `quoted` filter."""
    from jinja2 import (  # noqa: PLC0415 - loaded only for these formats
        Environment,
        PackageLoader,
        StrictUndefined,
    )

    environment = Environment(
        loader=PackageLoader("preflight.report"),
        autoescape=False,  # noqa: S701 - no HTML: `finalize` refuses what is not escaped
        undefined=StrictUndefined,
        finalize=_only_literals,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["quoted"] = lambda text: _Literal(quote(text))
    environment.filters["caller"] = _caller
    environment.filters["comment"] = _comment
    return environment.get_template(template).render(role=role, target_scope=role.target_scope)
