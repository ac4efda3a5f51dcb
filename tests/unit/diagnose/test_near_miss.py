import pytest

from preflight.diagnose.near_miss import relation, split_action
from preflight.model.access import AccessSnapshot, ManagementGroup, Subscription
from preflight.model.action import Action
from preflight.model.scope import Scope

SUB = "/subscriptions/11111111-1111-1111-1111-111111111111"
HUB = "/subscriptions/22222222-2222-2222-2222-222222222222"
CORP = "/providers/Microsoft.Management/managementGroups/corp"
LAB = "/providers/Microsoft.Management/managementGroups/lab"
ACCESS = AccessSnapshot(
    management_groups=(
        ManagementGroup(id=Scope(CORP)),
        ManagementGroup(id=Scope(LAB), parent=Scope(CORP)),
    ),
    subscriptions=(Subscription(id=Scope(SUB), management_group=Scope(CORP)),),
)


@pytest.mark.parametrize(
    ("assigned", "needed", "expected"),
    [
        (f"{SUB}/resourceGroups/b", f"{SUB}/resourceGroups/a", "another resource group"),
        (f"{SUB}/resourceGroups/a2", f"{SUB}/resourceGroups/a", "another resource group"),
        (f"{HUB}/resourceGroups/a", f"{SUB}/resourceGroups/a", "another subscription"),
        (f"{SUB}/resourceGroups/a", SUB, "a scope below it: assignments reach down, never up"),
        (
            f"{SUB}/resourceGroups/a/providers/M.X/y/1",
            f"{SUB}/resourceGroups/a/providers/M.X/y/2",
            "another resource in the same resource group",
        ),
        (LAB, SUB, "a management group that is not above it"),
        (LAB, CORP, "a management group below it: assignments reach down, never up"),
        (SUB, CORP, "below the management groups"),
    ],
)
def test_it_is_said_how_a_scope_misses(assigned: str, needed: str, expected: str) -> None:
    assert relation(Scope(assigned), Scope(needed), ACCESS) == expected


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("Microsoft.Compute/virtualMachines/write", ("Microsoft.Compute/virtualMachines", "write")),
        (
            "Microsoft.Network/virtualNetworks/subnets/join/action",
            ("Microsoft.Network/virtualNetworks/subnets", "join/action"),
        ),
        ("Microsoft.Web/register/action", ("Microsoft.Web", "register/action")),
        ("odd", ("", "odd")),
    ],
)
def test_an_action_has_a_type_and_a_verb(action: str, expected: tuple[str, str]) -> None:
    assert split_action(Action(action)) == expected
