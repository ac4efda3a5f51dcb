"""A snapshot as a file."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from preflight.access.dump import dump_snapshot
from preflight.access.snapshot_file import parse_snapshot
from preflight.model.access import (
    EVERYONE,
    AccessSnapshot,
    Caller,
    DenyAssignment,
    ManagementGroup,
    Principal,
    PrincipalId,
    PrincipalType,
    ProviderRegistration,
    RoleAssignment,
)
from preflight.model.action import ActionPattern
from preflight.model.role import Permission, RoleId
from preflight.model.scope import Scope, management_group

SUB = Scope("/subscriptions/11111111-1111-4111-8111-111111111111")
ME = PrincipalId("a1a1a1a1-0000-4000-8000-000000000001")
TEAM = PrincipalId("b1b1b1b1-0000-4000-8000-000000000001")


def test_a_list_that_was_not_collected_is_left_out() -> None:
    found = json.loads(dump_snapshot(AccessSnapshot(role_assignments=(), scopes=(SUB,))))

    assert found["roleAssignments"] == []
    assert "denyAssignments" not in found
    assert "coverage" not in found
    assert "collectedAt" not in found


def test_every_kind_of_row_survives() -> None:
    snapshot = AccessSnapshot(
        collected_at=datetime(2026, 11, 24, 10, tzinfo=UTC),
        tenant_id="t",
        scopes=(SUB,),
        management_groups=(ManagementGroup(id=management_group("m"), parent_known=False),),
        caller=Caller(object_id=ME, token_issued_at=datetime(2026, 11, 24, 9, tzinfo=UTC)),
        principals=(
            Principal(object_id=ME, type=PrincipalType.ORPHANED, member_of=frozenset({TEAM})),
            Principal(object_id=PrincipalId(""), app_id="a"),
        ),
        role_assignments=(
            RoleAssignment(id="/a", scope=SUB, principal=ME, role=RoleId("r"), condition=""),
        ),
        deny_assignments=(
            DenyAssignment(
                id="/d",
                name="d",
                scope=SUB,
                permissions=(Permission(actions=(ActionPattern("*/delete"),)),),
                principals=frozenset({EVERYONE, TEAM}),
                excluded=frozenset({ME}),
                group_principals=frozenset({TEAM}),
                audit=True,
            ),
        ),
        providers=(ProviderRegistration(subscription=SUB, namespace="A.B", state="Registered"),),
        resources=(SUB,),
        policies={"policyAssignments": ({"id": "p"},)},
        files=("access.json",),
    )

    assert parse_snapshot(dump_snapshot(snapshot)) == snapshot
