from __future__ import annotations

import pytest

from preflight.advise.adjacent import ADJACENT, MustNot, probes
from preflight.catalog.load import load_catalog
from preflight.model.access import Principal, PrincipalId, PrincipalType
from preflight.model.action import Action
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.scope import Scope

CATALOG = load_catalog()
SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
GROUP, HUB = f"{SUBSCRIPTION}/resourceGroups/rg", f"{SUBSCRIPTION}/resourceGroups/rg-hub"
SUBNET = f"{HUB}/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
SITE = f"{GROUP}/providers/Microsoft.Web/sites/web"
ASSIGNMENT = f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/x"
ASSIGN = "Microsoft.Authorization/roleAssignments/write"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
ME = Principal(object_id=PrincipalId("me"), type=PrincipalType.SERVICE_PRINCIPAL)
WRITE, LINK = RequirementKind.WRITE, RequirementKind.LINK


def need(
    action: str,
    scope: str,
    kind: RequirementKind = WRITE,
    certainty: Certainty = Certainty.REQUIRED,
    attributes: dict[str, str] | None = None,
) -> Requirement:
    return Requirement(
        action=Action(action),
        scope=Scope(scope),
        certainty=certainty,
        kind=kind,
        why="x",
        resource=Scope(scope),
        attributes=attributes,
    )


SITE_WRITE = need("Microsoft.Web/sites/write", SITE)
JOIN = need("Microsoft.Network/virtualNetworks/subnets/join/action", SUBNET, LINK)


def asked(*needs: Requirement, must_not: list[MustNot] | None = None) -> set[tuple[str, str]]:
    found = probes(needs, must_not, ME, CATALOG)
    return {(row.action.text, row.scope.text) for row in found}


def test_the_default_list_is_asked_where_the_rollout_writes() -> None:
    assert {(action, GROUP) for action in ADJACENT} == asked(SITE_WRITE)


def test_each_is_asked_once() -> None:
    again = need("Microsoft.Web/sites/write", f"{SITE}-2")

    assert len(ADJACENT) == len(probes([SITE_WRITE, again], None, ME, CATALOG))


def test_a_linked_resource_of_others_is_a_place_and_not_to_be_changed() -> None:
    found = asked(SITE_WRITE, JOIN)

    assert ("Microsoft.Network/virtualNetworks/subnets/write", SUBNET) in found
    assert ("Microsoft.Network/virtualNetworks/subnets/delete", SUBNET) in found
    assert (ASSIGN, SUBNET) in found
    assert {GROUP, SUBNET} == {scope for _, scope in found}


def test_a_linked_resource_of_one_s_own_is_no_other_place() -> None:
    own = need(JOIN.action.text, SUBNET.replace("rg-hub", "rg"), LINK)

    assert {GROUP} == {scope for _, scope in asked(SITE_WRITE, own)}


def test_what_is_only_possible_is_no_place() -> None:
    possible = need(JOIN.action.text, SUBNET, LINK, Certainty.POSSIBLE)

    assert {GROUP} == {scope for _, scope in asked(SITE_WRITE, possible)}


def test_what_the_rollout_requires_is_not_asked_there() -> None:
    lock = need("microsoft.authorization/locks/delete", f"{SITE}/providers/x/y/z")
    found = asked(SITE_WRITE, lock, JOIN)

    assert ("Microsoft.Authorization/locks/delete", GROUP) not in found
    assert ("Microsoft.Authorization/locks/delete", SUBNET) in found


def test_what_is_only_possible_is_asked() -> None:
    kind = RequirementKind.OTHER
    possible = need("Microsoft.Authorization/locks/delete", SITE, kind, Certainty.POSSIBLE)

    assert ("Microsoft.Authorization/locks/delete", GROUP) in asked(SITE_WRITE, possible)


def test_a_place_that_is_named_is_asked_even_where_the_rollout_requires_it() -> None:
    write = Action("Microsoft.Web/sites/write")

    assert not asked(SITE_WRITE, must_not=[MustNot(action=write)])
    assert {("Microsoft.Web/sites/write", GROUP)} == asked(
        SITE_WRITE, must_not=[MustNot(action=write, scope=Scope(GROUP))]
    )


def test_who_assigns_roles_must_not_assign_owner_to_itself() -> None:
    attributes = {"roleDefinitionId": "/x/b24988ac-6180-42a0-ab88-20f7382dd24c"}
    found = probes(
        [need(ASSIGN, ASSIGNMENT, RequirementKind.ASSIGN_ROLE, attributes=attributes)],
        None,
        ME,
        CATALOG,
    )

    (owner,) = (row for row in found if row.action.text == ASSIGN)
    assert owner.scope == Scope(ASSIGNMENT)
    assert "me" == (owner.attributes or {})["principalId"]
    assert (owner.attributes or {})["roleDefinitionId"].endswith(
        "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
    )


def test_one_s_own_list_replaces_the_default() -> None:
    stop = MustNot(action=Action("Microsoft.Web/sites/delete"))
    at = MustNot(action=Action("Microsoft.Web/sites/delete"), scope=Scope(HUB))

    assert {("Microsoft.Web/sites/delete", GROUP), ("Microsoft.Web/sites/delete", HUB)} == asked(
        SITE_WRITE, must_not=[stop, at]
    )


@pytest.mark.parametrize("action", ADJACENT)
def test_the_default_list_is_in_the_catalogue_and_no_plain_role_s(action: str) -> None:
    contributor = CATALOG.roles_by_id[next(r.id for r in CATALOG.roles if r.name == "Contributor")]

    assert CATALOG.knows(Action(action))
    assert "FALSE" == contributor.grants(Action(action)).name
