"""Reading is proven, not assumed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from preflight.access.proof import Rights
from preflight.model.access import DenyAssignment, RoleAssignment, principal_id
from preflight.model.action import Action, ActionPattern
from preflight.model.role import Permission, RoleDefinition, role_id
from preflight.model.scope import Scope, management_group

READER = principal_id("2f4c8e10-0001-4a6b-9c3d-7e5f1a2b3c01")
SUB = Scope("/subscriptions/s")
GROUP = Scope("/subscriptions/s/resourceGroups/rg")
READ = Action("Microsoft.Authorization/denyAssignments/read")
ALL = Permission(actions=(ActionPattern("*/read"),))


def held(scope: Scope, condition: str | None = None) -> RoleAssignment:
    return RoleAssignment(
        id="r", scope=scope, principal=READER, role=role_id("reader"), condition=condition
    )


def rights(scope: Scope, listed: Scope = SUB, *blocks: Permission) -> Rights:
    role = RoleDefinition(id=role_id("reader"), name="Reader", permissions=blocks or (ALL,))
    return Rights(
        reader=READER, held=((listed, held(scope)),), roles={role.id: role}, permissions={}
    )


@pytest.mark.parametrize(
    ("scope", "at", "expected"),
    [
        (SUB, SUB, True),
        (SUB, GROUP, True),
        (GROUP, SUB, False),
        (Scope.ROOT, SUB, True),
        (management_group("corp"), SUB, True),
        (management_group("corp"), Scope("/subscriptions/other"), False),
    ],
)
def test_a_row_proves_what_is_below_it(scope: Scope, at: Scope, expected: bool) -> None:
    assert rights(scope).prove(READ, at) is expected


@pytest.mark.parametrize(
    "block",
    [
        Permission(actions=(ActionPattern("Microsoft.Compute/*"),)),
        Permission(
            actions=(ActionPattern("*"),),
            not_actions=(ActionPattern("Microsoft.Authorization/*/read"),),
        ),
        Permission(data_actions=(ActionPattern("*"),)),
        Permission(actions=(ActionPattern("*/read"),), condition="@Request[x] StringEquals 'y'"),
        Permission(actions=(ActionPattern("Microsoft.*/*/*"),)),
    ],
)
def test_what_does_not_certainly_grant_proves_nothing(block: Permission) -> None:
    assert not rights(SUB, SUB, block).prove(READ, SUB)


def test_a_condition_or_a_missing_definition_proves_nothing() -> None:
    base = rights(SUB)
    conditional = replace(base, held=((SUB, held(SUB, "x")),))

    assert not conditional.prove(READ, SUB)
    assert not replace(base, roles={}).prove(READ, SUB)


def test_a_condition_that_lets_reading_pass_does_not_hinder() -> None:
    conditional = replace(rights(SUB), held=((SUB, held(SUB, "x")),), holds=lambda *_: True)

    assert conditional.prove(READ, SUB)


def test_the_permissions_api_proves_it_too() -> None:
    nothing = replace(rights(SUB), held=())

    assert not nothing.prove(READ, GROUP)
    assert replace(nothing, permissions={SUB: (ALL,)}).prove(READ, GROUP)
    assert not replace(nothing, permissions={GROUP: (ALL,)}).prove(READ, SUB)


def deny(scope: Scope = SUB, *, excluded: bool = False, audit: bool = False) -> DenyAssignment:
    return DenyAssignment(
        id="d",
        name="d",
        scope=scope,
        permissions=(Permission(actions=(ActionPattern("*"),)),),
        principals=frozenset(),
        excluded=frozenset({READER}) if excluded else frozenset(),
        audit=audit,
    )


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (deny(), False),
        (deny(management_group("corp")), False),
        (deny(Scope("/subscriptions/other")), True),
        (deny(excluded=True), True),
        (deny(audit=True), True),
    ],
)
def test_a_deny_assignment_on_reading_refutes_it(row: DenyAssignment, expected: bool) -> None:
    assert replace(rights(SUB), denies=(row,)).prove(READ, SUB) is expected


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (ALL, True),
        (Permission(actions=(ActionPattern("*"),)), True),
        (
            Permission(
                actions=(ActionPattern("*"),),
                not_actions=(ActionPattern("Microsoft.Authorization/*/Write"),),
            ),
            True,
        ),
        (Permission(actions=(ActionPattern("Microsoft.Resources/*"),)), False),
        (Permission(actions=(ActionPattern("*/read"),), condition="x"), False),
        (
            Permission(
                actions=(ActionPattern("*"),), not_actions=(ActionPattern("Microsoft.Web/*"),)
            ),
            False,
        ),
    ],
)
def test_every_resource_is_listed_only_to_whom_may_read_all_types(
    block: Permission,
    expected: bool,
) -> None:
    mine = rights(SUB, SUB, block)

    assert mine.read_everything(GROUP) is expected
    assert not replace(mine, denies=(deny(),)).read_everything(GROUP)
