"""The clause at fault and what would satisfy it."""

from __future__ import annotations

from preflight.authorize.condition.explain import Clause, explain
from preflight.authorize.condition.parser import parse
from preflight.authorize.condition.request import ConditionRequest, attribute_table
from preflight.model.action import Action
from preflight.model.truth import Truth
from preflight.model.value import JsonValue

WRITE = "Microsoft.Authorization/roleAssignments/write"
ROLE = "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]"
TYPE = "@Request[Microsoft.Authorization/roleAssignments:PrincipalType]"
ACR = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
GUARD = f"(!(ActionMatches{{'{WRITE}'}}))"


def clauses(text: str, **values: JsonValue) -> tuple[Clause, ...]:
    prefix = "Microsoft.Authorization/roleAssignments:"
    table = attribute_table({"Request": {f"{prefix}{name}": row for name, row in values.items()}})
    request = ConditionRequest(action=Action(WRITE), attributes=table)
    names = {ACR.replace("-", ""): "AcrPull", OWNER.replace("-", ""): "Owner"}
    return explain(parse(text), request, names.get)


def test_the_failing_clause_is_named_with_what_was_found_and_what_would_do() -> None:
    text = f"{GUARD} OR ({ROLE} ForAnyOfAnyValues:GuidEquals {{{ACR}}})"
    (clause,) = clauses(text, RoleDefinitionId=OWNER)

    assert clause.truth is Truth.FALSE
    assert clause.text == f"{ROLE} ForAnyOfAnyValues:GuidEquals {{{ACR}}}"
    assert clause.found == "roleDefinitionId is `Owner`"
    assert clause.wanted == "roleDefinitionId must be `AcrPull`"
    assert clause.properties == ()


def test_an_unknown_property_is_named() -> None:
    text = f"{ROLE} GuidEquals {ACR} AND {TYPE} StringEqualsIgnoreCase 'ServicePrincipal'"
    (clause,) = clauses(text, RoleDefinitionId=ACR)

    assert clause.truth is Truth.UNKNOWN
    assert clause.properties == ("principalType",)
    assert clause.found == "principalType is not known before the rollout"


def test_what_is_certainly_wrong_hides_what_is_merely_unknown() -> None:
    text = f"{ROLE} GuidEquals {ACR} AND {TYPE} StringEqualsIgnoreCase 'ServicePrincipal'"
    (clause,) = clauses(text, RoleDefinitionId=OWNER)

    assert clause.truth is Truth.FALSE


def test_a_list_of_refused_values_is_said_as_such_and_shortened() -> None:
    refused = ", ".join(f"{number:08d}-0000-4000-8000-000000000000" for number in range(7))
    text = f"NOT ({ROLE} ForAnyOfAnyValues:GuidEquals {{{OWNER}}}) AND "
    text += f"{ROLE} ForAnyOfAllValues:GuidNotEquals {{{OWNER}, {refused}}}"
    negated, listed = clauses(text, RoleDefinitionId=OWNER)

    assert negated.found == "roleDefinitionId is `Owner`"
    assert negated.wanted == "roleDefinitionId must not be `Owner`"
    assert listed.wanted.startswith("roleDefinitionId must not be `Owner` or 00000000-")
    assert listed.wanted.endswith("or one of 3 more")
    assert len(listed.text) <= 160


def test_a_condition_that_holds_has_no_clause_at_fault() -> None:
    assert clauses(f"{ROLE} GuidEquals {ACR}", RoleDefinitionId=ACR) == ()


def test_absent_attributes_exists_and_functions() -> None:
    (absent,) = clauses("Exists @Request[Tag:x]")
    (action,) = clauses(f"!ActionMatches{{'{WRITE}'}}")

    assert (absent.found, absent.wanted) == (
        "Tag:x is not known before the rollout",
        "Tag:x must be present",
    )
    assert action.found == f"the action is {WRITE}"
