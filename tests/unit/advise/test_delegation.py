import pytest

from preflight.advise.delegation import (
    ADMINISTRATORS,
    delegation_condition,
    guarded_condition,
)
from preflight.authorize.condition.parser import parse
from preflight.model.action import Action
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.scope import Scope

READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
BLOB = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
SOMEBODY = "aaaaaaaa-0000-4000-8000-000000000001"
OTHER = "bbbbbbbb-0000-4000-8000-000000000002"
WRITE = "Microsoft.Authorization/roleAssignments/write"


def assigns(
    role: str, kind: str | None = "ServicePrincipal", action: str = WRITE, who: str = ""
) -> Requirement:
    attributes = {"roleDefinitionId": role, **({"principalId": who} if who else {})}
    if kind is not None:
        attributes["principalType"] = kind
    return Requirement(
        action=Action(action),
        scope=Scope("/subscriptions/s"),
        certainty=Certainty.REQUIRED,
        kind=RequirementKind.ASSIGN_ROLE,
        why="a test",
        resource=Scope("/subscriptions/s"),
        attributes=attributes,
    )


def test_only_the_roles_of_the_source_can_be_assigned() -> None:
    condition = delegation_condition([assigns(f"/x/{READER.upper()}"), assigns(BLOB)])

    assert condition == (
        f"((!(ActionMatches{{'{WRITE}'}})) OR "
        "(@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] "
        f"ForAnyOfAnyValues:GuidEquals {{{BLOB}, {READER}}} AND "
        "@Request[Microsoft.Authorization/roleAssignments:PrincipalType] "
        "StringEqualsIgnoreCase 'ServicePrincipal')) AND "
        "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR "
        "(@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] "
        f"ForAnyOfAnyValues:GuidEquals {{{BLOB}, {READER}}}))"
    )


def test_they_go_to_the_principals_of_the_source_where_all_are_known() -> None:
    known = [assigns(READER, who=SOMEBODY), assigns(BLOB, None, who=OTHER.upper())]
    condition = delegation_condition(known)

    assert condition is not None
    to_whom = f":PrincipalId] ForAnyOfAnyValues:GuidEquals {{{SOMEBODY}, {OTHER}}}"
    assert condition.count(to_whom) == 2
    assert f"@Resource[Microsoft.Authorization/roleAssignments{to_whom}" in condition
    open_one = delegation_condition([*known, assigns(READER, who="{identity}")])
    assert open_one is not None
    assert "PrincipalId" not in open_one


def test_without_a_known_role_only_those_that_administer_access_are_barred() -> None:
    condition = guarded_condition([assigns("{role}")])

    assert condition is not None
    parse(condition)
    assert condition.count("ForAnyOfAllValues:GuidNotEquals") == 2
    assert all(condition.count(guid) == 2 for guid in ADMINISTRATORS)
    assert guarded_condition([assigns("{role}", action="Microsoft.X/y/write")]) is None


def test_the_condition_parses() -> None:
    condition = delegation_condition([assigns(READER), assigns(BLOB, who=SOMEBODY)])

    assert condition is not None
    parse(condition)


@pytest.mark.parametrize(
    "kinds", [("User", "Group"), (None, "User"), ("{kind}", "{kind}"), ("User' OR 1", "User' OR 1")]
)
def test_the_type_is_left_out_unless_it_is_one_known_type(kinds: tuple[str | None, str]) -> None:
    condition = delegation_condition([assigns(READER, kind) for kind in kinds])

    assert condition is not None
    assert "PrincipalType" not in condition


@pytest.mark.parametrize("role", ["{roleDefinitionId}", "", "/x/not-a-guid", f"{READER}'}} OR ("])
def test_there_is_no_condition_for_a_role_that_is_not_known(role: str) -> None:
    assert delegation_condition([assigns(READER), assigns(role)]) is None


def test_there_is_no_condition_where_no_role_is_assigned() -> None:
    assert delegation_condition([assigns(READER, action="Microsoft.X/y/write")]) is None


def test_there_is_none_that_azure_would_refuse_for_its_length() -> None:
    many = [assigns(f"{number:08x}-3385-48ef-bd42-f606fba81ae7") for number in range(120)]

    assert delegation_condition(many) is None
