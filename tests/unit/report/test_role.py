from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from preflight.errors import UsageError
from preflight.model.action import Action
from preflight.model.requirement import Certainty, Derivation, Requirement
from preflight.report.requirements import REQUIREMENT_FORMATS
from preflight.report.role import GATE_READS, Role, assignable_scopes, role_of
from preflight.report.role_formats import bicep_string, terraform_string
from preflight.report.view import View

if TYPE_CHECKING:
    from tests.unit.report.conftest import Make

SUB = "/subscriptions/11111111-0000-4000-8000-000000000001"
GROUP = f"{SUB}/resourceGroups/rg-shop"
GROUP_WRITE = "Microsoft.Resources/subscriptions/resourceGroups/write"
BARE = View(gate_reads=False)
ROLE_FORMATS = ("role", "role-arm", "role-bicep", "role-terraform")


def derived(make: Make, *requirements: Requirement, source: str = "main.json") -> Derivation:
    rows = [make.row(requirement=requirement) for requirement in requirements]
    found = make.report(*rows, source=source).derivation
    assert found is not None
    return found


def test_exactly_the_actions_of_the_gate_set(make: Make) -> None:
    found = derived(
        make,
        make.requirement("B.C/x/write"),
        make.requirement("A.B/x/write", certainty=Certainty.CONDITIONAL),
        make.requirement("A.B/x/read", certainty=Certainty.POSSIBLE),
        make.requirement("a.b/X/WRITE"),
    )

    assert role_of([found], BARE).actions == ("a.b/X/WRITE", "B.C/x/write")


def test_the_gates_own_reads_come_along(make: Make) -> None:
    actions = role_of([derived(make, make.requirement("A.B/x/write"))], View()).actions

    assert set(actions) == {"A.B/x/write", *GATE_READS}


def test_data_actions_are_apart(make: Make) -> None:
    data = replace(make.requirement("A.B/blobs/read"), data_action=True)
    role = role_of([derived(make, data)], BARE)

    assert (role.actions, role.data_actions) == ((), ("A.B/blobs/read",))


def test_an_action_that_no_role_may_name(make: Make) -> None:
    def wildcard(action: Action) -> str | None:
        return "A.B/*/read" if action.text == "A.B/odd/read" else None

    found = derived(make, make.requirement("A.B/odd/read"), make.requirement("A.B/x/write"))
    role = role_of([found], replace(BARE, role_wildcard=wildcard))

    assert role.actions == ("A.B/*/read", "A.B/x/write")


@pytest.mark.parametrize(
    ("needed", "expected"),
    [
        ([("A.B/x/write", f"{GROUP}/providers/A.B/x/y")], [GROUP]),
        ([("A.B/x/write", GROUP), ("A.B/x/read", SUB)], [SUB]),
        ([(GROUP_WRITE, GROUP), ("A.B/x/write", f"{GROUP}/providers/A.B/x/y")], [SUB]),
        ([("A.B/x/write", GROUP), ("A.B/x/write", f"{SUB}/resourceGroups/rg-shop2")],
         [GROUP, f"{SUB}/resourceGroups/rg-shop2"]),
        ([("A.B/x/write", "/providers/Microsoft.Management/managementGroups/m/providers/A.B/x/y")],
         ["/providers/Microsoft.Management/managementGroups/m"]),
        ([("A.B/x/write", "/subscriptions/{subscription}/resourceGroups/rg")],
         ["/subscriptions/{subscription}/resourceGroups/rg"]),
        ([("A.B/x/write", "/providers/A.B/x/y")], []),
    ],
)  # fmt: skip
def test_assignable_scopes(make: Make, needed: list[tuple[str, str]], expected: list[str]) -> None:
    found = [make.requirement(action, scope) for action, scope in needed]

    assert [scope.text for scope in assignable_scopes(found)] == expected


def test_no_custom_role_at_the_tenant_root(make: Make) -> None:
    with pytest.raises(UsageError, match="tenant root"):
        role_of([derived(make, make.requirement("A.B/x/write", "/"))], BARE)


AT_ROOT = "needed at the tenant root, where no custom role can be assigned"
CORP, LABS = (
    f"/providers/Microsoft.Management/managementGroups/{name}" for name in ("corp", "labs")
)


@pytest.mark.parametrize(
    ("needed", "remarks"),
    [
        ([("A.B/x/write", f"{GROUP}/providers/A.B/x/n")], []),
        (
            [("New.Thing/x/write", GROUP), ("New.Thing/x/write", SUB), ("Named.Never/x/read", SUB)],
            ["New.Thing/x/write is unknown to the catalogue of 2026-08-01; Azure may know it"],
        ),
        (
            [("A.B/x/write", GROUP), ("A.B/z/write", "/"), ("A.B/y/read", "/providers/A.B/y/n")],
            [
                f"{AT_ROOT}: A.B/y/read, A.B/z/write",
            ],
        ),
        (
            [("A.B/x/write", CORP), ("A.B/x/write", LABS)],
            ["Azure takes one management group per custom role: make one for each"],
        ),
        (
            [
                (
                    "A.B/x/write",
                    "/subscriptions/{subscription}/resourceGroups/{group}/providers/a/b/c",
                )
            ],
            ["replace {subscription}, {group} by the names that the rollout will use"],
        ),
    ],
)
def test_what_stands_between_a_role_and_its_use(
    needed: list[tuple[str, str]], remarks: list[str], make: Make
) -> None:
    view = replace(
        BARE,
        knows_action=lambda action: not action.folded.startswith("n"),
        role_wildcard=lambda action: "Named.*/read" if "never" in action.folded else None,
    )
    found = derived(make, *(make.requirement(action, scope) for action, scope in needed))

    assert tuple(remarks) == role_of([found], view).remarks
    for name in ("role-arm", "role-bicep", "role-terraform"):
        text = REQUIREMENT_FORMATS[name].render([found], view)
        assert [remark for remark in remarks if remark not in text] == []


def test_a_role_with_data_actions_at_a_management_group(make: Make) -> None:
    data = replace(make.requirement("A.B/blobs/read", CORP), data_action=True)

    assert ["Azure takes no management group in a custom role with data actions"] == list(
        role_of([derived(make, data)], BARE).remarks
    )


def test_a_remark_is_one_comment(make: Make) -> None:
    hostile = f"{GROUP[:-7]}rg-{{a}}/providers/a/b/c"
    action = "A.B/x\n##vso[task.complete]/write"
    view = replace(BARE, knows_action=lambda _: False)
    found = derived(make, make.requirement(action, hostile))

    for name, mark in (("role-bicep", "// "), ("role-terraform", "# ")):
        first, *rest = REQUIREMENT_FORMATS[name].render([found], view).splitlines()
        assert first.startswith(mark)
        assert "##" not in "".join([first, *rest])


def test_role_is_the_input_of_az(make: Make) -> None:
    found = derived(make, make.requirement("A.B/x/write"))

    assert json.loads(REQUIREMENT_FORMATS["role"].render([found], BARE)) == {
        "Name": "preflight main.json",
        "IsCustom": True,
        "Description": "What a rollout of main.json needs, derived by preflight",
        "Actions": ["A.B/x/write"],
        "NotActions": [],
        "DataActions": [],
        "NotDataActions": [],
        "AssignableScopes": [GROUP],
    }


def test_role_arm_escapes_expressions(make: Make) -> None:
    found = derived(make, make.requirement("[A.B/x/write"), source="it's.json")
    document = json.loads(REQUIREMENT_FORMATS["role-arm"].render([found], BARE))
    (resource,) = document["resources"]

    assert resource["name"] == "[guid(subscription().id, 'preflight it''s.json')]"
    assert resource["properties"]["permissions"][0]["actions"] == ["[[A.B/x/write"]
    assert document["$schema"].endswith("/subscriptionDeploymentTemplate.json#")


def test_role_bicep(make: Make) -> None:
    found = derived(make, make.requirement("A.B/x/write"), source="it's.bicep")

    assert REQUIREMENT_FORMATS["role-bicep"].render([found], BARE) == (
        "targetScope = 'subscription'\n\n"
        "var roleName = 'preflight it\\'s.bicep'\n\n"
        "resource role 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {\n"
        "  name: guid(subscription().id, roleName)\n"
        "  properties: {\n"
        "    roleName: roleName\n"
        "    description: 'What a rollout of it\\'s.bicep needs, derived by preflight'\n"
        "    type: 'CustomRole'\n"
        "    permissions: [\n"
        "      {\n"
        "        actions: [\n"
        "          'A.B/x/write'\n"
        "        ]\n"
        "        notActions: []\n"
        "        dataActions: [\n"
        "        ]\n"
        "        notDataActions: []\n"
        "      }\n"
        "    ]\n"
        "    assignableScopes: [\n"
        f"      '{GROUP}'\n"
        "    ]\n"
        "  }\n"
        "}\n"
    )


def test_role_bicep_at_a_management_group(make: Make) -> None:
    scope = "/providers/Microsoft.Management/managementGroups/corp"
    text = REQUIREMENT_FORMATS["role-bicep"].render(
        [derived(make, make.requirement("A.B/x/write", scope))], BARE
    )

    assert text.startswith("targetScope = 'managementGroup'\n")
    assert "guid(managementGroup().id, roleName)" in text


def test_role_terraform(make: Make) -> None:
    found = derived(make, make.requirement("A.B/x/write"))
    text = REQUIREMENT_FORMATS["role-terraform"].render([found], BARE)

    assert text.startswith(
        'resource "azurerm_role_definition" "preflight" {\n'
        '  name        = "preflight main.json"\n'
        f'  scope       = "{GROUP}"\n'
    )
    assert '    actions = [\n      "A.B/x/write",\n    ]\n' in text


@pytest.mark.parametrize("name", ROLE_FORMATS)
def test_several_sources_share_one_role(make: Make, name: str) -> None:
    first = derived(make, make.requirement("A.B/x/write"), source="a.json")
    second = derived(make, make.requirement("A.B/y/write"), source="b.json")
    text = REQUIREMENT_FORMATS[name].render([first, second], BARE)

    assert all(part in text for part in ("A.B/x/write", "A.B/y/write", "preflight a.json b.json"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("it's", "'it\\'s'"),
        ("a${b}\\n", "'a\\${b}\\\\n'"),
        ("a\nb\u202e", "'a\\u{a}b\\u{202e}'"),
    ],
)
def test_bicep_strings(text: str, expected: str) -> None:
    assert bicep_string(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('say "x"', '"say \\"x\\""'),
        ("a${b}%{c}\\", '"a$${b}%%{c}\\\\"'),
        ("a\nb\U0001f600", '"a\\u000ab\\U0001f600"'),
    ],
)
def test_terraform_strings(text: str, expected: str) -> None:
    assert terraform_string(text) == expected


def test_target_scope_follows_the_first_scope() -> None:
    role = Role(name="n", description="d", actions=(), data_actions=(), scopes=(SUB,))

    assert role.target_scope == "subscription"
