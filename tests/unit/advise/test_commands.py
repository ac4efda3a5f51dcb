import json
import re
import shlex

import pytest

from preflight.advise import bicep, terraform
from preflight.advise.commands import az, grant_commands
from preflight.model.access import PrincipalId, PrincipalType, principal_id
from preflight.model.action import ActionPattern
from preflight.model.advice import Recommendation, RecommendationKind
from preflight.model.role import Permission, RoleDefinition, RoleId
from preflight.model.scope import Scope

SUB = "/subscriptions/11111111-1111-1111-1111-111111111111"
SHOP = f"{SUB}/resourceGroups/rg-shop"
SUBNET = f"{SHOP}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/pe"
DEPLOYER = principal_id("22222222-2222-2222-2222-222222222222")
EVIL = "a'b\"c$(touch x)`id`${y}%{z}\n::error:: \\ --role"


def role(guid: str = "33333333-3333-3333-3333-333333333333") -> RoleDefinition:
    block = Permission(
        actions=(ActionPattern("Microsoft.X/y/write"),),
        data_actions=(ActionPattern("Microsoft.X/y/z/read"),),
    )
    return RoleDefinition(
        id=RoleId(guid),
        name="preflight rg-shop 1234",
        permissions=(block,),
        custom=True,
        assignable_scopes=(Scope(SHOP),),
    )


def grant(
    scope: str = SHOP,
    kind: RecommendationKind = RecommendationKind.ASSIGN_ROLE,
    principal: PrincipalId = DEPLOYER,
    condition: str | None = None,
    definition: RoleDefinition | None = None,
) -> dict[str, str]:
    row = Recommendation(
        kind=kind,
        text="a test",
        scope=Scope(scope),
        role=definition or role(),
        principal=principal,
        condition=condition,
    )
    return dict(grant_commands(row, PrincipalType.SERVICE_PRINCIPAL))


def test_a_role_is_assigned_by_its_guid() -> None:
    assert grant()["az"] == (
        "az role assignment create"
        " --assignee-object-id 22222222-2222-2222-2222-222222222222"
        " --assignee-principal-type ServicePrincipal"
        f" --role 33333333-3333-3333-3333-333333333333 --scope {SHOP}"
    )


def test_a_custom_role_is_made_first() -> None:
    define, assign = grant(kind=RecommendationKind.CUSTOM_ROLE)["az"].split("\n")

    words = shlex.split(define)
    assert words[:4] == ["az", "role", "definition", "create"]
    document = json.loads(words[-1])
    assert document["Actions"] == ["Microsoft.X/y/write"]
    assert document["DataActions"] == ["Microsoft.X/y/z/read"]
    assert document["AssignableScopes"] == [SHOP]
    assert document["Name"] in shlex.split(assign)


def test_a_condition_comes_with_its_version() -> None:
    words = shlex.split(grant(condition="@Request[a:b] StringEquals 'c'")["az"])

    assert words[-4:] == [
        "--condition",
        "@Request[a:b] StringEquals 'c'",
        "--condition-version",
        "2.0",
    ]


@pytest.mark.parametrize("kind", [RecommendationKind.ASSIGN_ROLE, RecommendationKind.CUSTOM_ROLE])
def test_hostile_names_stay_one_word_each(kind: RecommendationKind) -> None:
    scope = f"{SUB}/resourceGroups/{EVIL}"
    definition = RoleDefinition(
        id=RoleId("--help"),
        name="n",
        permissions=role().permissions,
        assignable_scopes=(Scope(scope),),
    )
    text = grant(scope, kind, principal_id("--yes; rm"), definition=definition)["az"]

    words = shlex.split(text)
    assert words[words.index("--scope") + 1] == scope
    assert "--assignee-object-id=--yes; rm" in words
    if kind is RecommendationKind.ASSIGN_ROLE:
        assert "--role=--help" in words
    else:
        assert json.loads(words[words.index("--role-definition") + 1])["AssignableScopes"] == [
            scope
        ]


def test_an_empty_option_is_left_out() -> None:
    assert az("role", "list", scope="", name="x y") == "az role list --name 'x y'"


def bicep_strings(text: str) -> list[str]:
    escapes = {"\\n": "\n", "\\r": "\r", "\\t": "\t", "\\'": "'", "\\\\": "\\", "\\$": "$"}
    found = re.findall(r"'((?:[^'\\\n]|\\.)*)'", text)
    return [re.sub(r"\\.", lambda match: escapes[match.group()], row) for row in found]


def test_hostile_names_stay_data_in_bicep_and_terraform() -> None:
    scope = f"{SUB}/resourceGroups/{EVIL}"
    commands = grant(scope, RecommendationKind.CUSTOM_ROLE, definition=None)

    assert scope in bicep_strings(commands["bicep"].partition("\n")[2])
    comment = commands["bicep"].partition("\n")[0]
    assert comment.startswith("// Deploy at")
    line = next(row for row in commands["terraform"].splitlines() if row.startswith("  scope  "))
    value = line.partition(" = ")[2].replace("$${", "${").replace("%%{", "%{")
    assert json.loads(value) in {scope, SHOP}


def test_bicep_and_hcl_literals_escape_what_would_end_or_interpolate_them() -> None:
    assert bicep.quoted("a'b${c}\\\n\x1b") == "'a\\'b\\${c}\\\\\\n\\u{1b}'"
    assert terraform.quoted('a"b${c}%{d}\\\n\x1b') == '"a\\"b$${c}%%{d}\\\\\\n\\u001b"'


def test_bicep_names_the_resource_that_is_the_scope() -> None:
    text = grant(SUBNET)["bicep"]

    assert "targetScope = 'resourceGroup'" in text
    assert "resource target 'Microsoft.Network/virtualNetworks/subnets@" in text
    assert "name: 'vnet/pe'" in text
    assert "scope: target" in text


@pytest.mark.parametrize(
    ("scope", "target"),
    [
        ("/", "tenant"),
        ("/providers/Microsoft.Management/managementGroups/corp", "managementGroup"),
        (SUB, "subscription"),
        (SHOP, "resourceGroup"),
    ],
)
def test_bicep_is_deployed_at_the_scope(scope: str, target: str) -> None:
    assert f"targetScope = '{target}'" in grant(scope)["bicep"]


def test_there_is_no_bicep_for_a_scope_that_takes_more_than_one_declaration() -> None:
    extension = f"{SUBNET}/providers/Microsoft.Insights/diagnosticSettings/d"

    assert "bicep" not in grant(extension)
    assert shlex.split(grant(extension)["az"])[-1] == extension


def test_a_type_that_no_tool_takes_is_left_out() -> None:
    row = Recommendation(
        kind=RecommendationKind.ASSIGN_ROLE,
        text="a test",
        scope=Scope(SHOP),
        role=role(),
        principal=DEPLOYER,
    )
    commands = grant_commands(row, PrincipalType.UNKNOWN)

    assert "principal-type" not in commands["az"]
    assert "principalType" not in commands["bicep"]
    assert "principal_type" not in commands["terraform"]
