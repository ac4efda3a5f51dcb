"""The fake follows Azure where a gate could be misled: filters, rights, pages, versions."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError
from azure.mgmt.authorization.v2022_04_01 import AuthorizationManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient
from tests.fakes.azure import GRAPH_AUDIENCE, FakeAzure
from tests.fakes.exchange import Fault
from tests.fakes.rows import Row, properties, row, rows, text

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLE: Row = json.loads((ROOT / "examples" / "access.json").read_text(encoding="utf-8"))
PROD = "5a1e0c62-3f0b-4d1c-8e57-9b6a2d4c7f01"
HUB = "b7d2f4a8-61c9-4e35-a0d4-1c8e5f7a9b02"
READER = "2f4c8e10-00aa-4a6b-9c3d-7e5f1a2b3caa"
REPORTER = "2f4c8e10-0002-4a6b-9c3d-7e5f1a2b3c02"
GROUP = "2f4c8e10-0102-4a6b-9c3d-7e5f1a2b3d02"
READER_ROLE = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
AUTHORIZATION = "/providers/Microsoft.Authorization"


def assignment(name: str, principal: str, scope: str, role: str = READER_ROLE) -> Row:
    stated: Row = {
        "principalId": principal,
        "principalType": "ServicePrincipal",
        "roleDefinitionId": f"{AUTHORIZATION}/roleDefinitions/{role}",
        "scope": scope,
    }
    at = "" if scope == "/" else scope
    return {"id": f"{at}{AUTHORIZATION}/roleAssignments/{name}", "name": name, "properties": stated}


def tenant(*more: Row) -> Row:
    """The examples' tenant, with a reader of everything in it."""
    document = copy.deepcopy(EXAMPLE)
    reader: Row = {
        "objectId": READER,
        "appId": "9d3b6a71-00aa-4c2e-8f5a-6b7c8d9e0faa",
        "type": "ServicePrincipal",
        "displayName": "sp-reader",
        "memberOf": [],
    }
    document["principals"] = [*rows(document["principals"]), reader]
    root = assignment("99999999-0000-4000-8000-000000000001", READER, "/")
    document["roleAssignments"] = [*rows(document["roleAssignments"]), root, *more]
    return document


class Credential:
    """A credential in the shape that the SDK asks for."""

    def __init__(self, fake: FakeAzure, principal: str) -> None:
        self._fake = fake
        self._principal = principal

    def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **_more: object,
    ) -> AccessToken:
        assert (claims, tenant_id, enable_cae) == (None, None, False)
        audience = scopes[0].removesuffix("/.default")
        return AccessToken(self._fake.token(self._principal, audience), 2**31)


@pytest.fixture
def fake() -> Iterator[FakeAzure]:
    with FakeAzure(tenant()) as started:
        started.sign_in(READER)
        yield started


class Arm:
    """Plain calls with a principal's token."""

    def __init__(self, fake: FakeAzure, principal: str = READER) -> None:
        self._fake = fake
        self._token = fake.token(principal)

    def get(self, path: str, version: str = "2022-04-01", **query: str) -> requests.Response:
        return requests.get(
            self._fake.url + path,
            params={"api-version": version, **{f"${key}": value for key, value in query.items()}},
            headers={"Authorization": f"Bearer {self._token}"},
            verify=str(self._fake.authority_file),
            timeout=30,
        )

    def post(self, path: str, body: Row, version: str) -> requests.Response:
        return requests.post(
            self._fake.url + path,
            params={"api-version": version},
            json=body,
            headers={"Authorization": f"Bearer {self._token}"},
            verify=str(self._fake.authority_file),
            timeout=30,
        )


def scopes(answer: requests.Response) -> set[str]:
    assert answer.status_code == 200, answer.text
    return {text(properties(item)["scope"]) for item in rows(answer.json()["value"])}


def code(answer: requests.Response) -> str:
    return text(row(answer.json()["error"])["code"])


def test_the_real_clients_page_through_a_long_list(fake: FakeAzure) -> None:
    many = [
        assignment(f"{i:08d}-0000-4000-8000-000000000002", REPORTER, f"/subscriptions/{PROD}")
        for i in range(2500)
    ]
    fake.load(tenant(*many))
    client = AuthorizationManagementClient(
        Credential(fake, READER),
        PROD,
        base_url=fake.url,
        connection_verify=str(fake.authority_file),
    )

    with client:
        seen = list(client.role_assignments.list_for_scope(f"/subscriptions/{PROD}"))

    assert len({item.name for item in seen}) >= 2500
    assert len(fake.log.of("arm")) == 3
    assert {call.caller for call in fake.log.of("arm")} == {READER}


def test_the_resource_client_reads_groups_and_registrations(fake: FakeAzure) -> None:
    client = ResourceManagementClient(
        Credential(fake, READER),
        PROD,
        base_url=fake.url,
        connection_verify=str(fake.authority_file),
    )

    with client:
        groups = {item.name for item in client.resource_groups.list()}
        states = {item.namespace: item.registration_state for item in client.providers.list()}

    assert "rg-shop-prod" in groups
    assert states == {
        text(item["namespace"]): text(item["registrationState"])
        for item in rows(EXAMPLE["providers"])
        if text(item["subscription"]).endswith(PROD)
    }


def test_no_filter_gives_rows_at_above_and_below(fake: FakeAzure) -> None:
    group = f"/subscriptions/{PROD}/resourceGroups/rg-shop-prod"
    fake.load(tenant(assignment("1" * 8, REPORTER, group)))
    path = f"/subscriptions/{PROD}{AUTHORIZATION}/roleAssignments"

    everything = scopes(Arm(fake).get(path))
    above = scopes(Arm(fake).get(path, filter="atScope()"))

    assert {"/", group} <= everything
    assert "/" in above
    assert not any("/resourceGroups/" in scope for scope in above)


def test_assigned_to_resolves_groups_and_takes_none(fake: FakeAzure) -> None:
    fake.load(tenant(assignment("1" * 8, GROUP, f"/subscriptions/{PROD}")))
    path = f"/subscriptions/{PROD}{AUTHORIZATION}/roleAssignments"

    through_group = Arm(fake).get(path, filter=f"assignedTo('{REPORTER}')")
    direct = Arm(fake).get(path, filter=f"principalId eq '{REPORTER}'")
    group = Arm(fake).get(path, filter=f"assignedTo('{GROUP}')")

    holders = {properties(item)["principalId"] for item in rows(through_group.json()["value"])}
    assert GROUP in holders
    assert GROUP not in {properties(item)["principalId"] for item in rows(direct.json()["value"])}
    assert group.status_code == 400


@pytest.mark.parametrize(
    ("name", "stated"),
    [
        ("roleAssignments", f"atScope() and principalId eq '{REPORTER}'"),
        ("roleAssignments", "roleName eq 'Reader'"),
        ("denyAssignments", f"assignedTo('{REPORTER}')"),
        ("roleAssignments", "atScope() or atScope()"),
    ],
)
def test_a_filter_that_azure_refuses(name: str, stated: str, fake: FakeAzure) -> None:
    answer = Arm(fake).get(f"/subscriptions/{PROD}{AUTHORIZATION}/{name}", filter=stated)

    assert answer.status_code == 400


def test_a_management_group_lists_nothing_below_it(fake: FakeAzure) -> None:
    fake.load(tenant(assignment("1" * 8, REPORTER, f"/subscriptions/{PROD}")))
    corp = "/providers/Microsoft.Management/managementGroups/corp"

    seen = scopes(Arm(fake).get(f"{corp}{AUTHORIZATION}/roleAssignments"))

    assert "/" in seen
    assert not any(scope.startswith("/subscriptions/") for scope in seen)


WRITER = "2f4c8e10-00bb-4a6b-9c3d-7e5f1a2b3cbb"


def with_a_writer() -> Row:
    """A tenant with a principal that may write, and read no list."""
    permission: Row = {"actions": ["Microsoft.Web/*"], "notActions": []}
    role: Row = {
        "id": f"{AUTHORIZATION}/roleDefinitions/{'7' * 8}",
        "properties": {"roleName": "w", "type": "CustomRole", "permissions": [permission]},
    }
    document = tenant(assignment("1" * 8, WRITER, f"/subscriptions/{PROD}", "7" * 8))
    document["roleDefinitions"] = [*rows(document["roleDefinitions"]), role]
    writer: Row = {"objectId": WRITER, "type": "ServicePrincipal", "memberOf": []}
    document["principals"] = [*rows(document["principals"]), writer]
    return document


def test_a_refused_list_is_403_or_empty(fake: FakeAzure) -> None:
    fake.load(with_a_writer())
    path = f"/subscriptions/{PROD}{AUTHORIZATION}/denyAssignments"

    refused = Arm(fake, WRITER).get(path)
    fake.empty_when_refused.add("denyassignments")
    empty = Arm(fake, WRITER).get(path)

    assert (refused.status_code, code(refused)) == (403, "AuthorizationFailed")
    assert empty.json() == {"value": []}


def test_schedules_of_oneself_need_no_right(fake: FakeAzure) -> None:
    fake.load(with_a_writer())
    path = f"/subscriptions/{PROD}{AUTHORIZATION}/roleEligibilityScheduleInstances"

    mine = Arm(fake, WRITER).get(path, "2020-10-01", filter="asTarget()")
    everybodys = Arm(fake, WRITER).get(path, "2020-10-01")

    assert (mine.status_code, everybodys.status_code) == (200, 403)


def test_schedules_of_oneself_are_listed_at_the_root_for_the_whole_tenant(fake: FakeAzure) -> None:
    document = with_a_writer()
    own: Row = {
        "id": f"/subscriptions/{HUB}{AUTHORIZATION}/roleEligibilityScheduleInstances/1",
        "properties": {"principalId": WRITER, "scope": f"/subscriptions/{HUB}"},
    }
    document["roleEligibilityScheduleInstances"] = [own]
    fake.load(document)
    path = f"{AUTHORIZATION}/roleEligibilityScheduleInstances"

    mine = Arm(fake, WRITER).get(path, "2020-10-01", filter="asTarget()")

    assert scopes(mine) == {f"/subscriptions/{HUB}"}


def test_a_deny_assignment_that_is_not_there_is_404_to_whoever_may_read_it(fake: FakeAzure) -> None:
    fake.load(with_a_writer())
    path = f"/subscriptions/{PROD}{AUTHORIZATION}/denyAssignments/{'0' * 8}"

    read = Arm(fake).get(path)
    refused = Arm(fake, WRITER).get(path)

    assert (read.status_code, code(read)) == (404, "DenyAssignmentNotFound")
    assert (refused.status_code, code(refused)) == (403, "AuthorizationFailed")


def test_a_subscription_is_hidden_from_who_holds_nothing_in_it(fake: FakeAzure) -> None:
    fake.load(with_a_writer())

    answer = Arm(fake, WRITER).get(f"/subscriptions/{HUB}", "2022-12-01")

    assert (answer.status_code, code(answer)) == (404, "SubscriptionNotFound")


def test_older_versions_lose_what_came_later(fake: FakeAzure) -> None:
    document = tenant()
    permission: Row = {"actions": ["*/read"], "notActions": [], "condition": "@x"}
    role: Row = {
        "id": f"{AUTHORIZATION}/roleDefinitions/{'7' * 8}",
        "properties": {
            "roleName": "c",
            "type": "CustomRole",
            "assignableScopes": ["/"],
            "permissions": [permission],
        },
    }
    document["roleDefinitions"] = [role, *rows(document["roleDefinitions"])]
    fake.load(document)
    path = f"/subscriptions/{PROD}{AUTHORIZATION}/roleDefinitions"

    kept = Arm(fake).get(path, "2022-05-01-preview").json()["value"][0]
    lost = Arm(fake).get(path, "2022-04-01").json()["value"][0]

    assert rows(properties(row(kept))["permissions"])[0]["condition"] == "@x"
    assert "condition" not in rows(properties(row(lost))["permissions"])[0]


def test_the_line_above_a_subscription(fake: FakeAzure) -> None:
    groups = "/providers/Microsoft.Management"
    one = Arm(fake).get(f"{groups}/managementGroups/corp", "2023-04-01", expand="ancestors").json()
    entities = Arm(fake).post(f"{groups}/getEntities", {}, "2023-04-01").json()

    chain = rows(row(properties(row(one))["details"])["managementGroupAncestorsChain"])
    assert [text(item["name"]) for item in chain] == ["fabrikam"]
    above = {
        text(item["name"]): properties(item)["parentNameChain"] for item in rows(entities["value"])
    }
    assert above[PROD] == ["fabrikam", "corp"]


def test_what_every_call_must_bring(fake: FakeAzure) -> None:
    verify = str(fake.authority_file)
    path = f"{fake.url}/subscriptions/{PROD}"
    graph_token = fake.token(READER, GRAPH_AUDIENCE)

    bare = requests.get(path, verify=verify, timeout=30)
    foreign = requests.get(
        f"{path}?api-version=2022-12-01",
        headers={"Authorization": f"Bearer {graph_token}"},
        verify=verify,
        timeout=30,
    )
    unversioned = requests.get(
        path,
        headers={"Authorization": f"Bearer {fake.token(READER)}"},
        verify=verify,
        timeout=30,
    )

    assert (bare.status_code, foreign.status_code) == (401, 401)
    assert code(unversioned) == "MissingApiVersionParameter"
    assert code(Arm(fake).get(f"/subscriptions/{PROD}", "1999-01-01")) == "InvalidResourceType"
    assert [call.caller for call in fake.log.of("arm")] == [None, READER, READER, READER]


def test_writes_are_refused_and_logged(fake: FakeAzure) -> None:
    path = f"/subscriptions/{PROD}/providers/Microsoft.Web/register"

    answer = Arm(fake).post(path, {}, "2025-04-01")

    assert answer.status_code == 405
    assert [call.method for call in fake.log.of("arm")] == ["POST"]


def test_faults_hit_the_calls_they_name(fake: FakeAzure) -> None:
    path = f"/subscriptions/{PROD}{AUTHORIZATION}/denyAssignments"
    fake.script(
        Fault(path="denyAssignments", on={1}, status=429, headers={"Retry-After": "1"}),
        Fault(path="denyAssignments", on={2}, cut="body"),
        Fault(path="denyAssignments", on={3}, cut="connection"),
    )

    throttled = Arm(fake).get(path)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        Arm(fake).get(path)
    with pytest.raises(requests.ConnectionError):
        Arm(fake).get(path)
    well = Arm(fake).get(path)

    assert (throttled.status_code, throttled.headers["Retry-After"]) == (429, "1")
    assert well.status_code == 200
    assert [call.status for call in fake.log.of("arm")] == [429, 200, None, 200]


def test_graph_gives_names_groups_and_refusals(fake: FakeAzure) -> None:
    session = requests.Session()
    session.trust_env = False  # a bundle of this machine would come before ours
    session.verify = str(fake.authority_file)
    session.headers["Authorization"] = f"Bearer {fake.token(READER, GRAPH_AUDIENCE)}"
    base = f"{fake.graph_url}/v1.0"

    with session:
        named = session.post(f"{base}/directoryObjects/getByIds", json={"ids": [GROUP]}).json()
        member_of = f"{base}/servicePrincipals/{REPORTER}/transitiveMemberOf?$top=1"
        first = session.get(member_of).json()
        rest = session.get(text(first["@odata.nextLink"])).json()
        found = session.get(
            f"{base}/servicePrincipals", params={"$filter": "displayName eq 'sp-shop-deploy'"}
        ).json()
        fake.graph_allowed = False
        refused = session.get(member_of)

    assert named["value"][0]["displayName"] == "grp-platform"
    assert len(first["value"]) == len(rest["value"]) == 1
    assert found["value"][0]["appId"] == "9d3b6a71-0001-4c2e-8f5a-6b7c8d9e0f11"
    assert refused.status_code == 403


def test_another_tenants_subscription(fake: FakeAzure) -> None:
    document = tenant()
    elsewhere = "0c0c0c0c-0000-4000-8000-00000000000c"
    document["subscriptions"] = [
        {**item, "tenantId": elsewhere} if text(item["id"]).endswith(HUB) else item
        for item in rows(document["subscriptions"])
    ]
    fake.load(document)

    answer = Arm(fake).get(f"/subscriptions/{HUB}", "2022-12-01")

    assert (answer.status_code, code(answer)) == (401, "InvalidAuthenticationTokenTenant")


def test_permissions_answer_for_the_caller(fake: FakeAzure) -> None:
    path = f"/subscriptions/{PROD}{AUTHORIZATION}/permissions"

    held = Arm(fake).get(path).json()["value"]
    fake.not_enforced.add(
        f"{AUTHORIZATION}/roleAssignments/99999999-0000-4000-8000-000000000001".lower()
    )
    lagging = Arm(fake).get(path).json()["value"]

    assert [item["actions"] for item in held] == [["*/read"]]
    assert lagging == []


def test_a_refusal_reaches_the_real_client_as_its_own_error(fake: FakeAzure) -> None:
    client = AuthorizationManagementClient(
        Credential(fake, REPORTER),
        HUB,
        base_url=fake.url,
        connection_verify=str(fake.authority_file),
    )
    fake.script(Fault(path="roleAssignments", status=403))

    with client, pytest.raises(HttpResponseError) as caught:
        list(client.role_assignments.list_for_scope(f"/subscriptions/{HUB}"))

    assert caught.value.status_code == 403
