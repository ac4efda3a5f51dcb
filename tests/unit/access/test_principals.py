"""Who is meant: object ID, application ID, name, or nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from preflight.access.principals import resolve_principal
from preflight.errors import AccessError, UsageError
from preflight.model.access import (
    AccessSnapshot,
    Caller,
    DenyAssignment,
    Principal,
    PrincipalId,
    PrincipalType,
    RoleAssignment,
    RoleEligibility,
)
from preflight.model.role import RoleId
from preflight.model.scope import Scope


def guid(number: int) -> PrincipalId:
    return PrincipalId(f"{number:08d}-aaaa-4aaa-8aaa-000000000000")


SHOP = Principal(
    object_id=guid(1),
    app_id=guid(91).upper(),
    display_name="sp-shop",
    type=PrincipalType.SERVICE_PRINCIPAL,
    member_of=frozenset(),
)
TEAM = Principal(object_id=guid(2), display_name="Team", type=PrincipalType.GROUP)
WORLD = AccessSnapshot(principals=(SHOP, TEAM), tenant_id="t")


def test_a_listed_object_id_in_any_case() -> None:
    subject = resolve_principal(WORLD, f" {SHOP.object_id.upper()} ")

    assert subject.principal == SHOP
    assert subject.confirmed
    assert (subject.translated_from, subject.tenant) == (None, "t")


def test_an_application_id_or_a_name_is_translated_and_said() -> None:
    by_application = resolve_principal(WORLD, guid(91))
    by_name = resolve_principal(WORLD, "SP-Shop")

    assert (by_application.principal, by_application.translated_from) == (SHOP, guid(91))
    assert (by_name.principal, by_name.translated_from) == (SHOP, "SP-Shop")


def test_an_object_id_wins_over_the_same_application_id() -> None:
    odd = Principal(object_id=guid(91))

    assert resolve_principal(replace(WORLD, principals=(SHOP, odd)), guid(91)).principal == odd


def test_a_guid_that_is_not_listed_is_an_object_id_with_unknown_groups() -> None:
    subject = resolve_principal(WORLD, guid(7))

    assert subject.principal == Principal(object_id=guid(7))
    assert subject.principal.member_of is None
    assert not subject.confirmed


def test_rows_confirm_an_object_id_and_tell_its_type() -> None:
    kind = PrincipalType.USER
    assignment = RoleAssignment(
        id="a", scope=Scope("/"), principal=guid(7), role=RoleId("r"), principal_type=kind
    )
    eligibility = RoleEligibility(id="e", scope=Scope("/"), principal=guid(8), role=RoleId("r"))
    deny = DenyAssignment(
        id="d",
        name="d",
        scope=Scope("/"),
        permissions=(),
        principals=frozenset(),
        excluded=frozenset({guid(9)}),
    )
    member = replace(SHOP, member_of=frozenset({guid(10)}))
    world = AccessSnapshot(
        principals=(member,),
        role_assignments=(assignment,),
        eligibilities=(eligibility,),
        deny_assignments=(deny,),
        caller=Caller(object_id=guid(11)),
    )

    assert all(resolve_principal(world, guid(number)).confirmed for number in range(7, 12))
    assert not resolve_principal(world, guid(12)).confirmed
    assert resolve_principal(world, guid(7)).principal.type is PrincipalType.USER


def test_a_name_that_is_not_found_or_found_twice() -> None:
    twin = replace(SHOP, object_id=guid(3), app_id=None)
    twins = replace(WORLD, principals=(SHOP, twin))

    with pytest.raises(AccessError, match="`nobody` is no principal"):
        resolve_principal(WORLD, "nobody")
    with pytest.raises(AccessError, match="`sp-shop` names 2 principals") as caught:
        resolve_principal(twins, "sp-shop")
    assert guid(3) in caught.value.help


def test_an_application_id_of_two_principals_is_found_twice() -> None:
    twins = replace(WORLD, principals=(SHOP, replace(SHOP, object_id=guid(3))))

    with pytest.raises(AccessError, match="names 2 principals"):
        resolve_principal(twins, guid(91))


def test_an_application_id_without_an_object_id_says_where_to_find_it() -> None:
    unnamed = Principal(object_id=PrincipalId(""), app_id=guid(92), display_name="sp-new")
    world = replace(WORLD, principals=(SHOP, unnamed))

    for given in (guid(92), "sp-new"):
        with pytest.raises(UsageError, match="by its application ID only") as caught:
            resolve_principal(world, given)
        assert "az ad sp show" in caught.value.help


def test_without_a_name_the_only_principal_or_the_caller() -> None:
    caller = Caller(object_id=guid(5), tenant_id="t5")
    several = replace(WORLD, principals=(SHOP, Principal(object_id=guid(6))))

    assert resolve_principal(WORLD, None).principal == SHOP
    assert resolve_principal(replace(several, caller=caller), "").principal.object_id == guid(5)
    with pytest.raises(UsageError, match="nothing says for whom") as caught:
        resolve_principal(several, None)
    assert "sp-shop" in caught.value.help
    with pytest.raises(UsageError, match="nothing says for whom"):
        resolve_principal(AccessSnapshot(), None)


def test_who_read_the_evidence_is_said_when_it_is_somebody_else() -> None:
    reader = replace(WORLD, caller=Caller(object_id=TEAM.object_id))
    stranger = replace(WORLD, caller=Caller(object_id=guid(5), tenant_id="t5"), tenant_id=None)

    assert resolve_principal(reader, "sp-shop").read_by == "Team"
    assert resolve_principal(stranger, "sp-shop").read_by == guid(5)
    assert resolve_principal(stranger, "sp-shop").tenant == "t5"
    assert resolve_principal(reader, "Team").read_by is None


def test_groups_of_groups_are_added_and_circles_end() -> None:
    inner, outer = (Principal(object_id=guid(number), member_of=groups) for number, groups in (
        (20, frozenset({guid(21)})), (21, frozenset({guid(20), guid(22)}))))  # fmt: skip
    member = replace(SHOP, member_of=frozenset({guid(20)}))
    world = replace(WORLD, principals=(member, inner, outer))

    assert resolve_principal(world, "sp-shop").principal.member_of == frozenset(
        {guid(20), guid(21), guid(22)}
    )
