"""What conditions are told of a requirement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from preflight.authorize.condition.request import Missing, SubOperation, attribute_key
from preflight.authorize.requests import Requests
from preflight.model.access import PrincipalId, PrincipalType, RoleAssignment
from preflight.model.action import Action
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.role import RoleId
from preflight.model.scope import Scope
from preflight.model.value import JsonValue

ID = "/subscriptions/s/providers/Microsoft.Authorization/roleAssignments/A"
PREFIX = "Microsoft.Authorization/roleAssignments"
EXISTING = RoleAssignment(
    id=ID,
    scope=Scope("/subscriptions/s"),
    principal=PrincipalId("p"),
    role=RoleId("r"),
    principal_type=PrincipalType.GROUP,
)


def asked(
    verb: str,
    attributes: Mapping[str, str] | None,
    source: str,
    name: str,
    *,
    existing: RoleAssignment | None = None,
) -> JsonValue | Missing:
    rows = {existing.id.lower(): existing} if existing else {}
    request = Requests({}, SubOperation.NONE, rows).of(
        Requirement(
            action=Action(f"{PREFIX}/{verb}"),
            scope=Scope(ID),
            certainty=Certainty.REQUIRED,
            kind=RequirementKind.ASSIGN_ROLE,
            why="",
            resource=Scope(ID),
            attributes=attributes,
        )
    )
    return request.value(source, attribute_key(f"{PREFIX}:{name}"))


def test_a_write_carries_what_the_template_fixes() -> None:
    stated = {"roleDefinitionId": "/x/r", "principalId": "{identity.principalId}"}

    assert asked("write", stated, "Request", "RoleDefinitionId") == "/x/r"
    assert asked("write", stated, "Request", "PrincipalId") is Missing.VALUE
    assert asked("write", stated, "Request", "PrincipalType") is Missing.VALUE
    assert asked("write", {"principalType": ""}, "Request", "PrincipalType") is Missing.VALUE
    assert asked("write", stated, "Resource", "RoleDefinitionId") is Missing.VALUE
    assert asked("write", None, "Request", "RoleDefinitionId") is Missing.VALUE


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("serviceprincipal", "ServicePrincipal"),
        ("USER", "User"),
        ("foreignGroup", "ForeignGroup"),
        ("Robot", Missing.VALUE),
        ("Unknown", Missing.VALUE),
    ],
)
def test_a_type_counts_as_azure_spells_it(stated: str, expected: JsonValue | Missing) -> None:
    """`StringNotEquals 'ServicePrincipal'` is not got round by another case."""
    assert asked("write", {"principalType": stated}, "Request", "PrincipalType") == expected


def test_a_delete_has_the_existing_row_and_carries_nothing() -> None:
    def of(source: str, name: str) -> JsonValue | Missing:
        return asked("delete", {"principalId": "other"}, source, name, existing=EXISTING)

    assert of("Resource", "RoleDefinitionId") == "r"
    assert of("Resource", "PrincipalId") == "p"
    assert of("Resource", "PrincipalType") == "Group"
    assert of("Request", "PrincipalId") is None


def test_a_delete_of_a_row_that_was_not_read_has_what_is_stated() -> None:
    stated = {"principalId": "p"}

    assert asked("delete", stated, "Resource", "PrincipalId") == "p"
    assert asked("delete", None, "Resource", "PrincipalId") is Missing.VALUE
    assert asked("delete", None, "Request", "PrincipalId") is Missing.VALUE


@pytest.mark.parametrize("kind", [PrincipalType.UNKNOWN, PrincipalType.ORPHANED])
def test_a_type_that_is_not_stated_stays_unknown(kind: PrincipalType) -> None:
    row = replace(EXISTING, principal_type=kind)

    assert asked("delete", None, "Resource", "PrincipalType", existing=row) is Missing.VALUE


def test_other_actions_carry_only_what_is_given_for_all() -> None:
    assert asked("read", {"principalId": "p"}, "Request", "PrincipalId") is Missing.VALUE
