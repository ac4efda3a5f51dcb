"""The functions that tell the place of the deployment."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from preflight.evaluate.environment import Environment
from preflight.evaluate.frame import EvaluationProblem, Frame
from preflight.evaluate.functions.clouds import CLOUDS, MEMBERS
from preflight.evaluate.interpret import evaluate
from preflight.model.template import DeploymentScope
from preflight.model.value import Cause, JsonValue, PartialText, Unknown, Value

ValueOf = Callable[[JsonValue], Value]
Refusal = Callable[[JsonValue], str]

S = "11111111-1111-1111-1111-111111111111"
T = "22222222-2222-2222-2222-222222222222"


def _at(frame: Frame, kind: DeploymentScope) -> Frame:
    return replace(frame, environment=replace(frame.environment, kind=kind))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("resourceGroup().id", f"/subscriptions/{S}/resourceGroups/rg"),
        ("resourceGroup().LOCATION", "westeurope"),
        ("resourceGroup('x').id", f"/subscriptions/{S}/resourceGroups/x"),
        (f"resourceGroup('{T}', 'x').id", f"/subscriptions/{T}/resourceGroups/x"),
        ("subscription().id", f"/subscriptions/{S}"),
        ("subscription().tenantId", T),
        (
            "subscription(concat('a', 'b'))",
            {"id": "/subscriptions/ab", "subscriptionId": "ab"},
        ),
        (f"subscription('{T}')", {"id": f"/subscriptions/{T}", "subscriptionId": T}),
        ("managementGroup('x').id", "/providers/Microsoft.Management/managementGroups/x"),
        ("tenant().id", f"/tenants/{T}"),
        ("length(tenant())", 4),
        ("environment().name", "AzureCloud"),
        ("environment().suffixes.storage", "core.windows.net"),
    ],
)
def test_known_members(value_of: ValueOf, expression: str, expected: Value) -> None:
    assert value_of(f"[{expression}]") == expected


@pytest.mark.parametrize(
    ("expression", "label"),
    [
        ("resourceGroup().tags.env", "resourceGroup.tags.env"),
        ("resourceGroup().properties", "resourceGroup.properties"),
        ("subscription().displayName", "subscription.displayName"),
        ("tenant().countryCode", "tenant.countryCode"),
    ],
)
def test_members_that_only_azure_knows(value_of: ValueOf, expression: str, label: str) -> None:
    value = value_of(f"[{expression}]")
    assert isinstance(value, Unknown)

    assert (value.label, value.expression) == (label, f"[{expression}]")


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (
            "managementGroup()",
            "`managementGroup`: a deployment at resource group scope has no management group",
        ),
        ("subscription('x')", "`subscription`: `x` is no subscription ID"),
        ("managementGroup('a/b')", "`managementGroup`: `a/b` is no name of a management group"),
        ("resourceGroup('a/b')", "`resourceGroup`: `a/b` is no name of a resource group"),
        ("resourceGroup(1)", "`resourceGroup`: argument 1 must be a string, not an integer"),
        ("tenant(1)", "`tenant` takes no arguments, not 1"),
        ("tenant().name", "the object has no property `name`"),
    ],
)
def test_what_arm_refuses(refusal: Refusal, expression: str, message: str) -> None:
    assert refusal(f"[{expression}]") == message


@pytest.mark.parametrize(
    ("kind", "expression"),
    [
        (DeploymentScope.SUBSCRIPTION, "resourceGroup()"),
        (DeploymentScope.MANAGEMENT_GROUP, "subscription()"),
        (DeploymentScope.MANAGEMENT_GROUP, "resourceGroup('x')"),
        (DeploymentScope.TENANT, "managementGroup()"),
    ],
)
def test_what_a_scope_does_not_have(frame: Frame, kind: DeploymentScope, expression: str) -> None:
    with pytest.raises(EvaluationProblem, match="scope has no"):
        evaluate(f"[{expression}]", _at(frame, kind))


def test_a_management_group_deployment_knows_its_group(frame: Frame) -> None:
    value = evaluate("[managementGroup().name]", _at(frame, DeploymentScope.MANAGEMENT_GROUP))

    assert value == "corp"


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("subscription().subscriptionId", "{subscription}"),
        ("resourceGroup().id", "/subscriptions/{subscription}/resourceGroups/{resourceGroup}"),
        ("resourceGroup().location", "{location}"),
        ("tenant().tenantId", "{tenant}"),
    ],
)
def test_a_place_that_is_not_given(frame: Frame, expression: str, text: str) -> None:
    value = evaluate(f"[{expression}]", replace(frame, environment=Environment()))
    shown = value.text if isinstance(value, PartialText) else getattr(value, "placeholder", value)

    assert shown == text


def test_tags_that_were_given(frame: Frame) -> None:
    known = replace(frame.environment, facts={"resourceGroupTags": {"env": "prod"}})

    assert evaluate("[resourceGroup().tags.ENV]", replace(frame, environment=known)) == "prod"


def test_every_cloud_has_the_same_members(frame: Frame) -> None:
    for cloud in CLOUDS:
        there = replace(frame, environment=replace(frame.environment, cloud=cloud))
        value = evaluate("[environment()]", there)
        assert isinstance(value, dict)

        assert value.keys() == MEMBERS.keys()


def test_what_is_not_known_of_a_cloud_is_unknown(frame: Frame) -> None:
    there = replace(frame, environment=replace(frame.environment, cloud="AzureChinaCloud"))

    assert evaluate("[environment().suffixes.keyvaultDns]", there) == ".vault.azure.cn"
    assert evaluate("[environment().suffixes.azureDatalakeStoreFileSystem]", there) == Unknown(
        label="environment.suffixes.azureDatalakeStoreFileSystem",
        cause=Cause.CONTEXT,
        expression="[environment().suffixes.azureDatalakeStoreFileSystem]",
    )
