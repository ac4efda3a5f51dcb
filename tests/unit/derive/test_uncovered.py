from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import pytest

from preflight.derive.deriver import Derived, DeriveOptions
from preflight.model.plan import PlannedResource
from preflight.model.requirement import Requirement
from preflight.model.value import Cause, PartialText, Unknown, Value

Row: TypeAlias = Callable[[str, Mapping[str, Value]], PlannedResource]
Derive: TypeAlias = Callable[[Sequence[PlannedResource], DeriveOptions], Derived]
Certainty: TypeAlias = Callable[[Derived, str, str], str | None]
Find: TypeAlias = Callable[[Derived, str, str], Requirement | None]
VNETS, GROUPS = "Microsoft.Network/virtualNetworks", "Microsoft.Network/networkSecurityGroups"
REST = DeriveOptions(client="rest")
HUB = "/subscriptions/s/resourceGroups/hub/providers"
SUBNET = f"{HUB}/Microsoft.Network/virtualNetworks/v/subnets/a"
JOIN = "Microsoft.Network/virtualNetworks/subnets/join/action"


def links(derived: Derived) -> list[str]:
    return [one.action.text for one in derived.requirements if one.kind.value == "link"]


def test_a_joinable_id_that_no_rule_knows_is_possible(row: Row, derive: Derive, find: Find) -> None:
    body: Value = {"deep": [{"newFeature": {"subnetRef": SUBNET}}]}
    found = find(
        derive([row("Microsoft.Example/things/t", {"properties": body})], REST), JOIN, SUBNET
    )

    assert found is not None
    assert "possible" == found.certainty.value
    assert "no rule knows" in found.why
    assert found.origins[0].place.pointer.endswith("/properties/deep/0/newFeature/subnetRef")


def test_a_joinable_id_with_an_unknown_name_too(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    name = Unknown(label="name", cause=Cause.PARAMETER)
    subnet = PartialText((f"{HUB}/Microsoft.Network/virtualNetworks/", name, "/subnets/a"))
    derived = derive([row("Microsoft.Example/things/t", {"properties": {"x": subnet}})], REST)

    assert "possible" == certainty(
        derived, JOIN, f"{HUB}/Microsoft.Network/virtualNetworks/{{name}}/subnets/a"
    )


def test_a_joinable_id_whose_beginning_is_unknown(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    hub = Unknown(label="hub", cause=Cause.PARAMETER)
    own = PartialText((hub, f"/providers/{VNETS}/v/subnets/a"))
    other = PartialText((hub, f"/providers/{GROUPS}/n"))
    derived = derive([row(f"{VNETS}/w", {"properties": {"own": own, "other": other}})], REST)

    assert certainty(derived, JOIN, f"{{hub}}/providers/{VNETS}/v/subnets/a") is None
    assert [f"{GROUPS}/join/action"] == links(derived)


@pytest.mark.parametrize(
    ("linked", "verbs"),
    [
        (
            "Microsoft.Network/applicationSecurityGroups",
            ["joinIpConfiguration/action", "joinNetworkSecurityRule/action"],
        ),
        ("Microsoft.Network/serviceEndpointPolicies", ["join/action"]),
        ("Microsoft.KeyVault/hsmPools", ["joinVault/action"]),
        ("Microsoft.DevCenter/networkConnections", ["DevCenterJoin/action"]),
        ("Microsoft.Storage/storageAccounts", []),
        ("Contoso.Future/boxes", []),
    ],
)
def test_variants_of_joining_count_where_there_is_no_plain_one(
    linked: str, verbs: list[str], row: Row, derive: Derive
) -> None:
    """`joinPerimeter/action` is none: perimeters are joined through a resource of their own."""
    body: Value = {"x": f"{HUB}/{linked}/one"}
    found = links(derive([row("Microsoft.Example/things/t", {"properties": body})], REST))

    assert [f"{linked}/{verb}" for verb in verbs] == found


def test_what_cannot_be_joined_is_left_alone(row: Row, derive: Derive) -> None:
    body: Value = {"a": f"{HUB}/Microsoft.Web/sites/app", "b": "/no/id", "c": "text", "d": 1}

    assert [] == links(derive([row("Microsoft.Example/things/t", {"properties": body})], REST))


def test_an_id_that_a_rule_covers_is_not_named_again(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    body: Value = {"subnet": {"id": SUBNET}, "again": SUBNET}
    derived = derive([row("Microsoft.Network/privateEndpoints/pe", {"properties": body})], REST)

    assert [JOIN] == links(derived)
    assert "required" == certainty(derived, JOIN, SUBNET)


def test_a_resource_s_own_parts_are_no_links(row: Row, derive: Derive) -> None:
    balancer = row("Microsoft.Network/loadBalancers/lb", {})
    part = f"{balancer.id.text}/backendAddressPools/p"
    rules: Value = {"loadBalancingRules": [{"properties": {"backendAddressPool": {"id": part}}}]}

    assert [] == links(derive([row(balancer.id.text, {"properties": rules})], REST))
    rule = row(f"{balancer.id.text}/inboundNatRules/r", {"properties": {"pool": part}})
    assert [] == links(derive([rule], REST))


def test_content_and_tags_are_no_links(row: Row, derive: Derive) -> None:
    policy = row(
        "Microsoft.Authorization/policyDefinitions/p",
        {"properties": {"policyRule": {"then": {"details": {"value": SUBNET}}}}},
    )
    tagged = row("Microsoft.Example/things/t", {"tags": {"subnet": SUBNET}})

    assert [] == links(derive([policy, tagged], REST))
