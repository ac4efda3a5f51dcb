from __future__ import annotations

from typing import Protocol

import pytest

from preflight.errors import LimitExceeded
from preflight.evaluate.environment import Environment
from preflight.evaluate.frame import EvaluationProblem
from preflight.model.plan import Plan
from preflight.model.template import DeploymentScope, GapKind
from preflight.model.value import Cause, JsonValue, Unknown

LIST: Json = {"list": {"type": "array"}}
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


def names(plan: Plan) -> list[str]:
    """Names of all rows but the root deployment's."""
    return [row.name for row in plan.resources[1:]]


def test_a_resource_loop_with_its_children(plan: Planner) -> None:
    child = plan.resource("[concat('y', copyIndex())]", "d")
    loop = plan.resource(
        "[concat('x', copyIndex('L', 1))]", copy={"name": "l", "count": 2}, resources=[child]
    )
    found = plan({"resources": [loop]})

    assert names(found) == ["x1", "x1/y0", "x2", "x2/y1"]
    assert [row.loop_index for row in found.resources[1:]] == [0, 0, 1, 1]


def test_no_iterations_no_rows(plan: Planner) -> None:
    assert names(plan({"resources": [plan.resource(copy={"name": "l", "count": 0})]})) == []


def test_conditions_are_decided_for_each_iteration(plan: Planner) -> None:
    loop = plan.resource(
        "[concat('x', copyIndex())]",
        condition="[equals(copyIndex(), 1)]",
        copy={"name": "l", "count": 2},
    )
    found = plan({"resources": [loop]})

    assert [row.condition.value for row in found.resources[1:]] == ["false", "true"]


@pytest.mark.parametrize("count", [-1, 801, "3", True, 1.5, "[createArray()]"])
def test_what_is_no_count_is_refused_even_if_nothing_is_deployed(
    plan: Planner, count: JsonValue
) -> None:
    loop = plan.resource("[fail('x')]", condition=False, copy={"name": "l", "count": count})
    with pytest.raises(EvaluationProblem, match="no copy count") as caught:
        plan({"resources": [loop]})
    assert caught.value.where is not None


@pytest.mark.parametrize("copy", [{"count": 1}, {"name": "l"}, [], 1])
def test_a_resource_loop_needs_name_and_count(plan: Planner, copy: JsonValue) -> None:
    with pytest.raises(EvaluationProblem, match="needs a name and a count"):
        plan({"resources": [plan.resource(copy=copy)]})


def test_counts_read_no_run_time_state(plan: Planner) -> None:
    loop = plan.resource(copy={"name": "l", "count": "[length(reference('x').y)]"})
    with pytest.raises(EvaluationProblem, match="not allowed here"):
        plan({"resources": [loop]})


def test_an_unknown_count_gives_one_undecided_row(plan: Planner) -> None:
    loop = plan.resource(
        "[concat('x-', copyIndex())]",
        copy={"name": "l", "count": "[length(parameters('list'))]"},
        properties={"v": "[listKeys(parameters('list')[copyIndex()], '1').key]"},
    )
    found = plan({"parameters": LIST, "resources": [loop]})

    (row,) = found.resources[1:]
    assert (row.name, row.undecided, row.loop_index) == ("x-{copyIndex}", True, None)
    assert [call.undecided for call in row.calls] == [True]
    assert found.gaps == ()


def test_an_unknown_count_is_a_gap_where_the_scope_depends_on_it(plan: Planner) -> None:
    each = "[parameters('list')[copyIndex()]]"
    loop: Json = {"name": "l", "count": "[length(parameters('list'))]"}
    deployment = plan.nested("n", {"resources": [plan.resource()]}, resourceGroup=each, copy=loop)
    extension = plan.resource("e", "M.A/locks", scope=each, copy=loop)
    found = plan({"parameters": LIST, "resources": [deployment, extension]})

    assert [gap.kind for gap in found.gaps] == [GapKind.LOOP, GapKind.LOOP]
    assert all("-p list=" in gap.settle for gap in found.gaps)
    assert found.gaps[0].target.endswith("/resourceGroups/{list}")


def test_an_unknown_loop_name_is_no_matter(plan: Planner) -> None:
    loop = plan.resource(
        "[concat('x', copyIndex())]", copy={"name": "[parameters('p')]", "count": 1}
    )
    found = plan({"parameters": {"p": {"type": "string"}}, "resources": [loop]})

    assert names(found) == ["x0"]


def body(plan: Planner, properties: JsonValue, **parameters: JsonValue) -> object:
    """Return the evaluated properties of one resource."""
    declared: Json = {"list": {"type": "array"}} if not parameters else {}
    row = plan.resource(properties=properties)
    return plan({"parameters": declared, "resources": [row]}).resources[1].body.get("properties")


def test_property_loops(plan: Planner) -> None:
    found = body(
        plan,
        {
            "a": 1,
            "Copy": [
                {"Name": "q", "COUNT": 2, "input": {"i": "[copyIndex('Q')]"}},
                {"name": "[concat('e', 'f')]", "count": 0, "input": 1},
            ],
            "deep": [{"copy": [{"name": "z", "count": 1, "input": "[copyIndex('z', 5)]"}]}],
        },
    )

    assert found == {"a": 1, "q": [{"i": 0}, {"i": 1}], "ef": [], "deep": [{"z": [5]}]}


@pytest.mark.parametrize(
    "copy",
    [
        {"name": "q", "count": 1, "input": 1},
        [{"name": "q", "count": 1}],
        [{"name": "q", "count": 1, "input": 1}, {"other": 1}],
        [{"name": 1, "count": 1, "input": 1}],
    ],
)
def test_what_is_no_loop_is_plain_data(plan: Planner, copy: JsonValue) -> None:
    assert body(plan, {"copy": copy}) == {"copy": copy}


def test_an_empty_list_of_loops_vanishes(plan: Planner) -> None:
    assert body(plan, {"copy": [], "a": 1}) == {"a": 1}


@pytest.mark.parametrize(
    "properties",
    [
        {"q": 5, "copy": [{"name": "q", "count": 1, "input": 1}]},
        {"copy": [{"name": "q", "count": 1, "input": 1}], "q": 5},
        {"copy": [{"name": "q", "count": 1, "input": 1}, {"name": "q", "count": 1, "input": 1}]},
    ],
)
def test_a_name_that_is_taken_is_refused(plan: Planner, properties: JsonValue) -> None:
    with pytest.raises(EvaluationProblem, match="named `q`"):
        body(plan, properties)


def test_a_loop_inside_the_input_of_another_is_refused(plan: Planner) -> None:
    inner: Json = {"copy": [{"name": "w", "count": 1, "input": 1}]}
    with pytest.raises(EvaluationProblem, match="inside the input of another"):
        body(plan, {"copy": [{"name": "q", "count": 1, "input": {"deep": [inner]}}]})
    plain: Json = {"copy": [{"x": 1}]}
    assert body(plan, {"copy": [{"name": "q", "count": 1, "input": plain}]}) == {"q": [plain]}


def test_a_property_loop_around_which_a_resource_loop_goes(plan: Planner) -> None:
    row = plan.resource(
        "[concat('x', copyIndex())]",
        copy={"name": "l", "count": 2},
        properties={
            "copy": [
                {"name": "q", "count": 2, "input": "[add(mul(copyIndex(), 10), copyIndex('q'))]"},
                {"name": "l", "count": 1, "input": "[copyIndex('l', 7)]"},
            ]
        },
    )
    found = plan({"resources": [row]})

    assert [row.body["properties"] for row in found.resources[1:]] == [
        {"q": [0, 1], "l": [7]},
        {"q": [10, 11], "l": [7]},
    ]


def test_a_property_loop_needs_its_name(plan: Planner) -> None:
    with pytest.raises(EvaluationProblem, match="no loop here"):
        body(plan, {"copy": [{"name": "q", "count": 1, "input": "[copyIndex()]"}]})


def test_a_property_loop_of_unknown_length_is_unknown_but_its_calls_are_found(
    plan: Planner,
) -> None:
    row = plan.resource(
        properties={
            "copy": [
                {
                    "name": "q",
                    "count": "[length(parameters('list'))]",
                    "input": "[listKeys(parameters('list')[copyIndex('q')], '1')]",
                }
            ]
        }
    )
    found = plan({"parameters": LIST, "resources": [row]})

    properties = found.resources[1].body["properties"]
    assert properties == {"q": Unknown(label="list", cause=Cause.PARAMETER)}
    assert [call.undecided for call in found.resources[1].calls] == [True]


def test_variable_loops(plan: Planner) -> None:
    found = plan(
        {
            "variables": {
                "copy": [
                    {"name": "a", "count": "[variables('n')]", "input": "[copyIndex('a')]"},
                    {"name": "[concat('b', 'c')]", "count": 1, "input": {"i": "[copyIndex('bc')]"}},
                ],
                "n": 2,
                "object": {
                    "x": 1,
                    "copy": [{"name": "y", "count": 1, "input": "[copyIndex('y')]"}],
                },
                "first": "[variables('a')[0]]",
            },
            "outputs": {
                "all": {
                    "type": "array",
                    "value": [
                        "[variables('a')]",
                        "[variables('bc')]",
                        "[variables('object')]",
                        "[variables('first')]",
                    ],
                }
            },
        }
    )

    assert found.outputs["all"] == [[0, 1], [{"i": 0}], {"x": 1, "y": [0]}, 0]


@pytest.mark.parametrize(
    "variables",
    [
        {"copy": {"name": "a", "count": 1, "input": 1}},
        {"copy": [{"name": "a", "count": 1}]},
        {"copy": [{"name": "a", "count": 1, "input": "[copyIndex()]"}]},
        {"a": 1, "copy": [{"name": "A", "count": 1, "input": 1}]},
        {"copy": [{"name": "a", "count": -1, "input": 1}]},
        {"a": "[variables('b')]", "b": "[variables('a')]"},
        {"a": "[variables('A')]"},
        {"a": "[fail('x')]"},
    ],
)
def test_variables_that_arm_refuses(plan: Planner, variables: JsonValue) -> None:
    with pytest.raises(EvaluationProblem) as caught:
        plan({"variables": variables})
    assert caught.value.where is not None


def test_a_variable_may_name_itself_where_it_is_not_reached(plan: Planner) -> None:
    variables: Json = {"a": "[if(true(), 1, variables('a'))]"}
    output: Json = {"o": {"type": "int", "value": "[variables('a')]"}}

    assert plan({"variables": variables, "outputs": output}).outputs == {"o": 1}


def test_parameter_defaults_may_read_variables_but_not_each_other_in_a_ring(plan: Planner) -> None:
    parameters: Json = {"a": {"type": "string", "defaultValue": "[variables('v')]"}}
    output: Json = {"o": {"type": "string", "value": "[parameters('a')]"}}
    found = plan({"parameters": parameters, "variables": {"v": "x"}, "outputs": output})
    assert found.outputs == {"o": "x"}

    with pytest.raises(EvaluationProblem, match="circular"):
        plan({"parameters": parameters, "variables": {"v": "[parameters('a')]"}})
    plan({"parameters": parameters, "variables": {"v": "[parameters('a')]"}}, a="given")


def test_output_loops_and_conditions(plan: Planner) -> None:
    found = plan(
        {
            "parameters": {**LIST, "p": {"type": "bool"}},
            "outputs": {
                "a": {"type": "array", "copy": {"count": 2, "input": {"i": "[copyIndex()]"}}},
                "off": {"type": "string", "condition": False, "value": "[fail('x')]"},
                "perhaps": {
                    "type": "string",
                    "condition": "[parameters('p')]",
                    "value": "[listKeys('x', '1').k]",
                },
                "open": {
                    "type": "array",
                    "copy": {"count": "[length(parameters('list'))]", "input": 1},
                },
                "plain": {"type": "object", "value": {"copy": [{"a": 1}]}},
                "secret": {"type": "secureString", "value": "geheim"},
            },
        }
    )

    assert list(found.outputs) == ["a", "perhaps", "open", "plain", "secret"]
    assert found.outputs["a"] == [{"i": 0}, {"i": 1}]
    assert found.outputs["plain"] == {"copy": [{"a": 1}]}
    assert isinstance(found.outputs["secret"], Unknown)
    assert "geheim" not in repr(found.outputs)
    assert [call.undecided for call in found.calls] == [True]


@pytest.mark.parametrize(
    "output",
    [
        {"type": "int", "value": "text"},
        {"type": "string", "value": "[null()]"},
        {"type": "string", "condition": "false", "value": "x"},
        {"type": "string", "condition": "[reference('q').z]", "value": "x"},
        {"type": "array", "copy": {"count": -1, "input": 1}},
        {"type": "string", "value": "[fail('x')]"},
    ],
)
def test_outputs_that_arm_refuses(plan: Planner, output: JsonValue) -> None:
    with pytest.raises(EvaluationProblem) as caught:
        plan({"outputs": {"o": output}})
    assert caught.value.where is not None


def test_what_a_loop_makes_is_bounded(plan: Planner) -> None:
    copies: list[JsonValue] = [
        {"name": "a", "count": 800, "input": {"x": ["y"] * 50}},
        {"name": "b", "count": 800, "input": "[variables('a')]"},
    ]

    with pytest.raises(LimitExceeded, match="a value has more than"):
        plan({"variables": {"copy": copies}})


def test_a_loop_that_names_itself_often_is_followed_once(plan: Planner) -> None:
    resource = plan.resource("[format('n{0}', copyIndex())]")
    looped: Json = {**resource, "copy": {"name": "c", "count": 200}, "dependsOn": ["c"] * 400}
    found = plan({"resources": [looped]})

    assert len(found.resources) == 201
    assert {len(row.depends_on) for row in found.resources[1:]} == {200}
