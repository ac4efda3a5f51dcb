"""Files that overlap, and files that contradict each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from preflight.access import merge_rows
from preflight.access.merge import merge
from preflight.access.part import Part
from preflight.errors import AccessError
from preflight.model.access import (
    AccessList,
    AccessSnapshot,
    Caller,
    Coverage,
    DenyAssignment,
    ManagementGroup,
    Principal,
    PrincipalId,
    PrincipalType,
    Reach,
    RoleAssignment,
    Subscription,
    Unreadable,
)
from preflight.model.action import ActionPattern
from preflight.model.role import Permission, RoleDefinition, RoleId
from preflight.model.scope import Scope, management_group

A, B = Scope("/subscriptions/a"), Scope("/subscriptions/b")
CORP, LAND = management_group("corp"), management_group("land")
EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
ROW = RoleAssignment(id="/A", scope=A, principal=PrincipalId("p"), role=RoleId("r"))


def part(snapshot: AccessSnapshot) -> Part:
    return Part(snapshot=snapshot)


def file(scope: Scope = A) -> AccessSnapshot:
    return AccessSnapshot(scopes=(scope,), collected_at=EARLY, tenant_id="T", files=("f",))


CHILD = replace(ROW, scope=Scope("/subscriptions/a/resourceGroups/g"))


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("row", [ROW, replace(ROW, scope=Scope.ROOT), CHILD])
def test_a_grant_that_another_file_no_longer_has_is_refused(
    row: RoleAssignment, order: int
) -> None:
    old = replace(file(A), role_assignments=(row,))
    new = replace(file(A), role_assignments=(), collected_at=LATE)

    with pytest.raises(AccessError, match="which was read at its scope"):
        merge([part(one) for one in (old, new)[::order]])


@pytest.mark.parametrize(
    "seen",
    [
        Coverage(list=AccessList.ROLE_ASSIGNMENTS, scope=B, reach=Reach.AT_ABOVE_BELOW),
        Coverage(list=AccessList.ROLE_ASSIGNMENTS, scope=A, reach=Reach.AT_ABOVE),
        Coverage(list=AccessList.LOCKS, scope=A, reach=Reach.AT_ABOVE_BELOW),
        Coverage(
            list=AccessList.ROLE_ASSIGNMENTS,
            scope=A,
            reach=Reach.AT_ABOVE_BELOW,
            principal=PrincipalId("other"),
        ),
        Coverage(
            list=AccessList.ROLE_ASSIGNMENTS,
            scope=A,
            reach=Reach.AT_ABOVE_BELOW,
            read_proven=False,
        ),
    ],
)
def test_a_grant_that_another_file_would_not_have_counts(seen: Coverage) -> None:
    old = replace(file(A), role_assignments=(CHILD,))
    new = replace(file(A), role_assignments=(), locks=(), coverage=(seen,))

    assert merge([part(old), part(new)]).role_assignments == (CHILD,)


def test_the_oldest_time_counts_and_what_was_read_stays_apart() -> None:
    found = merge(
        [
            part(replace(file(A), role_assignments=())),
            part(replace(file(B), deny_assignments=(), collected_at=LATE, tenant_id="t")),
        ]
    )

    assert found.collected_at == EARLY
    assert found.tenant_id in {"T", "t"}
    assert found.scopes == (A, B)
    assert [(row.list, row.scope, row.reach) for row in found.coverage or ()] == [
        (AccessList.ROLE_ASSIGNMENTS, A, Reach.AT_ABOVE_BELOW),
        (AccessList.DENY_ASSIGNMENTS, B, Reach.AT_ABOVE_BELOW),
    ]


def test_a_reading_that_failed_is_not_claimed_by_joining() -> None:
    failed = Unreadable(what="denyAssignments", scope=A, error="403")
    one = replace(file(A), deny_assignments=(), locks=(), unreadable=(failed,))
    found = merge([part(one), part(file(B))])

    assert [row.list for row in found.coverage or ()] == [AccessList.LOCKS]


def test_files_of_two_tenants_or_clouds_are_refused() -> None:
    with pytest.raises(AccessError, match="different tenants"):
        merge([part(file()), part(replace(file(), tenant_id="other"))])
    with pytest.raises(AccessError, match="different clouds"):
        merge([part(file()), part(replace(file(), cloud="AzureChinaCloud"))])


def test_a_bare_list_has_no_cloud_of_its_own() -> None:
    china = replace(file(), cloud="AzureChinaCloud")
    bare = Part(snapshot=AccessSnapshot(coverage=()), bare=True)

    assert merge([part(china), bare]).cloud == "AzureChinaCloud"


def test_the_caller_is_known_only_if_it_is_one() -> None:
    mine, other = (Caller(object_id=PrincipalId(name)) for name in ("a", "b"))

    assert merge([part(replace(file(), caller=mine)), part(file())]).caller == mine
    assert merge([part(replace(file(), caller=row)) for row in (mine, other)]).caller is None


def test_one_role_assignment_from_two_files_is_one_row() -> None:
    typed = replace(ROW, id="/a", principal_type=PrincipalType.USER, created_on=EARLY)

    assert merge_rows.role_assignments([(ROW,), None, (typed,)]) == (replace(typed, id="/A"),)
    assert merge_rows.role_assignments([None, None]) is None


@pytest.mark.parametrize(
    "other",
    [
        replace(ROW, scope=B),
        replace(ROW, principal=PrincipalId("q")),
        replace(ROW, role=RoleId("s")),
        replace(ROW, condition="x"),
    ],
)
def test_a_role_assignment_that_says_two_things_is_refused(other: RoleAssignment) -> None:
    with pytest.raises(AccessError, match="stands in the evidence twice"):
        merge_rows.role_assignments([(ROW,), (other,)])


def test_a_role_definition_that_says_two_things_counts_as_missing() -> None:
    def role(*blocks: str) -> RoleDefinition:
        permissions = tuple(Permission(actions=(ActionPattern(text),)) for text in blocks)
        return RoleDefinition(id=RoleId("r"), name="R", permissions=permissions)

    same, warnings = merge_rows.role_definitions([(role("a", "b"),), (role("B", "A"),)])
    differing, found = merge_rows.role_definitions([(role("a"), role("*"))])

    assert same is not None
    assert (len(same), warnings) == (1, ())
    assert differing == ()
    assert [code for code, _ in found] == ["role-definition-contradiction"]


def test_places_that_files_disagree_about_are_not_known() -> None:
    (subscription,) = merge_rows.subscriptions(
        [
            Subscription(id=A, management_group=CORP, display_name="Prod"),
            Subscription(id=A, management_group=LAND, inherits_from=(CORP,)),
        ]
    )
    corp, land = merge_rows.management_groups(
        [
            ManagementGroup(id=CORP, parent=LAND),
            ManagementGroup(id=CORP, parent=None),
            ManagementGroup(id=LAND, parent_known=False),
            ManagementGroup(id=LAND, parent=None),
        ]
    )

    assert (subscription.management_group, subscription.display_name) == (None, "Prod")
    assert subscription.inherits_from == (CORP,)
    assert (corp.parent, corp.parent_known) == (None, False)
    assert (land.parent, land.parent_known) == (None, True)


def test_memberships_that_files_disagree_about_are_not_known() -> None:
    def member(*groups: str) -> Principal:
        return Principal(
            object_id=PrincipalId("p"), member_of=frozenset(PrincipalId(row) for row in groups)
        )

    nameless = Principal(object_id=PrincipalId(""), app_id="a")
    plain = Principal(object_id=PrincipalId("p"), type=PrincipalType.USER)

    def joined(*found: Principal) -> tuple[Principal, ...]:
        return merge_rows.principals([AccessSnapshot(principals=(row,)) for row in found])

    assert joined(member("g"), plain) == (replace(member("g"), type=PrincipalType.USER),)
    assert joined(member("g"), member("h"))[0].member_of is None
    assert joined(nameless, nameless) == (nameless,)


def test_groups_of_another_file_are_not_known_where_only_those_of_one_were_looked_at() -> None:
    me, mine, theirs, team = map(PrincipalId, ("me", "mine", "theirs", "team"))
    looked = Principal(object_id=me, member_of=frozenset({mine}), groups_complete=False)
    deny = DenyAssignment(
        id="d", name="d", scope=A, permissions=(), excluded=frozenset(),
        principals=frozenset({theirs, mine}), group_principals=frozenset({theirs, mine}),
    )  # fmt: skip
    held = RoleAssignment(
        id="r", scope=A, principal=team, role=RoleId("x"), principal_type=PrincipalType.GROUP
    )
    other = AccessSnapshot(deny_assignments=(deny,), role_assignments=(held,))

    (found,) = merge_rows.principals([AccessSnapshot(principals=(looked,)), other])
    whole = replace(looked, groups_complete=True)
    again = replace(other, principals=(looked,))

    assert found.member_of == frozenset({mine})
    assert found.unknown_groups - {mine} == {theirs, team}
    assert merge_rows.principals([AccessSnapshot(principals=(whole,)), other]) == (whole,)
    assert merge_rows.principals([AccessSnapshot(principals=(looked,)), again]) == (looked,)


def test_more_management_groups_than_any_directory_stacks_are_refused() -> None:
    groups = tuple(management_group(f"g{number}") for number in range(33))

    with pytest.raises(AccessError, match="more than 32 management groups"):
        merge_rows.subscriptions([Subscription(id=A, inherits_from=groups)])
