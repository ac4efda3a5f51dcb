"""Rungs, and the management groups that are, or may be, above a scope."""

from __future__ import annotations

from preflight.authorize.hierarchy import Hierarchy
from preflight.model.access import AccessSnapshot, ManagementGroup, Subscription
from preflight.model.scope import Scope, management_group
from preflight.model.truth import Truth

SUB = Scope("/subscriptions/11111111-1111-4111-8111-111111111111")
ROOT, CORP, LAND, SAND = (management_group(name) for name in ("root", "corp", "land", "sand"))
NEW = Scope("/subscriptions/{alias.subscriptionId}")


def world(*groups: ManagementGroup, subscription: Subscription | None = None) -> AccessSnapshot:
    return AccessSnapshot(
        management_groups=groups, subscriptions=(subscription,) if subscription else ()
    )


IN_CORP = Subscription(id=SUB, management_group=CORP)


def test_the_ladder_goes_through_the_known_management_groups_to_the_root() -> None:
    groups = (ManagementGroup(id=CORP, parent=ROOT), ManagementGroup(id=ROOT))
    found = Hierarchy(world(*groups, subscription=IN_CORP), {}).rungs(
        Scope(f"{SUB.text}/resourceGroups/rg/providers/Microsoft.Web/sites/s")
    )

    assert [rung.text for rung in found.all] == [
        f"{SUB.text}/resourceGroups/rg/providers/Microsoft.Web/sites/s",
        f"{SUB.text}/resourceGroups/rg",
        SUB.text,
        CORP.text,
        ROOT.text,
        "/",
    ]
    assert found.complete


def test_a_group_below_a_known_ancestor_is_on_another_branch() -> None:
    groups = (
        ManagementGroup(id=CORP, parent_known=False),
        ManagementGroup(id=SAND, parent=CORP),
    )
    hierarchy = Hierarchy(world(*groups, subscription=IN_CORP), {})
    rungs = hierarchy.rungs(SUB)

    assert not rungs.complete
    assert hierarchy.is_above(CORP, rungs) is Truth.TRUE
    assert hierarchy.is_above(SAND, rungs) is Truth.FALSE
    assert hierarchy.is_above(LAND, rungs) is Truth.UNKNOWN


def test_ancestors_that_were_only_seen_leave_room_between_them() -> None:
    seen = Subscription(id=SUB, inherits_from=(ROOT,))
    groups = (ManagementGroup(id=CORP, parent=ROOT), ManagementGroup(id=ROOT))
    hierarchy = Hierarchy(world(*groups, subscription=seen), {})
    rungs = hierarchy.rungs(SUB)

    assert hierarchy.is_above(ROOT, rungs) is Truth.TRUE
    assert hierarchy.is_above(CORP, rungs) is Truth.UNKNOWN


def test_what_is_above_an_ancestor_that_was_seen_is_above_too() -> None:
    seen = Subscription(id=SUB, inherits_from=(CORP,))
    groups = (ManagementGroup(id=CORP, parent=ROOT), ManagementGroup(id=ROOT))
    rungs = Hierarchy(world(*groups, subscription=seen), {}).rungs(SUB)

    assert rungs.groups == (CORP, ROOT)
    assert not rungs.complete


def test_nothing_of_a_circle_of_parents_is_trusted() -> None:
    groups = (ManagementGroup(id=CORP, parent=LAND), ManagementGroup(id=LAND, parent=CORP))
    rungs = Hierarchy(world(*groups, subscription=IN_CORP), {}).rungs(SUB)

    assert rungs.groups == ()
    assert not rungs.complete


def test_what_the_rollout_creates_hangs_below_the_group_it_is_placed_under() -> None:
    groups = (ManagementGroup(id=CORP, parent=ROOT), ManagementGroup(id=ROOT))
    hierarchy = Hierarchy(world(*groups), {NEW: LAND, LAND: CORP})
    rungs = hierarchy.rungs(Scope(f"{NEW.text}/resourceGroups/rg"))

    assert rungs.created == NEW
    assert rungs.groups == (LAND, CORP, ROOT)
    assert rungs.complete


def test_a_place_that_is_not_known_leaves_what_is_above_open() -> None:
    hierarchy = Hierarchy(world(ManagementGroup(id=CORP)), {NEW: None, LAND: LAND})

    assert hierarchy.rungs(NEW).groups == ()
    assert not hierarchy.rungs(NEW).complete
    assert not hierarchy.rungs(LAND).complete


def test_what_exists_already_is_not_created() -> None:
    hierarchy = Hierarchy(world(ManagementGroup(id=LAND)), {LAND: None})

    assert hierarchy.rungs(LAND).created is None


def test_an_unknown_place_is_told_from_an_unknown_hierarchy() -> None:
    hierarchy = Hierarchy(world(), {})

    assert hierarchy.rungs(Scope("/subscriptions/{subscription}/resourceGroups/rg")).place_unknown
    assert hierarchy.rungs(Scope("{vnet.id}")).place_unknown
    assert not hierarchy.rungs(SUB).place_unknown
