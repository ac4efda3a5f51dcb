from __future__ import annotations

import pytest

from preflight.catalog.load import PackagedCatalog, load_catalog
from preflight.model.action import Action
from preflight.model.requirement import Certainty
from preflight.model.role import role_id
from preflight.model.scope import Scope
from preflight.model.truth import Truth


@pytest.fixture(scope="module")
def catalog() -> PackagedCatalog:
    return PackagedCatalog()


def test_it_is_stamped_with_its_date(catalog: PackagedCatalog) -> None:
    assert "2026-08-01" == catalog.date


def test_nothing_is_read_before_it_is_asked_for() -> None:
    assert {"date", "roles", "roles_by_id"}.isdisjoint(vars(load_catalog()))


def test_every_built_in_role_is_there(catalog: PackagedCatalog) -> None:
    names = [role.name for role in catalog.roles]

    assert 928 == len(names) == len(catalog.roles_by_id)
    assert sorted(names, key=str.lower) == names


def test_a_role_has_its_permissions(catalog: PackagedCatalog) -> None:
    contributor = catalog.roles_by_id[role_id("b24988ac-6180-42a0-ab88-20f7382dd24c")]

    assert "Contributor" == contributor.name
    assert Truth.TRUE is contributor.grants(Action("Microsoft.Web/sites/write"))
    assert Truth.FALSE is contributor.grants(Action("Microsoft.Authorization/locks/write"))
    assert (Scope.ROOT,) == contributor.assignable_scopes
    assert contributor.full_id.startswith("/providers/Microsoft.Authorization/roleDefinitions/")


def test_conditions_inside_roles_are_kept(catalog: PackagedCatalog) -> None:
    conditions = [
        block.condition for role in catalog.roles for block in role.permissions if block.condition
    ]

    assert 31 == len(conditions)


@pytest.mark.parametrize(
    ("given", "spelled"),
    [
        ("microsoft.web/SITES/write", "Microsoft.Web/sites/Write"),
        ("Microsoft.App/containerApps/write", "microsoft.app/containerapps/write"),
        (
            "microsoft.storage/storageaccounts/blobservices/containers/blobs/write",
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
        ),
        (
            "microsoft.kubernetesruntime/BGPpeers/explode/action",
            "Microsoft.KubernetesRuntime/bgpPeers/explode/action",
        ),
        ("Contoso.Own/things/write", "Contoso.Own/things/write"),
        ("nonsense", "nonsense"),
    ],
)
def test_actions_are_spelled_as_azure_does(
    given: str, spelled: str, catalog: PackagedCatalog
) -> None:
    assert spelled == catalog.spelled(given)


def test_an_absent_action_is_unknown(catalog: PackagedCatalog) -> None:
    assert catalog.knows(Action("microsoft.network/virtualNetworks/SUBNETS/join/action"))
    assert not catalog.knows(Action("Microsoft.Network/virtualNetworks/subnets/explode/action"))


def test_every_action_is_listed_once(catalog: PackagedCatalog) -> None:
    actions = catalog.actions()

    assert 14_000 < len(actions) == len({action.lower() for action in actions})
    assert sorted(actions, key=str.lower) == list(actions)
    assert all(catalog.knows(Action(action)) for action in actions[::100])


def test_rules_for_any_type_are_included(catalog: PackagedCatalog) -> None:
    own = catalog.linked_rules("microsoft.network/PRIVATEENDPOINTS")
    other = catalog.linked_rules("Contoso.Own/things")

    assert {"*"} == {rule.resource_type for rule in other}
    assert {"*", "Microsoft.Network/privateEndpoints"} == {rule.resource_type for rule in own}
    assert catalog.has_linked_rules("microsoft.network/privateendpoints")
    assert not catalog.has_linked_rules("Contoso.Own/things")


def test_companions_may_belong_to_a_namespace(catalog: PackagedCatalog) -> None:
    ids = {rule.id for rule in catalog.companions("Oracle.Database/cloudVmClusters")}

    assert "oracle-database.operation-statuses" in ids


def test_types_whose_actions_have_another_name(catalog: PackagedCatalog) -> None:
    group = catalog.action_type("microsoft.resources/resourcegroups")

    assert "Microsoft.Resources/subscriptions/resourceGroups" == group
    assert "Microsoft.Web/sites" == catalog.action_type("microsoft.web/SITES")
    assert "Contoso.Own/things" == catalog.action_type("Contoso.Own/things")


def test_types_without_get(catalog: PackagedCatalog) -> None:
    assert not catalog.readable("Microsoft.KeyVault/vaults/accessPolicies")
    assert catalog.readable("Microsoft.KeyVault/vaults")
    assert catalog.readable("Contoso.Own/things")


def test_clients_have_verbs(catalog: PackagedCatalog) -> None:
    assert (
        "az",
        "azd",
        "azure-pipelines",
        "bicep-deploy",
        "powershell",
        "rest",
        "stack",
        "what-if",
    ) == catalog.clients
    assert () == catalog.deployment_verbs("pulumi")
    assert all(catalog.deployment_verbs(client) for client in catalog.clients)


def test_providers_that_are_registered_everywhere(catalog: PackagedCatalog) -> None:
    assert catalog.registered_by_default("microsoft.resources")
    assert not catalog.registered_by_default("Microsoft.Network")


def test_second_providers(catalog: PackagedCatalog) -> None:
    rules = catalog.also_registered("Microsoft.App/containerApps")

    assert {"Microsoft.ContainerService", "Microsoft.OperationalInsights"} == {
        rule.namespace for rule in rules
    }
    assert {Certainty.POSSIBLE} == {rule.certainty for rule in rules}
    assert () == catalog.also_registered("Microsoft.Web/sites")


def test_joins_of_a_type(catalog: PackagedCatalog) -> None:
    subnet = "microsoft.network/virtualnetworks/subnets"

    assert ("Microsoft.Network/virtualNetworks/subnets/join/action",) == catalog.join_actions(
        subnet
    )
    assert () == catalog.join_actions("Microsoft.Web/sites")


def test_content_is_known_by_type(catalog: PackagedCatalog) -> None:
    assert "properties.definition" in catalog.content_paths("microsoft.logic/workflows")
    assert () == catalog.content_paths("Microsoft.Web/sites")


def test_actions_that_a_role_may_not_name(catalog: PackagedCatalog) -> None:
    refused = Action("microsoft.web/locations/STATICSITESOPERATIONSTATUSES/read")

    assert "Microsoft.Web/locations/*/read" == catalog.role_wildcard(refused)
    assert catalog.role_wildcard(Action("Microsoft.Web/sites/read")) is None


def test_what_rbac_cannot_tell_is_known_by_type(catalog: PackagedCatalog) -> None:
    ids = {rule.id for rule in catalog.unchecked("Microsoft.Resources/deploymentScripts")}

    assert {"policy", "scripts"} == ids
