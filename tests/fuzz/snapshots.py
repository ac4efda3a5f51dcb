"""Fuzz target: access snapshots; refused, or decided without a crash and never by mistake.

An allow is checked again by the plainest reading of the rules: somebody's row, of the principal
or one of its groups, at or above the scope, whose role names the action in a block.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from tests.fuzz.conditions import GRAMMAR as CONDITION
from tests.fuzz.conditions import WORDS as CONDITION_WORDS
from tests.fuzz.judging import judge_refusal

from preflight.access.principals import resolve_principal
from preflight.access.snapshot_file import dump_snapshot, load_snapshot
from preflight.api import DeriveSettings, GateSettings, derive_source, gate
from preflight.authorize.authorizer import Authorizer
from preflight.catalog.load import load_catalog
from preflight.errors import AccessError, UsageError
from preflight.model.access import AccessSnapshot, Principal, RoleAssignment
from preflight.model.action import ActionPattern
from preflight.model.catalog import Catalog
from preflight.model.decision import Verdict
from preflight.model.outcome import Detail
from preflight.model.requirement import Derivation, Requirement
from preflight.model.role import RoleDefinition
from preflight.model.scope import Scope
from preflight.model.value import JsonValue
from preflight.report.format import FORMATS, View

_SUB = "/subscriptions/11111111-1111-1111-1111-111111111111"
_GROUP = f"{_SUB}/resourceGroups/rg"
_CORP = "/providers/Microsoft.Management/managementGroups/corp"
_ME, _TEAM = "aaaaaaaa-0000-4000-8000-000000000001", "aaaaaaaa-0000-4000-8000-000000000002"
_ROLE, _OWN = "b24988ac-6180-42a0-ab88-20f7382dd24c", "c0000000-0000-4000-8000-000000000001"
_RA = "providers/Microsoft.Authorization"
_WHOLE_EVERY = 16
"""Every sixteenth snapshot (by its checksum) goes through the whole gate and every report."""

_TEMPLATE: dict[str, JsonValue] = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "parameters": {"x": {"type": "string"}},
    "resources": [
        {"type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-05-01", "name": "st"},
        {
            "type": "Microsoft.Authorization/roleAssignments",
            "apiVersion": "2022-04-01",
            "name": "[guid('x')]",
            "properties": {
                "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{_ROLE}",
                "principalId": "[parameters('x')]",
            },
        },
    ],
}  # fmt: skip


def _role(guid: str, name: str, permissions: list[dict[str, object]]) -> dict[str, object]:
    return {
        "id": f"/{_RA}/roleDefinitions/{guid}",
        "name": guid,
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {"roleName": name, "type": "CustomRole", "permissions": permissions,
        "assignableScopes": ["/"]},
    }  # fmt: skip


def _assignment(name: str, scope: str, principal: str, role: str) -> dict[str, object]:
    return {
        "id": f"{scope}/{_RA}/roleAssignments/{name}",
        "name": name,
        "properties": {
            "scope": scope,
            "principalId": principal,
            "principalType": "ServicePrincipal",
            "roleDefinitionId": f"{_SUB}/{_RA}/roleDefinitions/{role}",
            "condition": None,
            "createdOn": "2026-11-01T00:00:00.1234567Z",
        },
    }


_SNAPSHOT: dict[str, object] = {
    "schema": "preflight.access/1",
    "collectedAt": "2026-11-24T10:00:00Z",
    "cloud": "AzureCloud",
    "tenantId": "22222222-0000-4000-8000-000000000001",
    "scopes": [_SUB],
    "managementGroups": [{"id": _CORP, "parent": None}],
    "subscriptions": [{"id": _SUB, "displayName": "Sub", "managementGroup": _CORP,
    "managedByTenants": []}],
    "caller": {"objectId": _ME, "tenantId": "22222222-0000-4000-8000-000000000001",
    "tokenIssuedAt": "2026-11-24T09:59:00Z"},
    "principals": [{"objectId": _ME, "appId": None, "displayName": "me", "type": "ServicePrincipal",
    "memberOf": [_TEAM]}],
    "roleDefinitions": [
        _role(_OWN, "own", [{"actions": ["Microsoft.Storage/*", "*/read"],
        "notActions": ["*/delete"], "dataActions": []},
                            {"actions": ["Microsoft.Resources/deployments/*"], "notActions": []}]),
        _role(_ROLE, "all", [{"actions": ["*"], "notActions": [], "condition": None}]),
    ],
    "roleAssignments": [_assignment("g1", _GROUP, _ME, _OWN), _assignment("g2", _CORP, _TEAM,
    _OWN)],
    "denyAssignments": [
        {
            "id": f"{_SUB}/{_RA}/denyAssignments/d1",
            "properties": {
                "denyAssignmentName": "d",
                "scope": f"{_SUB}/resourceGroups/other",
                "permissions": [{"actions": ["*"], "notActions": ["*/read"]}],
                "principals": [{"id": "00000000-0000-0000-0000-000000000000",
                "type": "SystemDefined"}],
                "excludePrincipals": [{"id": _TEAM, "type": "Group"}],
                "doNotApplyToChildScopes": False,
                "isSystemProtected": True,
            },
        }
    ],
    "roleEligibilityScheduleInstances": [
        {"id": f"{_SUB}/e1", "properties": {"scope": _SUB, "principalId": _ME,
        "roleDefinitionId": f"/x/{_ROLE}",
                                           "startDateTime": "2026-11-01T00:00:00Z",
                                           "endDateTime": None}}
    ],
    "roleAssignmentScheduleInstances": [
        {"id": f"{_SUB}/s1", "properties": {"scope": _GROUP, "principalId": _ME,
        "roleDefinitionId": f"/x/{_OWN}",
                                           "assignmentType": "Activated",
                                           "endDateTime": "2026-11-24T10:20:00Z"}}
    ],
    "locks": [{"id": f"{_GROUP}/{_RA}/locks/l", "name": "l",
    "properties": {"level": "CanNotDelete"}}],
    "providers": [{"subscription": _SUB, "namespace": "Microsoft.Storage",
    "registrationState": "Registered"}],
    "resources": [{"id": f"{_GROUP}/providers/Microsoft.Storage/storageAccounts/st", "type": "x"}],
    "coverage": [
        {"list": name, "scope": _SUB, "reach": "at-above-below", "principal": None,
        "readProven": True}
        for name in ("roleAssignments", "roleDefinitions", "denyAssignments")
    ],
    "unreadable": [{"what": "locks", "scope": f"{_SUB}/resourceGroups/other", "error": "403"}],
}  # fmt: skip
_AZ = [
    {"id": f"{_GROUP}/{_RA}/roleAssignments/g1", "scope": _GROUP, "principalId": _ME,
    "principalName": "me",
     "principalType": "ServicePrincipal",
     "roleDefinitionId": f"{_SUB}/{_RA}/roleDefinitions/{_ROLE}",
     "roleDefinitionName": "Contributor", "condition": None,
     "type": "Microsoft.Authorization/roleAssignments"},
]  # fmt: skip
_SMALL = {
    key: value
    for key, value in _SNAPSHOT.items()
    if key
    in {
        "schema",
        "collectedAt",
        "scopes",
        "roleAssignments",
        "roleDefinitions",
        "denyAssignments",
        "principals",
    }
}
SEEDS = [json.dumps(document).encode() for document in (_SNAPSHOT, _SMALL, _AZ)]  # fmt: skip
WORDS = (
    *CONDITION_WORDS, *(str(key) for key in _SNAPSHOT), "properties", "principalId",
    "roleDefinitionId", "scope",
    "condition", "actions", "notActions", "dataActions", "*", "*/read", "*/*", "Microsoft.*/read",
    "permissions",
    "parent", "memberOf", "objectId", "at", "at-above", "readProven", "principal", "reach", "list",
    "type",
    "Group", "Unknown", "ForeignGroup", "inheritsFrom", _ME, _TEAM, _ROLE, _OWN, _SUB, _GROUP,
    _CORP, "/", "",
    "2026-11-24T10:00:00+14:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00-14:00", "value",
    "nextLink",
    "doNotApplyToChildScopes", "isSystemProtected", "denyAssignmentEffect", "Audit", "level",
    "ReadOnly", "level",
    "{x}", "null", "NaN",
)  # fmt: skip
GRAMMAR = CONDITION


@cache
def _file() -> Path:
    """Return a file of this process's own."""
    return Path(mkdtemp(prefix=f"fuzz-{os.getpid()}-")) / "access.json"


@cache
def _catalog() -> Catalog:
    return load_catalog()


@cache
def _derivation() -> Derivation:
    return derive_source(_TEMPLATE, DeriveSettings(scope=_GROUP, root=_file().parent))


def fuzz(data: bytes) -> None:
    """Load and decide; a sample goes through the whole gate and every report."""
    path = _file()
    path.write_bytes(data)
    try:
        snapshot = load_snapshot([path], scope=Scope(_SUB), catalog=_catalog())
    except (AccessError, UsageError) as problem:
        judge_refusal(problem)
        return
    for principal in (None, _ME):
        try:
            subject = resolve_principal(snapshot, principal)
        except (AccessError, UsageError) as problem:
            judge_refusal(problem)
            continue
        authorizer = Authorizer(snapshot, subject.principal)
        for requirement in _derivation().requirements:
            decision = authorizer.decide(requirement)
            if decision.verdict is Verdict.ALLOWED:
                granted = _granted(snapshot, subject.principal, requirement)
                assert granted, f"nothing grants {requirement.action.text}"
        if principal and zlib.crc32(data) % _WHOLE_EVERY == 0:
            _whole(snapshot, principal)


def _whole(snapshot: AccessSnapshot, principal: str) -> None:
    json.dumps(dump_snapshot(snapshot))
    try:
        report = gate(_derivation(), snapshot, GateSettings(principal=principal))
    except (AccessError, UsageError) as problem:
        judge_refusal(problem)
        return
    for form in FORMATS.values():
        for detail in Detail:
            form.render([report], View(detail=detail, utf8=False))


def _granted(snapshot: AccessSnapshot, principal: Principal, wanted: Requirement) -> bool:
    own = {principal.object_id, *(principal.member_of or ())}
    for row in snapshot.principals:
        own |= (row.member_of or frozenset()) if row.object_id in own else frozenset()
    roles = [row for row in snapshot.role_definitions or () if _names(row, wanted)]
    named = {role.id for role in roles}
    return any(
        row.principal in own and row.role in named and _above(row, wanted.scope)
        for row in snapshot.role_assignments or ()
    )


def _above(row: RoleAssignment, scope: Scope) -> bool:
    above = row.scope.folded.rstrip("/")
    if above == "" or above.startswith("/providers/microsoft.management/managementgroups/"):
        return True
    return scope.folded == above or scope.folded.startswith(above + "/")


def _names(role: RoleDefinition, wanted: Requirement) -> bool:
    action = wanted.action.folded
    return any(
        _any(block.actions, action) and not _any(block.not_actions, action)
        for block in role.permissions
    )


def _any(patterns: Iterable[ActionPattern], action: str) -> bool:
    return any(
        re.fullmatch(
            ".*".join(re.escape(part) for part in pattern.text.lower().split("*")),
            action,
            re.DOTALL,
        )
        or pattern.text.lower().replace("/*/", "/") == action
        for pattern in patterns
    )
