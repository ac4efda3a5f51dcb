"""Tenants for tests: factories for rows in ARM's shape, and one small company."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence

from tests.fakes.rows import Row

from preflight.model.value import JsonValue

TENANT = "7b0c3f5e-8d41-4c8a-9a8e-2f6d1c0e4a10"
PROD = "/subscriptions/5a1e0c62-3f0b-4d1c-8e57-9b6a2d4c7f01"
HUB = "/subscriptions/b7d2f4a8-61c9-4e35-a0d4-1c8e5f7a9b02"
GROUPS = "/providers/Microsoft.Management/managementGroups/"
ROOT_GROUP = GROUPS + "fabrikam"
CORP = GROUPS + "corp"
AUTHORIZATION = "/providers/Microsoft.Authorization"

DEPLOYER = "2f4c8e10-0001-4a6b-9c3d-7e5f1a2b3c01"
DEPLOYER_APP = "9d3b6a71-0001-4c2e-8f5a-6b7c8d9e0f11"
OTHER = "2f4c8e10-0005-4a6b-9c3d-7e5f1a2b3c05"
OTHER_APP = "9d3b6a71-0005-4c2e-8f5a-6b7c8d9e0f15"
AUDITOR = "2f4c8e10-0009-4a6b-9c3d-7e5f1a2b3c09"
AUDITOR_APP = "9d3b6a71-0009-4c2e-8f5a-6b7c8d9e0f19"
ALICE = "2f4c8e10-0006-4a6b-9c3d-7e5f1a2b3c06"
PLATFORM = "2f4c8e10-0102-4a6b-9c3d-7e5f1a2b3d02"

READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
STORAGE_WRITER = "70000000-0000-4000-8000-000000000001"
"""A role of the company's own that writes storage accounts and reads nothing that decides."""


def guid(*parts: object) -> str:
    """Return a GUID that depends only on these parts."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(map(str, parts))))


def principal(oid: str, name: str, kind: str = "ServicePrincipal", **more: JsonValue) -> Row:
    """Return a principal; `appId` and `memberOf` as further keys."""
    return {"objectId": oid, "displayName": name, "type": kind, "memberOf": [], **more}


def role(
    name: str,
    actions: Iterable[str],
    not_actions: Iterable[str] = (),
    *,
    identifier: str | None = None,
    built_in: bool = True,
) -> Row:
    """Return a role definition that can be assigned everywhere."""
    used = identifier or guid("role", name)
    permission: Row = {
        "actions": [*actions],
        "notActions": [*not_actions],
        "dataActions": [],
        "notDataActions": [],
    }
    stated: Row = {
        "roleName": name,
        "type": "BuiltInRole" if built_in else "CustomRole",
        "description": "",
        "assignableScopes": ["/"],
        "permissions": [permission],
    }
    return {
        "id": f"{AUTHORIZATION}/roleDefinitions/{used}",
        "type": "Microsoft.Authorization/roleDefinitions",
        "name": used,
        "properties": stated,
    }


def assignment(
    holder: str, role_id: str, scope: str, kind: str = "ServicePrincipal", **more: JsonValue
) -> Row:
    """Return a role assignment; further keys go into its properties."""
    name = guid("assignment", holder, role_id, scope, *more)
    at = "" if scope == "/" else scope
    stated: Row = {
        "roleDefinitionId": f"{AUTHORIZATION}/roleDefinitions/{role_id}",
        "principalId": holder,
        "principalType": kind,
        "scope": scope,
        "condition": None,
        "conditionVersion": None,
        "createdOn": "2025-05-01T10:00:00.0000000Z",
        "updatedOn": "2025-05-01T10:00:00.0000000Z",
        **more,
    }
    return {
        "id": f"{at}{AUTHORIZATION}/roleAssignments/{name}",
        "type": "Microsoft.Authorization/roleAssignments",
        "name": name,
        "properties": stated,
    }


def deny(
    scope: str,
    actions: Iterable[str],
    *,
    to: Sequence[str] = ("00000000-0000-0000-0000-000000000000",),
    but: Sequence[str] = (),
    groups: Collection[str] = (PLATFORM,),
) -> Row:
    """Return a deny assignment; by default for everyone. `groups` says who is one."""
    name = guid("deny", scope, *to)
    permission: Row = {
        "actions": [*actions],
        "notActions": [],
        "dataActions": [],
        "notDataActions": [],
    }
    stated: Row = {
        "denyAssignmentName": f"deny at {scope.rpartition('/')[2]}",
        "scope": scope,
        "permissions": [permission],
        "doNotApplyToChildScopes": False,
        "principals": [{"id": one, "type": _kind(one, groups)} for one in to],
        "excludePrincipals": [{"id": one, "type": _kind(one, groups)} for one in but],
        "isSystemProtected": True,
    }
    return {
        "id": f"{scope}{AUTHORIZATION}/denyAssignments/{name}",
        "type": "Microsoft.Authorization/denyAssignments",
        "name": name,
        "properties": stated,
    }


def _kind(holder: str, groups: Collection[str]) -> str:
    if holder.startswith("00000000-"):
        return "SystemDefined"
    if holder in groups:
        return "Group"
    return "User" if holder == ALICE else "ServicePrincipal"


def lock(scope: str, level: str = "CanNotDelete") -> Row:
    """Return a lock."""
    name = guid("lock", scope)
    return {
        "id": f"{scope}{AUTHORIZATION}/locks/{name}",
        "type": "Microsoft.Authorization/locks",
        "name": name,
        "properties": {"level": level, "notes": ""},
    }


def eligibility(holder: str, role_id: str, scope: str, kind: str = "ServicePrincipal") -> Row:
    """Return a PIM eligibility."""
    name = guid("eligible", holder, role_id, scope)
    stated: Row = {
        "scope": scope,
        "roleDefinitionId": f"{AUTHORIZATION}/roleDefinitions/{role_id}",
        "principalId": holder,
        "principalType": kind,
        "status": "Provisioned",
        "startDateTime": "2025-01-01T08:00:00Z",
        "endDateTime": None,
        "memberType": "Direct",
    }
    return {
        "id": f"{scope}{AUTHORIZATION}/roleEligibilityScheduleInstances/{name}",
        "type": "Microsoft.Authorization/roleEligibilityScheduleInstances",
        "name": name,
        "properties": stated,
    }


def resource_group(subscription: str, name: str) -> Row:
    """Return a resource group as one of the document's resources."""
    return {
        "id": f"{subscription}/resourceGroups/{name}",
        "type": "Microsoft.Resources/resourceGroups",
    }


def roles() -> list[Row]:
    """Return the roles of the company: three that Azure brings, one of its own."""
    return [
        role("Reader", ["*/read"], identifier=READER),
        role(
            "Contributor",
            ["*"],
            ["Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write"],
            identifier=CONTRIBUTOR,
        ),
        role(
            "Storage Writer",
            [
                "Microsoft.Storage/storageAccounts/*",
                "Microsoft.Resources/deployments/*",
                "Microsoft.Resources/subscriptions/resourceGroups/read",
            ],
            identifier=STORAGE_WRITER,
            built_in=False,
        ),
    ]


def company(*assignments: Row, **lists: list[Row]) -> Row:
    """Return a company of two subscriptions in one management group below the root group.

    `assignments` are all role assignments that there are; `lists` replaces or adds lists. An
    auditor may always read everything.
    """
    document: Row = {
        "schema": "preflight.access/1",
        "tenantId": TENANT,
        "managementGroups": [
            {"id": ROOT_GROUP, "parent": None},
            {"id": CORP, "parent": ROOT_GROUP},
        ],
        "subscriptions": [
            {"id": PROD, "displayName": "Prod", "managementGroup": CORP, "tenantId": TENANT},
            {"id": HUB, "displayName": "Hub", "managementGroup": CORP, "tenantId": TENANT},
        ],
        "principals": [
            principal(DEPLOYER, "sp-shop-deploy", appId=DEPLOYER_APP),
            principal(OTHER, "sp-hub-deploy", appId=OTHER_APP),
            principal(AUDITOR, "sp-audit", appId=AUDITOR_APP),
            principal(ALICE, "alice@fabrikam.example", "User", memberOf=[PLATFORM]),
            principal(PLATFORM, "grp-platform", "Group"),
        ],
        "roleDefinitions": [*roles()],
        "roleAssignments": [assignment(AUDITOR, READER, ROOT_GROUP), *assignments],
        "denyAssignments": [],
        "roleEligibilityScheduleInstances": [],
        "roleAssignmentScheduleInstances": [],
        "locks": [],
        "providers": [
            {"subscription": at, "namespace": name, "registrationState": "Registered"}
            for at in (PROD, HUB)
            for name in ("Microsoft.Storage", "Microsoft.Network", "Microsoft.Resources")
        ],
        "resources": [resource_group(PROD, "rg-shop"), resource_group(HUB, "rg-hub")],
    }
    for name, rows in lists.items():
        document[name] = [*rows]
    return document
