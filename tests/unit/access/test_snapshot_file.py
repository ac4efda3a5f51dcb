"""Evidence as people have it: snapshots, arrays of `az`, raw answers, several files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from preflight.access.snapshot_file import load_snapshot, parse_snapshot
from preflight.errors import AccessError
from preflight.model.access import (
    EVERYONE,
    AccessList,
    AccessSnapshot,
    LockLevel,
    PrincipalId,
    PrincipalType,
    Reach,
    Subscription,
)
from preflight.model.action import ActionPattern
from preflight.model.role import Permission, RoleDefinition, RoleId, role_id
from preflight.model.scope import Scope, management_group
from preflight.model.truth import Truth
from preflight.model.value import JsonValue

SUB = "/subscriptions/11111111-1111-4111-8111-111111111111"
RG = f"{SUB}/resourceGroups/rg"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
VAULT_ADMIN = "8b54135c-b56d-4d72-a534-26097cfdc8d8"
P1 = PrincipalId("a1a1a1a1-0000-4000-8000-000000000001")
G1 = PrincipalId("b1b1b1b1-0000-4000-8000-000000000001")
U1 = PrincipalId("c1c1c1c1-0000-4000-8000-000000000001")
AUTHORIZATION = "providers/Microsoft.Authorization"

AZ_ASSIGNMENT: JsonValue = {
    "condition": None,
    "conditionVersion": None,
    "createdOn": "2026-05-01T10:00:00.123456+00:00",
    "id": f"{RG}/{AUTHORIZATION}/roleAssignments/a",
    "name": "a",
    "principalId": P1.upper(),
    "principalName": "sp-shop",
    "principalType": "ServicePrincipal",
    "resourceGroup": "rg",
    "roleDefinitionId": f"{SUB}/{AUTHORIZATION}/roleDefinitions/{CONTRIBUTOR.upper()}",
    "roleDefinitionName": "Contributor",
    "scope": RG,
    "type": "Microsoft.Authorization/roleAssignments",
}
AZ_DEFINITION: JsonValue = {
    "assignableScopes": ["/"],
    "id": f"{SUB}/{AUTHORIZATION}/roleDefinitions/{CONTRIBUTOR}",
    "name": CONTRIBUTOR,
    "permissions": [{"actions": ["*"], "condition": None, "notActions": ["A/*"]}],
    "roleName": "Contributor",
    "roleType": "CustomRole",
    "type": "Microsoft.Authorization/roleDefinitions",
}
DENY: JsonValue = {
    "id": f"{RG}/{AUTHORIZATION}/denyAssignments/d",
    "type": "Microsoft.Authorization/denyAssignments",
    "properties": {
        "denyAssignmentName": "stack",
        "scope": RG,
        "permissions": [{"actions": ["*/delete"]}],
        "doNotApplyToChildScopes": True,
        "principals": [{"id": EVERYONE, "type": "SystemDefined"}],
        "excludePrincipals": [
            {"id": G1.upper(), "type": "Group"},
            {"id": U1.upper(), "type": "User"},
        ],
    },
}
DENY_AS_AZ_PRINTS_IT: dict[str, JsonValue] = {
    "principals": [{"id": P1}],
    "permissions": [{"actions": ["*"]}],
    "scope": SUB,
}
LOCK: JsonValue = {
    "id": f"{RG}/{AUTHORIZATION}/locks/freeze",
    "name": "freeze",
    "type": "Microsoft.Authorization/locks",
    "properties": {"level": "ReadOnly"},
}


@dataclass(frozen=True, kw_only=True)
class Table:
    """A catalogue of two roles."""

    date: str = "2026-08-01"

    @property
    def roles(self) -> tuple[RoleDefinition, ...]:
        assign = (ActionPattern("Microsoft.Authorization/roleAssignments/write"),)
        blocks = (
            Permission(actions=(ActionPattern("*/read"),)),
            Permission(actions=assign, condition="Exists @Request[x]"),
        )
        return (
            RoleDefinition(id=RoleId(VAULT_ADMIN), name="Vault admin", permissions=blocks),
            RoleDefinition(id=RoleId("reader"), name="Reader", permissions=blocks[:1]),
        )

    @property
    def roles_by_id(self) -> Mapping[RoleId, RoleDefinition]:
        return {row.id: row for row in self.roles}


def snapshot(**members: JsonValue) -> str:
    return json.dumps({"schema": "preflight.access/1", **members})


def bare(rows: JsonValue, scope: str | None = SUB) -> AccessSnapshot:
    return parse_snapshot(json.dumps(rows), scope=Scope(scope) if scope else None)


# --- one snapshot -----------------------------------------------------------------------------


def test_a_missing_list_was_not_collected_and_an_empty_one_is_none() -> None:
    found = parse_snapshot(snapshot(roleAssignments=[], locks=None))

    assert found.role_assignments == ()
    assert found.deny_assignments is None
    assert found.locks is None
    assert found.coverage is None


def test_rows_are_read_as_arm_returns_them() -> None:
    found = parse_snapshot(
        snapshot(
            collectedAt="2026-11-24T10:00:00Z",
            scopes=[SUB],
            denyAssignments=[DENY],
            locks=[LOCK, {"id": "x", "properties": {"level": "NotSpecified"}}],
        )
    )
    (deny,) = found.deny_assignments or ()
    (lock,) = found.locks or ()

    assert found.collected_at == datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert (deny.scope, deny.only_this_scope, deny.audit) == (Scope(RG), True, False)
    assert deny.principals == {EVERYONE}
    assert deny.group_principals == frozenset()
    assert deny.excluded == {G1, U1}
    assert deny.group_excluded == {G1}
    assert (lock.scope, lock.level, lock.name) == (Scope(RG), LockLevel.READ_ONLY, "freeze")


def test_pim_writes_subscriptions_in_a_way_of_its_own() -> None:
    row: JsonValue = {
        "id": "e",
        "properties": {
            "scope": f"/providers/Microsoft.Subscription{SUB}",
            "principalId": P1.upper(),
            "roleDefinitionId": CONTRIBUTOR,
            "endDateTime": "2026-11-24T16:00:00Z",
        },
    }
    found = parse_snapshot(snapshot(roleEligibilityScheduleInstances=[row]))
    (eligibility,) = found.eligibilities or ()

    assert eligibility.scope == Scope(SUB)
    assert eligibility.ends_on == datetime(2026, 11, 24, 16, tzinfo=UTC)


def test_a_raw_answer_stands_in_place_of_a_list() -> None:
    found = parse_snapshot(snapshot(scopes=[SUB], denyAssignments={"value": [DENY]}))

    assert [row.name for row in found.deny_assignments or ()] == ["stack"]
    assert found.coverage is None


def test_the_first_page_of_a_list_counts_as_not_read() -> None:
    first: JsonValue = {"value": [DENY], "nextLink": "https://management.azure.com/next"}
    found = parse_snapshot(snapshot(scopes=[SUB], denyAssignments=first, locks=[]))

    assert [row.list for row in found.coverage or ()] == [AccessList.LOCKS]
    assert "list-incomplete" in dict(found.warnings)


def test_a_misspelled_member_is_told() -> None:
    found = parse_snapshot(snapshot(scopes=[SUB], unreadible=[{"what": "denyAssignments"}]))

    assert "`unreadible`" in dict(found.warnings)["unknown-member"]


def test_types_that_azure_leaves_open() -> None:
    rows: list[JsonValue] = [
        {"scope": SUB, "principalId": f"p{number}", "roleDefinitionId": "r", "principalType": kind}
        for number, kind in enumerate(("group", None, "Unknown", "Robot"))
    ]
    found = parse_snapshot(snapshot(roleAssignments=rows))

    assert [row.principal_type for row in found.role_assignments or ()] == [
        PrincipalType.GROUP,
        PrincipalType.UNKNOWN,
        PrincipalType.ORPHANED,
        PrincipalType.UNKNOWN,
    ]


def test_places_and_people() -> None:
    found = parse_snapshot(
        snapshot(
            managementGroups=[{"id": "corp", "parent": "root"}, {"id": "root", "parent": None},
                              {"id": "lost"}],
            subscriptions=[{"id": SUB[15:], "managementGroup": "corp", "inheritsFrom": ["root"],
                            "managedByTenants": [{"tenantId": "t2"}, "t3"]}],
            principals=[{"objectId": P1.upper(), "memberOf": [G1.upper()]}, {"appId": "A"}],
            caller={"objectId": P1.upper(), "tokenIssuedAt": "2026-11-24T10:00:00"},
        )
    )  # fmt: skip
    corp, root, lost = found.management_groups
    (subscription,) = found.subscriptions

    assert (corp.parent, root.parent, root.parent_known) == (management_group("root"), None, True)
    assert not lost.parent_known
    assert subscription.management_group == management_group("corp")
    assert subscription.managed_by_tenants == ("t2", "t3")
    assert found.principals_by_id[P1].member_of == frozenset({G1})
    assert found.caller is not None
    assert found.caller.token_issued_at == datetime(2026, 11, 24, 10, tzinfo=UTC)


def test_coverage_of_lists_that_decide_nothing_is_left_out() -> None:
    rows: list[JsonValue] = [
        {"list": "DenyAssignments", "scope": SUB, "reach": "at-above-below", "readProven": False},
        {"list": "policyAssignments", "scope": SUB, "reach": "at"},
    ]
    (entry,) = parse_snapshot(snapshot(coverage=rows)).coverage or ()

    assert (entry.list, entry.reach) == (AccessList.DENY_ASSIGNMENTS, Reach.AT_ABOVE_BELOW)
    assert not entry.read_proven


# --- what az and REST list --------------------------------------------------------------------


def test_an_array_of_az_is_recognised_and_covers_the_scope_it_was_listed_for() -> None:
    found = bare([AZ_ASSIGNMENT])
    (row,) = found.role_assignments or ()
    (entry,) = found.coverage or ()

    assert (row.role, row.principal, row.scope) == (role_id(CONTRIBUTOR), P1, Scope(RG))
    assert row.created_on == datetime(2026, 5, 1, 10, 0, 0, 123456, tzinfo=UTC)
    assert (entry.list, entry.scope) == (AccessList.ROLE_ASSIGNMENTS, Scope(SUB))
    assert entry.reach is Reach.AT_ABOVE_BELOW
    assert "evidence-age-unknown" in dict(found.warnings)


def test_a_list_at_a_management_group_holds_nothing_of_its_subscriptions() -> None:
    (entry,) = bare([AZ_ASSIGNMENT], management_group("corp").text).coverage or ()

    assert entry.reach is Reach.AT_ABOVE


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (AZ_DEFINITION, AccessList.ROLE_DEFINITIONS),
        (DENY, AccessList.DENY_ASSIGNMENTS),
        (LOCK, AccessList.LOCKS),
        ({"id": f"{RG}/{AUTHORIZATION}/locks/l", "level": "CanNotDelete"}, AccessList.LOCKS),
        (DENY_AS_AZ_PRINTS_IT, AccessList.DENY_ASSIGNMENTS),
        ({"permissions": [], "name": "x", "roleName": "X"}, AccessList.ROLE_DEFINITIONS),
        ({"principalId": "p", "roleDefinitionId": "r", "scope": "/"}, AccessList.ROLE_ASSIGNMENTS),
        (
            {"id": f"{SUB}/providers/A.B", "namespace": "A.B", "registrationState": "Registered"},
            AccessList.PROVIDERS,
        ),
    ],
)
def test_elements_tell_which_list_they_are_of(row: JsonValue, wanted: AccessList) -> None:
    (entry,) = bare([row]).coverage or ()

    assert entry.list is wanted


def test_a_definition_of_az_is_read_like_one_of_arm() -> None:
    (row,) = bare([AZ_DEFINITION]).role_definitions or ()

    assert (row.id, row.name, row.custom) == (CONTRIBUTOR, "Contributor", True)
    assert [pattern.text for pattern in row.permissions[0].not_actions] == ["A/*"]


def test_groups_seen_in_a_bare_list_are_ancestors_of_its_subscription() -> None:
    group = management_group("corp")
    inherited = {**AZ_ASSIGNMENT, "id": "x", "scope": group.text}  # type: ignore[dict-item]
    found = bare([AZ_ASSIGNMENT, inherited])

    assert found.subscriptions == (Subscription(id=Scope(SUB), inherits_from=(group,)),)
    assert bare([inherited], RG).subscriptions[0].inherits_from == (group,)


# --- several files ----------------------------------------------------------------------------


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_files_join_each_with_what_it_read(tmp_path: Path) -> None:
    whole = snapshot(
        collectedAt="2026-11-24T10:00:00Z", scopes=[SUB], roleAssignments=[], roleDefinitions=[]
    )
    paths = [
        write(tmp_path, "access.json", whole),
        write(tmp_path, "denies.json", json.dumps({"value": [DENY]})),
    ]
    found = load_snapshot(paths, scope=None, catalog=None)

    assert {(row.list, row.scope) for row in found.coverage or ()} == {
        (AccessList.ROLE_ASSIGNMENTS, Scope(SUB)),
        (AccessList.ROLE_DEFINITIONS, Scope(SUB)),
        (AccessList.DENY_ASSIGNMENTS, Scope(SUB)),
    }
    assert found.collected_at is None, "one of the files does not say when"
    assert len(found.files) == 2


def test_utf16_as_powershell_writes_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(snapshot(roleAssignments=[]), encoding="utf-16")

    assert load_snapshot([path], scope=None, catalog=None).role_assignments == ()


# --- what the catalogue adds ------------------------------------------------------------------


def test_built_in_roles_are_added_where_no_file_has_definitions() -> None:
    without = parse_snapshot(snapshot(), catalog=Table())  # type: ignore[arg-type]  # half a catalogue will do
    empty = parse_snapshot(snapshot(roleDefinitions=[]), catalog=Table())  # type: ignore[arg-type]  # the same

    assert [row.name for row in without.role_definitions or ()] == ["Vault admin", "Reader"]
    assert "built-in-roles-added" in dict(without.notes)
    assert empty.role_definitions == ()
    assert empty.notes == ()


def test_packaged_conditions_complete_definitions_exported_without_the_key() -> None:
    blocks: list[JsonValue] = [
        {"actions": ["Microsoft.Authorization/roleAssignments/write"]},
        {"actions": ["*/read"]},
        {"actions": ["other"]},
        {"actions": ["null/says/none"], "condition": None},
    ]
    rows: list[JsonValue] = [{"id": VAULT_ADMIN, "properties": {"permissions": blocks}}]
    found = parse_snapshot(snapshot(roleDefinitions=rows), catalog=Table())  # type: ignore[arg-type]  # the same
    (row,) = found.role_definitions or ()

    assert [block.condition for block in row.permissions] == [
        "Exists @Request[x]",
        None,
        "Exists @Request[x]",
        None,
    ]
    assert "packaged-condition" in dict(found.notes)


def test_registrations_are_read_from_snapshots() -> None:
    rows: list[JsonValue] = [
        {"subscription": SUB, "namespace": "Microsoft.Web", "registrationState": "NotRegistered"}
    ]
    (row,) = parse_snapshot(snapshot(providers=rows)).providers or ()

    assert row.registered is Truth.FALSE


def test_no_file_at_all_is_refused() -> None:
    with pytest.raises(AccessError, match="no evidence was given"):
        load_snapshot([], scope=None, catalog=None)
