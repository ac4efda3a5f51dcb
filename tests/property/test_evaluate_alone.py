"""The public `evaluate_expression`: whatever it is given, a value, an unknown, or our own error."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import preflight
from preflight.errors import InputError, PreflightError
from preflight.model.source import Place
from preflight.model.value import JsonValue

KEYS = (
    "scope", "subscriptionId", "resourceGroup", "location", "tenantId", "managementGroupId",
    "deploymentName", "deployer", "position", "utcNow", "newGuid", "copy", "zoneData",
    "zoneMappings", "providers", "templateLinkUri", "resourceGroupTags", "unheard of",
)  # fmt: skip
EXPRESSIONS = (
    "[resourceGroup()]", "[resourceGroup().tags.a]", "[subscription()]", "[managementGroup()]",
    "[deployment()]", "[deployer()]", "[pickZones('A.B', 'c', 'westeurope')]", "[copyIndex()]",
    "[toLogicalZone('s', 'westeurope', 'z')]", "[providers('A.B')]", "[utcNow()]", "[newGuid()]",
    "[resourceId('A.B/c', parameters('p'))]", "[string(variables('v'))]", "[n.f(variables('v'))]",
    "[string(parameters('p'))]",
)  # fmt: skip
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(["[", "[x]", "[[x]", "[parameters('p')]", "[variables('v')]", "/", "resource"]),
    st.sampled_from(["resourceGroup", "tenant", "output", "2026-01-31", "int", "array"]),
)
NAMES = st.sampled_from(
    ["a", "name", "index", "kind", "type", "value", "output", "parameters", "copy", "[a]"]
)
VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


def _function(member: JsonValue) -> list[JsonValue]:
    return [{"namespace": "n", "members": {"f": member}}]


@given(
    expression=st.sampled_from(EXPRESSIONS) | VALUES,
    context=st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=3),
    value=VALUES,
    functions=st.builds(_function, VALUES) | st.lists(VALUES, max_size=2),
)
def test_any_json_is_a_value_an_unknown_or_refused(
    expression: JsonValue,
    context: dict[str, JsonValue],
    value: JsonValue,
    functions: list[JsonValue],
) -> None:
    where = None
    try:
        preflight.evaluate_expression(
            expression,
            parameters={"p": value},
            variables={"v": value, "copy": value},
            functions=functions,
            context=context,
        )
    except PreflightError as error:
        where = error.where if isinstance(error, InputError) else None

    if isinstance(where, Place) and not where.pointer and isinstance(expression, str):
        assert 0 <= (where.offset or 0) <= len(expression)


def _endless() -> list[JsonValue]:
    found: list[JsonValue] = []
    found.append(found)
    return found


NO_JSON = (b"a", {1: 2}, object(), {"a": object()}, _endless(), math.nan, math.inf, (1,), "a", 1)


@pytest.mark.parametrize("argument", ["parameters", "variables", "functions", "context"])
@pytest.mark.parametrize("value", NO_JSON, ids=lambda value: type(value).__name__)
def test_arguments_that_are_no_json_are_refused(argument: str, value: object) -> None:
    with pytest.raises(PreflightError):
        preflight.evaluate_expression("[n.f()]", **{argument: value})  # type: ignore[arg-type]  # what a caller without types may do


@pytest.mark.parametrize("value", [b"a", {1: 2}, object(), _endless(), math.nan])
def test_an_expression_that_is_no_json_is_refused(value: object) -> None:
    with pytest.raises(InputError, match="expression"):
        preflight.evaluate_expression(value)  # type: ignore[arg-type]  # what a caller without types may do
