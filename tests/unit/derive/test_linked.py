"""How sure a link is, by what is known of its value (docs/explanation/certainty.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from preflight.derive.deriver import Derived, DeriveOptions
from preflight.model.plan import PlannedResource
from preflight.model.requirement import Requirement
from preflight.model.source import Place, SourceFile
from preflight.model.value import Cause, OpenKey, PartialText, Unknown, Value

Row: TypeAlias = Callable[[str, Mapping[str, Value]], PlannedResource]
Derive: TypeAlias = Callable[[Sequence[PlannedResource], DeriveOptions], Derived]
Certainty: TypeAlias = Callable[[Derived, str, str], str | None]
Find: TypeAlias = Callable[[Derived, str, str], Requirement | None]
REST = DeriveOptions(client="rest")
HUB = "/subscriptions/5a0e1b7c-0000-4000-8000-000000000002/resourceGroups/rg-hub/providers"
SUBNET = f"{HUB}/Microsoft.Network/virtualNetworks/vnet/subnets/apps"
JOIN = "Microsoft.Network/virtualNetworks/subnets/join/action"
ASSIGN = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"
IDENTITY = f"{HUB}/Microsoft.ManagedIdentity/userAssignedIdentities/id"


def parameter(label: str) -> Unknown:
    return Unknown(label=label, cause=Cause.PARAMETER, expression=f"[parameters('{label}')]")


def runtime(label: str) -> Unknown:
    return Unknown(label=label, cause=Cause.RUNTIME, expression=f"[reference('{label}').id]")


def interface(row: Row, subnet: Value) -> PlannedResource:
    configuration: Value = {"name": "main", "properties": {"subnet": subnet}}
    body: Value = {"ipConfigurations": [configuration]}
    return row("Microsoft.Network/networkInterfaces/nic", {"properties": body})


def test_a_known_id_is_what_its_row_says(row: Row, derive: Derive, certainty: Certainty) -> None:
    assert "required" == certainty(derive([interface(row, {"id": SUBNET})], REST), JOIN, SUBNET)


def test_property_names_compare_without_case(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    assert "required" == certainty(derive([interface(row, {"ID": SUBNET})], REST), JOIN, SUBNET)


def test_text_with_a_known_type_is_what_its_row_says(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    name = PartialText((f"{HUB}/Microsoft.Network/virtualNetworks/", runtime("net"), "/subnets/a"))
    derived = derive([interface(row, {"id": name})], REST)

    assert "required" == certainty(
        derived, JOIN, f"{HUB}/Microsoft.Network/virtualNetworks/{{net}}/subnets/a"
    )


def test_a_type_shows_behind_an_unknown_beginning(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    tail = "/providers/Microsoft.Network/virtualNetworks/v/subnets/a"
    derived = derive([interface(row, {"id": PartialText((runtime("group"), tail))})], REST)

    assert "required" == certainty(derived, JOIN, "{group}" + tail)


def test_a_parameter_without_a_value_is_what_its_row_says(
    row: Row, derive: Derive, find: Find
) -> None:
    found = find(derive([interface(row, {"id": parameter("subnetId")})], REST), JOIN, "{subnetId}")

    assert found is not None
    assert "required" == found.certainty.value
    assert "[parameters('subnetId')]" == found.origins[0].expression


def test_a_run_time_value_is_possible(row: Row, derive: Derive, certainty: Certainty) -> None:
    derived = derive([interface(row, {"id": runtime("net.id")})], REST)

    assert "possible" == certainty(derived, JOIN, "{net.id}")


def test_an_unknown_object_above_is_possible(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    assert "possible" == certainty(
        derive([interface(row, parameter("subnet"))], REST), JOIN, "{subnet}"
    )


def test_unknown_further_members_are_possible(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    rest = runtime("net")
    derived = derive([interface(row, {"name": "x", OpenKey(rest): rest})], REST)

    assert "possible" == certainty(derived, JOIN, "{net}")


def test_alternatives_at_one_path_are_picked_by_type(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    def machine(image: Value) -> PlannedResource:
        profile: Value = {"storageProfile": {"imageReference": {"id": image}}}
        return row("Microsoft.Compute/virtualMachines/vm", {"properties": profile})

    version = f"{HUB}/Microsoft.Compute/galleries/g/images/i/versions/1.0.0"
    latest = version.rpartition("/versions/")[0]
    derived = derive([machine(version)], REST)
    read = "Microsoft.Compute/galleries/images/versions/read"

    assert "required" == certainty(derived, read, version)
    assert certainty(derived, "Microsoft.Compute/galleries/images/read", latest) is None
    unknown = derive([machine(parameter("image"))], REST)
    assert "possible" == certainty(unknown, read, "{image}")
    assert "possible" == certainty(unknown, "Microsoft.Compute/images/read", "{image}")
    ending = derive([machine(PartialText((parameter("image"), "/versions/latest")))], REST)
    assert "possible" == certainty(ending, read, "{image}/versions/latest")
    assert certainty(ending, "Microsoft.Compute/images/read", "{image}/versions/latest") is None


def test_an_id_of_a_child_type_is_checked_at_the_parent(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    connection: Value = {
        "properties": {"privateLinkServiceId": f"{HUB}/Microsoft.Web/sites/app/slots/blue"}
    }
    endpoint = row(
        "Microsoft.Network/privateEndpoints/pe",
        {"properties": {"privateLinkServiceConnections": [connection]}},
    )

    assert "required" == certainty(
        derive([endpoint], REST),
        "Microsoft.Web/sites/PrivateEndpointConnectionsApproval/action",
        f"{HUB}/Microsoft.Web/sites/app",
    )


def test_manual_connections_are_approved_later(row: Row, derive: Derive) -> None:
    connection: Value = {"properties": {"privateLinkServiceId": f"{HUB}/Microsoft.Web/sites/app"}}
    endpoint = row(
        "Microsoft.Network/privateEndpoints/pe",
        {"properties": {"manualPrivateLinkServiceConnections": [connection]}},
    )
    derived = derive([endpoint], REST)

    assert [] == [one for one in derived.requirements if "approval" in one.action.folded]


def test_identities_are_assigned_on_any_type(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    identities: Value = {"userAssignedIdentities": {IDENTITY: {}}}
    derived = derive([row("Microsoft.Example/things/t", {"identity": identities})], REST)

    assert "required" == certainty(derived, ASSIGN, IDENTITY)


def test_an_identity_s_id_may_be_an_unknown_key(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    def thing(key: str) -> PlannedResource:
        identities: Value = {"userAssignedIdentities": {key: {}}}
        return row("Microsoft.Example/things/t", {"identity": identities})

    given = derive([thing(OpenKey(parameter("identityId")))], REST)
    read = derive([thing(OpenKey(runtime("identity.id")))], REST)

    assert "required" == certainty(given, ASSIGN, "{identityId}")
    assert "possible" == certainty(read, ASSIGN, "{identity.id}")


def test_a_workspace_in_the_same_subscription_shares_no_keys(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    def component(workspace: str) -> PlannedResource:
        return row(
            "Microsoft.Insights/components/c", {"properties": {"WorkspaceResourceId": workspace}}
        )

    action = "Microsoft.OperationalInsights/workspaces/sharedKeys/action"
    here = (
        "/subscriptions/5a0e1b7c-0000-4000-8000-000000000001/resourceGroups/rg-log/providers"
        "/Microsoft.OperationalInsights/workspaces/log"
    )
    there = f"{HUB}/Microsoft.OperationalInsights/workspaces/log"

    assert certainty(derive([component(here)], REST), action, here) is None
    assert "required" == certainty(derive([component(there)], REST), action, there)


def test_built_in_policies_are_not_read(row: Row, derive: Derive, certainty: Certainty) -> None:
    def assignment(definition: str) -> PlannedResource:
        return row(
            "Microsoft.Authorization/policyAssignments/p",
            {"properties": {"policyDefinitionId": definition}},
        )

    built_in = "/providers/Microsoft.Authorization/policyDefinitions/one"
    custom = f"/providers/Microsoft.Management/managementGroups/corp{built_in}"
    action = "Microsoft.Authorization/policyDefinitions/read"

    assert certainty(derive([assignment(built_in)], REST), action, built_in) is None
    assert "possible" == certainty(derive([assignment(custom)], REST), action, custom)


def test_the_root_management_group_is_exempt_as_a_parent(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    parent = "/providers/Microsoft.Management/managementGroups/5A0E1B7C-9999-4000-8000-000000000000"
    group = row(
        "/providers/Microsoft.Management/managementGroups/lz",
        {"properties": {"details": {"parent": {"id": parent}}}},
    )
    action = "Microsoft.Management/managementGroups/write"
    tenant = DeriveOptions(client="rest", tenant="5a0e1b7c-9999-4000-8000-000000000000")

    assert "required" == certainty(derive([group], REST), action, parent)
    assert certainty(derive([group], tenant), action, parent) is None


def test_the_type_of_an_alert_s_target_decides_its_action(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    scopes: list[Value] = [f"{HUB}/Microsoft.Web/sites/app", parameter("target")]
    alert = row("Microsoft.Insights/metricAlerts/a", {"properties": {"scopes": scopes}})
    derived = derive([alert], REST)

    assert "required" == certainty(derived, "Microsoft.Web/sites/Read", str(scopes[0]))
    assert [] == [one for one in derived.requirements if one.scope.text == "{target}"]
    assert any("properties.scopes[*]" in one.what for one in derived.not_checked)


def test_text_that_is_no_id_links_nothing(row: Row, derive: Derive) -> None:
    for value in ("", "default", "https://example.org/x", "/no/id", None, 7, True):
        derived = derive([interface(row, {"id": value})], REST)

        assert [] == [one for one in derived.requirements if one.kind.value == "link"]


def test_the_origin_is_the_property_that_holds_the_id(row: Row, derive: Derive, find: Find) -> None:
    source = SourceFile("net.json", "{}")
    nic = replace(
        interface(row, {"Id": SUBNET}), place=Place(source=source, pointer="/resources/3")
    )
    found = find(derive([nic], REST), JOIN, SUBNET)

    assert found is not None
    assert ["/resources/3/properties/ipConfigurations/0/properties/subnet/Id"] == [
        origin.place.pointer for origin in found.origins
    ]
    assert nic.id == found.resource


def test_a_logic_app_s_functions_are_found_at_any_depth(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    function = f"{HUB}/Microsoft.Web/sites/app/functions/f"
    call: Value = {"type": "Function", "inputs": {"function": {"id": function}}}
    nested: Value = {"If": {"actions": {"Then": {"else": {"actions": {"Call": call}}}}}}
    workflow = row(
        "Microsoft.Logic/workflows/w", {"properties": {"definition": {"actions": nested}}}
    )

    assert "required" == certainty(
        derive([workflow], REST), "Microsoft.Web/sites/functions/listsecrets/action", function
    )


def test_a_test_on_the_body_leaves_one_alternative(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    def subscription(endpoint: Value) -> PlannedResource:
        destination: Value = {
            "endpointType": endpoint,
            "properties": {"resourceId": parameter("target")},
        }
        scope = "Microsoft.Web/sites/app/providers/Microsoft.EventGrid/eventSubscriptions/e"
        return row(scope, {"properties": {"destination": destination}})

    action = "Microsoft.ServiceBus/namespaces/queues/write"
    queue = derive([subscription("ServiceBusQueue")], REST)
    unknown = derive([subscription(parameter("type"))], REST)

    assert "required" == certainty(queue, action, "{target}")
    assert "possible" == certainty(unknown, action, "{target}")
