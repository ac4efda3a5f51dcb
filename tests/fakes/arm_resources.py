"""Subscriptions, resource groups, resources and provider registrations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.fakes import arm_lists
from tests.fakes.exchange import Answer, Caller, Request, failure
from tests.fakes.paging import paged
from tests.fakes.rights import may
from tests.fakes.rows import Row, text
from tests.fakes.tenant import fold

if TYPE_CHECKING:
    from tests.fakes.azure import FakeAzure

VERSIONS = frozenset({"2025-04-01", "2024-11-01", "2022-09-01", "2021-04-01"})


def _shown(azure: FakeAzure, item: Row) -> Row:
    identifier = text(item["id"])
    managing = item.get("managedByTenants")
    entries = managing if isinstance(managing, list) else []
    return {
        "id": identifier,
        "subscriptionId": identifier.rpartition("/")[2],
        "tenantId": text(item.get("tenantId")) or azure.tenant.id,
        "displayName": text(item.get("displayName")),
        "state": "Enabled",
        "managedByTenants": [{"tenantId": entry} for entry in entries],
    }


def subscriptions(
    azure: FakeAzure, request: Request, caller: Caller, _found: re.Match[str]
) -> Answer:
    """List the subscriptions that the caller sees."""
    seen = [
        _shown(azure, item)
        for item in azure.tenant.listed("subscriptions")
        if arm_lists.assigned(azure, caller.principal, text(item["id"]))
    ]
    return paged(azure, request, seen)


def tenants(azure: FakeAzure, request: Request, _caller: Caller, _found: re.Match[str]) -> Answer:
    """List the caller's tenants: its own."""
    shown: Row = {"id": f"/tenants/{azure.tenant.id}", "tenantId": azure.tenant.id}
    return paged(azure, request, [shown])


def subscription(
    azure: FakeAzure, _request: Request, _caller: Caller, found: re.Match[str]
) -> Answer:
    """Answer one subscription (whether the caller sees it was asked before)."""
    return Answer(body=_shown(azure, azure.tenant.subscription(found.group("scope")) or {}))


def _refused(azure: FakeAzure, caller: Caller, action: str, scope: str) -> Answer | None:
    if may(azure.tenant, caller.principal, action, scope):
        return None
    return arm_lists.denied(caller, action, scope)


def _group(identifier: str) -> Row:
    return {
        "id": identifier,
        "name": identifier.rpartition("/")[2],
        "type": "Microsoft.Resources/resourceGroups",
        "location": "westeurope",
        "properties": {"provisioningState": "Succeeded"},
    }


def resource_groups(
    azure: FakeAzure, request: Request, caller: Caller, found: re.Match[str]
) -> Answer:
    """List the groups that the caller may read; without a right at the subscription, fewer."""
    action = "Microsoft.Resources/subscriptions/resourceGroups/read"
    groups = azure.tenant.resource_groups(found.group("scope"))
    seen = [item for item in groups if may(azure.tenant, caller.principal, action, item)]
    return paged(azure, request, [_group(item) for item in seen])


def resource_group(
    azure: FakeAzure, _request: Request, caller: Caller, found: re.Match[str]
) -> Answer:
    """Answer one resource group: 403 before 404, as ARM does."""
    scope = found.group()
    action = "Microsoft.Resources/subscriptions/resourceGroups/read"
    refusal = _refused(azure, caller, action, scope)
    if refusal is not None:
        return refusal
    if not azure.tenant.exists(scope):
        message = f"Resource group '{found.group('group')}' could not be found."
        return failure(404, "ResourceGroupNotFound", message)
    return Answer(body=_group(scope))


def resources(azure: FakeAzure, request: Request, caller: Caller, found: re.Match[str]) -> Answer:
    """List the resources of a subscription or group that the caller may read."""
    below = fold(found.group("scope")) + "/"
    seen = [
        item
        for item in azure.tenant.listed("resources")
        if fold(text(item["id"])).startswith(below)
        and "/providers/" in fold(text(item["id"]))
        and may(azure.tenant, caller.principal, f"{text(item.get('type'))}/read", text(item["id"]))
    ]
    return paged(azure, request, seen)


def _registrations(azure: FakeAzure, subscription: str) -> list[Row]:
    return [
        {
            "id": f"{subscription}/providers/{text(item['namespace'])}",
            "namespace": text(item["namespace"]),
            "registrationState": text(item["registrationState"]),
            "registrationPolicy": "RegistrationRequired",
            "resourceTypes": [],
        }
        for item in azure.tenant.listed("providers")
        if fold(text(item["subscription"])) == fold(subscription)
    ]


def providers(azure: FakeAzure, request: Request, caller: Caller, found: re.Match[str]) -> Answer:
    """List the provider registrations of a subscription."""
    scope = found.group("scope")
    refusal = _refused(azure, caller, "Microsoft.Resources/subscriptions/providers/read", scope)
    return refusal or paged(azure, request, _registrations(azure, scope))


def provider(azure: FakeAzure, _request: Request, caller: Caller, found: re.Match[str]) -> Answer:
    """Answer one provider registration."""
    scope, wanted = found.group("scope"), found.group("namespace").lower()
    refusal = _refused(azure, caller, "Microsoft.Resources/subscriptions/providers/read", scope)
    if refusal is not None:
        return refusal
    for item in _registrations(azure, scope):
        if text(item["namespace"]).lower() == wanted:
            return Answer(body=item)
    return failure(404, "InvalidResourceNamespace", f"The namespace '{wanted}' is invalid.")


def any_resource(azure: FakeAzure, request: Request, caller: Caller) -> Answer:
    """Answer GET of one resource by its ID."""
    wanted = fold(request.path)
    for item in azure.tenant.listed("resources"):
        if fold(text(item["id"])) == wanted:
            action = f"{text(item.get('type'))}/read"
            return _refused(azure, caller, action, request.path) or Answer(body=item)
    message = f"The Resource '{request.path}' was not found."
    return failure(404, "ResourceNotFound", message)
