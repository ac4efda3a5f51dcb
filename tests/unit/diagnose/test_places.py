import pytest

from preflight.diagnose.places import Places
from preflight.model.access import AccessSnapshot
from preflight.model.action import Action
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.scope import Scope

SUB = "/subscriptions/11111111-1111-1111-1111-111111111111"
HUB = "/subscriptions/22222222-2222-2222-2222-222222222222"
CORP = "/providers/Microsoft.Management/managementGroups/corp"
VNET = f"{HUB}/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet"
VM = f"{SUB}/resourceGroups/rg-shop/providers/Microsoft.Compute/virtualMachines/vm"


def requirement(
    scope: str, kind: RequirementKind = RequirementKind.WRITE, action: str = "Microsoft.X/y/write"
) -> Requirement:
    return Requirement(
        action=Action(action),
        scope=Scope(scope),
        certainty=Certainty.REQUIRED,
        kind=kind,
        why="a test",
        resource=Scope(scope),
    )


def group_write(scope: str) -> Requirement:
    return requirement(scope, action="microsoft.resources/subscriptions/RESOURCEGROUPS/write")


def anchor(*requirements: Requirement, access: AccessSnapshot | None = None) -> str | None:
    found = Places(requirements, access or AccessSnapshot()).anchor(requirements)
    return None if found is None else found.text


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (VM, f"{SUB}/resourceGroups/rg-shop"),
        (f"{SUB}/resourceGroups/rg-shop", f"{SUB}/resourceGroups/rg-shop"),
        (f"{SUB}/providers/Microsoft.Resources/deployments/d", SUB),
        (SUB, SUB),
        (f"{CORP}/providers/Microsoft.Authorization/policyAssignments/p", CORP),
        ("/providers/Microsoft.Resources/deployments/d", "/"),
        ("/", "/"),
    ],
)
def test_a_role_belongs_at_the_group_or_at_what_is_above(scope: str, expected: str) -> None:
    assert anchor(requirement(scope)) == expected


def test_a_group_that_the_rollout_creates_cannot_be_an_anchor() -> None:
    assert anchor(requirement(VM), group_write(f"{SUB}/resourcegroups/RG-SHOP")) == SUB


@pytest.mark.parametrize(
    "access",
    [
        AccessSnapshot(resources=(Scope(f"{SUB}/resourceGroups/rg-shop"),)),
        AccessSnapshot(resources=(Scope(f"{VM}-other"),)),
        AccessSnapshot(scopes=(Scope(f"{SUB}/resourceGroups/rg-shop"),)),
    ],
)
def test_a_group_that_is_only_written_again_exists(access: AccessSnapshot) -> None:
    rows = (requirement(VM), group_write(f"{SUB}/resourceGroups/rg-shop"))

    assert anchor(*rows, access=access) == f"{SUB}/resourceGroups/rg-shop"


def test_a_link_belongs_at_the_linked_resource_if_it_exists() -> None:
    link = requirement(f"{VNET}/subnets/pe", RequirementKind.LINK)
    exists = AccessSnapshot(resources=(Scope(f"{VNET}/subnets/PE"),))
    only_the_network = AccessSnapshot(resources=(Scope(VNET),))

    assert anchor(link, access=exists) == f"{VNET}/subnets/pe"
    assert anchor(link, access=only_the_network) == VNET
    assert anchor(link) == f"{HUB}/resourceGroups/rg-hub"


def test_only_links_may_have_a_resource_as_anchor() -> None:
    exists = AccessSnapshot(resources=(Scope(VM),))

    assert anchor(requirement(VM), access=exists) == f"{SUB}/resourceGroups/rg-shop"


def test_several_links_belong_where_they_meet() -> None:
    links = [requirement(f"{VNET}/subnets/{name}", RequirementKind.LINK) for name in "ab"]
    exist = AccessSnapshot(resources=tuple(link.scope for link in links))

    assert anchor(*links, access=exist) == VNET


def test_places_in_two_subscriptions_share_no_anchor() -> None:
    assert anchor(requirement(VM), requirement(VNET)) is None


@pytest.mark.parametrize(
    "scope", [f"{SUB}/resourceGroups/{{resourceGroup}}/providers/Microsoft.X/y/z", "{scope}/x"]
)
def test_a_place_that_is_not_known_is_no_anchor(scope: str) -> None:
    assert anchor(requirement(scope)) is None


def test_a_placeholder_below_the_group_does_no_harm() -> None:
    assert anchor(requirement(f"{VM}-{{name}}")) == f"{SUB}/resourceGroups/rg-shop"
