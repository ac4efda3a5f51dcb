from __future__ import annotations

import pytest

from preflight.model.scope import Scope, ScopeKind, management_group
from preflight.model.truth import Truth

SUB = "/subscriptions/11111111-1111-1111-1111-111111111111"
RG = f"{SUB}/resourceGroups/rg-app"
VNET = f"{RG}/providers/Microsoft.Network/virtualNetworks/vnet"
SUBNET = f"{VNET}/subnets/app"
MG = "/providers/Microsoft.Management/managementGroups/corp"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("/", ScopeKind.TENANT),
        (MG, ScopeKind.MANAGEMENT_GROUP),
        (SUB, ScopeKind.SUBSCRIPTION),
        (RG, ScopeKind.RESOURCE_GROUP),
        (RG.lower(), ScopeKind.RESOURCE_GROUP),
        (VNET, ScopeKind.RESOURCE),
        (f"{SUB}/providers/Microsoft.Resources/deployments/main", ScopeKind.RESOURCE),
        ("/providers/Microsoft.Resources/deployments/main", ScopeKind.RESOURCE),
        ("{subnetId}", ScopeKind.UNKNOWN),
        ("/subscriptions/{subscription}/resourceGroups/{resourceGroup}", ScopeKind.RESOURCE_GROUP),
        ("/nonsense", ScopeKind.UNKNOWN),
    ],
)
def test_kind(text: str, kind: ScopeKind) -> None:
    assert Scope(text).kind is kind


@pytest.mark.parametrize(
    ("text", "resource_type"),
    [
        (SUBNET, "Microsoft.Network/virtualNetworks/subnets"),
        (RG, "Microsoft.Resources/resourceGroups"),
        (SUB, "Microsoft.Resources/subscriptions"),
        (MG, "Microsoft.Management/managementGroups"),
        (f"{VNET}/providers/Microsoft.Authorization/locks/l", "Microsoft.Authorization/locks"),
        ("/", None),
        ("{x}", None),
    ],
)
def test_resource_type(text: str, resource_type: str | None) -> None:
    assert Scope(text).resource_type == resource_type


def test_ladder_of_an_extension_under_a_child() -> None:
    lock = f"{SUBNET}/providers/Microsoft.Authorization/locks/l"

    assert [rung.text for rung in Scope(lock).ladder()] == [lock, SUBNET, VNET, RG, SUB]


def test_ladder_below_a_management_group() -> None:
    assignment = f"{MG}/providers/Microsoft.Authorization/policyAssignments/p"

    assert [rung.text for rung in Scope(assignment).ladder()] == [assignment, MG]


def test_ladder_of_a_tenant_resource_ends_at_the_root() -> None:
    deployment = "/providers/Microsoft.Resources/deployments/main"

    assert [rung.text for rung in Scope(deployment).ladder()] == [deployment, "/"]


def test_ladder_ends_for_text_of_any_shape() -> None:
    for text in (
        "/providers",
        "/a/providers/b",
        f"{SUB}/providers/X",
        f"{RG}/providers/X/y",
        "/a/b/c",
    ):
        assert len(list(Scope(text).ladder())) <= len(text)


def test_equality_folds_case_and_trailing_slash() -> None:
    assert Scope(RG.upper() + "/") == Scope(RG)
    assert hash(Scope(RG.upper())) == hash(Scope(RG))
    assert Scope(RG) != Scope(RG + "2")


@pytest.mark.parametrize(
    ("upper", "lower", "answer"),
    [
        (SUB, RG, Truth.TRUE),
        (RG, RG.upper(), Truth.TRUE),
        (RG, RG + "2", Truth.FALSE),
        (RG, SUB, Truth.FALSE),
        ("/", SUB, Truth.TRUE),
        (MG, SUB, Truth.FALSE),
        (RG, f"{SUB}/resourceGroups/{{rg}}/providers/A.B/c/d", Truth.UNKNOWN),
        (SUB, f"{SUB}/resourceGroups/{{rg}}", Truth.TRUE),
        (f"{SUB}/resourceGroups/db-1", f"{SUB}/resourceGroups/rg-{{x}}", Truth.FALSE),
        (f"{SUB}/resourceGroups/rg-1", f"{SUB}/resourceGroups/rg-{{x}}", Truth.UNKNOWN),
        (
            f"{VNET}/subnets/a",
            f"{RG}/providers/Microsoft.Network/virtualNetworks/{{v}}",
            Truth.FALSE,
        ),
        (f"{RG}/providers/A.B/c/x/d/y", f"{RG}/providers/A.B/c/{{n}}/d/z", Truth.FALSE),
        (SUB, "{subnetId}", Truth.UNKNOWN),
        ("/", "{subnetId}", Truth.TRUE),
    ],
)
def test_covers(upper: str, lower: str, answer: Truth) -> None:
    assert Scope(upper).covers(Scope(lower)) is answer


def test_management_group_scope_by_name() -> None:
    assert management_group("corp") == Scope(MG)


def test_the_type_that_an_id_shows() -> None:
    shown = {
        "/subscriptions/s": "Microsoft.Resources/subscriptions",
        "{group}/providers/Microsoft.Web/sites/app/slots/b": "Microsoft.Web/sites/slots",
        "{id}": None,
        "{id}/slots/b": None,
        "/subscriptions/s/providers/{namespace}/sites/app": None,
        "/subscriptions/s/resourceGroups/{group}/providers/Microsoft.Web/sites/{name}": (
            "Microsoft.Web/sites"
        ),
    }

    assert shown == {text: Scope(text).shown_type for text in shown}
