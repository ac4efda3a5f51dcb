"""Properties of whole evaluations: refused with a place or planned, the same every time, and
giving a value never makes anything unknown that was known."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from preflight.errors import InputError
from preflight.evaluate.environment import Environment
from preflight.evaluate.evaluator import evaluate
from preflight.model.plan import Plan
from preflight.model.source import Place
from preflight.model.template import (
    GapKind,
    MissingTemplate,
    ParameterValue,
    Template,
)
from preflight.model.value import JsonValue
from preflight.read.arm import read_template
from preflight.read.json_document import parse_json

Json = dict[str, JsonValue]
SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
PLACE = Environment(
    subscription="11111111-1111-1111-1111-111111111111", resource_group="rg", location="here"
)
PARAMETERS: Json = {
    "p": {"type": "string"},
    "q": {"type": "string", "defaultValue": "q"},
    "flag": {"type": "bool"},
    "list": {"type": "array"},
}


class Inline:
    """A `TemplateSource` without links."""

    def inline(self, value: JsonValue, *, base: Template, pointer: str) -> Template:
        return read_template(value, base.source, pointer=pointer)

    def linked(self, reference: object, *, base: Template) -> Template | MissingTemplate:
        del base
        return MissingTemplate(
            kind=GapKind.LINKED_TEMPLATE, target=str(reference), settle="have it at hand"
        )


def planned(parts: Json, values: Json) -> Plan:
    text = json.dumps({"$schema": SCHEMA, "contentVersion": "1.0.0.0", **parts})
    document = parse_json(text, "main.json")
    given_values = {name: ParameterValue(value=value) for name, value in values.items()}
    template = read_template(document.value, document.source)
    return evaluate(template, replace(PLACE, parameters=given_values), Inline())


LEAVES = ("'a'", "parameters('p')", "parameters('q')", "variables('v')", "parameters('o').k")
BOOLS = (
    "true()",
    "false()",
    "parameters('flag')",
    "equals(parameters('p'), 'a')",
    "not(parameters('flag'))",
    "contains(parameters('q'), 'q')",
)
TEXTS = st.recursive(
    st.sampled_from(
        [
            "'a'",
            "'b-c'",
            "parameters('p')",
            "parameters('q')",
            "variables('v')",
            "parameters('o').k",
        ]
    ),
    lambda inner: st.one_of(
        st.builds("concat({0}, {1})".format, inner, inner),
        st.builds("toLower({0})".format, inner),
        st.builds("if({0}, {1}, {2})".format, st.sampled_from(BOOLS), inner, inner),
        st.builds("format('{{0}}-{{1}}', {0}, 1)".format, inner),
        st.builds("uniqueString({0})".format, inner),
        st.builds("first(createArray({0}, {1}))".format, inner, inner),
    ),
    max_leaves=4,
)
COUNTS: st.SearchStrategy[JsonValue] = st.sampled_from(
    [0, 1, 2, "[length(parameters('list'))]", "[if(parameters('flag'), 1, 2)]"]
)
CONDITIONS: st.SearchStrategy[JsonValue] = st.one_of(
    st.none(), st.booleans(), st.sampled_from([f"[{text}]" for text in BOOLS])
)


@st.composite
def resources(draw: st.DrawFn, depth: int) -> Json:
    name = f"concat('n', {draw(TEXTS)})"
    made: Json = {"apiVersion": "2020-01-01"}
    if draw(st.booleans()) and draw(st.booleans()):
        made["copy"] = {"name": "loop", "count": draw(COUNTS)}
        name = f"concat(string(copyIndex()), {name})"
    made["name"] = f"[{name}]"
    condition = draw(CONDITIONS)
    if condition is not None:
        made["condition"] = condition
    if depth and draw(st.booleans()):
        return made | draw(deployments(depth - 1))
    made["type"] = "A.B/c"
    made["properties"] = {
        "v": f"[{draw(TEXTS)}]",
        "copy": [{"name": "w", "count": draw(COUNTS), "input": "[copyIndex('w')]"}],
    }
    if draw(st.booleans()):
        made["scope"] = f"[concat('M.N/o/', {draw(TEXTS)})]"
    return made


@st.composite
def deployments(draw: st.DrawFn, depth: int) -> Json:
    properties: Json = {"mode": "Incremental", "template": draw(templates(depth))}
    made: Json = {"type": "Microsoft.Resources/deployments", "properties": properties}
    if draw(st.booleans()):
        made["resourceGroup"] = f"[concat('rg', {draw(TEXTS)})]"
    properties["expressionEvaluationOptions"] = {"scope": "inner"}
    properties["parameters"] = {
        "p": {"value": f"[{draw(TEXTS)}]"},
        "flag": {"value": f"[{draw(st.sampled_from(BOOLS))}]"},
        "list": {"value": "[parameters('list')]"},
        "o": {"value": {"k": f"[{draw(TEXTS)}]"}},
    }
    return made


@st.composite
def templates(draw: st.DrawFn, depth: int = 1) -> Json:
    return {
        "$schema": SCHEMA,
        "contentVersion": "1.0.0.0",
        "parameters": {**PARAMETERS, "o": {"type": "object", "defaultValue": {"k": "k"}}},
        "variables": {"v": "[concat('v', parameters('q'))]"},
        "resources": list(draw(st.lists(resources(depth), min_size=1, max_size=3))),
        "outputs": {"o": {"type": "string", "value": f"[{draw(TEXTS)}]"}},
    }


VALUES: dict[str, st.SearchStrategy[JsonValue]] = {
    "p": st.sampled_from(["a", "b", ""]),
    "flag": st.booleans(),
    "list": st.sampled_from([[], ["x"], ["x", "y"]]),
}


def shape(plan: Plan) -> list[tuple[object, ...]]:
    """Return everything of a plan that reports show."""
    return [
        (
            row.id.text,
            row.condition,
            row.undecided,
            row.place.pointer,
            row.loop_index,
            repr(row.body),
        )
        for row in plan.resources
    ] + [(gap.kind, gap.target) for gap in plan.gaps]


def known(plan: Plan) -> set[tuple[object, ...]]:
    """Return the rows of which everything is known."""
    return {
        (row.id.folded, row.condition, row.place.pointer, row.loop_index)
        for row in plan.resources
        if not row.id.has_placeholder and not row.undecided
    }


def unknown(plan: Plan) -> set[tuple[object, ...]]:
    """Return the rows outside loops whose ID has an unknown part."""
    return {
        (row.place.pointer, len(row.place.via))
        for row in plan.resources
        if row.id.has_placeholder and row.loop_index is None
    }


@given(templates())
def test_an_evaluation_is_the_same_every_time(template: Json) -> None:
    assert shape(planned(template, {})) == shape(planned(template, {}))


@given(templates(), st.sampled_from(sorted(VALUES)), st.data())
def test_a_value_never_adds_an_unknown(template: Json, name: str, data: st.DataObject) -> None:
    without = planned(template, {})
    given_one = planned(template, {name: data.draw(VALUES[name])})

    assert known(without) <= known(given_one)
    assert unknown(given_one) <= unknown(without)
    assert not given_one.gaps or without.gaps


@given(
    templates(),
    st.sampled_from(["resources", "variables", "outputs", "parameters", "functions"]),
    st.recursive(
        st.sampled_from(
            [None, True, 3, "[", "[x]", "[concat(]", "[parameters('nope')]", "[fail('x')]", "[1]"]
        ),
        lambda inner: st.one_of(
            st.lists(inner, max_size=2),
            st.dictionaries(
                st.sampled_from(["type", "name", "copy", "value", "count", "input", "properties"]),
                inner,
                max_size=3,
            ),
        ),
        max_leaves=5,
    ),
)
def test_whatever_is_wrong_is_refused_with_its_place(
    template: Json, section: str, odd: JsonValue
) -> None:
    original = template.get(section, {})
    if isinstance(original, list):
        template = {**template, section: [*original, odd]}
    elif isinstance(original, dict):
        template = {**template, section: {**original, "odd": odd}}
    refusal: InputError | None = None
    try:
        planned(template, {})
    except InputError as problem:
        refusal = problem

    assert refusal is None or isinstance(refusal.where, Place)
