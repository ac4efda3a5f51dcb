"""Evidence that says something else than it seems to: refused, never read as if it were not there.

What is left out of a row may be the condition, the exclusion or the denial that decides.
"""

from __future__ import annotations

import json
from typing import TypeAlias

import pytest

from preflight.access.snapshot_file import parse_snapshot
from preflight.errors import AccessError
from preflight.model.access import (
    EVERYONE,
    AccessList,
    AccessSnapshot,
    ManagementGroup,
    principal_id,
)
from preflight.model.scope import management_group
from preflight.model.value import JsonValue

Row: TypeAlias = "dict[str, JsonValue]"

SUB = "/subscriptions/11111111-1111-4111-8111-111111111111"
ME = "a1a1a1a1-0000-4000-8000-000000000001"
AUTHORIZATION = "providers/Microsoft.Authorization"
NO_SCOPES = [
    "//",
    "///",
    "/subscriptions",
    "/subscriptions/",
    f"{SUB}//",
    f"/subscriptions//{SUB[15:]}",
    f"{SUB}/.",
    f"{SUB}/../x",
    f"https://management.azure.com{SUB}",
    SUB[15:],
    SUB.replace("/", "\\"),
    SUB.replace("subscriptions", "subscription"),
    f"{SUB}?api-version=1",
    f"{SUB}#x",
    f"{SUB}\u200b",
    f"{SUB}/resourceGroups",
    f"{SUB}/resourceGroup/rg",
    f"{SUB}/providers",
    f"{SUB}/resourceGroups/rg/providers",
    f"{SUB}/resourceGroups/rg/providers/Microsoft.Web/sites",
    "/providers",
    "/providers/Microsoft.Management/managementGroups/",
    "{subscription}",
    "/subscriptions/{subscription}",
    "*",
]


def read(**lists: JsonValue) -> AccessSnapshot:
    return parse_snapshot(json.dumps({"schema": "preflight.access/1", "scopes": [SUB], **lists}))


def refusal(**lists: JsonValue) -> str:
    with pytest.raises(AccessError) as caught:
        read(**lists)
    return str(caught.value)


def assignment(**more: JsonValue) -> Row:
    return {"scope": SUB, "principalId": ME, "roleDefinitionId": "r", **more}


def deny(**more: JsonValue) -> Row:
    row: Row = {
        "scope": SUB,
        "principals": [{"id": EVERYONE, "type": "SystemDefined"}],
        "permissions": [{"actions": ["*"]}],
    }
    return row | more


@pytest.mark.parametrize("scope", NO_SCOPES)
def test_a_row_at_no_scope_is_refused(scope: str) -> None:
    assert "is no scope" in refusal(denyAssignments=[deny(scope=scope)])
    assert "is no scope" in refusal(roleAssignments=[assignment(scope=scope)])
    assert "is no scope" in refusal(scopes=[scope])
    lock: Row = {"id": f"{scope}/{AUTHORIZATION}/locks/l", "level": "ReadOnly"}
    if scope.startswith(("/providers", "/subscription")) and not scope.endswith("/"):
        assert "is no scope" in refusal(locks=[lock])


@pytest.mark.parametrize(
    "scope",
    [
        "/",
        SUB,
        f"{SUB}/",
        SUB.removeprefix("/"),
        f"{SUB}/resourcegroups/RG (1)_a.b-c",
        f"{SUB}/resourceGroups/rg/providers/Microsoft.Sql/servers/s/firewallRules/Allow all",
        f"{SUB}/resourceGroups/rg/providers/A.B/c/d/providers/E.F/g/h",
        "/providers/Microsoft.Management/managementGroups/corp",
        "/providers/Microsoft.Capacity",
        "/providers/Microsoft.Billing/billingAccounts/1:2_3",
        f"/providers/Microsoft.Subscription{SUB}",
    ],
)
def test_every_scope_of_azure_is_taken(scope: str) -> None:
    if scope.endswith("resourcegroups/RG (1)_a.b-c"):
        scope = scope.replace(" ", "")
    found = read(roleAssignments=[assignment(scope=scope)], denyAssignments=[deny(scope=scope)])
    assert found.role_assignments is not None
    assert found.deny_assignments is not None
    assert len(found.role_assignments) == len(found.deny_assignments) == 1


def test_an_id_that_contradicts_the_scope_is_refused() -> None:
    below = f"{SUB}/resourceGroups/rg/{AUTHORIZATION}"
    other = f"/subscriptions/22222222-1111-4111-8111-111111111111/{AUTHORIZATION}"
    said = refusal(roleAssignments=[assignment(id=f"{below}/roleAssignments/a")])
    assert f"`scope` says `{SUB}`, and `id` is one of `{SUB}/resourceGroups/rg`" in said
    assert "`id` is one of" in refusal(
        roleAssignments=[assignment(id=f"{other}/roleAssignments/a")]
    )
    assert "`id` is one of" in refusal(denyAssignments=[deny(id=f"{other}/denyAssignments/d")])
    # As Azure's own documentation has it: the ID of the subscription, the scope of the group.
    narrow = deny(id=f"{SUB}/{AUTHORIZATION}/denyAssignments/d", scope=f"{SUB}/resourceGroups/rg")
    assert read(denyAssignments=[narrow]).deny_assignments


@pytest.mark.parametrize(
    ("list_name", "row", "name"),
    [
        ("roleAssignments", assignment(Condition="x"), "Condition"),
        ("roleAssignments", {"properties": assignment(CONDITION="x")}, "CONDITION"),
        ("denyAssignments", deny(ExcludePrincipals=[]), "ExcludePrincipals"),
        ("denyAssignments", deny(permissions=[{"Actions": ["*"]}]), "Actions"),
        (
            "roleDefinitions",
            {"id": "r", "permissions": [{"actions": ["*"], "NotActions": ["*"]}]},
            "NotActions",
        ),
    ],
)
def test_a_member_in_another_case_is_refused(list_name: str, row: Row, name: str) -> None:
    lists: Row = {list_name: [row]}
    assert f"`{name}` is spelled" in refusal(**lists)


@pytest.mark.parametrize("name", ["Unreadable", "DenyAssignments", "COVERAGE", "collectedat"])
def test_a_list_in_another_case_is_refused(name: str) -> None:
    assert f"`{name}` is spelled" in refusal(**{"denyAssignments": [], name: []})


def test_a_member_that_says_two_things_is_refused() -> None:
    row: Row = {"scope": f"{SUB}/resourceGroups/rg", "properties": assignment()}
    assert "`scope` stands here and beside `properties`" in refusal(roleAssignments=[row])


@pytest.mark.parametrize(
    "kind",
    [
        "roleEligibilityScheduleInstances",
        "roleEligibilitySchedules",
        "roleEligibilityScheduleRequests",
        "roleAssignmentScheduleRequests",
    ],
)
def test_what_gives_nothing_is_no_role_assignment(kind: str) -> None:
    """An eligibility has what a role assignment has: principal, role, scope."""
    typed = assignment(type=f"Microsoft.Authorization/{kind}")
    named = assignment(id=f"{SUB}/{AUTHORIZATION}/{kind}/a")
    assert "not of roleAssignments" in refusal(roleAssignments=[typed])
    assert "not of roleAssignments" in refusal(roleAssignments=[named])
    if not kind.endswith("Instances"):
        with pytest.raises(AccessError, match="not of roleAssignments"):
            parse_snapshot(json.dumps([typed]))


@pytest.mark.parametrize("name", ["NextLink", "@odata.nextLink", "odata.nextLink", "$skipToken"])
def test_a_further_page_is_seen_however_it_is_spelled(name: str) -> None:
    found = read(denyAssignments={"value": [], name: "https://example.invalid/next"})
    lists = {entry.list for entry in found.coverage or ()}
    assert AccessList.DENY_ASSIGNMENTS not in lists
    assert "list-incomplete" in [code for code, _ in found.warnings]


def test_an_answer_with_an_error_is_refused() -> None:
    answer: Row = {"value": [], "error": {"code": "AuthorizationFailed"}}
    assert "an answer with an error" in refusal(denyAssignments=answer)


def test_unreadable_names_what_can_be_read() -> None:
    row: Row = {"what": "deny assignments", "scope": SUB}
    assert "is nothing that could be read" in refusal(unreadable=[row])
    row = {"what": "Microsoft.Authorization/DENYASSIGNMENTS", "scope": SUB}
    assert read(unreadable=[row]).unreadable[0].what == "denyAssignments"


def test_what_a_file_calls_unreadable_and_read_at_one_scope_was_not_read() -> None:
    entry: Row = {"list": "denyAssignments", "scope": SUB, "reach": "at-above-below"}
    row: Row = {"what": "denyAssignments", "scope": f"{SUB}/"}
    found = read(denyAssignments=[], coverage=[entry], unreadable=[row])
    assert [one.read_proven for one in found.coverage or ()] == [False]


def test_a_coverage_of_null_is_refused() -> None:
    assert "`coverage` is null" in refusal(coverage=None)


def test_all_principals_are_told_by_type_or_id() -> None:
    odd: Row = {"id": "ffffffff-0000-4000-8000-000000000000", "type": "Everyone"}
    found = read(denyAssignments=[deny(principals=[odd])]).deny_assignments
    assert found is not None
    assert found[0].principals == {EVERYONE}


@pytest.mark.parametrize("text", [f"{{{ME}}}", ME.replace("-", ""), f" {ME.upper()} "])
def test_an_object_id_is_one_however_it_is_written(text: str) -> None:
    assert principal_id(text) == ME


def test_a_name_in_place_of_an_object_id_is_refused() -> None:
    row: Row = {"objectId": ME, "memberOf": ["grp-platform"]}
    assert "`grp-platform` is no object ID" in refusal(principals=[row])
    named: Row = {"id": "sp-shop", "type": "ServicePrincipal"}
    assert "`sp-shop` is no object ID" in refusal(denyAssignments=[deny(principals=[named])])


def test_a_parent_that_is_an_empty_text_is_not_known() -> None:
    found = read(managementGroups=[{"id": "corp", "parent": ""}])
    assert found.management_groups == (
        ManagementGroup(id=management_group("corp"), parent_known=False),
    )
    assert "is no management group" in refusal(managementGroups=[{"id": SUB}])
    assert "is no subscription" in refusal(subscriptions=[{"id": f"{SUB}/resourceGroups/rg"}])


def test_an_existing_resource_may_be_of_any_shape() -> None:
    """That it exists grants nothing, and one odd name stops no gate."""
    row: Row = {
        "id": f"{SUB}/resourceGroups/rg/providers/A.B/c/{{d}}",
        "properties": {"ID": 1, "Type": "x"},
    }
    assert len(read(resources=[row]).resources or ()) == 1
