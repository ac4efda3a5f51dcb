"""Groups that a listed row proves, and those that only the directory knows."""

from __future__ import annotations

from preflight.access.membership import Membership, membership_of
from preflight.model.access import DenyAssignment, PrincipalId, RoleAssignment, principal_id
from preflight.model.role import role_id
from preflight.model.scope import Scope

ME, TEAM, OPS = principal_id("me"), principal_id("team"), principal_id("ops")


def row(holder: PrincipalId) -> RoleAssignment:
    return RoleAssignment(id="r", scope=Scope("/"), principal=holder, role=role_id("x"))


def deny(*, to: PrincipalId, but: PrincipalId) -> DenyAssignment:
    named, left_out = frozenset({to}), frozenset({but})
    return DenyAssignment(
        id="d",
        name="d",
        scope=Scope("/"),
        permissions=(),
        principals=named,
        excluded=left_out,
        group_principals=named,
        group_excluded=left_out,
    )


def never(_: PrincipalId) -> frozenset[PrincipalId] | None:
    raise AssertionError("the directory was asked")


def test_a_listed_row_of_a_group_proves_membership() -> None:
    assert membership_of(ME, [row(ME), row(TEAM)], [], never) == Membership(
        groups=frozenset({TEAM})
    )


def test_the_directory_is_not_asked_where_no_deny_hangs_on_it() -> None:
    found = membership_of(ME, [row(TEAM)], [deny(to=TEAM, but=TEAM)], never)

    assert found.unknown == frozenset()


def test_it_is_asked_for_a_group_that_a_deny_names() -> None:
    found = membership_of(ME, [], [deny(to=TEAM, but=OPS)], lambda _: frozenset({OPS}))

    assert found == Membership(groups=frozenset({OPS}), complete=True)


def test_where_nobody_may_tell_those_groups_stay_open() -> None:
    found = membership_of(ME, [row(TEAM)], [deny(to=TEAM, but=OPS)], lambda _: None)

    assert found == Membership(groups=frozenset({TEAM}), unknown=frozenset({OPS}))


def test_an_answer_without_a_proven_group_is_not_whole() -> None:
    listed = [row(ME), row(OPS)]

    found = membership_of(ME, listed, [deny(to=TEAM, but=OPS)], lambda _: frozenset())

    assert found == Membership(groups=frozenset({OPS}), unknown=frozenset({TEAM}))
