"""What the fake knows around the lists: groups, resources, deployments, events, Resource Graph."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from tests.fakes.azure import FakeAzure
from tests.fakes.documents import (
    AUDITOR,
    CONTRIBUTOR,
    CORP,
    DEPLOYER,
    HUB,
    PROD,
    assignment,
    company,
)
from tests.fakes.rows import Row, properties, row, rows, text

SHOP = PROD + "/resourceGroups/rg-shop"
ACCOUNT = SHOP + "/providers/Microsoft.Storage/storageAccounts/st1"


@pytest.fixture
def azure() -> Iterator[FakeAzure]:
    document = company(assignment(DEPLOYER, CONTRIBUTOR, SHOP))
    account: Row = {"id": ACCOUNT, "type": "Microsoft.Storage/storageAccounts"}
    document["resources"] = [*rows(document["resources"]), account]
    with FakeAzure(document) as started:
        started.sign_in(AUDITOR)
        yield started


class Ask:
    """Calls with a principal's token."""

    def __init__(self, azure: FakeAzure, who: str = AUDITOR) -> None:
        self._azure = azure
        self._headers = {"Authorization": f"Bearer {azure.token(who)}"}

    def get(self, path: str, version: str, **query: str) -> requests.Response:
        stated = {"api-version": version, **{f"${key}": value for key, value in query.items()}}
        return requests.get(
            self._azure.url + path,
            params=stated,
            headers=self._headers,
            verify=str(self._azure.authority_file),
            timeout=30,
        )

    def post(self, path: str, version: str, body: Row) -> requests.Response:
        return requests.post(
            self._azure.url + path,
            params={"api-version": version},
            json=body,
            headers=self._headers,
            verify=str(self._azure.authority_file),
            timeout=30,
        )


def names(answer: requests.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [text(item["name"]) for item in rows(answer.json()["value"])]


def test_management_groups_page_with_a_link_of_their_own(azure: FakeAzure) -> None:
    azure.page_size = 1
    path = "/providers/Microsoft.Management/managementGroups"

    first = Ask(azure).get(path, "2023-04-01")

    assert names(first) == ["fabrikam"]
    assert "nextLink" not in first.json()
    assert "skiptoken=1" in first.json()["@nextLink"]


def test_what_lies_below_a_group(azure: FakeAzure) -> None:
    path = "/providers/Microsoft.Management/managementGroups"

    below = Ask(azure).get(f"{path}/fabrikam/descendants", "2023-04-01")
    tree = Ask(azure).get(f"{path}/fabrikam", "2023-04-01", expand="children", recurse="true")

    assert set(names(below)) == {"corp", PROD.rpartition("/")[2], HUB.rpartition("/")[2]}
    corp = rows(properties(row(tree.json()))["children"])[0]
    assert {text(item["id"]) for item in rows(corp["children"])} == {PROD, HUB}


def test_a_group_is_shown_to_who_may_read_it(azure: FakeAzure) -> None:
    path = CORP

    refused = Ask(azure, DEPLOYER).get(path, "2023-04-01")
    entities = Ask(azure, DEPLOYER).post(
        "/providers/Microsoft.Management/getEntities", "2023-04-01", {}
    )

    assert refused.status_code == 403
    assert names(entities) == [PROD.rpartition("/")[2]]
    assert properties(rows(entities.json()["value"])[0])["parentNameChain"] == []


def test_resources_and_groups(azure: FakeAzure) -> None:
    ask = Ask(azure)

    inside = ask.get(f"{SHOP}/resources", "2021-04-01").json()
    account = ask.get(ACCOUNT, "2023-01-01")
    missing = ask.get(f"{PROD}/resourceGroups/rg-none", "2021-04-01")

    assert [item["id"] for item in rows(inside["value"])] == [ACCOUNT]
    assert account.status_code == 200
    assert row(missing.json()["error"])["code"] == "ResourceGroupNotFound"


def test_deployments_and_their_operations(azure: FakeAzure) -> None:
    operation: Row = {"operationId": "1", "properties": {"statusCode": "Forbidden"}}
    place = f"{SHOP}/providers/Microsoft.Resources/deployments/main"
    azure.deployments.append({"id": place, "name": "main", "operations": [operation]})

    one = Ask(azure).get(place, "2025-04-01").json()
    operations = Ask(azure).get(f"{place}/operations", "2025-04-01").json()
    none = Ask(azure).get(place + "x", "2025-04-01")

    assert one["name"] == "main"
    assert "operations" not in one
    assert rows(operations["value"]) == [operation]
    assert none.status_code == 404


def test_the_activity_log_insists_on_a_time(azure: FakeAzure) -> None:
    path = f"{PROD}/providers/microsoft.insights/eventtypes/management/values"
    azure.events += [
        {"eventTimestamp": "2026-11-24T09:00:00Z", "operationName": {"value": "a"}},
        {"eventTimestamp": "2026-11-24T11:00:00Z", "operationName": {"value": "b"}},
    ]

    bare = Ask(azure).get(path, "2015-04-01")
    since = Ask(azure).get(path, "2015-04-01", filter="eventTimestamp ge '2026-11-24T10:00:00Z'")

    assert bare.status_code == 400
    assert [row(item["operationName"])["value"] for item in rows(since.json()["value"])] == ["b"]


def graph(azure: FakeAzure, query: str, **options: str) -> list[Row]:
    body: Row = {
        "query": query,
        "subscriptions": [PROD.rpartition("/")[2]],
        "options": {**options},
    }
    path = "/providers/Microsoft.ResourceGraph/resources"
    answer = Ask(azure).post(path, "2022-10-01", body)
    assert answer.status_code == 200, answer.text
    return rows(answer.json()["data"])


def test_resource_graph_leaves_inherited_rows_out_unless_asked(azure: FakeAzure) -> None:
    query = "authorizationresources | where type =~ 'microsoft.authorization/roleassignments'"

    at_and_below = graph(azure, query)
    above_too = graph(azure, query, authorizationScopeFilter="AtScopeAboveAndBelow")

    assert [properties(item)["scope"] for item in at_and_below] == [SHOP]
    assert len(above_too) == 2


def test_resource_graph_knows_the_line_above(azure: FakeAzure) -> None:
    kind = "microsoft.resources/subscriptions"

    found = graph(azure, f"resourcecontainers | where type =~ '{kind}'")

    chain = rows(properties(found[0])["managementGroupAncestorsChain"])
    assert [item["name"] for item in chain] == ["corp", "fabrikam"]
