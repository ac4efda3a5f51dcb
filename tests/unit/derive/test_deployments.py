from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import pytest

from preflight.derive.deriver import Derived, DeriveOptions
from preflight.errors import UsageError
from preflight.model.plan import DeploymentFacts, PlannedResource
from preflight.model.scope import Scope
from preflight.model.source import Place, SourceFile
from preflight.model.template import DeploymentScope
from preflight.model.value import Value

Row: TypeAlias = Callable[[str, Mapping[str, Value]], PlannedResource]
Derive: TypeAlias = Callable[[Sequence[PlannedResource], DeriveOptions], Derived]
Certainty: TypeAlias = Callable[[Derived, str, str], str | None]
MAIN = "Microsoft.Resources/deployments/main"
STACK = "Microsoft.Resources/deploymentStacks/main"
GROUP = "/subscriptions/5a0e1b7c-0000-4000-8000-000000000001/resourceGroups/rg-app"
NESTED = "/subscriptions/other/resourceGroups/rg-hub/providers/Microsoft.Resources/deployments/hub"


def required(derived: Derived) -> set[tuple[str, str]]:
    """What is required, as (end of the scope, end of the action)."""
    return {
        (one.scope.text.rpartition("/providers/")[2], one.action.folded.partition("/")[2])
        for one in derived.requirements
        if one.certainty.value == "required"
    }


@pytest.mark.parametrize("client", ["az", "powershell", "bicep-deploy", "azd"])
def test_clients_that_validate_first_and_poll(
    client: str, root: PlannedResource, derive: Derive
) -> None:
    assert {
        (MAIN, "deployments/validate/action"),
        (MAIN, "deployments/write"),
        (MAIN, "deployments/read"),
        (MAIN, "deployments/operationstatuses/read"),
    } == required(derive([root], DeriveOptions(client=client)))


def test_rest_only_writes(root: PlannedResource, derive: Derive) -> None:
    assert {(MAIN, "deployments/write")} == required(derive([root], DeriveOptions(client="rest")))


def test_what_if_writes_nothing(
    root: PlannedResource, derive: Derive, certainty: Certainty
) -> None:
    derived = derive([root], DeriveOptions(client="what-if"))

    assert (MAIN, "deployments/whatif/action") in required(derived)
    assert "possible" == certainty(derived, "Microsoft.Resources/deployments/write", MAIN)


def test_the_pipeline_task_reads_the_group(
    root: PlannedResource, derive: Derive, certainty: Certainty
) -> None:
    derived = derive([root], DeriveOptions(client="azure-pipelines"))
    group = "Microsoft.Resources/subscriptions/resourceGroups"

    assert "required" == certainty(derived, f"{group}/read", GROUP)
    assert "possible" == certainty(derived, f"{group}/write", GROUP)


def test_a_stack_has_verbs_of_its_own(root: PlannedResource, derive: Derive) -> None:
    found = required(derive([root], DeriveOptions(client="stack")))

    assert {
        (STACK, "deploymentstacks/validate/action"),
        (STACK, "deploymentstacks/write"),
        (STACK, "deploymentstacks/read"),
        (MAIN, "deployments/write"),
    } <= found
    assert (MAIN, "deployments/validate/action") not in found


@pytest.mark.parametrize(("mode", "answer"), [("none", "possible"), ("denyDelete", "required")])
def test_deny_settings_are_an_action_of_their_own(
    mode: str, answer: str, root: PlannedResource, derive: Derive, certainty: Certainty
) -> None:
    derived = derive([root], DeriveOptions(client="stack", deny_settings=mode))
    action = "Microsoft.Resources/deploymentStacks/manageDenySetting/action"

    assert answer == certainty(derived, action, STACK)


def test_what_a_stack_drops_is_not_checked(root: PlannedResource, derive: Derive) -> None:
    derived = derive([root], DeriveOptions(client="stack", action_on_unmanage="delete"))

    assert any("no longer manages" in one.what for one in derived.not_checked)


@pytest.mark.parametrize(
    ("scope", "stack"),
    [
        ("/", "/providers/Microsoft.Resources/deploymentStacks/main"),
        (
            "/subscriptions/s",
            "/subscriptions/s/providers/Microsoft.Resources/deploymentStacks/main",
        ),
    ],
)
def test_a_stack_stands_at_the_deployment_s_scope(
    scope: str, stack: str, root: PlannedResource, derive: Derive, certainty: Certainty
) -> None:
    facts = DeploymentFacts(root=True, target=Scope(scope), kind=DeploymentScope.TENANT)
    derived = derive([replace(root, deployment=facts)], DeriveOptions(client="stack"))

    assert "required" == certainty(derived, "Microsoft.Resources/deploymentStacks/write", stack)


def nested(row: Row) -> PlannedResource:
    facts = DeploymentFacts(
        root=False,
        target=Scope("/subscriptions/other/resourceGroups/rg-hub"),
        kind=DeploymentScope.RESOURCE_GROUP,
    )
    return replace(row(NESTED, {}), deployment=facts)


def test_a_nested_deployment_needs_write_at_its_own_scope(
    row: Row, root: PlannedResource, derive: Derive, certainty: Certainty
) -> None:
    derived = derive([root, nested(row)], DeriveOptions(client="az"))

    assert "required" == certainty(derived, "Microsoft.Resources/deployments/write", NESTED)
    for verb in ("read", "validate/action"):
        action = f"Microsoft.Resources/deployments/{verb}"
        assert "possible" == certainty(derived, action, NESTED)


def test_a_nested_deployment_that_may_not_happen_is_conditional(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    derived = derive([replace(nested(row), undecided=True)], DeriveOptions(client="az"))

    assert "conditional" == certainty(derived, "Microsoft.Resources/deployments/write", NESTED)


def test_vaults_behind_parameters_are_deployed_from(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    vault = "/subscriptions/s/resourceGroups/r/providers/Microsoft.KeyVault/vaults/kv"
    place = Place(source=SourceFile("p.json", "{}"), pointer="/parameters/secret")
    made = nested(row)
    assert made.deployment is not None
    facts = replace(made.deployment, vaults=((Scope(vault), place),))
    derived = derive([replace(made, deployment=facts)], DeriveOptions(client="rest"))

    assert "required" == certainty(derived, "Microsoft.KeyVault/vaults/deploy/action", vault)


def test_a_template_spec_is_read_with_its_version(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    spec = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Resources/templateSpecs/net"
    made = nested(row)
    assert made.deployment is not None
    facts = replace(made.deployment, template_spec=Scope(f"{spec}/versions/1.0"))
    derived = derive([replace(made, deployment=facts)], DeriveOptions(client="rest"))
    action = "Microsoft.Resources/templateSpecs"

    assert "required" == certainty(derived, f"{action}/versions/read", f"{spec}/versions/1.0")
    assert "required" == certainty(derived, f"{action}/read", spec)


def test_an_unknown_client_is_refused(root: PlannedResource, derive: Derive) -> None:
    with pytest.raises(UsageError, match="`pulumi` is no client") as refused:
        derive([root], DeriveOptions(client="pulumi"))

    assert "az, azd, azure-pipelines" in refused.value.help
