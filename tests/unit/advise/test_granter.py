"""May the person who would run the commands make the proposed grant?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from preflight.advise.candidates import AdviseInput, advise
from preflight.authorize.authorizer import Authorizer
from preflight.catalog.load import load_catalog
from preflight.diagnose.diagnoser import DiagnoseInput, diagnose
from preflight.model.access import (
    AccessSnapshot,
    Caller,
    ManagementGroup,
    Principal,
    PrincipalType,
    RoleAssignment,
    Subscription,
    principal_id,
)
from preflight.model.action import Action
from preflight.model.advice import Recommendation, RecommendationKind
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.role import role_id
from preflight.model.scope import Scope

CATALOG = load_catalog()
SUB = "/subscriptions/11111111-1111-1111-1111-111111111111"
GROUP = f"{SUB}/resourceGroups/rg"
DEPLOYER = Principal(
    object_id=principal_id("deployer"),
    type=PrincipalType.SERVICE_PRINCIPAL,
    member_of=frozenset(),
)
ALICE, BOB = (
    Principal(
        object_id=principal_id(name.lower()),
        display_name=name,
        type=PrincipalType.USER,
        member_of=frozenset(),
    )
    for name in ("Alice", "Bob")
)
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
RBAC_ADMINISTRATOR = "f58310d9-a9f6-439a-9e8d-f62e7b41a168"
STORAGE_CONTRIBUTOR = "17d1049b-9a84-46fb-8f53-869881c3d3ab"
ONLY_STORAGE = (
    "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR "
    "(@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] "
    f"ForAnyOfAnyValues:GuidEquals {{{STORAGE_CONTRIBUTOR}}}))"
)


def holds(role: str, who: Principal, condition: str | None = None) -> RoleAssignment:
    return RoleAssignment(
        id=f"{SUB}/providers/Microsoft.Authorization/roleAssignments/{who.object_id}-{role}",
        scope=Scope(SUB),
        principal=who.object_id,
        role=role_id(role),
        principal_type=who.type,
        condition=condition,
    )


def advised(*assignments: RoleAssignment, caller: Principal | None) -> tuple[Recommendation, ...]:
    access = AccessSnapshot(
        scopes=(Scope(SUB),),
        management_groups=(ManagementGroup(id=Scope("/providers/x"), parent_known=True),),
        subscriptions=(Subscription(id=Scope(SUB), management_group=Scope("/providers/x")),),
        caller=Caller(object_id=caller.object_id) if caller else None,
        principals=(DEPLOYER, ALICE, BOB),
        role_definitions=CATALOG.roles,
        role_assignments=assignments,
        deny_assignments=(),
        locks=(),
        eligibilities=(),
    )
    need = Requirement(
        action=Action("Microsoft.Storage/storageAccounts/write"),
        scope=Scope(f"{GROUP}/providers/Microsoft.Storage/storageAccounts/st"),
        certainty=Certainty.REQUIRED,
        kind=RequirementKind.WRITE,
        why="x",
        resource=Scope(GROUP),
    )
    decider = Authorizer(access, DEPLOYER)
    found = diagnose(
        [decider.decide(need)], DiagnoseInput(access=access, principal=DEPLOYER, decider=decider)
    )
    evidence = AdviseInput(access=access, principal=DEPLOYER, catalog=CATALOG, decider=decider)
    (rows,) = advise(found.diagnoses, evidence)
    return rows


def test_what_a_condition_lets_the_person_assign_comes_first() -> None:
    rows = advised(holds(RBAC_ADMINISTRATOR, ALICE, ONLY_STORAGE), caller=ALICE)

    assert [(RecommendationKind.CUSTOM_ROLE, True)] == [
        (row.kind, row.refused) for row in rows if row.refused
    ]
    assert "Alice may not" in rows[-1].text


def test_a_role_that_the_person_may_not_assign_names_who_may() -> None:
    rows = advised(holds(READER, ALICE), holds(OWNER, BOB), caller=ALICE)

    assert rows
    for row in rows:
        assert row.refused
        assert row.proven
        assert "; Alice may not assign it: role-lacks-action (Bob may, as Owner)" in row.text


@pytest.mark.parametrize("caller", [None, DEPLOYER, BOB])
def test_nothing_is_said_without_a_person_or_where_all_may_be_granted(
    caller: Principal | None,
) -> None:
    rows = advised(holds(OWNER, BOB), caller=caller)

    assert rows
    assert [] == [row for row in rows if row.refused or "may not" in row.text]


def test_a_person_whose_groups_are_not_known_is_not_refused() -> None:
    group = Principal(object_id=principal_id("group"), type=PrincipalType.GROUP)
    rows = advised(holds(OWNER, group), caller=replace(BOB, object_id=principal_id("stranger")))

    assert [] == [row for row in rows if row.refused]
