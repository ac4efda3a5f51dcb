"""The resource ID functions at every scope."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from preflight.evaluate.environment import Environment
from preflight.evaluate.frame import EvaluationProblem, Frame
from preflight.evaluate.interpret import evaluate
from preflight.model.template import DeploymentScope
from preflight.model.value import Cause, JsonValue, PartialText, Unknown, Value, printable

ValueOf = Callable[[JsonValue], Value]
Refusal = Callable[[JsonValue], str]

S = "11111111-1111-1111-1111-111111111111"
OTHER = "33333333-3333-3333-3333-333333333333"
U = Unknown(label="u", cause=Cause.PARAMETER)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("resourceId('A.B/c', 'n')", f"/subscriptions/{S}/resourceGroups/rg/providers/A.B/c/n"),
        (
            "resourceId('A.B/c/d', 'n', 'm')",
            f"/subscriptions/{S}/resourceGroups/rg/providers/A.B/c/n/d/m",
        ),
        ("resourceId('g', 'A.B/c', 'n')", f"/subscriptions/{S}/resourceGroups/g/providers/A.B/c/n"),
        (
            f"resourceId('{OTHER}', 'A.B/c', 'n')",
            f"/subscriptions/{S}/resourceGroups/{OTHER}/providers/A.B/c/n",
        ),
        (
            f"resourceId('{OTHER}', 'g', 'A.B/c', 'n')",
            f"/subscriptions/{OTHER}/resourceGroups/g/providers/A.B/c/n",
        ),
        ("resourceId('A.B/c', '')", f"/subscriptions/{S}/resourceGroups/rg/providers/A.B/"),
        (
            "resourceId('A.B/c/d', 'x', '')",
            f"/subscriptions/{S}/resourceGroups/rg/providers/A.B/c/x",
        ),
        ("resourceId('A.B/c/', 'n')", f"/subscriptions/{S}/resourceGroups/rg/providers/A.B/c/n"),
        ("subscriptionResourceId('A.B/c', 'n')", f"/subscriptions/{S}/providers/A.B/c/n"),
        (
            "subscriptionResourceId('microsoft.resources/ResourceGroups', 'n')",
            f"/subscriptions/{S}/resourceGroups/n",
        ),
        (
            f"subscriptionResourceId('{OTHER}', 'A.B/c', 'n')",
            f"/subscriptions/{OTHER}/providers/A.B/c/n",
        ),
        ("tenantResourceId('/A.B', 'n')", "/providers/A.B/"),
        ("tenantResourceId('A.B/c/d', 'n', 'm')", "/providers/A.B/c/n/d/m"),
        (
            "managementGroupResourceId('mg', 'A.B/c', 'n')",
            "/providers/Microsoft.Management/managementGroups/mg/providers/A.B/c/n",
        ),
        ("extensionResourceId('/x/y', 'A.B/c', 'n')", "/x/y/providers/A.B/c/n"),
        ("extensionResourceId('x/y/', 'A.B/c', 'n')", "/x/y/providers/A.B/c/n"),
    ],
)
def test_at_a_resource_group(value_of: ValueOf, expression: str, expected: Value) -> None:
    assert value_of(f"[{expression}]") == expected


ONE_TYPE = "it takes exactly one resource type, with its namespace, and names without `/`"


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("resourceId('A.B/c')", "`resourceId` takes at least 2 arguments, not 1"),
        ("resourceId('A.B', 'n')", f"`resourceId`: {ONE_TYPE}"),
        ("resourceId('A.B/c', 'n/m')", f"`resourceId`: {ONE_TYPE}"),
        ("resourceId('A.B/c', 'n', 'm')", "`resourceId`: the type `A.B/c` takes 1 name, not 2"),
        ("resourceId('A.B/c/d', 'n')", "`resourceId`: the type `A.B/c/d` takes 2 names, not 1"),
        ("resourceId('A.B/c', 1)", "`resourceId`: argument 2 must be a string, not an integer"),
        (
            "resourceId('a', 'b', 'c', 'A.B/c', 'n')",
            "`resourceId`: the type `A.B/c` must stand among the first 3 arguments",
        ),
        ("resourceId('x', 'g', 'A.B/c', 'n')", "`resourceId`: `x` is no subscription ID"),
        (
            "subscriptionResourceId('x', 'A.B/c', 'n')",
            "`subscriptionResourceId`: `x` is no subscription ID",
        ),
        (
            "tenantResourceId('x', 'A.B/c', 'n')",
            "`tenantResourceId`: the type `A.B/c` must stand first",
        ),
        (
            "managementGroupResourceId('A.B/c', 'n')",
            "`managementGroupResourceId`: outside a management group it takes a name first",
        ),
        ("extensionResourceId('x', 'A.B/c', 'n')", "`extensionResourceId`: `x` is no resource ID"),
        (
            "extensionResourceId('x/y', 'A.B/c')",
            "`extensionResourceId` takes at least 3 arguments, not 2",
        ),
    ],
)
def test_what_arm_refuses(refusal: Refusal, expression: str, message: str) -> None:
    assert refusal(f"[{expression}]") == message


SUBSCRIPTION = DeploymentScope.SUBSCRIPTION
GROUP = DeploymentScope.MANAGEMENT_GROUP
TENANT = DeploymentScope.TENANT
CORP = "/providers/Microsoft.Management/managementGroups/corp"


def _at(frame: Frame, kind: DeploymentScope) -> Frame:
    return replace(frame, environment=replace(frame.environment, kind=kind))


@pytest.mark.parametrize(
    ("kind", "expression", "expected"),
    [
        (SUBSCRIPTION, "resourceId('A.B/c', 'n')", f"/subscriptions/{S}/providers/A.B/c/n"),
        (
            SUBSCRIPTION,
            f"resourceId('{OTHER}', 'A.B/c', 'n')",
            f"/subscriptions/{OTHER}/providers/A.B/c/n",
        ),
        (GROUP, "resourceId('A.B/c', 'n')", "/providers/A.B/c/n"),
        (TENANT, "resourceId('A.B/c', 'n')", "/providers/A.B/c/n"),
        (
            TENANT,
            f"resourceId('{OTHER}', 'g', 'A.B/c', 'n')",
            f"/subscriptions/{OTHER}/resourceGroups/g/providers/A.B/c/n",
        ),
        (
            GROUP,
            f"subscriptionResourceId('{OTHER}', 'A.B/c', 'n')",
            f"/subscriptions/{OTHER}/providers/A.B/c/n",
        ),
        (GROUP, "managementGroupResourceId('A.B/c', 'n')", f"{CORP}/providers/A.B/c/n"),
        (
            TENANT,
            "managementGroupResourceId('A.B/c/d', 'n', 'm')",
            "/providers/Microsoft.Management/managementGroups/A.B/c/d/providers/A.B/c/n/d/m",
        ),
    ],
)
def test_at_wider_scopes(
    frame: Frame, kind: DeploymentScope, expression: str, expected: str
) -> None:
    assert evaluate(f"[{expression}]", _at(frame, kind)) == expected


@pytest.mark.parametrize(
    ("kind", "expression"),
    [
        (SUBSCRIPTION, "resourceId('rg', 'A.B/c', 'n')"),
        (GROUP, "subscriptionResourceId('A.B/c', 'n')"),
        (TENANT, "managementGroupResourceId('A.B/c', 'n')"),
    ],
)
def test_what_arm_refuses_at_wider_scopes(
    frame: Frame, kind: DeploymentScope, expression: str
) -> None:
    with pytest.raises(EvaluationProblem):
        evaluate(f"[{expression}]", _at(frame, kind))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (
            "resourceId('A.B/c/d', parameters('u'), 'app')",
            f"/subscriptions/{S}/resourceGroups/rg/providers/A.B/c/{{u}}/d/app",
        ),
        (
            "resourceId('A.B/c', concat('vm-', parameters('u')))",
            f"/subscriptions/{S}/resourceGroups/rg/providers/A.B/c/vm-{{u}}",
        ),
        (
            "resourceId(parameters('u'), 'A.B/c', 'n')",
            f"/subscriptions/{S}/resourceGroups/{{u}}/providers/A.B/c/n",
        ),
        ("extensionResourceId(parameters('u'), 'A.B/c', 'n')", "{u}/providers/A.B/c/n"),
        (
            "extensionResourceId(concat('/x/', parameters('u'), '/'), 'A.B/c', 'n')",
            "/x/{u}/providers/A.B/c/n",
        ),
        (
            "resourceId('A.B/c', parameters('s'))",
            f"/subscriptions/{S}/resourceGroups/rg/providers/A.B/c/{{s}}",
        ),
        ("resourceId(parameters('u'), 'n')", "{u}"),
        ("tenantResourceId(parameters('u'), 'n')", "{u}"),
        ("tenantResourceId('A.B/c', 'n', parameters('u'))", "{u}"),
        ("managementGroupResourceId('g', 'A.B/c/d', parameters('u'))", "{u}"),
        ("extensionResourceId(parameters('u'), 'A.B/c/d', 'n')", "{u}"),
        ("subscriptionResourceId(parameters('u'), 'n')", "{u}"),
        ("managementGroupResourceId(parameters('u'), parameters('u'), 'n')", "{u}"),
        ("extensionResourceId('/x/y', parameters('u'), 'n')", "{u}"),
        ("extensionResourceId('x', 'A.B/c', parameters('u'))", "/x/providers/A.B/c/{u}"),
        (
            "resourceId('not checked yet', 'g', 'A.B/c', parameters('u'))",
            "/subscriptions/not checked yet/resourceGroups/g/providers/A.B/c/{u}",
        ),
        ("roleDefinitions('Reader').id", "{roleDefinitions.id}"),
        ("roleDefinitions(createArray(parameters('u'))).id", "{u.id}"),
        ("resourceId('A.B/c', concat(parameters('u'), '/x'))", "{u}"),
    ],
)
def test_known_segments_are_kept(value_of: ValueOf, expression: str, expected: str) -> None:
    value = value_of(f"[{expression}]")
    assert isinstance(value, str | Unknown | PartialText)

    assert printable(value) == expected


def test_the_number_of_names_is_checked_even_where_one_is_unknown(refusal: Refusal) -> None:
    message = "`resourceId`: the type `A.B/c` takes 1 name, not 2"

    assert refusal("[resourceId('A.B/c', parameters('u'), 'n')]") == message


def test_a_place_that_is_not_given_stands_as_placeholders(frame: Frame) -> None:
    nowhere = replace(frame, environment=Environment())
    value = evaluate("[resourceId('A.B/c', 'n')]", nowhere)
    assert isinstance(value, PartialText)

    assert (
        value.text
        == "/subscriptions/{subscription}/resourceGroups/{resourceGroup}/providers/A.B/c/n"
    )
    assert value.unknown.cause is Cause.CONTEXT
