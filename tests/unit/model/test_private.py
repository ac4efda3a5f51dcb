from __future__ import annotations

from preflight.model.access import (
    AccessSnapshot,
    ActiveSchedule,
    Caller,
    DenyAssignment,
    Principal,
    PrincipalId,
    RoleAssignment,
    RoleEligibility,
)
from preflight.model.private import Private, private_of
from preflight.model.role import RoleId
from preflight.model.scope import Scope

SELF = Principal(object_id=PrincipalId("self"), app_id="OwnApp", display_name="sp-self")
ROOT = Scope.ROOT
ROLE = RoleId("role")


def test_everything_in_the_evidence_that_names_others() -> None:
    access = AccessSnapshot(
        principals=(
            SELF,
            Principal(
                object_id=PrincipalId("other"),
                app_id="OtherApp",
                display_name="sp-other",
                member_of=frozenset({PrincipalId("group")}),
            ),
        ),
        role_assignments=(
            RoleAssignment(
                id="/x/roleAssignments/RA1", scope=ROOT, principal=PrincipalId("self"), role=ROLE
            ),
            RoleAssignment(
                id="/x/roleAssignments/ra2", scope=ROOT, principal=PrincipalId("third"), role=ROLE
            ),
        ),
        deny_assignments=(
            DenyAssignment(
                id="/x/denyAssignments/da",
                name="deny",
                scope=ROOT,
                permissions=(),
                principals=frozenset({PrincipalId("00000000-0000-0000-0000-000000000000")}),
                excluded=frozenset({PrincipalId("fourth")}),
            ),
        ),
        eligibilities=(
            RoleEligibility(id="/x/re", scope=ROOT, principal=PrincipalId("fifth"), role=ROLE),
        ),
        schedules=(
            ActiveSchedule(id="/x/rs", scope=ROOT, principal=PrincipalId("sixth"), role=ROLE),
        ),
        caller=Caller(object_id=PrincipalId("reader")),
    )

    assert private_of(access, SELF) == Private(
        ids=frozenset(
            {
                "other", "otherapp", "group", "ra1", "ra2", "third", "da", "fourth", "re",
                "fifth", "rs", "sixth", "reader",
            }
        ),
        names=frozenset({"sp-other"}),
    )  # fmt: skip


def test_nothing_collected_is_nothing_private() -> None:
    assert private_of(AccessSnapshot(), SELF) == Private()


def test_another_identity_that_a_warning_names_is_private() -> None:
    other = "9d3b6a71-0005-4c2e-8f5a-6b7c8d9e0f15"
    access = AccessSnapshot(warnings=(("other-identity-available", f"as {other.upper()}"),))

    assert other in private_of(access, Principal(object_id=PrincipalId("me"))).ids
