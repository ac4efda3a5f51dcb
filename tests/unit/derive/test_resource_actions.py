from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import pytest

from preflight.derive.deriver import Derived, DeriveOptions
from preflight.model.access import AccessSnapshot
from preflight.model.plan import Condition, PlannedResource
from preflight.model.requirement import Requirement
from preflight.model.role import RoleDefinition, role_id
from preflight.model.scope import Scope
from preflight.model.template import ChangeKind
from preflight.model.value import Cause, Unknown, Value

Row: TypeAlias = Callable[[str, Mapping[str, Value]], PlannedResource]
Derive: TypeAlias = Callable[[Sequence[PlannedResource], DeriveOptions], Derived]
Certainty: TypeAlias = Callable[[Derived, str, str], str | None]
Find: TypeAlias = Callable[[Derived, str, str], Requirement | None]
REST = DeriveOptions(client="rest")
ROLE = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
ASSIGNMENT = "Microsoft.Authorization/roleAssignments/7c1d2b90-0a55-4d7c-8f7e-3b6c2f9a1515"


def test_a_written_resource_needs_write_at_its_own_id(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    derived = derive([row("Microsoft.KeyVault/vaults/kv/secrets/one", {})], REST)

    assert "required" == certainty(
        derived,
        "Microsoft.KeyVault/vaults/secrets/write",
        "Microsoft.KeyVault/vaults/kv/secrets/one",
    )
    assert not [one for one in derived.requirements if one.scope.name == "kv"]


@pytest.mark.parametrize(
    ("scope", "action"),
    [
        (
            "/subscriptions/s/resourceGroups/rg",
            "Microsoft.Resources/subscriptions/resourceGroups/write",
        ),
        (
            "/subscriptions/s/providers/Microsoft.Resources/tags/default",
            "Microsoft.Resources/tags/write",
        ),
        ("/providers/Microsoft.Subscription/aliases/new", "Microsoft.Subscription/aliases/write"),
        (
            "Microsoft.KeyVault/vaults/kv/accessPolicies/add",
            "Microsoft.KeyVault/vaults/accessPolicies/write",
        ),
        ("Microsoft.Web/sites/app/config/web", "Microsoft.Web/sites/config/Write"),
        ("microsoft.app/containerapps/app", "microsoft.app/containerapps/write"),
        (
            "Microsoft.Web/sites/app/providers/Microsoft.Insights/diagnosticSettings/d",
            "Microsoft.Insights/DiagnosticSettings/Write",
        ),
        (
            "Microsoft.Web/sites/app/providers/Microsoft.Authorization/locks/l",
            "Microsoft.Authorization/locks/write",
        ),
        ("microsoft.EXAMPLE/things/t", "microsoft.EXAMPLE/things/write"),
    ],
)
def test_the_action_is_the_type_as_azure_spells_it(
    scope: str, action: str, row: Row, derive: Derive, find: Find
) -> None:
    found = find(derive([row(scope, {})], REST), action, scope)

    assert found is not None
    assert action == found.action.text


def test_an_old_nested_type_is_the_extension_s_own(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    scope = "Microsoft.Web/sites/app/providers/Microsoft.Insights/diagnosticSettings/all"
    old = replace(row(scope, {}), type="Microsoft.Web/sites/providers/diagnosticSettings")

    derived = derive([old], REST)

    assert "required" == certainty(derived, "microsoft.insights/diagnosticsettings/write", scope)


def test_a_read_after_a_write_is_possible(row: Row, derive: Derive, certainty: Certainty) -> None:
    site = "Microsoft.Web/sites/app"

    assert "possible" == certainty(derive([row(site, {})], REST), "Microsoft.Web/sites/read", site)


def test_a_type_without_get_is_not_read(row: Row, derive: Derive, certainty: Certainty) -> None:
    policies = "Microsoft.KeyVault/vaults/kv/accessPolicies/add"
    derived = derive([row(policies, {})], REST)

    assert certainty(derived, "Microsoft.KeyVault/vaults/accessPolicies/read", policies) is None


@pytest.mark.parametrize(
    ("scope", "action", "at"),
    [
        (
            "Microsoft.ContainerRegistry/registries/acr",
            "Microsoft.ContainerRegistry/registries/operationStatuses/read",
            "",
        ),
        ("Microsoft.KeyVault/vaults/kv", "Microsoft.KeyVault/vaults/read", ""),
        (
            "Microsoft.OperationalInsights/workspaces/log",
            "Microsoft.OperationalInsights/workspaces/read",
            "",
        ),
        (
            "Microsoft.Web/staticSites/swa/customDomains/www.example.org",
            "Microsoft.Web/locations/operationResults/read",
            "/subscriptions/5a0e1b7c-0000-4000-8000-000000000001",
        ),
        (
            "Microsoft.DataProtection/backupVaults/bv",
            "Microsoft.DataProtection/locations/operationStatus/read",
            "/subscriptions/5a0e1b7c-0000-4000-8000-000000000001",
        ),
    ],
)
def test_reads_that_were_seen_to_be_asked_are_required(
    scope: str, action: str, at: str, row: Row, derive: Derive, certainty: Certainty
) -> None:
    assert "required" == certainty(derive([row(scope, {})], REST), action, at or scope)


def test_a_hub_workspace_needs_the_hub_s_own_write(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    scope = "Microsoft.MachineLearningServices/workspaces/hub"
    hub, plain = row(scope, {"kind": "hub"}), row(scope, {"kind": "Default"})
    action = "Microsoft.MachineLearningServices/workspaces/hubs/write"
    unknown = row(scope, {"kind": Unknown(label="kind", cause=Cause.PARAMETER)})

    assert "required" == certainty(derive([hub], REST), action, scope)
    assert certainty(derive([plain], REST), action, scope) is None
    assert "conditional" == certainty(derive([unknown], REST), action, scope)


def test_a_deployment_script_makes_its_container_and_account(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    derived = derive([row("Microsoft.Resources/deploymentScripts/s", {"properties": {}})], REST)

    made = "Microsoft.Storage/storageAccounts/{storageAccountName}"
    assert "required" == certainty(derived, "Microsoft.Storage/storageAccounts/write", made)
    assert "required" == certainty(
        derived,
        "Microsoft.ContainerInstance/containerGroups/delete",
        "Microsoft.ContainerInstance/containerGroups/{containerGroupName}",
    )


def test_a_deployment_script_reads_the_keys_of_a_given_account(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    settings: Value = {"storageAccountSettings": {"storageAccountName": "stscripts"}}
    script = row("Microsoft.Resources/deploymentScripts/s", {"properties": settings})
    derived = derive([script], REST)

    given = "Microsoft.Storage/storageAccounts/stscripts"
    assert "required" == certainty(
        derived, "Microsoft.Storage/storageAccounts/listkeys/action", given
    )
    assert certainty(derived, "Microsoft.Storage/storageAccounts/write", given) is None


def test_a_marketplace_plan_may_need_its_terms(row: Row, derive: Derive) -> None:
    plan: Value = {"publisher": "acme", "product": "appliance", "name": "basic"}
    derived = derive([row("Microsoft.Compute/virtualMachines/vm", {"plan": plan})], REST)
    terms = [one for one in derived.requirements if "/agreements/" in one.action.text]

    assert {"possible"} == {
        one.certainty.value for one in terms if "/agreements/" in one.scope.text
    }
    assert "/publishers/acme/offers/appliance/plans/basic/agreements/current" in terms[0].scope.text


def test_microsoft_s_own_plans_have_no_terms(row: Row, derive: Derive) -> None:
    plan: Value = {"publisher": "Microsoft", "product": "OMSGallery/Security", "name": "x"}
    derived = derive([row("Microsoft.OperationsManagement/solutions/s", {"plan": plan})], REST)

    assert [] == [one for one in derived.requirements if "/agreements/" in one.action.text]


def test_a_deleted_resource_needs_delete_only(row: Row, derive: Derive) -> None:
    scope = "Microsoft.Network/privateEndpoints/pe"
    subnet = (
        "/subscriptions/s/resourceGroups/h/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
    )
    body: Mapping[str, Value] = {"properties": {"subnet": {"id": subnet}}}
    derived = derive([replace(row(scope, body), change=ChangeKind.DELETE)], REST)

    assert ["Microsoft.Network/privateEndpoints/delete"] == [
        one.action.text for one in derived.requirements
    ]


def test_nothing_is_needed_for_a_resource_that_is_switched_off(row: Row, derive: Derive) -> None:
    off = replace(row("Microsoft.Web/sites/app", {}), condition=Condition.FALSE)

    assert () == derive([off], REST).requirements


def test_what_may_not_happen_is_conditional(row: Row, derive: Derive, certainty: Certainty) -> None:
    scope = "Microsoft.Web/sites/app"
    perhaps = replace(row(scope, {}), condition=Condition.UNKNOWN, undecided=True)
    derived = derive([perhaps], REST)

    assert "conditional" == certainty(derived, "Microsoft.Web/sites/write", scope)
    assert "possible" == certainty(derived, "Microsoft.Web/sites/read", scope)


def test_an_existing_resource_is_read_only_if_its_state_matters(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    scope = "Microsoft.Web/sites/app"
    named = replace(row(scope, {}), change=ChangeKind.EXISTING)

    assert () == derive([named], REST).requirements
    derived = derive([replace(named, read_state=True)], REST)
    assert "required" == certainty(derived, "Microsoft.Web/sites/Read", scope)


def test_an_existing_resource_that_is_written_too_is_possibly_read(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    scope = "Microsoft.Web/sites/app"
    named = replace(row(scope, {}), change=ChangeKind.EXISTING, read_state=True)

    derived = derive([named, row(scope, {})], REST)

    assert "possible" == certainty(derived, "Microsoft.Web/sites/read", scope)


def test_a_role_assignment_carries_what_conditions_ask(
    row: Row, derive: Derive, find: Find
) -> None:
    properties: Value = {
        "roleDefinitionId": ROLE,
        "principalId": Unknown(label="id.principalId", cause=Cause.RUNTIME),
    }
    found = find(
        derive([row(ASSIGNMENT, {"properties": properties})], REST),
        "Microsoft.Authorization/roleAssignments/write",
        ASSIGNMENT,
    )

    assert found is not None
    assert "assign-role" == found.kind.value
    assert {
        "roleDefinitionId": "/subscriptions/5a0e1b7c-0000-4000-8000-000000000001"
        f"/providers/Microsoft.Authorization/roleDefinitions/{ROLE}",
        "principalId": "{id.principalId}",
    } == found.attributes


def test_a_role_assignment_with_unknown_properties_has_placeholders(
    row: Row, derive: Derive, find: Find
) -> None:
    unknown = Unknown(label="assignment", cause=Cause.PARAMETER)
    found = find(
        derive([row(ASSIGNMENT, {"properties": unknown})], REST),
        "Microsoft.Authorization/roleAssignments/write",
        ASSIGNMENT,
    )

    assert found is not None
    assert found.attributes is not None
    assert {"{assignment}"} == set(found.attributes.values())


def test_a_role_assignment_without_a_body_has_placeholders(
    row: Row, derive: Derive, find: Find
) -> None:
    action = "Microsoft.Authorization/roleAssignments/write"
    found = find(derive([row(ASSIGNMENT, {})], REST), action, ASSIGNMENT)

    assert found is not None
    assert {
        "roleDefinitionId": "{roleDefinitionId}",
        "principalId": "{principalId}",
        "principalType": "{principalType}",
    } == found.attributes


def test_two_spellings_of_a_property_leave_it_unknown(row: Row, derive: Derive, find: Find) -> None:
    action = "Microsoft.Authorization/roleAssignments/write"
    body: Value = {
        "principalType": "User", "PrincipalType": "ServicePrincipal", "principalId": "p",
    }  # fmt: skip
    one = find(derive([row(ASSIGNMENT, {"properties": body})], REST), action, ASSIGNMENT)
    two = find(
        derive([row(ASSIGNMENT, {"properties": body, "Properties": {}})], REST), action, ASSIGNMENT
    )

    assert one is not None
    assert two is not None
    assert one.attributes == {"principalType": "{principalType}", "principalId": "p"}
    assert two.attributes is not None
    assert two.attributes["principalId"] == "{principalId}"


def test_a_role_definition_is_written_at_the_scopes_it_has_already(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    guid = "0a0b0c0d-1111-4222-8333-944455556666"
    old = RoleDefinition(
        id=role_id(guid),
        name="deployer",
        permissions=(),
        custom=True,
        assignable_scopes=(Scope("/subscriptions/old"),),
    )
    options = DeriveOptions(client="rest", inventory=AccessSnapshot(role_definitions=(old,)))
    definition = row(
        f"/subscriptions/new/providers/Microsoft.Authorization/roleDefinitions/{guid}",
        {"properties": {"assignableScopes": ["/subscriptions/new"]}},
    )
    derived = derive([definition], options)
    action = "Microsoft.Authorization/roleDefinitions/write"

    assert "required" == certainty(derived, action, "/subscriptions/new")
    assert "required" == certainty(derived, action, "/subscriptions/old")
    assert "required" == certainty(derived, action, definition.id.text)


def test_an_asynchronous_write_may_be_followed(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    plan = row("Microsoft.Web/serverfarms/plan", {})
    plain = row("Microsoft.Storage/storageAccounts/st", {})
    derived = derive([plan, plain], DeriveOptions(client="rest"))
    reads = [one.action.text for one in derived.requirements if "operation" in one.action.folded]

    action = "Microsoft.Web/serverfarms/operationresults/read"
    assert "possible" == certainty(derived, action, plan.id.text)
    assert [action] == [one for one in reads if not one.startswith("Microsoft.Resources/")]


def test_a_read_that_was_seen_to_be_asked_stays_required(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    registry = row("Microsoft.ContainerRegistry/registries/acr", {})
    derived = derive([registry], DeriveOptions(client="rest"))
    action = "Microsoft.ContainerRegistry/registries/operationStatuses/read"

    assert "required" == certainty(derived, action, registry.id.text)


def test_a_cosmos_role_assignment_is_followed_too(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    kind = "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments"
    made = row("Microsoft.DocumentDB/databaseAccounts/c/sqlRoleAssignments/a", {})
    derived = derive([made], DeriveOptions(client="rest"))

    assert "possible" == certainty(derived, f"{kind}/operationResults/read", made.id.text)
