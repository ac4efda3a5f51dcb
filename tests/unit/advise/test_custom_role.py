from dataclasses import dataclass

import pytest

from preflight.advise.custom_role import minimal_role
from preflight.advise.role_index import Need
from preflight.model.action import Action
from preflight.model.role import RoleDefinition
from preflight.model.scope import Scope

SUB = "/subscriptions/11111111-1111-1111-1111-111111111111"
SHOP = f"{SUB}/resourceGroups/rg-shop"
CORP = "/providers/Microsoft.Management/managementGroups/corp"
WRITE = Need(Action("microsoft.compute/virtualmachines/write"), data_action=False)
BLOB = Need(Action("Microsoft.Storage/storageAccounts/x/read"), data_action=True)


@dataclass(frozen=True)
class Catalog:
    """A catalogue of one action, with one action that roles may not name."""

    roles: tuple[RoleDefinition, ...] = ()

    def knows(self, action: Action) -> bool:
        return action == Action("Microsoft.Compute/virtualMachines/write")

    def spelled(self, action: str) -> str:
        known = "Microsoft.Compute/virtualMachines/write"
        return known if action.lower() == known.lower() else action

    def actions(self) -> tuple[str, ...]:
        return ("Microsoft.Compute/virtualMachines/write",)

    def role_wildcard(self, action: Action) -> str | None:
        return "Microsoft.Odd/*" if action == Action("Microsoft.Odd/x/read") else None


def made(*needs: Need, at: str = SHOP) -> RoleDefinition | None:
    return minimal_role(frozenset(needs), Scope(at), Catalog())


def test_it_holds_exactly_the_needs_as_azure_spells_them() -> None:
    role = made(WRITE, BLOB)

    assert role is not None
    (block,) = role.permissions
    assert [row.text for row in block.actions] == ["Microsoft.Compute/virtualMachines/write"]
    assert [row.text for row in block.data_actions] == [BLOB.action.text]
    assert block.not_actions == ()


@pytest.mark.parametrize(
    ("anchor", "home"),
    [
        (SHOP, SHOP),
        (SUB, SUB),
        (CORP, CORP),
        (f"{SHOP}/providers/Microsoft.Network/virtualNetworks/v/subnets/s", SHOP),
        (f"{SUB}/providers/Microsoft.X/y/z", SUB),
    ],
)
def test_it_is_assignable_at_the_anchor_s_group_or_above(anchor: str, home: str) -> None:
    role = made(WRITE, at=anchor)

    assert role is not None
    assert role.assignable_scopes == (Scope(home),)


def test_there_is_none_at_the_root_and_none_with_data_actions_at_a_management_group() -> None:
    assert made(WRITE, at="/") is None
    assert made(WRITE, BLOB, at=CORP) is None


def test_an_action_that_roles_may_not_name_is_replaced_by_its_pattern() -> None:
    role = made(Need(Action("Microsoft.Odd/x/read"), data_action=False))

    assert role is not None
    assert [row.text for row in role.permissions[0].actions] == ["Microsoft.Odd/*"]


def test_the_same_proposal_is_the_same_role() -> None:
    first, again, elsewhere = made(WRITE), made(WRITE, at=SHOP.upper()), made(WRITE, at=SUB)

    assert first is not None
    assert again is not None
    assert elsewhere is not None
    assert first.id == again.id != elsewhere.id


def test_its_name_holds_no_hostile_text() -> None:
    role = made(WRITE, at=f"{SUB}/resourceGroups/rg'\n$(x)")

    assert role is not None
    assert role.name.startswith("preflight rg-x- ")
