"""Tenants and templates of a size, for counting and timing calls."""

from __future__ import annotations

from tests.fakes.documents import (
    CONTRIBUTOR,
    CORP,
    DEPLOYER,
    GROUPS,
    PROD,
    ROOT_GROUP,
    STORAGE_WRITER,
    TENANT,
    assignment,
    company,
    guid,
    resource_group,
    role,
    roles,
)
from tests.fakes.rows import Row

from preflight.model.value import JsonValue

SCHEMAS = "https://schema.management.azure.com/schemas"
MIDDLE = GROUPS + "middle"


def full_subscription() -> Row:
    """Return a tenant whose subscription is full: 4,000 assignments, 1,000 role definitions.

    Three management groups are above it, 50 resource groups in it.
    """
    others = [
        assignment(guid("principal", number), STORAGE_WRITER, f"{PROD}/resourceGroups/rg-{group}")
        for number in range(3998)
        for group in [number % 50]
    ]
    custom = [
        role(f"custom {number}", [f"Microsoft.Web/sites/{number}/read"], built_in=False)
        for number in range(997)
    ]
    return company(
        assignment(DEPLOYER, CONTRIBUTOR, PROD),
        *others,
        roleDefinitions=[*roles(), *custom],
        managementGroups=[
            {"id": ROOT_GROUP, "parent": None},
            {"id": MIDDLE, "parent": ROOT_GROUP},
            {"id": CORP, "parent": MIDDLE},
        ],
        resources=[resource_group(PROD, f"rg-{number}") for number in range(50)],
    )


def many_subscriptions(count: int) -> Row:
    """Return a tenant of many small subscriptions; the deployer holds Contributor above them."""
    places = [f"/subscriptions/{guid('subscription', number)}" for number in range(count)]
    return company(
        assignment(DEPLOYER, CONTRIBUTOR, CORP),
        subscriptions=[
            {"id": place, "displayName": f"S{n}", "managementGroup": CORP, "tenantId": TENANT}
            for n, place in enumerate(places)
        ],
        resources=[resource_group(place, "rg-shop") for place in places],
        providers=[],
    )


def _account(name: str) -> Row:
    return {
        "type": "Microsoft.Storage/storageAccounts",
        "apiVersion": "2023-01-01",
        "name": name,
        "location": "westeurope",
        "sku": {"name": "Standard_LRS"},
        "kind": "StorageV2",
    }


def _template(kind: str, resources: list[JsonValue]) -> Row:
    return {
        "$schema": f"{SCHEMAS}/{kind}#",
        "contentVersion": "1.0.0.0",
        "resources": resources,
    }


def _into(name: str, **place: JsonValue) -> Row:
    inner = _template("2019-04-01/deploymentTemplate.json", [_account(f"st{name}shop")])
    return {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2022-09-01",
        "name": f"into-{name}",
        "properties": {"mode": "Incremental", "template": inner},
        **place,
    }


def into_groups(count: int) -> Row:
    """Return a template of a subscription that deploys into many of its resource groups."""
    parts: list[JsonValue] = [_into(str(n), resourceGroup=f"rg-{n}") for n in range(count)]
    return _template("2018-05-01/subscriptionDeploymentTemplate.json", parts)


def into_subscriptions(document: Row) -> Row:
    """Return a template that deploys into one group of every subscription of a tenant."""
    places = document["subscriptions"]
    parts: list[JsonValue] = [
        _into(str(n), subscriptionId=str(item["id"]).rpartition("/")[2], resourceGroup="rg-shop")
        for n, item in enumerate(places if isinstance(places, list) else [])
        if isinstance(item, dict)
    ]
    return _template("2018-05-01/subscriptionDeploymentTemplate.json", parts)
