from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import pytest

from preflight.errors import LimitExceeded, ParameterProblem
from preflight.evaluate.environment import Environment, Limits
from preflight.evaluate.frame import EvaluationProblem
from preflight.model.plan import Condition, Plan
from preflight.model.scope import Scope
from preflight.model.source import Place, SourceFile
from preflight.model.template import (
    ChangeKind,
    DeploymentScope,
    ParameterValue,
    SecretReference,
)
from preflight.model.value import Cause, JsonValue, PartialText, Unknown

RG = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg"
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


def ids(plan: Plan) -> list[str]:
    """IDs of all rows but the root deployment, below the resource group."""
    return [row.id.text.removeprefix(f"{RG}/providers/") for row in plan.resources[1:]]


def test_the_root_deployment_is_the_first_row(plan: Planner) -> None:
    found = plan({"resources": [plan.resource()]})

    root, row = found.resources
    assert root.id == Scope(f"{RG}/providers/Microsoft.Resources/deployments/main")
    assert root.place.position == (1, 1)
    assert root.within is None
    assert root.deployment is not None
    assert root.deployment.root
    assert root.deployment.target == Scope(RG)
    assert row.within == root.id
    assert row.place.pointer == "/resources/0"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (DeploymentScope.TENANT, "/providers/A.B/c/x"),
        (
            DeploymentScope.MANAGEMENT_GROUP,
            "/providers/Microsoft.Management/managementGroups/corp/providers/A.B/c/x",
        ),
        (
            DeploymentScope.SUBSCRIPTION,
            "/subscriptions/11111111-1111-1111-1111-111111111111/providers/A.B/c/x",
        ),
    ],
)
def test_resources_stand_at_the_scope_of_the_deployment(
    plan: Planner, kind: DeploymentScope, expected: str
) -> None:
    found = plan.at(kind)({"resources": [plan.resource()]})

    assert [row.id.text for row in found.resources[1:]] == [expected]


def test_a_place_that_is_not_given_stays_a_placeholder(plan: Planner) -> None:
    plan.place = Environment()
    found = plan({"resources": [plan.resource("[uniqueString(resourceGroup().id)]")]})

    assert found.resources[1].id.text == (
        "/subscriptions/{subscription}/resourceGroups/{resourceGroup}/providers/A.B/c/{subscription}"
    )
    assert found.resources[1].expression == "[uniqueString(resourceGroup().id)]"


def test_the_given_place_decides_and_a_schema_that_differs_is_noted(plan: Planner) -> None:
    found = plan({"$schema": "https://x/schemas/2018-05-01/subscriptionDeploymentTemplate.json#"})

    assert found.kind is DeploymentScope.RESOURCE_GROUP
    assert [note.code for note in found.notes] == ["schema-differs"]
    assert found.notes[0].origin is not None
    assert found.notes[0].origin.position.line > 1


def test_a_parameter_without_a_value_is_unknown_and_noted(plan: Planner) -> None:
    row = plan.resource("[concat('vm-', parameters('name'))]")
    found = plan({"parameters": {"name": {"type": "string"}}, "resources": [row]})

    assert ids(found) == ["A.B/c/vm-{name}"]
    (note,) = found.notes
    assert note.code == "parameter-missing"
    assert "-p name=VALUE" in note.message
    assert note.origin is not None
    assert note.origin.pointer == "/parameters/name"


@pytest.mark.parametrize(
    ("schema", "given", "expected"),
    [
        ({"type": "string"}, "v", "v"),
        ({"type": "string", "defaultValue": "d"}, "v", "v"),
        ({"type": "string", "defaultValue": "[concat('d', 'e')]"}, None, "de"),
        ({"type": "string", "defaultValue": "[fail('x')]"}, "v", "v"),
        ({"type": "string", "nullable": True}, None, None),
    ],
)
def test_values_defaults_and_nothing(
    plan: Planner, schema: Json, given: JsonValue, expected: JsonValue
) -> None:
    output: Json = {"type": "string", "nullable": True, "value": "[parameters('p')]"}
    parts: Json = {"parameters": {"p": schema}, "outputs": {"o": output}, "resources": {}}
    found = plan({"languageVersion": "2.0", **parts}, p=given)

    assert found.outputs == {"o": expected}


def test_a_value_for_a_parameter_that_is_not_declared_is_refused(plan: Planner) -> None:
    with pytest.raises(ParameterProblem, match="no parameter `q`"):
        plan({"parameters": {"p": {"type": "string"}}}, q=1)


def test_a_value_that_does_not_fit_is_refused_where_it_was_given(
    plan: Planner,
) -> None:
    place = Place(source=SourceFile("p.json", "{}"), pointer="/parameters/p")
    given = {"p": ParameterValue(value=5, place=place)}
    plan.place = replace(plan.place, parameters=given)

    with pytest.raises(ParameterProblem, match="expected string, got integer") as caught:
        plan({"parameters": {"p": {"type": "string"}}})
    assert caught.value.where == place


def test_a_default_that_does_not_fit_is_refused(plan: Planner) -> None:
    with pytest.raises(ParameterProblem, match="none of the allowed values") as caught:
        plan({"parameters": {"p": {"type": "string", "defaultValue": "a", "allowedValues": ["b"]}}})
    assert caught.value.where is not None


def test_a_secure_value_is_hidden_but_its_length_is_known(plan: Planner) -> None:
    found = plan(
        {
            "parameters": {"s": {"type": "secureString"}},
            "resources": [plan.resource("[concat('a-', parameters('s'), '-b')]")],
            "outputs": {"n": {"type": "int", "value": "[length(parameters('s'))]"}},
        },
        s="geheim",
    )

    assert ids(found) == ["A.B/c/a-{s}-b"]
    assert found.outputs == {"n": 6}
    assert "geheim" not in repr(found)


def test_a_vault_secret_is_unknown_and_its_vault_is_a_fact_of_the_root(plan: Planner) -> None:
    place = Place(source=SourceFile("p.json", "{}"))
    secret = SecretReference(vault="/subscriptions/s/vault", place=place)
    plan.place = replace(plan.place, parameters={"p": ParameterValue(secret=secret)})
    found = plan(
        {
            "parameters": {"p": {"type": "securestring"}},
            "resources": [plan.resource(properties={"v": "[parameters('p')]"})],
        }
    )

    assert found.resources[0].deployment is not None
    assert found.resources[0].deployment.vaults == ((Scope("/subscriptions/s/vault"), place),)
    assert found.resources[1].body == {"properties": {"v": Unknown(label="p", cause=Cause.SECURE)}}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (True, Condition.TRUE),
        (False, Condition.FALSE),
        ("[equals(1, 1)]", Condition.TRUE),
        ("TRUE", Condition.TRUE),
        ("false", Condition.UNKNOWN),
        ("perhaps", Condition.UNKNOWN),
        (1, Condition.UNKNOWN),
        ("[parameters('p')]", Condition.UNKNOWN),
        (None, Condition.NONE),
    ],
)
def test_conditions(plan: Planner, condition: JsonValue, expected: Condition) -> None:
    found = plan(
        {"parameters": {"p": {"type": "bool"}}, "resources": [plan.resource(condition=condition)]}
    )

    row = found.resources[1]
    assert row.condition is expected
    assert row.undecided is (expected is Condition.UNKNOWN)


def test_a_false_condition_is_not_evaluated_and_listed_where_its_id_is_known(plan: Planner) -> None:
    off = plan.resource("[fail('never')]", condition=False)
    known = plan.resource(condition=False, properties={"p": "[fail('never')]"})
    found = plan({"resources": [off, known]})

    assert ids(found) == ["A.B/c/x"]
    assert found.resources[1].body == {}


def test_a_child_has_a_condition_of_its_own(plan: Planner) -> None:
    parent = plan.resource(condition=False, resources=[plan.resource("y", "d")])
    found = plan({"resources": [parent]})

    assert [(row.name, row.condition) for row in found.resources[1:]] == [
        ("x", Condition.FALSE),
        ("x/y", Condition.NONE),
    ]


def test_children_in_all_their_forms(plan: Planner) -> None:
    children: list[JsonValue] = [
        plan.resource("y", "d", resources=[plan.resource("z", "e")]),
        plan.resource("x/w", "A.B/c/d"),
        plan.resource("l", "M.A/locks"),
        plan.resource("M.A/k", "providers/locks"),
    ]
    found = plan({"resources": [plan.resource(resources=children)]})

    assert ids(found) == [
        "A.B/c/x",
        "A.B/c/x/d/y",
        "A.B/c/x/d/y/e/z",
        "A.B/c/x/d/w",
        "M.A/locks/l",
        "A.B/c/x/providers/M.A/locks/k",
    ]
    assert found.resources[6].type == "A.B/c/providers/locks"
    assert found.resources[6].name == "x/M.A/k"


def test_extensions_by_scope(plan: Planner) -> None:
    found = plan(
        {
            "resources": [
                plan.resource(
                    "a", "M.A/locks", scope="A.B/c/x", resources=[plan.resource("k", "kids")]
                ),
                plan.resource("b", "M.A/locks", scope="/subscriptions/s/resourceGroups/o"),
                plan.resource("c", "M.A/locks", scope="[parameters('vm')]"),
            ],
            "parameters": {"vm": {"type": "string"}},
        }
    )

    assert ids(found) == [
        "A.B/c/x/providers/M.A/locks/a",
        "A.B/c/x/providers/M.A/locks/a/kids/k",
        "/subscriptions/s/resourceGroups/o/providers/M.A/locks/b",
        "{vm}/providers/M.A/locks/c",
    ]
    assert found.resources[4].expression == "[parameters('vm')]"


def test_a_nested_child_cannot_have_a_scope(plan: Planner) -> None:
    with pytest.raises(EvaluationProblem, match="cannot have a `scope`"):
        plan({"resources": [plan.resource(resources=[plan.resource("y", "d", scope="A.B/c/z")])]})


def test_the_type_is_no_expression(plan: Planner) -> None:
    with pytest.raises(EvaluationProblem, match="cannot be an expression"):
        plan({"resources": [plan.resource(of="[concat('A.B', '/c')]")]})


def test_a_wrong_number_of_segments_is_refused_with_the_line(plan: Planner) -> None:
    with pytest.raises(EvaluationProblem, match="has 2 segments") as caught:
        plan({"resources": [plan.resource("a/b")]})
    assert caught.value.where is not None
    assert caught.value.where.label.startswith("main.json:")


def test_the_body_is_the_declaration_less_its_identity(plan: Planner) -> None:
    declared = plan.resource(
        location="[resourceGroup().location]",
        comments="[fail('x')]",
        metadata={"m": "[fail('x')]"},
        dependsOn=[],
        tags={"[concat('a', 'b')]": "[add(1, 2)]"},
        properties=None,
        sku={"name": "S1", "tier": None},
    )
    found = plan({"resources": [declared]})

    row = found.resources[1]
    assert row.body == {
        "location": "westeurope",
        "tags": {"ab": 3},
        "sku": {"name": "S1", "tier": None},
    }
    assert (row.location, row.api_version) == ("westeurope", "2020-01-01")


def test_existing_rows_and_who_reads_their_state(plan: Planner) -> None:
    existing = {
        "quiet": plan.resource("q", existing=True),
        "needed": plan.resource("n", existing=True, resourceGroup="other"),
        "read": plan.resource("r", existing=True, scope="A.B/c/p"),
    }
    user = plan.resource(
        "u",
        dependsOn=["needed"],
        properties={"a": "[reference('read').x]", "b": "[listKeys('quiet', '1').k]"},
    )
    found = plan({"languageVersion": "2.0", "resources": {**existing, "user": user}})

    rows = {row.symbol: row for row in found.resources[1:]}
    assert {symbol: row.read_state for symbol, row in rows.items()} == {
        "quiet": False,
        "needed": True,
        "read": True,
        "user": False,
    }
    assert rows["needed"].change is ChangeKind.EXISTING
    assert rows["needed"].id.text == RG.replace("/rg", "/other") + "/providers/A.B/c/n"
    assert rows["read"].id.text == f"{RG}/providers/A.B/c/p/providers/A.B/c/r"
    assert rows["user"].depends_on == (rows["needed"].id,)


@pytest.mark.parametrize("member", ["location", "kind", "zones", "identity"])
def test_run_time_calls_are_for_properties_tags_and_sku(plan: Planner, member: str) -> None:
    with pytest.raises(EvaluationProblem, match="not allowed here"):
        plan({"resources": [plan.resource(**{member: "[reference('x').y]"})]})


def test_more_resources_than_arm_takes_are_refused(plan: Planner) -> None:
    loop = plan.resource("[concat('a', copyIndex())]", copy={"name": "l", "count": 800})
    off = plan.resource("b", condition=False)

    assert len(plan({"resources": [loop, off]}).resources) == 802
    with pytest.raises(EvaluationProblem, match="more than 800 resources"):
        plan({"resources": [loop, plan.resource("b")]})


@pytest.mark.parametrize(
    ("section", "count"), [("parameters", 257), ("variables", 513), ("outputs", 65)]
)
def test_more_names_than_arm_takes_are_refused(plan: Planner, section: str, count: int) -> None:
    entry: Json = {"type": "int", {"parameters": "defaultValue"}.get(section, "value"): 1}
    with pytest.raises(EvaluationProblem, match=f"{count} {section}"):
        plan({section: {f"n{index}": entry for index in range(count)}})


@pytest.mark.parametrize(
    ("limits", "option"),
    [
        (Limits(resources=1), "--max-resources"),
        (Limits(deployments=1), "--max-deployments"),
        (Limits(depth=0), "--max-depth"),
        (Limits(steps=5), "--max-steps"),
    ],
)
def test_bounds_name_their_option(plan: Planner, limits: Limits, option: str) -> None:
    plan.place = replace(plan.place, limits=limits)
    inner = plan.nested("n", {"resources": [plan.resource("[concat('y', string(add(1, 2)))]")]})
    with pytest.raises(LimitExceeded) as caught:
        plan({"resources": [plan.resource("[toLower(concat('x', string(add(1, 2))))]"), inner]})
    assert option in caught.value.help


def test_resources_of_an_extension_are_not_checked(plan: Planner) -> None:
    group: Json = {
        "import": "graph",
        "type": "Microsoft.Graph/groups@v1.0",
        "properties": {"owner": "[reference('vm').identity]"},
    }
    found = plan(
        {
            "languageVersion": "2.0",
            "imports": {"graph": {"provider": "MicrosoftGraph", "version": "1.0.0"}},
            "resources": {"group": group, "vm": plan.resource("vm")},
        }
    )

    assert ids(found) == ["A.B/c/vm"]
    assert [row.what for row in found.not_checked] == ["Microsoft.Graph/groups@v1.0 `group`"]
    assert [call.target for call in found.calls] == [found.resources[1].id]


@pytest.mark.parametrize("member", ["import", "extension", "Extension"])
def test_a_named_resource_is_azures_whatever_extension_it_names(plan: Planner, member: str) -> None:
    declared = plan.resource(**{member: "graph"}, resources=[plan.resource("k", "kids")])
    found = plan({"resources": [declared]})

    assert ids(found) == ["A.B/c/x", "A.B/c/x/kids/k"]
    assert not found.not_checked


def test_what_may_never_be_deployed_may_fail(plan: Planner) -> None:
    declared = plan.resource(
        condition="[parameters('p')]", properties={"v": "[split(null(), '/')]"}
    )
    nameless = plan.resource("[fail('x')]", condition="[parameters('p')]")
    found = plan({"parameters": {"p": {"type": "bool"}}, "resources": [declared, nameless]})

    assert ids(found) == ["A.B/c/x"]
    assert [note.code for note in found.notes] == [
        "parameter-missing",
        "refused-if-deployed",
        "refused-if-deployed",
    ]
    with pytest.raises(EvaluationProblem):
        plan({"parameters": {"p": {"type": "bool"}}, "resources": [declared]}, p=True)


def test_a_name_with_an_unknown_part_keeps_its_known_parts(plan: Planner) -> None:
    found = plan(
        {
            "parameters": {"full": {"type": "string"}},
            "resources": [
                plan.resource(
                    "[concat(parameters('full'), '/current')]", "M.Sql/servers/databases/x"
                )
            ],
        }
    )

    assert ids(found) == ["M.Sql/servers/{full}/databases/{full}/x/current"]


def test_unknown_values_stand_in_bodies(plan: Planner) -> None:
    found = plan(
        {
            "parameters": {"p": {"type": "string"}},
            "resources": [plan.resource(properties={"v": "[concat('a', parameters('p'))]"})],
        }
    )

    unknown = Unknown(label="p", cause=Cause.PARAMETER)
    assert found.resources[1].body == {"properties": {"v": PartialText(("a", unknown))}}


def test_user_functions_and_variables(plan: Planner) -> None:
    function: Json = {
        "namespace": "n",
        "members": {
            "f": {
                "parameters": [{"name": "a", "type": "string"}],
                "output": {
                    "type": "string",
                    "value": "[concat(parameters('a'), variables('suffix'))]",
                },
            }
        },
    }
    found = plan(
        {
            "functions": [function],
            "variables": {"name": "[n.f('vm')]", "suffix": "-1"},
            "resources": [plan.resource("[variables('name')]")],
        }
    )

    assert ids(found) == ["A.B/c/vm-1"]


def test_a_long_chain_of_variables_needs_no_deep_stack(plan: Planner) -> None:
    chain = {f"v{i}": f"[concat(variables('v{i + 1}'), 'x')]" for i in range(500)}
    found = plan(
        {
            "variables": {**chain, "v500": ""},
            "outputs": {"n": {"type": "int", "value": "[length(variables('v0'))]"}},
        }
    )

    assert found.outputs == {"n": 500}


def test_an_undeclared_name_is_refused_where_it_is_read(plan: Planner) -> None:
    with pytest.raises(EvaluationProblem, match="no variable `nope`") as caught:
        plan({"resources": [plan.resource(properties={"v": "[variables('nope')]"})]})
    assert isinstance(caught.value.where, Place)
    assert caught.value.where.pointer == "/resources/0/properties/v"


def test_same_input_same_plan(plan: Planner) -> None:
    parts: Json = {
        "parameters": {"p": {"type": "string"}},
        "resources": [plan.resource("[parameters('p')]")],
    }

    first, second = plan(parts), plan(parts)
    assert [row.id for row in first.resources] == [row.id for row in second.resources]
    assert [row.body for row in first.resources] == [row.body for row in second.resources]


def test_an_empty_secure_default_hides_nothing(plan: Planner) -> None:
    parameters: Json = {"s": {"type": "securestring", "defaultValue": ""}}
    row = plan.resource("[concat('x', parameters('s'))]")

    assert ids(plan({"parameters": parameters, "resources": [row]})) == ["A.B/c/x"]
    assert ids(plan({"parameters": parameters, "resources": [row]}, s="")) == ["A.B/c/x{s}"]


def test_what_deployment_gives(plan: Planner) -> None:
    member = "deployment().properties"
    values: Json = {
        "name": "[deployment().name]",
        "version": f"[{member}.template.contentVersion]",
        "mode": f"[{member}.mode]",
        "link": f"[{member}.templateLink.uri]",
    }
    found = plan({"outputs": {"o": {"type": "object", "value": values}}}).outputs["o"]

    assert isinstance(found, dict)
    link = found.pop("link")
    assert found == {"name": "main", "version": "1.0.0.0", "mode": "Incremental"}
    assert isinstance(link, Unknown)
    with pytest.raises(EvaluationProblem):
        plan({"outputs": {"o": {"type": "string", "value": "[deployment().location]"}}})


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"dependsOn": "x"}, "`dependsOn` must be an array"),
        ({"name": "[1]"}, "must be text"),
        ({"scope": "[1]"}, "`scope` must be text"),
        ({"name": ""}, "empty name"),
    ],
)
def test_members_of_the_wrong_kind_are_refused(plan: Planner, members: Json, message: str) -> None:
    with pytest.raises(EvaluationProblem, match=message) as caught:
        plan({"resources": [{**plan.resource(), **members}]})
    assert caught.value.where is not None


def test_a_number_is_a_name(plan: Planner) -> None:
    assert ids(plan({"resources": [plan.resource(5)]})) == ["A.B/c/5"]


def test_dependencies_by_name_id_and_loop(plan: Planner) -> None:
    loop = plan.resource("[concat('l', copyIndex())]", copy={"name": "loop", "count": 2})
    last = plan.resource(
        "z", dependsOn=["loop", "A.B/c/x", "[resourceId('A.B/c', 'away')]", "[parameters('p')]"]
    )
    found = plan(
        {"parameters": {"p": {"type": "string"}}, "resources": [loop, plan.resource("x"), last]}
    )

    assert [
        str(scope).removeprefix(f"{RG}/providers/") for scope in found.resources[-1].depends_on
    ] == [
        "A.B/c/l0",
        "A.B/c/l1",
        "A.B/c/x",
        "A.B/c/away",
        "{p}",
    ]
