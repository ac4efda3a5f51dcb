"""evaluate_expression: one value with its own parameters, variables, functions and context."""

import pytest

from preflight.errors import InputError, PreflightError, UsageError
from preflight.evaluate.standalone import evaluate_expression
from preflight.model.value import Cause, JsonValue, Unknown

WRAP: list[JsonValue] = [
    {
        "namespace": "ns",
        "members": {
            "wrap": {
                "parameters": [{"name": "s", "type": "string"}],
                "output": {"type": "string", "value": "[concat('<', parameters('s'), '>')]"},
            }
        },
    }
]


def test_parameters_and_variables_are_template_text() -> None:
    value = evaluate_expression(
        {"a": "[parameters('p')]", "b": "[variables('V')]", "c": "[[x]"},
        parameters={"q": "Q", "p": ["[parameters('q')]", "[[z]"]},
        variables={"v": "[concat(parameters('q'), '!')]"},
    )

    assert value == {"a": ["Q", "[z]"], "b": "Q!", "c": "[x]"}


def test_user_functions() -> None:
    assert evaluate_expression("[NS.wrap('a')]", functions=WRAP) == "<a>"


def test_any_unknown_part_makes_the_whole_unknown() -> None:
    value = evaluate_expression(["a", {"b": "[concat('x', reference('vm').id)]"}])

    assert value == Unknown(
        label="vm.id", cause=Cause.RUNTIME, expression="[concat('x', reference('vm').id)]"
    )


@pytest.mark.parametrize(
    ("expression", "label"),
    [
        ("[reference('/subscriptions/s/providers/A.B/c/n').x]", "n.x"),
        ("[reference(resourceId('A.B/c', 'n'))]", "n"),
        ("[listKeys('sa', 'v').keys[0]]", "sa.keys.0"),
        ("[list()]", "list"),
        ("[subscription().id]", "subscription"),
    ],
)
def test_a_label_tells_where_the_unknown_begins(expression: str, label: str) -> None:
    value = evaluate_expression(expression)
    assert isinstance(value, Unknown)

    assert (value.label, value.expression) == (label, expression)


CONTEXT: dict[str, JsonValue] = {
    "scope": "resourceGroup",
    "subscriptionId": "s",
    "resourceGroup": "rg",
    "location": "westus",
    "tenantId": "t",
    "managementGroupId": "mg",
    "deploymentName": "d",
    "deployer": {"objectId": "o"},
    "newGuid": "g",
    "utcNow": "2026-01-31T12:00:00Z",
    "resourceGroupTags": {"env": "prod"},
    "copy": [{"name": "l", "index": 2, "kind": "resource"}],
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[resourceGroup().id]", "/subscriptions/s/resourceGroups/rg"),
        ("[resourceGroup().location]", "westus"),
        ("[tenant().tenantId]", "t"),
        ("[deployment().name]", "d"),
        ("[deployer().objectId]", "o"),
        ("[resourceGroup().tags.env]", "prod"),
        ("[copyIndex('l', 1)]", 3),
    ],
)
def test_the_context(expression: str, expected: JsonValue) -> None:
    assert evaluate_expression(expression, context=CONTEXT) == expected


def test_the_position() -> None:
    context = {**CONTEXT, "position": "parameterDefault"}

    assert evaluate_expression("[newGuid()]", context=context) == "g"
    with pytest.raises(InputError, match="`newGuid` is not allowed here"):
        evaluate_expression("[newGuid()]", context=CONTEXT)


def test_the_scope() -> None:
    context: dict[str, JsonValue] = {"scope": "managementGroup", "managementGroupId": "mg"}
    value = evaluate_expression("[managementGroup().name]", context=context)

    assert value == "mg"


@pytest.mark.parametrize(
    ("context", "message"),
    [
        ({"nosuch": 1}, "unknown context key `nosuch`"),
        ({"scope": "galaxy"}, "unknown `scope`"),
        ({"position": 1}, "unknown `position`"),
        ({"location": 1}, "the context's `location` must be a string"),
        ({"utcNow": "soon"}, "the context's `utcNow` is no time: `soon`"),
        ({"copy": ["l"]}, "the context's `copy` lists loops as {name, index, kind}"),
        ({"copy": [{"name": "l", "index": 0, "kind": "x"}]}, "the context's `copy` lists loops"),
    ],
)
def test_a_wrong_context(context: dict[str, JsonValue], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        evaluate_expression("a", context=context)

    assert caught.value.message.startswith(message)


def test_a_function_without_parameters() -> None:
    output: JsonValue = {"type": "string", "value": "A"}
    functions: list[JsonValue] = [{"namespace": "ns", "members": {"a": {"output": output}}}]

    assert evaluate_expression("[ns.a()]", functions=functions) == "A"


@pytest.mark.parametrize(
    "functions",
    [
        [1],
        [{"namespace": "ns"}],
        [{"namespace": "ns", "members": {"f": {}}}],
        [{"namespace": "ns", "members": {"f": {"output": {}, "parameters": [1]}}}],
    ],
)
def test_wrong_functions(functions: list[JsonValue]) -> None:
    with pytest.raises(UsageError):
        evaluate_expression("a", functions=functions)


@pytest.mark.parametrize(
    ("parameters", "variables"),
    [
        ({"u": "[fail('unread')]"}, {}),
        ({"u": "[createArray()]"}, {}),
        ({"u": "[parameters('u')]"}, {}),
        ({}, {"v": "[nosuch()]"}),
        ({}, {"v": "[variables('w')]", "w": "[variables('v')]"}),
        ({}, {"v": "[reference('r').x]"}),
    ],
)
def test_what_nobody_reads_is_checked_too(
    parameters: dict[str, JsonValue], variables: dict[str, JsonValue]
) -> None:
    with pytest.raises(InputError):
        evaluate_expression("a", parameters=parameters, variables=variables)


def test_an_error_has_its_column() -> None:
    with pytest.raises(InputError) as caught:
        evaluate_expression("[concat('a', nosuch())]")

    assert str(caught.value) == "expression:1:14: unknown function `nosuch`"


def test_numbers_that_json_cannot_spell_are_text_in_a_result() -> None:
    found = evaluate_expression("[createArray(json('NaN'), json('1e400'), json('-1e400'), 1)]")

    assert found == ["NaN", "Infinity", "-Infinity", 1]


def test_text_that_is_cut_inside_a_character_is_refused() -> None:
    with pytest.raises(InputError, match="cut inside a character"):
        evaluate_expression("[take('\U0001f600', 1)]")

    assert evaluate_expression("[length(take('\U0001f600', 1))]") == 1


@pytest.mark.parametrize(
    "expression",
    [
        "[" + "not(" * 5000 + "true()" + ")" * 5000 + "]",
        "['" + "a" * 25_000 + "']",
        "[length(" + "concat(" * 140 + "'a'" + ")" * 140 + ")]",
        "[range(0, 10000)" + "[0]" * 5000 + "]",
    ],
)
def test_large_expressions_end_well(expression: str) -> None:
    try:
        evaluate_expression(expression)
    except PreflightError:
        return
