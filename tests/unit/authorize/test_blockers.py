"""Locks, clashing role assignments, unregistered providers."""

from __future__ import annotations

import pytest

from preflight.authorize.assignments import Placed
from preflight.authorize.blockers import Clashes, Registrations, blocking_locks, provider_of
from preflight.authorize.hierarchy import Hierarchy
from preflight.model.access import (
    AccessSnapshot,
    Lock,
    LockLevel,
    ProviderRegistration,
    RoleAssignment,
    principal_id,
)
from preflight.model.action import Action
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.role import role_id
from preflight.model.scope import Scope
from preflight.model.truth import Truth

SUB = "/subscriptions/11111111-1111-4111-8111-111111111111"
RG = f"{SUB}/resourceGroups/rg"
VM = f"{RG}/providers/Microsoft.Compute/virtualMachines/vm"
ROLE_ASSIGNMENTS = f"{RG}/providers/Microsoft.Authorization/roleAssignments"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"


def need(
    action: str,
    scope: str = VM,
    attributes: dict[str, str] | None = None,
    *,
    data_action: bool = False,
) -> Requirement:
    return Requirement(
        action=Action(action),
        scope=Scope(scope),
        certainty=Certainty.REQUIRED,
        kind=RequirementKind.OTHER,
        why="",
        resource=Scope(scope),
        attributes=attributes,
        data_action=data_action,
    )


def stopped(level: LockLevel, at: str, wanted: Requirement) -> list[Truth]:
    rows = [Lock(id="l", name="l", scope=Scope(at), level=level)]
    placed = Placed(rows, lambda row: row.scope, Hierarchy(AccessSnapshot(), {}))
    return [row.truth for row in blocking_locks(wanted, placed)]


VMS = "Microsoft.Compute/virtualMachines"


@pytest.mark.parametrize(
    ("level", "at", "action", "blocks"),
    [
        (LockLevel.READ_ONLY, RG, f"{VMS}/write", True),
        (LockLevel.READ_ONLY, RG, f"{VMS}/delete", True),
        (LockLevel.READ_ONLY, RG, f"{VMS}/start/action", True),
        (LockLevel.READ_ONLY, RG, f"{VMS}/read", False),
        (LockLevel.READ_ONLY, SUB, f"{VMS}/write", True),
        (LockLevel.READ_ONLY, f"{VM}/extensions/e", f"{VMS}/write", False),
        (LockLevel.READ_ONLY, f"{RG}2", f"{VMS}/write", False),
        (LockLevel.CAN_NOT_DELETE, RG, f"{VMS}/delete", True),
        (LockLevel.CAN_NOT_DELETE, RG, f"{VMS}/write", False),
        (LockLevel.CAN_NOT_DELETE, RG, f"{VMS}/start/action", False),
        (LockLevel.CAN_NOT_DELETE, f"{VM}/extensions/e", f"{VMS}/delete", True),
        (LockLevel.READ_ONLY, RG, "Microsoft.Authorization/locks/delete", False),
        (LockLevel.READ_ONLY, RG, "Microsoft.Authorization/roleAssignments/write", True),
    ],
)
def test_what_a_lock_lets_pass(level: LockLevel, at: str, action: str, *, blocks: bool) -> None:
    assert stopped(level, at, need(action)) == ([Truth.TRUE] if blocks else [])


def test_a_locked_resource_keeps_its_group_from_being_deleted() -> None:
    group = need("Microsoft.Resources/subscriptions/resourceGroups/delete", RG)

    assert stopped(LockLevel.CAN_NOT_DELETE, VM, group) == [Truth.TRUE]


def test_a_lock_that_only_a_name_can_reach_may_block() -> None:
    wanted = need(f"{VMS}/write", f"{RG}/providers/{VMS}/vm-{{name}}")

    assert stopped(LockLevel.READ_ONLY, f"{RG}/providers/{VMS}/vm-1", wanted) == [Truth.UNKNOWN]
    assert stopped(LockLevel.READ_ONLY, f"{RG}/providers/{VMS}/web", wanted) == []


def test_data_actions_pass_every_lock() -> None:
    assert stopped(LockLevel.READ_ONLY, RG, need(f"{VMS}/login/action", data_action=True)) == []


EXISTING = RoleAssignment(
    id=f"{ROLE_ASSIGNMENTS}/11111111-0000-4000-8000-00000000000A",
    scope=Scope(RG),
    principal=principal_id("P1"),
    role=role_id(CONTRIBUTOR),
)


def clash(name: str, scope: str = ROLE_ASSIGNMENTS, **attributes: str) -> bool:
    stated = {"principalId": "p1", "roleDefinitionId": f"/x/roleDefinitions/{CONTRIBUTOR}"}
    wanted = need(
        "Microsoft.Authorization/roleAssignments/write", f"{scope}/{name}", stated | attributes
    )
    return Clashes(AccessSnapshot(role_assignments=(EXISTING,))).of(wanted) is not None


def test_role_assignments_clash_by_name_or_by_what_they_bind() -> None:
    same, other = EXISTING.name.upper(), "22222222-0000-4000-8000-00000000000a"
    elsewhere = f"{SUB}/resourceGroups/b/providers/Microsoft.Authorization/roleAssignments"

    assert not clash(same), "written again as it is"
    assert clash(other), "the same binding under another name"
    assert clash(same, principalId="p2"), "the same name for another principal"
    assert clash(same, roleDefinitionId=READER), "the same name for another role"
    assert clash(same, elsewhere), "names are unique in the tenant"
    assert not clash(other, elsewhere)
    assert not clash(other, principalId="p2")


def test_what_is_unknown_before_the_rollout_never_clashes() -> None:
    same = EXISTING.name

    assert not clash("{guid}")
    assert not clash(same, principalId="{identity.principalId}")
    assert not clash(same, roleDefinitionId="{role}")
    assert not clash(same, principalId="")
    assert not clash("new", f"{SUB}/resourceGroups/{{rg}}/x/roleAssignments")


def test_a_role_assignment_without_attributes_never_clashes() -> None:
    clashes = Clashes(AccessSnapshot(role_assignments=(EXISTING,)))
    write = "Microsoft.Authorization/roleAssignments/write"

    assert clashes.of(need(write, f"{ROLE_ASSIGNMENTS}/{EXISTING.name}")) is None
    assert clashes.of(need(write, RG, {"principalId": "p1", "roleDefinitionId": READER})) is None


def test_registrations() -> None:
    states = (("Microsoft.Web", "NotRegistered"), ("Microsoft.Sql", "Registered"),
              ("Microsoft.Cache", "Registering"))  # fmt: skip
    rows = tuple(
        ProviderRegistration(subscription=Scope(SUB), namespace=name, state=state)
        for name, state in states
    )
    known = Registrations(AccessSnapshot(providers=rows))

    assert known.missing(need("microsoft.web/register/action", SUB))
    assert not known.missing(need("Microsoft.Sql/register/action", SUB))
    assert not known.missing(need("Microsoft.Cache/register/action", SUB))
    assert not known.missing(need("Microsoft.Web/register/action", f"{SUB}2"))
    assert not known.missing(need("Microsoft.Web/sites/write", SUB))
    assert not known.missing(need("Microsoft.Web/register/action", "/"))
    assert provider_of(Action("Microsoft.Web/register/action")) == "microsoft.web"
    assert provider_of(Action("Microsoft.Web/sites/register/action")) is None


def test_a_provider_that_files_disagree_about_is_not_known_to_be_missing() -> None:
    rows = tuple(
        ProviderRegistration(subscription=Scope(SUB), namespace="Microsoft.Web", state=state)
        for state in ("Registered", "NotRegistered")
    )
    known = Registrations(AccessSnapshot(providers=rows))

    assert not known.missing(need("Microsoft.Web/register/action", SUB))
