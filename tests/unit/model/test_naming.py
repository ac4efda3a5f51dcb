import pytest

from preflight.model.access import (
    AccessSnapshot,
    Principal,
    PrincipalType,
    RoleAssignment,
    Subscription,
    principal_id,
)
from preflight.model.naming import one_line, principal_label, role_label, scope_label, scope_path
from preflight.model.role import RoleDefinition, RoleId
from preflight.model.scope import Scope

HUB = "/subscriptions/22222222-2222-2222-2222-222222222222"
UNNAMED = "/subscriptions/33333333-3333-3333-3333-333333333333"
ACCESS = AccessSnapshot(
    subscriptions=(Subscription(id=Scope(HUB), display_name="Hub"),),
    role_definitions=(RoleDefinition(id=RoleId("r1"), name="Rea\nder", permissions=()),),
)


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("/", "/"),
        ("/providers/Microsoft.Management/managementGroups/corp", "mg corp"),
        (HUB, "sub Hub"),
        (HUB.upper(), "sub Hub"),
        (UNNAMED, "sub 33333333-3333-3333-3333-333333333333"),
        (f"{HUB}/resourceGroups/rg-hub", "rg-hub"),
        (f"{HUB}/resourceGroups/hub", "rg hub"),
        (f"{HUB}/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/v", "v"),
        ("{scope}/x", "x"),
    ],
)
def test_a_rung_has_a_short_name(scope: str, expected: str) -> None:
    assert scope_label(Scope(scope), ACCESS) == expected


def test_a_path_starts_at_the_subscription() -> None:
    subnet = Scope(
        f"{HUB}/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet/subnets/pe"
    )

    assert scope_path(subnet, ACCESS) == "Hub / rg-hub / vnet / pe"
    assert scope_path(Scope(HUB), ACCESS) == "sub Hub"


def test_a_scope_with_thousands_of_segments_has_a_short_path() -> None:
    deep = Scope(f"{HUB}/resourceGroups/rg/providers/Microsoft.X/a/b" + "/a/b" * 5000)

    assert len(scope_path(deep, ACCESS)) < 400


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("two\r\nlines", "two lines"),
        ("a\x1b[31mb\u2028c\x00", "a [31mb c"),
        ("x" * 300, "x" * 199 + "…"),
    ],
)
def test_text_is_put_on_one_line(text: str, expected: str) -> None:
    assert one_line(text) == expected


def test_a_principal_without_a_name_is_called_by_its_id() -> None:
    named = Principal(object_id=principal_id("A"), display_name="sp\nshop")
    nameless = Principal(object_id=principal_id("A"), type=PrincipalType.USER)

    assert (principal_label(named), principal_label(nameless)) == ("sp shop", "a")


def test_a_role_without_a_definition_is_called_by_its_guid() -> None:
    known = RoleAssignment(id="1", scope=Scope(HUB), principal=principal_id("a"), role=RoleId("r1"))
    unknown = RoleAssignment(
        id="1", scope=Scope(HUB), principal=principal_id("a"), role=RoleId("r2")
    )

    assert (role_label(known, ACCESS), role_label(unknown, ACCESS)) == ("Rea der", "role r2")
