"""A snapshot → the text of a file, in the shapes that Azure itself uses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from preflight.access.part import SCHEMA
from preflight.model.access import (
    EVERYONE,
    AccessSnapshot,
    ActiveSchedule,
    Caller,
    Coverage,
    DenyAssignment,
    Lock,
    ManagementGroup,
    Principal,
    PrincipalId,
    PrincipalType,
    ProviderRegistration,
    RoleAssignment,
    RoleEligibility,
    Subscription,
)
from preflight.model.action import ActionPattern
from preflight.model.role import Permission, RoleDefinition
from preflight.model.value import JsonValue

_Row = TypeVar("_Row")
_ROLES = "/providers/Microsoft.Authorization/roleDefinitions/"


def dump_snapshot(snapshot: AccessSnapshot) -> str:
    """Return the snapshot as `preflight.access/1`; the same snapshot gives the same text.

    A list that was not collected is left out. Read again without a catalogue, it is the same
    snapshot, files, notes and warnings apart.
    """
    document: dict[str, JsonValue] = {
        "schema": SCHEMA,
        "collectedAt": _time(snapshot.collected_at),
        "cloud": snapshot.cloud,
        "tenantId": snapshot.tenant_id,
        "scopes": [scope.text for scope in snapshot.scopes],
        "managementGroups": [_management_group(row) for row in snapshot.management_groups],
        "subscriptions": [_subscription(row) for row in snapshot.subscriptions],
        "caller": _caller(snapshot.caller),
        "principals": [_principal(row) for row in snapshot.principals],
        "roleDefinitions": _list(snapshot.role_definitions, _role_definition),
        "roleAssignments": _list(snapshot.role_assignments, _role_assignment),
        "denyAssignments": _list(snapshot.deny_assignments, _deny_assignment),
        "roleEligibilityScheduleInstances": _list(snapshot.eligibilities, _eligibility),
        "roleAssignmentScheduleInstances": _list(snapshot.schedules, _schedule),
        "locks": _list(snapshot.locks, _lock),
        **{name: [dict(row) for row in rows] for name, rows in snapshot.policies.items()},
        "providers": _list(snapshot.providers, _provider),
        "resources": _list(snapshot.resources, lambda scope: {"id": scope.text}),
        "coverage": _list(snapshot.coverage, _coverage),
        "unreadable": [
            {"what": row.what, "scope": row.scope.text, "error": row.error}
            for row in snapshot.unreadable
        ],
    }
    kept = {key: value for key, value in document.items() if value is not None}
    return json.dumps(kept, indent=1, ensure_ascii=False) + "\n"


def _list(
    rows: Iterable[_Row] | None, write: Callable[[_Row], dict[str, JsonValue]]
) -> list[JsonValue] | None:
    return None if rows is None else [write(row) for row in rows]


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


def _management_group(row: ManagementGroup) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {"id": row.id.text}
    if row.parent_known:
        found["parent"] = row.parent.text if row.parent else None
    return found


def _subscription(row: Subscription) -> dict[str, JsonValue]:
    return {
        "id": row.id.text,
        "displayName": row.display_name,
        "managementGroup": row.management_group.text if row.management_group else None,
        "tenantId": row.tenant_id,
        "managedByTenants": list(row.managed_by_tenants),
        "inheritsFrom": [group.text for group in row.inherits_from],
    }


def _caller(row: Caller | None) -> dict[str, JsonValue] | None:
    if row is None:
        return None
    return {
        "objectId": row.object_id,
        "tenantId": row.tenant_id,
        "tokenIssuedAt": _time(row.token_issued_at),
    }


def _principal(row: Principal) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {
        "objectId": row.object_id or None,
        "appId": row.app_id,
        "displayName": row.display_name,
        "type": _type(row.type),
    }
    if row.member_of is not None:
        found["memberOf"] = [*sorted(row.member_of)]
        if not row.groups_complete:
            found["groupsComplete"] = False
    if row.unknown_groups:
        found["groupsUnknown"] = [*sorted(row.unknown_groups)]
    return found


def _type(kind: PrincipalType) -> str | None:
    match kind:
        case PrincipalType.UNKNOWN:
            return None
        case PrincipalType.ORPHANED:
            return "Unknown"
        case _:
            return kind.value


def _permission(row: Permission) -> dict[str, JsonValue]:
    return {
        "actions": _patterns(row.actions),
        "notActions": _patterns(row.not_actions),
        "dataActions": _patterns(row.data_actions),
        "notDataActions": _patterns(row.not_data_actions),
        "condition": row.condition,
    }


def _patterns(rows: Iterable[ActionPattern]) -> list[JsonValue]:
    return [row.text for row in rows]


def _role_definition(row: RoleDefinition) -> dict[str, JsonValue]:
    return {
        "id": row.full_id or _ROLES + row.id,
        "properties": {
            "roleName": row.name,
            "type": "CustomRole" if row.custom else "BuiltInRole",
            "assignableScopes": [scope.text for scope in row.assignable_scopes],
            "permissions": [_permission(block) for block in row.permissions],
        },
    }


def _bound(row: RoleAssignment | RoleEligibility | ActiveSchedule) -> dict[str, JsonValue]:
    return {
        "scope": row.scope.text,
        "principalId": row.principal,
        "roleDefinitionId": _ROLES + row.role,
    }


def _role_assignment(row: RoleAssignment) -> dict[str, JsonValue]:
    properties: dict[str, JsonValue] = {
        **_bound(row),
        "principalType": _type(row.principal_type),
        "condition": row.condition,
        "createdOn": _time(row.created_on),
        "updatedOn": _time(row.updated_on),
    }
    return {"id": row.id, "properties": properties}


def _eligibility(row: RoleEligibility) -> dict[str, JsonValue]:
    properties: dict[str, JsonValue] = {
        **_bound(row),
        "principalType": _type(row.principal_type),
        "condition": row.condition,
        "startDateTime": _time(row.starts_on),
        "endDateTime": _time(row.ends_on),
    }
    return {"id": row.id, "properties": properties}


def _schedule(row: ActiveSchedule) -> dict[str, JsonValue]:
    properties: dict[str, JsonValue] = {
        **_bound(row),
        "originRoleAssignmentId": row.assignment,
        "assignmentType": "Activated" if row.activated else "Assigned",
        "startDateTime": _time(row.starts_on),
        "endDateTime": _time(row.ends_on),
    }
    return {"id": row.id, "properties": properties}


def _deny_assignment(row: DenyAssignment) -> dict[str, JsonValue]:
    return {
        "id": row.id,
        "properties": {
            "denyAssignmentName": row.name,
            "scope": row.scope.text,
            "permissions": [_permission(block) for block in row.permissions],
            "principals": _listed(row.principals, row.group_principals),
            "excludePrincipals": _listed(row.excluded, row.group_excluded),
            "doNotApplyToChildScopes": row.only_this_scope,
            "denyAssignmentEffect": "audit" if row.audit else "enforced",
            "condition": row.condition,
            "isSystemProtected": row.system,
        },
    }


def _listed(principals: frozenset[PrincipalId], groups: frozenset[PrincipalId]) -> list[JsonValue]:
    found: list[JsonValue] = []
    for row in sorted(principals):
        kind = "Group" if row in groups else "ServicePrincipal"
        found.append({"id": row, "type": "SystemDefined" if row == EVERYONE else kind})
    return found


def _lock(row: Lock) -> dict[str, JsonValue]:
    properties: dict[str, JsonValue] = {"level": row.level.value}
    return {"id": row.id, "name": row.name, "scope": row.scope.text, "properties": properties}


def _provider(row: ProviderRegistration) -> dict[str, JsonValue]:
    return {
        "subscription": row.subscription.text,
        "namespace": row.namespace,
        "registrationState": row.state,
    }


def _coverage(row: Coverage) -> dict[str, JsonValue]:
    return {
        "list": row.list.value,
        "scope": row.scope.text,
        "reach": row.reach.value,
        "principal": row.principal,
        "readProven": row.read_proven,
    }
