from __future__ import annotations

import pytest

from preflight.evaluate.environment import Environment
from preflight.evaluate.targets import Selection, Target, Text, scope_of, select
from preflight.model.template import DeploymentScope
from preflight.model.value import Cause, PartialText, Unknown

U = Unknown(label="u", cause=Cause.PARAMETER)


def parent(kind: DeploymentScope = DeploymentScope.RESOURCE_GROUP) -> Target:
    environment = Environment(
        kind=kind, subscription="s", resource_group="g", management_group="m", location="west"
    )
    return Target(scope=scope_of(environment), environment=environment)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (DeploymentScope.TENANT, "/"),
        (
            DeploymentScope.MANAGEMENT_GROUP,
            "/providers/Microsoft.Management/managementGroups/{managementGroup}",
        ),
        (DeploymentScope.SUBSCRIPTION, "/subscriptions/{subscription}"),
        (
            DeploymentScope.RESOURCE_GROUP,
            "/subscriptions/{subscription}/resourceGroups/{resourceGroup}",
        ),
    ],
)
def test_a_place_that_is_not_given_has_placeholders(kind: DeploymentScope, expected: str) -> None:
    assert scope_of(Environment(kind=kind)).text == expected


@pytest.mark.parametrize(
    ("scope", "kind", "expected"),
    [
        (U, DeploymentScope.MANAGEMENT_GROUP, "{u}"),
        (
            PartialText(("/providers/Microsoft.Management/managementGroups/a-", U)),
            DeploymentScope.MANAGEMENT_GROUP,
            "/providers/Microsoft.Management/managementGroups/a-{u}",
        ),
        (PartialText(("/subscriptions/", U)), DeploymentScope.SUBSCRIPTION, "/subscriptions/{u}"),
        (
            PartialText(("/subscriptions/", U, "/resourceGroups/x-", U)),
            DeploymentScope.RESOURCE_GROUP,
            "/subscriptions/{u}/resourceGroups/x-{u}",
        ),
        ("A.B/c/d", DeploymentScope.RESOURCE_GROUP, "/subscriptions/s/resourceGroups/g"),
        ("/a/b", DeploymentScope.TENANT, "/"),
        ("/providers/A.B/c/d", DeploymentScope.TENANT, "/"),
        (
            "/subscriptions/s/resourceGroups/x/providers/A.B/c/d",
            DeploymentScope.RESOURCE_GROUP,
            "/subscriptions/s/resourceGroups/x",
        ),
        (
            "/providers/Microsoft.Management/managementGroups/m2/providers/A.B/c/d",
            DeploymentScope.MANAGEMENT_GROUP,
            "/providers/Microsoft.Management/managementGroups/m2",
        ),
        (
            PartialText(("/", U, "/x")),
            DeploymentScope.RESOURCE_GROUP,
            "/subscriptions/s/resourceGroups/g",
        ),
    ],
)
def test_scopes_with_unknown_parts(scope: Text, kind: DeploymentScope, expected: str) -> None:
    found = select(parent(), Selection(scope=scope))

    assert (found.environment.kind, found.scope.text) == (kind, expected)
    assert scope_of(found.environment).text in {found.scope.text, expected} or expected == "{u}"


def test_expressions_inside_see_the_unknown_parts() -> None:
    group = PartialText(("rg-", U))
    found = select(parent(), Selection(resource_group=group)).environment

    assert (found.subscription, found.resource_group) == ("s", None)
    assert found.part("resourceGroup") == group
    assert found.part("subscription") == "s"
    assert found.part("tenant") == Unknown(label="tenant", cause=Cause.CONTEXT)


def test_a_group_seen_from_above_a_subscription_is_in_an_unknown_one() -> None:
    found = select(parent(DeploymentScope.TENANT), Selection(resource_group="x"))

    assert found.scope.text == "/subscriptions/s/resourceGroups/x"


def test_what_is_unknown_of_a_selection() -> None:
    assert not Selection(scope="/").unknown
    assert Selection(resource_group=U).unknown


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (
            DeploymentScope.MANAGEMENT_GROUP,
            "/providers/Microsoft.Management/managementGroups/a-{u}",
        ),
        (DeploymentScope.TENANT, "/providers/Microsoft.Management/managementGroups/a-{u}"),
        (DeploymentScope.SUBSCRIPTION, "/subscriptions/s"),
    ],
)
def test_the_short_form_of_a_management_group(kind: DeploymentScope, expected: str) -> None:
    scope = PartialText(("Microsoft.Management/managementGroups/a-", U))

    assert select(parent(kind), Selection(scope=scope)).scope.text == expected
