from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import pytest

from preflight.errors import InputError, LimitExceeded, ParameterProblem
from preflight.evaluate.environment import Environment, Limits
from preflight.evaluate.frame import EvaluationProblem
from preflight.model.plan import Condition, Plan
from preflight.model.scope import Scope
from preflight.model.template import DeploymentScope, GapKind
from preflight.model.value import JsonValue, Unknown

SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
RG = f"{SUBSCRIPTION}/resourceGroups/rg"
OTHER = "11111111-1111-1111-1111-111111111112"
STRING: Json = {"type": "string"}
Json = dict[str, JsonValue]


class Planner(Protocol):
    """The fixture `plan` of conftest.py."""

    place: Environment
    linked: dict[str, Json]

    def __call__(self, parts: Json, **parameters: JsonValue) -> Plan: ...
    def at(self, kind: DeploymentScope) -> Planner: ...
    def resource(self, name: JsonValue = "x", of: str = "A.B/c", **members: JsonValue) -> Json: ...
    def nested(
        self, name: JsonValue, parts: Json, *, inner: bool = True, **members: JsonValue
    ) -> Json: ...


def rows(plan: Plan) -> list[str]:
    """IDs of all rows that are no deployments."""
    return [row.id.text for row in plan.resources if row.deployment is None]


def names(plan: Plan) -> list[str]:
    """Names of all rows that are no deployments."""
    return [row.name for row in plan.resources if row.deployment is None]


def test_rows_of_a_nested_deployment_follow_its_own(plan: Planner) -> None:
    inner = plan.nested("n", {"resources": [plan.resource("y")]})
    found = plan({"resources": [inner, plan.resource("x")]})

    _, deployment, y, x = found.resources
    assert deployment.id == Scope(f"{RG}/providers/Microsoft.Resources/deployments/n")
    assert deployment.deployment is not None
    assert (deployment.deployment.root, deployment.deployment.expanded) == (False, True)
    assert deployment.deployment.target == Scope(RG)
    assert [row.within for row in (y, x)] == [deployment.id, found.resources[0].id]
    assert y.place.pointer == "/resources/0/properties/template/resources/0"
    assert y.place.via == (deployment.place,)
    assert "template" not in str(deployment.body["properties"])


GROUP_M = "/providers/Microsoft.Management/managementGroups/m"


@pytest.mark.parametrize(
    ("members", "kind", "target"),
    [
        ({}, DeploymentScope.RESOURCE_GROUP, RG),
        ({"resourceGroup": ""}, DeploymentScope.RESOURCE_GROUP, RG),
        ({"resourceGroup": "b"}, DeploymentScope.RESOURCE_GROUP, RG.replace("/rg", "/b")),
        (
            {"subscriptionId": OTHER, "resourceGroup": "b"},
            DeploymentScope.RESOURCE_GROUP,
            f"/subscriptions/{OTHER}/resourceGroups/b",
        ),
        (
            {"subscriptionId": OTHER, "location": "x"},
            DeploymentScope.SUBSCRIPTION,
            f"/subscriptions/{OTHER}",
        ),
        (
            {"scope": "/providers/Microsoft.Management/managementGroups/m", "location": "x"},
            DeploymentScope.MANAGEMENT_GROUP,
            "/providers/Microsoft.Management/managementGroups/m",
        ),
        (
            {"scope": "Microsoft.Management/managementGroups/m"},
            DeploymentScope.RESOURCE_GROUP,
            RG,
        ),
        ({"scope": "/tenants/t", "location": "x"}, DeploymentScope.TENANT, "/"),
        ({"scope": "/", "location": "x"}, DeploymentScope.TENANT, "/"),
        (
            {"scope": f"/subscriptions/{OTHER}/resourceGroups/b"},
            DeploymentScope.RESOURCE_GROUP,
            f"/subscriptions/{OTHER}/resourceGroups/b",
        ),
    ],
)
def test_targets(plan: Planner, members: Json, kind: DeploymentScope, target: str) -> None:
    inner = {**plan.nested("n", {"resources": [plan.resource("y")]}), **members}
    found = plan({"resources": [inner]})

    facts = found.resources[1].deployment
    assert facts is not None
    assert (facts.kind, facts.target) == (kind, Scope(target))
    assert rows(found) == [f"{target.rstrip('/')}/providers/A.B/c/y"]
    assert found.resources[1].id.text.startswith(f"{target.rstrip('/')}/providers/Microsoft.Res")


@pytest.mark.parametrize(
    ("scope", "target"),
    [
        ("/", "/providers/Microsoft.Management/managementGroups/corp"),
        ("/tenants/t", "/providers/Microsoft.Management/managementGroups/corp"),
        ("/providers/A.B/c/x", ""),
        ("/Microsoft.Management/managementGroups/m", GROUP_M),
        (
            "Microsoft.Management/managementGroups/",
            "/providers/Microsoft.Management/managementGroups/corp",
        ),
    ],
)
def test_targets_from_a_management_group(plan: Planner, scope: str, target: str) -> None:
    members: Json = {"scope": scope, "location": "x"}
    inner = {**plan.nested("n", {"resources": [plan.resource("y")]}), **members}

    assert rows(plan.at(DeploymentScope.MANAGEMENT_GROUP)({"resources": [inner]})) == [
        f"{target}/providers/A.B/c/y"
    ]


@pytest.mark.parametrize("kind", [DeploymentScope.MANAGEMENT_GROUP, DeploymentScope.TENANT])
def test_the_short_form_of_a_management_group(plan: Planner, kind: DeploymentScope) -> None:
    members: Json = {"scope": "Microsoft.Management/managementGroups/m", "location": "x"}
    inner = {**plan.nested("n", {"resources": [plan.resource("y")]}), **members}

    assert rows(plan.at(kind)({"resources": [inner]})) == [
        "/providers/Microsoft.Management/managementGroups/m/providers/A.B/c/y"
    ]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"subscriptionId": "no-guid", "resourceGroup": "b"}, "no subscription ID"),
        ({"resourceGroup": "a/b"}, "no name of a resource group"),
        ({"location": "x"}, "`location` is not allowed"),
        ({"subscriptionId": OTHER}, "`location` is missing"),
        ({"scope": "/"}, "`location` is missing"),
        ({"scope": "//"}, "is no scope"),
        ({"scope": "/providers"}, "is no scope"),
    ],
)
def test_targets_that_arm_refuses(plan: Planner, members: Json, message: str) -> None:
    with pytest.raises(EvaluationProblem, match=message) as caught:
        plan({"resources": [{**plan.nested("n", {}), **members}]})
    assert caught.value.where is not None


def test_an_unknown_target_keeps_its_known_parts(plan: Planner) -> None:
    inner = plan.nested(
        "n",
        {"resources": [plan.resource("[concat('y-', resourceGroup().name)]")]},
        resourceGroup="[concat('rg-', parameters('env'))]",
        subscriptionId="[parameters('sub')]",
    )
    found = plan({"parameters": {"env": STRING, "sub": STRING}, "resources": [inner]})

    assert rows(found) == [
        "/subscriptions/{sub}/resourceGroups/rg-{env}/providers/A.B/c/y-rg-{env}"
    ]
    assert found.resources[1].expression == "[concat('rg-', parameters('env'))]"


def test_an_unknown_management_group(plan: Planner) -> None:
    inner = plan.nested(
        "n",
        {"resources": [plan.resource("[managementGroup().name]")]},
        scope="[concat('/providers/Microsoft.Management/managementGroups/', parameters('mg'))]",
        location="x",
    )
    found = plan({"parameters": {"mg": STRING}, "resources": [inner]})

    assert rows(found) == [
        "/providers/Microsoft.Management/managementGroups/{mg}/providers/A.B/c/{mg}"
    ]


def test_inner_scope_sees_its_own_place_and_values(plan: Planner) -> None:
    inner = plan.nested(
        "n",
        {
            "parameters": {"p": STRING, "d": {"type": "string", "defaultValue": "d"}},
            "variables": {"v": "[concat(parameters('p'), parameters('d'), deployment().name)]"},
            "resources": [plan.resource("[variables('v')]", location="[resourceGroup().location]")],
        },
        parameters={"P": {"value": "[variables('v')]"}, "d": {"value": None}},
        resourceGroup="b",
    )
    found = plan({"variables": {"v": "outer"}, "resources": [inner]})

    assert names(found) == ["outerdn"]
    assert found.resources[2].location == "{location}"


def test_the_groups_location_is_known_in_the_same_group(plan: Planner) -> None:
    row = plan.resource(location="[resourceGroup().location]")
    found = plan({"resources": [plan.nested("n", {"resources": [row]}, resourceGroup="RG")]})

    assert found.resources[2].location == "westeurope"


def test_a_nested_parameter_without_a_value_is_refused(plan: Planner) -> None:
    with pytest.raises(ParameterProblem, match="no value for the parameter `p`"):
        plan({"resources": [plan.nested("n", {"parameters": {"p": STRING}})]})


@pytest.mark.parametrize(
    ("given", "message"),
    [({"q": {"value": 1}}, "no parameter `q`"), ({"p": {"value": 1}}, "expected string")],
)
def test_nested_values_that_do_not_fit_are_refused(
    plan: Planner, given: Json, message: str
) -> None:
    with pytest.raises(ParameterProblem, match=message) as caught:
        plan({"resources": [plan.nested("n", {"parameters": {"p": STRING}}, parameters=given)]})
    assert caught.value.where is not None
    assert caught.value.where.label.startswith("main.json:")


def test_a_vault_reference(plan: Planner) -> None:
    reference: Json = {
        "reference": {
            "keyVault": {"id": "[resourceId('Microsoft.KeyVault/vaults', parameters('kv'))]"},
            "secretName": "s",
        }
    }
    inner = plan.nested(
        "n",
        {"parameters": {"p": {"type": "securestring"}}},
        parameters={"p": reference},
    )
    found = plan({"parameters": {"kv": STRING}, "resources": [inner]})

    facts = found.resources[1].deployment
    assert facts is not None
    ((vault, place),) = facts.vaults
    assert vault == Scope(f"{RG}/providers/Microsoft.KeyVault/vaults/{{kv}}")
    assert place.pointer == "/resources/0/properties/parameters/p"


def test_static_outputs_reach_later_names_whatever_the_order(plan: Planner) -> None:
    later = plan.nested(
        "later",
        {"parameters": {"p": STRING}, "resources": [plan.resource("[parameters('p')]")]},
        parameters={"p": {"value": "[reference('first').outputs.o.value]"}},
    )
    first = plan.nested("first", {"outputs": {"o": {"type": "string", "value": "name"}}})
    user = plan.resource("z", properties={"v": "[reference('first').outputs.o.value]"})
    found = plan({"resources": [later, first, user]})

    assert names(found) == ["name", "z"]
    assert found.resources[-1].body == {"properties": {"v": "name"}}
    assert [call.function for call in found.resources[1].calls] == ["reference"]


def test_outputs_by_symbol_id_loop_and_full(plan: Planner) -> None:
    output: Json = {"o": {"type": "int", "value": "[parameters('i')]"}}
    loop = plan.nested(
        "[format('m{0}', copyIndex())]",
        {"parameters": {"i": {"type": "int"}}, "outputs": output},
        parameters={"i": {"value": "[copyIndex()]"}},
        copy={"name": "loop", "count": 3},
    )
    one = plan.nested(
        "one",
        {"parameters": {"i": {"type": "int"}}, "outputs": output},
        parameters={"i": {"value": 7}},
    )
    values: Json = {
        "element": "[reference('many[1]').outputs.o.value]",
        "all": "[map(references('many'), lambda('m', lambdaVariables('m').outputs.o.value))]",
        "full": "[reference('one', '2022-09-01', 'full').properties.outputs.o.value]",
        "id": "[reference(resourceId('Microsoft.Resources/deployments', 'ONE')).outputs.o.value]",
    }
    user = plan.resource("z", properties=values)
    found = plan({"languageVersion": "2.0", "resources": {"many": loop, "one": one, "z": user}})

    assert found.resources[-1].body == {
        "properties": {"element": 1, "all": [0, 1, 2], "full": 7, "id": 7}
    }


def test_a_missing_output_is_refused_and_other_members_are_unknown(plan: Planner) -> None:
    first = plan.nested("first", {"outputs": {"o": {"type": "string", "value": "v"}}})
    user = plan.resource("z", properties={"v": "[reference('first').provisioningState]"})

    assert plan({"resources": [first, user]}).resources[-1].name == "z"
    wrong = plan.resource("z", properties={"v": "[reference('first').outputs.nope.value]"})
    with pytest.raises(EvaluationProblem, match="nope"):
        plan({"resources": [first, wrong]})


def test_outputs_of_a_deployment_that_is_off_are_unknown(plan: Planner) -> None:
    first = plan.nested("a", {"outputs": {"o": {"type": "string", "value": "v"}}}, condition=False)
    user = plan.resource("[concat('z', parameters('p'))]")
    later = plan.nested(
        "b",
        {"parameters": {"p": STRING}, "resources": [user]},
        parameters={"p": {"value": "[reference('a').outputs.o.value]"}},
    )
    found = plan({"resources": [first, later]})

    assert names(found) == ["z{a.outputs.o.value}"]


def test_deployments_that_read_each_other_stay_unknown(plan: Planner) -> None:
    def one(name: str, other: str) -> Json:
        return plan.nested(
            name,
            {
                "parameters": {"p": STRING},
                "resources": [plan.resource(f"[concat('{name}-', parameters('p'))]")],
                "outputs": {"o": {"type": "string", "value": "known"}},
            },
            parameters={"p": {"value": f"[reference('{other}').outputs.o.value]"}},
        )

    found = plan({"resources": [one("a", "b"), one("b", "a")]})

    assert names(found) == ["a-known", "b-{a.outputs.o.value}"]


def test_nothing_inside_a_deployment_that_is_off(plan: Planner) -> None:
    inner = plan.nested("n", {"resources": [plan.resource("[fail('x')]")]}, condition=False)
    found = plan({"resources": [inner]})

    (row,) = found.resources[1:]
    assert row.condition is Condition.FALSE
    assert row.deployment is not None


def test_conditions_join(plan: Planner) -> None:
    inside: list[JsonValue] = [
        plan.resource("a"),
        plan.resource("b", condition=True),
        plan.resource("c", condition=False),
        plan.resource("d", condition="[parameters('p')]"),
    ]
    bool_p: Json = {"p": {"type": "bool"}}
    inner = plan.nested(
        "n",
        {"parameters": bool_p, "resources": inside},
        parameters={"p": {"value": "[parameters('p')]"}},
        condition="[parameters('p')]",
    )

    open_one = plan({"parameters": bool_p, "resources": [inner]})
    assert [row.condition.value for row in open_one.resources[1:]] == [
        "unknown",
        "unknown",
        "unknown",
        "false",
        "unknown",
    ]
    assert all(row.undecided for row in open_one.resources[1:])
    held = plan({"parameters": bool_p, "resources": [inner]}, p=True)
    assert [row.condition.value for row in held.resources[2:]] == ["true", "true", "false", "true"]


def test_outer_scope_is_evaluated_with_the_parents_names_then_again(plan: Planner) -> None:
    inside = plan.resource(
        "[concat(variables('v'), resourceGroup().name)]",
        properties={"again": "[[toUpper('a')]", "twice": "[concat('[[x', ']')]"},
    )
    outer = plan.nested(
        "n",
        {"variables": {"v": "inner"}, "resources": [inside]},
        inner=False,
        resourceGroup="b",
    )
    found = plan({"variables": {"v": "parent-"}, "resources": [outer]})

    assert rows(found) == [RG.replace("/rg", "/b") + "/providers/A.B/c/parent-rg"]
    assert found.resources[2].body == {"properties": {"again": "A", "twice": "[x]"}}


def test_outer_scope_uses_the_parents_loop(plan: Planner) -> None:
    outer = plan.nested(
        "[concat('n', copyIndex())]",
        {"resources": [plan.resource("[concat('x', copyIndex('l', 1))]")]},
        inner=False,
        copy={"name": "l", "count": 2},
    )

    assert names(plan({"resources": [outer]})) == ["x1", "x2"]
    own = plan.resource("[concat('x', copyIndex())]", copy={"name": "o", "count": 2})
    with pytest.raises(EvaluationProblem):
        plan({"resources": [plan.nested("n", {"resources": [own]}, inner=False)]})


def test_unknown_parts_of_an_outer_template(plan: Planner) -> None:
    inside = plan.resource(
        "[concat('x-', parameters('p'))]",
        condition="[equals(parameters('p'), 'a')]",
        tags={"[parameters('p')]": 1},
    )
    outer = plan.nested("n", {"resources": [inside]}, inner=False)
    found = plan({"parameters": {"p": STRING}, "resources": [outer]})

    row = found.resources[2]
    assert (row.name, row.condition) == ("x-{p}", Condition.UNKNOWN)
    assert row.expression == "[concat('x-', parameters('p'))]"
    assert str(list(row.body["tags"] if isinstance(row.body["tags"], dict) else [])) == "['{p}']"


def test_an_outer_template_of_unknown_shape_is_a_gap(plan: Planner) -> None:
    outer = plan.nested("n", {"resources": "[parameters('list')]"}, inner=False)
    found = plan({"parameters": {"list": {"type": "array"}}, "resources": [outer]})

    assert [gap.kind for gap in found.gaps] == [GapKind.NESTED_DEPLOYMENT]
    assert found.resources[1].deployment is not None
    assert found.resources[1].deployment.expanded is False


def test_inner_scope_inside_outer_scope_keeps_its_own_template(plan: Planner) -> None:
    innermost = plan.nested(
        "b",
        {"parameters": {"p": STRING}, "resources": [plan.resource("[parameters('p')]")]},
        parameters={"p": {"value": "[variables('v')]"}},
    )
    outer = plan.nested("a", {"resources": [innermost]}, inner=False)

    assert names(plan({"variables": {"v": "deep"}, "resources": [outer]})) == ["deep"]


def test_a_name_in_an_outer_template_may_be_that_of_its_own_resource(plan: Planner) -> None:
    reader = plan.resource("b", properties={"v": "[reference('a').x]"})
    outer = plan.nested("n", {"resources": [plan.resource("a"), reader]}, inner=False)
    found = plan({"resources": [outer]})

    (call,) = found.resources[1].calls
    assert call.target == Scope(f"{RG}/providers/A.B/c/a")


def linked(plan: Planner, link: Json, **properties: JsonValue) -> Json:
    """Return a deployment with a template link."""
    deployment = plan.nested("n", {})
    return {**deployment, "properties": {"mode": "Incremental", "templateLink": link, **properties}}


def test_a_linked_template_is_evaluated_with_its_own_positions(plan: Planner) -> None:
    plan.linked["sub/a.json"] = {
        "parameters": {"p": STRING},
        "resources": [plan.resource("[parameters('p')]")],
    }
    one = linked(plan, {"relativePath": "sub/a.json"}, parameters={"p": {"value": "linked"}})
    found = plan({"resources": [one]})

    assert names(found) == ["linked"]
    place = found.resources[2].place
    assert place.source.name == "sub/a.json"
    assert [step.source.name for step in place.via] == ["main.json"]


def test_a_template_that_is_not_at_hand_is_a_gap(plan: Planner) -> None:
    spec = f"{RG}/providers/Microsoft.Resources/templateSpecs/s/versions/1"
    found = plan({"resources": [linked(plan, {"id": spec})]})

    (gap,) = found.gaps
    assert (gap.kind, gap.target) == (GapKind.LINKED_TEMPLATE, spec)
    assert gap.origin.pointer == "/resources/0/properties/templateLink"
    facts = found.resources[1].deployment
    assert facts is not None
    assert (facts.expanded, facts.template_spec) == (False, Scope(spec))


def test_a_link_that_is_unknown_is_a_gap_named_by_its_expression(plan: Planner) -> None:
    uri = "[uri(deployment().properties.templateLink.uri, 'a.json')]"
    user = plan.resource("z", properties={"v": "[reference('n').outputs.o.value]"})
    found = plan({"resources": [linked(plan, {"uri": uri}), user]})

    assert [(gap.kind, gap.target) for gap in found.gaps] == [(GapKind.LINKED_TEMPLATE, uri)]
    assert found.resources[-1].name == "z"


def test_linked_parameters_are_a_gap_and_their_values_unknown(plan: Planner) -> None:
    row = plan.resource("[concat('x-', parameters('p'))]")
    deployment = plan.nested("n", {"parameters": {"p": STRING}, "resources": [row]})
    properties = deployment["properties"]
    assert isinstance(properties, dict)
    properties["parametersLink"] = {"uri": "https://example.org/p.json"}
    found = plan({"resources": [deployment]})

    assert names(found) == ["x-{p}"]
    assert [gap.target for gap in found.gaps] == ["https://example.org/p.json"]


@pytest.mark.parametrize("members", [{}, {"template": {}, "templateLink": {"uri": "x"}}])
def test_a_deployment_has_exactly_one_template(plan: Planner, members: Json) -> None:
    deployment = {**plan.nested("n", {}), "properties": {"mode": "Incremental", **members}}
    with pytest.raises(EvaluationProblem, match="template"):
        plan({"resources": [deployment]})


def versioned(plan: Planner, scope: str | None) -> Json:
    """Return a template with a language version that nests one, and names for both."""
    names: Json = {"parameters": {"p": {"type": "string", "defaultValue": "inner"}}}
    resource = plan.resource("[parameters('p')]")
    deployment = plan.nested("n", {**names, "resources": [resource]}, inner=False)
    properties = deployment["properties"]
    assert isinstance(properties, dict)
    if scope is not None:
        properties["expressionEvaluationOptions"] = {"scope": scope}
    return {
        "languageVersion": "2.0",
        "parameters": {"p": {"type": "string", "defaultValue": "outer"}},
        "resources": {"d": deployment},
    }


@pytest.mark.parametrize("scope", [None, "NotSpecified", "Inner"])
def test_inner_scope_is_the_default_with_a_language_version(
    plan: Planner, scope: str | None
) -> None:
    assert names(plan(versioned(plan, scope))) == ["inner"]


def test_outer_scope_is_refused_with_a_language_version(plan: Planner) -> None:
    with pytest.raises(EvaluationProblem, match="cannot nest one of outer scope"):
        plan(versioned(plan, "outer"))


def test_an_unknown_scope_of_evaluation_is_refused(plan: Planner) -> None:
    deployment = plan.nested("n", {})
    properties = deployment["properties"]
    assert isinstance(properties, dict)
    properties["expressionEvaluationOptions"] = {"scope": "both"}
    with pytest.raises(EvaluationProblem, match="neither `inner` nor `outer`"):
        plan({"resources": [deployment]})


def deep(plan: Planner, depth: int) -> Json:
    """Return deployments inside each other."""
    parts: Json = {"resources": [plan.resource("bottom")]}
    for level in range(depth):
        parts = {"resources": [plan.nested(f"n{level}", parts)]}
    return parts


def test_depth_is_bounded(plan: Planner) -> None:
    assert names(plan(deep(plan, 20))) == ["bottom"]
    with pytest.raises(LimitExceeded, match="more than 20 deep"):
        plan(deep(plan, 21))


def test_a_chain_of_links_is_bounded_by_depth_not_by_the_stack(plan: Planner) -> None:
    plan.linked["loop.json"] = {"resources": [linked(plan, {"relativePath": "loop.json"})]}
    plan.place = replace(plan.place, limits=Limits(depth=400, deployments=1000))
    with pytest.raises(LimitExceeded, match="more than 400 deep"):
        plan({"resources": [linked(plan, {"relativePath": "loop.json"})]})


def test_what_ails_a_perhaps_deployed_template_is_a_note(plan: Planner) -> None:
    broken = plan.nested("n", {"variables": {"v": "[fail('x')]"}}, condition="[parameters('p')]")
    parts: Json = {"parameters": {"p": {"type": "bool"}}, "resources": [broken]}

    found = plan(parts)
    assert [note.code for note in found.notes] == ["parameter-missing", "refused-if-deployed"]
    with pytest.raises(InputError):
        plan(parts, p=True)


def test_calls_in_nested_outputs_are_calls_of_the_plan(plan: Planner) -> None:
    output: Json = {"o": {"type": "string", "value": "[listKeys('x', '2020-01-01').key]"}}
    inner = plan.nested("n", {"resources": [plan.resource("x")], "outputs": output})
    found = plan({"resources": [inner]})

    (call,) = found.calls
    assert (call.function, call.target, call.api_version) == (
        "listKeys",
        Scope(f"{RG}/providers/A.B/c/x"),
        "2020-01-01",
    )
    assert call.place.pointer.endswith("/outputs/o/value")


def test_the_location_of_a_group_that_is_written_is_known_inside_it(plan: Planner) -> None:
    subscription = plan.at(DeploymentScope.SUBSCRIPTION)
    group = plan.resource("New", "Microsoft.Resources/resourceGroups", location="north")
    row = plan.resource("[concat('x-', resourceGroup().location)]")

    def into(name: str) -> Json:
        return plan.nested(name, {"resources": [row]}, resourceGroup=name)

    found = subscription({"resources": [into("new"), into("other"), group]})

    assert [row.name for row in found.resources if row.deployment is None] == [
        "x-north",
        "x-{location}",
        "New",
    ]


def test_the_state_of_a_written_resource_is_what_the_template_writes(plan: Planner) -> None:
    written = plan.resource(
        "w",
        properties={
            "name": "[concat('a', 'b')]",
            "deep": {"list": [{"id": "i"}], "nothing": None},
            "open": "[reference('later').x]",
        },
    )
    later = plan.resource("later", properties={"x": "[parameters('p')]"})
    inner = plan.nested(
        "n",
        {"parameters": {"p": STRING}, "resources": [plan.resource("[parameters('p')]")]},
        parameters={"p": {"value": "[reference('w').name]"}},
    )
    reads: Json = {
        "id": "[reference(resourceId('A.B/c', 'W'), '2020-01-01').deep.list[0].id]",
        "full": "[reference('w', '2020-01-01', 'full').properties.name]",
        "missing": "[reference('w').deep.list[0].zz]",
        "null": "[reference('w').deep.nothing]",
        "version": "[reference('w', '2021-01-01').name]",
        "location": "[reference('w', '2020-01-01', 'full').location]",
        "open": "[reference('w').open]",
    }
    found = plan(
        {
            "parameters": {"p": STRING},
            "resources": [inner, written, later, plan.resource("z", properties=reads)],
        }
    )

    assert names(found) == ["ab", "w", "later", "z"]
    properties = found.resources[-1].body["properties"]
    assert isinstance(properties, dict)
    labels = {k: v.label if isinstance(v, Unknown) else v for k, v in properties.items()}
    assert labels == {
        "id": "i",
        "full": "ab",
        "missing": "w.deep.list.0.zz",
        "null": "w.deep.nothing",
        "version": "w.name",
        "location": "w.location",
        "open": "p",
    }
    assert len(found.resources[-1].calls) == len(reads)


@pytest.mark.parametrize("members", [{"condition": False}, {"condition": "[parameters('f')]"}])
def test_the_state_of_what_is_perhaps_not_written_is_unknown(plan: Planner, members: Json) -> None:
    written = {**plan.resource("w", properties={"v": "known"}), **members}
    reader = plan.resource("z", properties={"v": "[reference('w').v]"})
    found = plan({"parameters": {"f": {"type": "bool"}}, "resources": [written, reader]})

    properties = found.resources[-1].body["properties"]
    assert isinstance(properties, dict)
    assert isinstance(properties["v"], Unknown)


def test_resources_that_read_each_other_stay_unknown(plan: Planner) -> None:
    one = plan.resource("a", properties={"v": "[reference('b').v]"})
    two = plan.resource("b", properties={"v": "[reference('a').v]"})
    found = plan({"resources": [one, two]})

    assert [isinstance(row.body["properties"], dict) for row in found.resources[1:]] == [True, True]


def expressed(plan: Planner, **properties: JsonValue) -> Json:
    """Return an inner-scope deployment with some properties put in place of its own."""
    deployment = plan.nested(
        "n", {"parameters": {"p": STRING}, "resources": [plan.resource("[parameters('p')]")]}
    )
    own = deployment["properties"]
    assert isinstance(own, dict)
    return {**deployment, "properties": {**own, **properties}}


@pytest.mark.parametrize(
    "parameters", ["[variables('all')]", {"p": "[variables('entry')]"}, {"p": {"value": "v"}}]
)
def test_parameters_may_be_expressions(plan: Planner, parameters: JsonValue) -> None:
    variables: Json = {"all": {"p": {"value": "v"}}, "entry": {"value": "v"}}
    deployment = expressed(plan, parameters=parameters)

    assert names(plan({"variables": variables, "resources": [deployment]})) == ["v"]


@pytest.mark.parametrize(
    ("parameters", "name"),
    [("[parameters('all')]", "{p}"), ({"p": "[parameters('all').p]"}, "{all.p}")],
)
def test_parameters_that_are_unknown(plan: Planner, parameters: JsonValue, name: str) -> None:
    deployment = expressed(plan, parameters=parameters)
    found = plan({"parameters": {"all": {"type": "object"}}, "resources": [deployment]})

    assert names(found) == [name]


def test_a_template_may_be_an_expression(plan: Planner) -> None:
    template: Json = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": [plan.resource("made")],
    }
    deployment = expressed(plan, template="[variables('t')]")
    whole = {**deployment, "properties": "[variables('properties')]"}
    variables: Json = {
        "t": template,
        "properties": {"template": template, "expressionEvaluationOptions": {"scope": "inner"}},
    }

    assert names(plan({"variables": variables, "resources": [deployment]})) == ["made"]
    assert names(plan({"variables": variables, "resources": [whole]})) == ["made"]


def test_a_template_that_is_unknown_is_a_gap(plan: Planner) -> None:
    deployment = expressed(plan, template="[parameters('t')]")
    found = plan({"parameters": {"t": {"type": "object"}}, "resources": [deployment]})

    assert [gap.kind for gap in found.gaps] == [GapKind.NESTED_DEPLOYMENT]


def test_references_of_an_unknown_loop_are_unknown(plan: Planner) -> None:
    loop = plan.nested(
        "[format('m{0}', copyIndex())]",
        {"outputs": {"o": {"type": "string", "value": "v"}}},
        copy={"name": "loop", "count": "[length(parameters('list'))]"},
    )
    user = plan.resource(
        "z", properties={"all": "[references('many')]", "one": "[reference('many[0]').outputs.o]"}
    )
    found = plan(
        {
            "languageVersion": "2.0",
            "parameters": {"list": {"type": "array"}},
            "resources": {"many": loop, "z": user},
        }
    )

    properties = found.resources[-1].body["properties"]
    assert isinstance(properties, dict)
    assert isinstance(properties["all"], Unknown)
    assert [call.target for call in found.resources[-1].calls] == [found.resources[1].id] * 2


def test_calls_whose_target_is_unknown(plan: Planner) -> None:
    values: Json = {
        "whole": "[listKeys(parameters('id'), '1').k]",
        "part": "[listKeys(resourceId('A.B/c', parameters('id')), '1').k]",
        "name": "[reference('elsewhere').x]",
    }
    user = plan.resource("z", properties=values)
    found = plan({"parameters": {"id": STRING}, "resources": [user]})

    assert [call.target for call in found.resources[1].calls] == [
        Scope("{id}"),
        Scope(f"{RG}/providers/A.B/c/{{id}}"),
        None,
    ]
