import pytest

from preflight.advise.delegation import delegation_condition
from preflight.authorize.condition.parser import parse
from preflight.model.action import Action
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.scope import Scope

READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
BLOB = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
WRITE = "Microsoft.Authorization/roleAssignments/write"


def assigns(role: str, kind: str | None = "ServicePrincipal", action: str = WRITE) -> Requirement:
    attributes = {"roleDefinitionId": role}
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


def test_the_condition_parses() -> None:
    condition = delegation_condition([assigns(READER), assigns(BLOB)])

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
