"""Which places are looked at."""

from __future__ import annotations

from dataclasses import replace

import pytest

from preflight.access.http import origin
from preflight.access.wanted import MAXIMUM_SUBSCRIPTIONS, top_of, wanted_of, wanted_scopes
from preflight.model.action import Action
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.scope import Scope, management_group

SUB = Scope("/subscriptions/s")
GROUP = Scope("/subscriptions/s/resourceGroups/rg")
SUBNET = Scope(
    "/subscriptions/h/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/v/subnets/n"
)


def requirement(scope: Scope, action: str = "Microsoft.Web/sites/write") -> Requirement:
    return Requirement(
        action=Action(action),
        scope=scope,
        certainty=Certainty.REQUIRED,
        kind=RequirementKind.LINK if "join" in action else RequirementKind.WRITE,
        why="",
        resource=scope,
    )


def test_places_by_subscription() -> None:
    found = wanted_of(
        [
            requirement(Scope(GROUP.text + "/providers/Microsoft.Web/sites/a")),
            requirement(SUBNET, "Microsoft.Network/virtualNetworks/subnets/join/action"),
        ]
    )

    assert found.subscriptions == (SUB, Scope("/subscriptions/h"))
    assert found.groups(SUB) == (GROUP,)
    assert found.linked_in(Scope("/subscriptions/h/resourceGroups/hub")) == (SUBNET,)
    assert found.above == ()


def test_a_management_group_and_the_root_are_places_of_their_own() -> None:
    inner = Scope(management_group("corp").text + "/providers/Microsoft.Resources/deployments/d")
    found = wanted_of([requirement(inner), requirement(Scope("/"))])

    assert found.above == (management_group("corp"), Scope.ROOT)
    assert found.below(management_group("corp")) == (inner,)
    assert top_of(GROUP) is None


def test_the_root_is_no_place_where_something_is_only_possible() -> None:
    role = replace(
        requirement(Scope("/providers/Microsoft.Authorization/roleDefinitions/r")),
        certainty=Certainty.POSSIBLE,
    )

    assert wanted_of([role, requirement(GROUP)]).above == ()
    assert wanted_of([role, requirement(Scope("/"))]).below(Scope.ROOT) == (role.scope, Scope.ROOT)


def test_role_assignments_that_are_written() -> None:
    corp = management_group("corp")
    found = wanted_of(
        requirement(
            Scope(f"{place.text}/providers/Microsoft.Authorization/roleAssignments/x"),
            "Microsoft.Authorization/roleAssignments/write",
        )
        for place in (GROUP, corp)
    )

    assert found.assigned == {SUB, corp}


@pytest.mark.parametrize(
    "scope",
    [
        "{anything}",
        "/subscriptions/{subscription}/resourceGroups/rg",
        "/providers/Microsoft.Management/managementGroups/{managementGroup}",
        "/subscriptions/../providers/x",
        "/subscriptions/s/resourceGroups/./x",
    ],
)
def test_a_place_that_is_not_known_is_not_asked(scope: str) -> None:
    assert wanted_scopes([Scope(scope)]).scopes == ()


def test_an_unknown_group_leaves_its_subscription() -> None:
    found = wanted_scopes([Scope("/subscriptions/s/resourceGroups/{resourceGroup}")])

    assert found.subscriptions == (SUB,)
    assert found.groups(SUB) == ()


def test_places_are_bounded() -> None:
    many = (Scope(f"/subscriptions/s{number}") for number in range(2 * MAXIMUM_SUBSCRIPTIONS))

    assert len(wanted_scopes(many).subscriptions) == MAXIMUM_SUBSCRIPTIONS


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://A.example/x?y", "https://a.example:443"),
        ("https://a.example:443", "https://a.example:443"),
        ("http://a.example", "http://a.example:80"),
        ("https://[", ""),
        ("https://a.example:port/", ""),
        ("//a.example", "://a.example:0"),
        ("https://b.example\\@a.example/x", ""),
        ("https://a.example@b.example/x", ""),
        ("https://a.example\t.b.example/x", ""),
        ("https://a.example\u3002b.example/x", ""),
        ("https://a.example/x?to=b@c.example", "https://a.example:443"),
    ],
)
def test_where_an_address_leads(url: str, expected: str) -> None:
    assert origin(url) == expected
