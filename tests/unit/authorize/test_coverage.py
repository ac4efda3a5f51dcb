"""Where a missing row proves something: reach, principal, proof, failures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from preflight.authorize.coverage import reading
from preflight.authorize.hierarchy import Hierarchy
from preflight.model.access import (
    AccessList,
    AccessSnapshot,
    Coverage,
    ManagementGroup,
    PrincipalId,
    Reach,
    Subscription,
    Unreadable,
)
from preflight.model.scope import Scope, management_group

SUB = "/subscriptions/11111111-1111-4111-8111-111111111111"
RG = f"{SUB}/resourceGroups/rg"
SITE = f"{RG}/providers/Microsoft.Web/sites/s"
CORP, ROOT = management_group("corp"), management_group("root")
WANTED = AccessList.DENY_ASSIGNMENTS
ME = PrincipalId("me")


def world(*entries: Coverage, unreadable: tuple[Unreadable, ...] = ()) -> AccessSnapshot:
    return AccessSnapshot(
        deny_assignments=(),
        subscriptions=(Subscription(id=Scope(SUB), management_group=CORP),),
        management_groups=(
            ManagementGroup(id=CORP, parent=ROOT),
            ManagementGroup(id=ROOT),
        ),
        coverage=entries or None,
        scopes=() if entries else (Scope(SUB),),
        unreadable=unreadable,
    )


def entry(
    scope: str,
    reach: Reach = Reach.AT_ABOVE_BELOW,
    *,
    principal: PrincipalId | None = None,
    read_proven: bool = True,
) -> Coverage:
    return Coverage(
        list=WANTED,
        scope=Scope(scope),
        reach=reach,
        principal=principal,
        read_proven=read_proven,
    )


def covered(snapshot: AccessSnapshot, scope: str, principal: PrincipalId | None = None) -> bool:
    hierarchy = Hierarchy(snapshot, {})
    return reading(snapshot, WANTED, principal, hierarchy).covers(Scope(scope))


@pytest.mark.parametrize(
    ("read_at", "reach", "asked", "expected"),
    [
        (RG, Reach.AT_ABOVE_BELOW, SITE, True),
        (RG, Reach.AT_ABOVE_BELOW, RG, True),
        (RG, Reach.AT_ABOVE_BELOW, SUB, True),
        (RG, Reach.AT_ABOVE_BELOW, CORP.text, True),
        (RG, Reach.AT_ABOVE_BELOW, f"{RG}2", False),
        (RG, Reach.AT_ABOVE, RG, True),
        (RG, Reach.AT_ABOVE, SUB, True),
        (RG, Reach.AT_ABOVE, SITE, False),
        (RG, Reach.AT, RG, False),
        ("/", Reach.AT, "/", True),
        ("/", Reach.AT_ABOVE_BELOW, SITE, True),
        (CORP.text, Reach.AT_ABOVE_BELOW, SITE, True),
        (CORP.text, Reach.AT_ABOVE, SITE, False),
        (SUB, Reach.AT_ABOVE_BELOW, f"{RG}/providers/Microsoft.Web/sites/{{name}}", True),
        (SITE, Reach.AT_ABOVE_BELOW, f"{RG}/providers/Microsoft.Web/sites/{{name}}", False),
        (SUB, Reach.AT_ABOVE_BELOW, "/subscriptions/{subscription}/resourceGroups/rg", False),
    ],
)
def test_reach(read_at: str, reach: Reach, asked: str, *, expected: bool) -> None:
    assert covered(world(entry(read_at, reach)), asked) is expected


def test_readings_of_single_rungs_join() -> None:
    steps = [entry(scope, Reach.AT) for scope in (RG, SUB, CORP.text, ROOT.text, "/")]

    assert covered(world(*steps), RG)
    for number in range(len(steps)):
        assert not covered(world(*steps[:number], *steps[number + 1 :]), RG)


def test_rungs_above_an_unknown_hierarchy_are_told_by_a_reading_below_them_only() -> None:
    unknown = "/subscriptions/22222222-2222-4222-8222-222222222222"

    assert covered(world(entry(unknown, Reach.AT_ABOVE)), unknown)
    assert not covered(world(entry(unknown, Reach.AT), entry("/", Reach.AT)), unknown)


def test_a_reading_for_one_principal_tells_nothing_of_others() -> None:
    snapshot = world(entry(SUB, principal=ME))

    assert covered(snapshot, RG, ME)
    assert not covered(snapshot, RG, PrincipalId("other"))
    assert not covered(snapshot, RG)


def test_an_unproven_reading_counts_as_none() -> None:
    assert not covered(world(entry(SUB, read_proven=False)), RG)


def test_a_list_that_is_absent_was_not_read_whatever_coverage_says() -> None:
    hierarchy = Hierarchy(world(), {})
    snapshot = world(entry(SUB))

    assert not reading(snapshot, AccessList.LOCKS, None, hierarchy).covers(Scope(RG))


def test_a_failure_inside_what_was_read_takes_it_out() -> None:
    failed = Unreadable(what="DenyAssignments", scope=Scope(RG), error="403")
    other = Unreadable(what="locks", scope=Scope(RG), error="403")

    assert covered(world(), RG)
    assert covered(world(unreadable=(other,)), RG)
    assert not covered(world(unreadable=(failed,)), SITE)
    assert covered(world(unreadable=(failed,)), f"{RG}2")
    assert not covered(world(entry(SUB), unreadable=(failed,)), SITE)
    assert covered(world(entry(SUB), entry(RG), unreadable=(failed,)), SITE)


def test_a_failure_at_a_management_group_above_takes_everything_out() -> None:
    at = [Unreadable(what="denyAssignments", scope=row, error="403") for row in (CORP, ROOT)]
    beside = Unreadable(what="denyAssignments", scope=management_group("sandbox"), error="403")
    unplaced = replace(world(unreadable=(beside,)), subscriptions=())

    assert not any(covered(world(unreadable=(row,)), RG) for row in at)
    assert covered(world(unreadable=(beside,)), RG)
    assert not covered(unplaced, RG)


def test_a_failure_at_the_scope_itself_leaves_nothing_read() -> None:
    failed = Unreadable(what="denyAssignments", scope=Scope(SUB), error="403")

    assert not covered(world(unreadable=(failed,)), SUB)
    assert not covered(world(unreadable=(failed,)), CORP.text)


def test_a_ladder_that_is_too_long_is_not_covered_by_its_rungs() -> None:
    deep = f"{SUB}/resourceGroups/rg/providers/A.B" + "/t/n" * 200

    assert covered(world(entry(SUB)), deep) is False
    assert covered(world(entry(deep, Reach.AT_ABOVE)), deep)


def test_only_a_placeholder_keeps_it_from_being_covered() -> None:
    snapshot = world(entry(SUB))
    found = reading(snapshot, WANTED, None, Hierarchy(snapshot, {}))

    assert found.may_cover(Scope("/subscriptions/{subscription}/resourceGroups/rg"))
    assert not found.may_cover(Scope("/subscriptions/22222222-2222-4222-8222-222222222222"))
