"""What decides access: the lists of Microsoft.Authorization, with their filters and rights.

Filters: the REST reference of each list. A filter that Azure does not take is a 400 here too.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from tests.fakes.exchange import Answer, Caller, Request, failure
from tests.fakes.paging import paged
from tests.fakes.rights import assignments_of, may
from tests.fakes.rows import Row, properties, row, rows, text, texts
from tests.fakes.tenant import GROUP, Tenant, definition_id, fold, scope_of, subscription_of

from preflight.model.value import JsonValue

if TYPE_CHECKING:
    from tests.fakes.azure import FakeAzure

_DEFINITIONS = "/providers/Microsoft.Authorization/roleDefinitions/"
_SCHEDULES = frozenset({"2020-10-01", "2024-09-01-preview"})
KEEPS_CONDITIONS = frozenset({"2022-05-01-preview", "2023-07-01-preview"})
"""Versions in which a role definition's permissions keep their conditions."""
VERSIONS: Mapping[str, frozenset[str]] = {
    "roleassignments": frozenset({"2022-04-01", "2020-10-01-preview", "2020-04-01-preview"}),
    "roledefinitions": frozenset({"2022-04-01", *KEEPS_CONDITIONS}),
    "denyassignments": frozenset({"2022-04-01", "2024-07-01-preview"}),
    "roleeligibilityscheduleinstances": _SCHEDULES,
    "roleassignmentscheduleinstances": _SCHEDULES,
    "locks": frozenset({"2020-05-01", "2016-09-01"}),
    "permissions": frozenset({"2022-04-01", *KEEPS_CONDITIONS}),
}
NAMES = {
    "roleassignments": "roleAssignments",
    "roledefinitions": "roleDefinitions",
    "denyassignments": "denyAssignments",
    "roleeligibilityscheduleinstances": "roleEligibilityScheduleInstances",
    "roleassignmentscheduleinstances": "roleAssignmentScheduleInstances",
    "locks": "locks",
}
_FILTERS = {
    "roleassignments": {
        "", "atscope", "assignedto", "atscope+assignedto", "principalid",
    },
    "roledefinitions": {"", "atscopeandbelow", "rolename", "type", "atscopeandbelow+type"},
    "denyassignments": {
        "", "atscope", "denyassignmentname", "principalid", "gdprexportprincipalid",
    },
    "roleeligibilityscheduleinstances": {
        "", "atscope", "principalid", "assignedto", "astarget",
    },
    "roleassignmentscheduleinstances": {
        "", "atscope", "principalid", "assignedto", "astarget",
    },
    "locks": {"", "atscope"},
}  # fmt: skip
_TERM = re.compile(
    r"(?:(?P<call>atScope|atScopeAndBelow|asTarget)\(\)|(?P<to>assignedTo)\('(?P<who>[^']*)'\)"
    r"|(?P<key>principalId|roleName|type|denyAssignmentName|gdprExportPrincipalId)\s+eq\s+"
    r"'(?P<value>[^']*)')",
    re.IGNORECASE,
)


def parse_filter(stated: str) -> dict[str, str] | None:
    """Return the terms of a filter (name in lower case → value); None when it is no filter."""
    terms: dict[str, str] = {}
    for part in re.split(r"\s+and\s+", stated.strip(), flags=re.IGNORECASE) if stated else ():
        found = _TERM.fullmatch(part.strip())
        if found is None:
            return None
        name = found.group("call") or found.group("to") or found.group("key")
        terms[name.lower()] = found.group("who") or found.group("value") or ""
    return terms


def assigned(azure: FakeAzure, principal: str, scope: str) -> list[Row]:
    """Return a principal's role assignments at, above and below a scope."""
    tenant, holders = azure.tenant, azure.tenant.holders(principal)
    return [
        item
        for item in tenant.listed("roleAssignments")
        if text(properties(item).get("principalId")).lower() in holders
        and _on_the_line(tenant, scope_of(item), fold(scope), below=True)
    ]


def _on_the_line(tenant: Tenant, at: str, scope: str, *, below: bool) -> bool:
    """Whether a row counts for a list at a scope; below a management group or `/` none does."""
    if tenant.covers(at, scope):
        return True
    return below and scope != "/" and not scope.startswith(GROUP) and at.startswith(scope + "/")


def listed(azure: FakeAzure, request: Request, caller: Caller, found: re.Match[str]) -> Answer:
    """Answer a list of Microsoft.Authorization."""
    name, scope = found.group("list").lower(), fold(found.group("scope"))
    terms = parse_filter(request.query.get("$filter", ""))
    if terms is None or "+".join(terms) not in _FILTERS[name]:
        stated = request.query.get("$filter", "")
        return failure(400, "InvalidFilter", f"The filter '{stated}' is not supported.")
    tenant = azure.tenant
    asked = terms.get("assignedto") or terms.get("principalid") or ""
    if "assignedto" in terms and _is_group(tenant, asked):
        return failure(400, "BadRequestFormat", "assignedTo() takes no group.")
    action = f"Microsoft.Authorization/{NAMES[name]}/read"
    if "astarget" not in terms and not may(tenant, caller.principal, action, scope):
        if name in azure.empty_when_refused:
            return Answer(body={"value": []})
        return denied(caller, action, found.group("scope"))
    who = asked or (caller.principal if "astarget" in terms else "")
    chosen = [
        _shaped(item, name, found.group("scope"), request.query["api-version"])
        for item in tenant.listed(NAMES[name])
        if _matches(tenant, name, item, scope, terms | {"who": who})
    ]
    return paged(azure, request, chosen)


def denied(caller: Caller, action: str, scope: str) -> Answer:
    """Return ARM's 403 for a missing permission."""
    message = (
        f"The client '{caller.principal}' with object id '{caller.principal}' does not have"
        f" authorization to perform action '{action}' over scope '{scope or '/'}' or the scope is"
        " invalid. If access was recently granted, please refresh your credentials."
    )
    return failure(403, "AuthorizationFailed", message)


def _is_group(tenant: Tenant, principal: str) -> bool:
    return text(row(tenant.principals.get(principal.lower())).get("type")) == "Group"


def _matches(tenant: Tenant, name: str, item: Row, scope: str, terms: Mapping[str, str]) -> bool:
    if name == "roledefinitions":
        return _definition_matches(tenant, item, scope, terms)
    below = not {"atscope"} & terms.keys()
    # One's own schedule instances are listed at `/` for the whole tenant (Azure PowerShell,
    # "Get-AzRoleEligibilityScheduleInstance", example 2).
    everywhere = scope == "/" and "astarget" in terms
    if not everywhere and not _on_the_line(tenant, scope_of(item), scope, below=below):
        return False
    stated = properties(item)
    if name == "denyassignments":
        return _deny_matches(stated, terms)
    holder = text(stated.get("principalId")).lower()
    if "assignedto" in terms or "astarget" in terms:
        return holder in tenant.holders(terms["who"])
    return "principalid" not in terms or holder == terms["who"].lower()


def _deny_matches(stated: Row, terms: Mapping[str, str]) -> bool:
    named = {text(entry.get("id")).lower() for entry in rows(stated.get("principals"))}
    excluded = {text(entry.get("id")).lower() for entry in rows(stated.get("excludePrincipals"))}
    if "principalid" in terms:
        return terms["principalid"].lower() in named
    if "gdprexportprincipalid" in terms:
        return terms["gdprexportprincipalid"].lower() in named | excluded
    wanted = terms.get("denyassignmentname")
    return wanted is None or text(stated.get("denyAssignmentName")).lower() == wanted.lower()


def _definition_matches(tenant: Tenant, item: Row, scope: str, terms: Mapping[str, str]) -> bool:
    stated = properties(item)
    if "rolename" in terms and text(stated.get("roleName")).lower() != terms["rolename"].lower():
        return False
    if "type" in terms and text(stated.get("type")).lower() != terms["type"].lower():
        return False
    assignable = [fold(entry) for entry in texts(stated.get("assignableScopes"))] or ["/"]
    below = "atscopeandbelow" in terms
    return any(
        tenant.covers(entry, scope) or (below and entry.startswith(scope.rstrip("/") + "/"))
        for entry in assignable
    )


def _shaped(item: Row, name: str, scope: str, version: str) -> Row:
    """Return a row as an API version gives it: the older ones lack what came later."""
    shaped = copy.deepcopy(item)
    stated = properties(shaped)
    if name == "denyassignments" and version == "2022-04-01":
        stated.pop("denyAssignmentEffect", None)
    home = subscription_of(scope)
    if name == "roleassignments" and home is not None:
        # A subscription's own answers name role definitions as they stand below it.
        guid = definition_id(item)
        stated["roleDefinitionId"] = f"{home}{_DEFINITIONS}{guid}"
    if name == "roledefinitions":
        prefix = scope if scope.lower().startswith("/subscriptions/") else ""
        guid = text(item["id"]).rpartition("/")[2]
        shaped["id"] = f"{prefix}{_DEFINITIONS}{guid}"
        if version not in KEEPS_CONDITIONS:
            for permission in rows(stated.get("permissions")):
                permission.pop("condition", None)
                permission.pop("conditionVersion", None)
    return shaped


def role_definition(
    azure: FakeAzure, request: Request, caller: Caller, found: re.Match[str]
) -> Answer:
    """Answer GET of one role definition; any principal of the tenant may read a built-in one."""
    item = azure.tenant.definitions.get(found.group("name").lower())
    scope = found.group("scope")
    action = "Microsoft.Authorization/roleDefinitions/read"
    built_in = item is not None and text(properties(item).get("type")) == "BuiltInRole"
    if not built_in and not may(azure.tenant, caller.principal, action, scope):
        return denied(caller, action, scope)
    if item is None:
        message = f"The specified role definition with ID '{found.group('name')}' does not exist."
        return failure(404, "RoleDefinitionDoesNotExist", message)
    return Answer(body=_shaped(item, "roledefinitions", scope, request.query["api-version"]))


def deny_assignment(
    azure: FakeAzure, request: Request, caller: Caller, found: re.Match[str]
) -> Answer:
    """Answer GET of one deny assignment: refused to whom may not read it, even if there is none."""
    scope, name = found.group("scope"), found.group("name").lower()
    action = "Microsoft.Authorization/denyAssignments/read"
    own = f"{fold(scope)}/providers/microsoft.authorization/denyassignments/{name}"
    if not may(azure.tenant, caller.principal, action, own):
        return denied(caller, action, f"{scope}/providers/Microsoft.Authorization/…/{name}")
    version = request.query["api-version"]
    for item in azure.tenant.listed("denyAssignments"):
        if text(item["id"]).lower() == own:
            return Answer(body=_shaped(item, "denyassignments", scope, version))
    return failure(404, "DenyAssignmentNotFound", f"The deny assignment '{name}' is not found.")


def permissions(azure: FakeAzure, request: Request, caller: Caller, found: re.Match[str]) -> Answer:
    """Answer what the caller holds at a scope, one item per permission object.

    Enforcement may lag behind the lists: assignments in `azure.not_enforced` are left out.
    """
    scope = fold(found.group("scope"))
    if scope in azure.permissions_refused:
        return denied(caller, "Microsoft.Authorization/permissions/read", found.group("scope"))
    granted: list[Row] = []
    for item in assignments_of(azure.tenant, caller.principal, scope):
        if text(item.get("id")).lower() in azure.not_enforced:
            continue
        definition = azure.tenant.definitions.get(definition_id(item), {})
        for permission in rows(properties(definition).get("permissions")):
            shown = cast("Row", dict(permission))
            condition = properties(item).get("condition")
            if condition and not shown.get("condition"):
                shown["condition"] = condition
                shown["conditionVersion"] = properties(item).get("conditionVersion") or "2.0"
            if request.query["api-version"] not in KEEPS_CONDITIONS:
                shown.pop("condition", None)
                shown.pop("conditionVersion", None)
            granted.append(shown)
    return paged(azure, request, granted)


def delegations(azure: FakeAzure, request: Request, caller: Caller, found: re.Match[str]) -> Answer:
    """Answer Lighthouse's registration assignments of a subscription."""
    action = "Microsoft.ManagedServices/registrationAssignments/read"
    if not may(azure.tenant, caller.principal, action, found.group("scope")):
        return denied(caller, action, found.group("scope"))
    known = azure.tenant.subscription(found.group("scope")) or {}
    managing: list[JsonValue] = list(texts(known.get("managedByTenants")))
    made: list[Row] = [
        {
            "id": f"{found.group('scope')}/providers/Microsoft.ManagedServices/"
            f"registrationAssignments/{tenant}",
            "properties": {"registrationDefinition": {"properties": {"managedByTenantId": tenant}}},
        }
        for tenant in managing
    ]
    return paged(azure, request, made)
