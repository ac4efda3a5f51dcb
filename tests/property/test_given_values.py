"""What a value for a parameter does to the requirements: it fills in and settles, no more."""

from __future__ import annotations

import re

from hypothesis import given, reject
from hypothesis import strategies as st

from preflight import derive
from preflight.errors import InputError
from preflight.model.requirement import Certainty, Derivation, Requirement, RequirementKind
from preflight.model.scope import PLACEHOLDER
from preflight.model.value import JsonValue

Json = dict[str, JsonValue]
SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg"
SUBNET = (
    f"{SUBSCRIPTION}/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
)
PARAMETERS: Json = {
    "text": {"type": "string"},
    "flag": {"type": "bool"},
    "list": {"type": "array"},
    "subnet": {"type": "string"},
    "thing": {"type": "object"},
    "secret": {"type": "securestring"},
}
VALUES: dict[str, st.SearchStrategy[JsonValue]] = {
    "text": st.sampled_from(["a", "b", "c-d"]),
    "flag": st.booleans(),
    "list": st.sampled_from([[], ["x"], ["x", "y"]]),
    "subnet": st.sampled_from([SUBNET, SUBNET.replace("-hub", "")]),
    "thing": st.sampled_from(
        [{"name": "a"}, {"name": "b", "on": True}, {"name": "c", "on": False}]
    ),
    "secret": st.sampled_from(["s", "t"]),
}
TEXTS = st.recursive(
    st.sampled_from(["'n'", "parameters('text')", "parameters('thing').name", "variables('name')"]),
    lambda inner: st.one_of(
        st.builds("concat({0}, {1})".format, inner, inner),
        st.builds("if(parameters('flag'), {0}, {1})".format, inner, inner),
        st.builds("toLower({0})".format, inner),
        st.builds("format('{{0}}-{{1}}', {0}, 1)".format, inner),
        st.builds("uniqueString({0})".format, inner),
    ),
    max_leaves=3,
)
TESTS = st.sampled_from(
    [
        "parameters('flag')",
        "not(parameters('flag'))",
        "equals(parameters('text'), 'a')",
        "empty(parameters('list'))",
        "and(parameters('flag'), equals(parameters('thing').name, 'b'))",
        "or(contains(parameters('thing'), 'on'), parameters('flag'))",
        "coalesce(tryGet(parameters('thing'), 'on'), true())",
        "empty(parameters('secret'))",
        "true()",
    ]
)
COUNTS: st.SearchStrategy[JsonValue] = st.sampled_from(
    [1, 2, "[length(parameters('list'))]", "[if(parameters('flag'), 1, 2)]"]
)
SUBNETS = st.one_of(
    st.just("parameters('subnet')"),
    st.builds(
        "resourceId({0}, 'Microsoft.Network/virtualNetworks/subnets', {1}, 's')".format,
        TEXTS,
        TEXTS,
    ),
    st.builds("if({0}, parameters('subnet'), resourceId('A.B/c', 'd'))".format, TESTS),
)
BODIES: st.SearchStrategy[Json] = st.one_of(
    st.builds(lambda text: {"v": f"[{text}]"}, TEXTS),
    st.builds(
        lambda text: {"key": f"[listKeys(resourceId('A.B/stores', {text}), '2020-01-01').k]"},
        TEXTS,
    ),
    st.builds(
        lambda text, test: {
            "key": f"[if({test}, reference(resourceId('A.B/stores', {text}), '2020-01-01').k, '')]"
        },
        TEXTS,
        TESTS,
    ),
)


@st.composite
def resources(draw: st.DrawFn, depth: int) -> Json:
    made: Json = {"apiVersion": "2023-01-01"}
    name = f"concat('n', {draw(TEXTS)})"
    if draw(st.booleans()) and draw(st.booleans()):
        made["copy"] = {"name": "loop", "count": draw(COUNTS)}
        name = f"concat(string(copyIndex()), {name})"
    made["name"] = f"[{name}]"
    if draw(st.booleans()):
        made["condition"] = f"[{draw(TESTS)}]"
    if depth and draw(st.booleans()):
        return made | draw(deployments(depth - 1))
    if draw(st.booleans()):
        made["type"] = "Microsoft.Network/networkInterfaces"
        inner: Json = {"subnet": {"id": f"[{draw(SUBNETS)}]"}}
        made["properties"] = {"ipConfigurations": [{"name": "one", "properties": inner}]}
    else:
        made["type"] = "A.B/stores"
        made["properties"] = draw(BODIES)
    return made


@st.composite
def deployments(draw: st.DrawFn, depth: int) -> Json:
    values: Json = {
        name: {"value": f"[parameters('{name}')]"} for name in PARAMETERS if draw(st.booleans())
    }
    values.setdefault("text", {"value": f"[{draw(TEXTS)}]"})
    values.setdefault("flag", {"value": f"[{draw(TESTS)}]"})
    inner = draw(templates(depth))
    declared: Json = {
        "list": {"type": "array", "defaultValue": ["z"]},
        "subnet": {"type": "string", "defaultValue": SUBNET},
        "thing": {"type": "object", "defaultValue": {"name": "inner"}},
        "secret": {"type": "securestring", "defaultValue": ""},
    }
    inner["parameters"] = {**PARAMETERS, **declared}
    made: Json = {
        "type": "Microsoft.Resources/deployments",
        "properties": {
            "mode": "Incremental",
            "expressionEvaluationOptions": {"scope": "inner"},
            "parameters": values,
            "template": inner,
        },
    }
    if draw(st.booleans()):
        made["resourceGroup"] = f"[concat('rg', {draw(TEXTS)})]"
    return made


@st.composite
def templates(draw: st.DrawFn, depth: int = 1) -> Json:
    return {
        "$schema": SCHEMA,
        "contentVersion": "1.0.0.0",
        "parameters": PARAMETERS,
        "variables": {"name": "[concat('v', parameters('text'))]"},
        "resources": list(draw(st.lists(resources(depth), min_size=1, max_size=3))),
    }


def derived(template: Json, values: Json) -> Derivation:
    wrapped: Json = {name: {"value": value} for name, value in values.items()}
    try:
        return derive(template, scope=GROUP, parameters=[{"parameters": wrapped}])
    except InputError:
        # A name that comes out twice, or with too many segments: other properties look at those.
        reject()


@given(templates(), st.sampled_from(sorted(VALUES)), st.data())
def test_a_value_fills_in_and_settles(template: Json, name: str, data: st.DataObject) -> None:
    before = derived(template, {})
    after = derived(template, {name: data.draw(VALUES[name])})
    lost = [one for one in before.requirements if is_lost(one, after)]
    surprising = [one for one in after.requirements if is_surprising(one, before)]
    unknown = [one for one in after.requirements if is_newly_unknown(one, before)]

    assert (lost, surprising, unknown) == ([], [], [])
    assert not after.gaps or before.gaps


def is_lost(one: Requirement, after: Derivation) -> bool:
    """Whether something required is no longer: links apart, for they hang on the value."""
    return (
        one.certainty is Certainty.REQUIRED
        and one.kind is not RequirementKind.LINK
        and not any(
            still.certainty is Certainty.REQUIRED and answers(one, still)
            for still in after.requirements
        )
    )


def is_surprising(one: Requirement, before: Derivation) -> bool:
    """Whether something counts that did not count, open or not, without the value."""
    return one.certainty is not Certainty.POSSIBLE and not any(
        answers(was, one)
        and (was.certainty is not Certainty.POSSIBLE or one.kind is RequirementKind.LINK)
        for was in before.requirements
    )


def is_newly_unknown(one: Requirement, before: Derivation) -> bool:
    """Whether a scope is open that was known before."""
    return one.scope.has_placeholder and not any(
        was.scope.has_placeholder and answers(was, one) for was in before.requirements
    )


def answers(was: Requirement, now: Requirement) -> bool:
    """Whether one is the other with placeholders filled in."""
    pieces = PLACEHOLDER.split(was.scope.text)
    pattern = ".*".join(map(re.escape, pieces))
    return was.action == now.action and bool(re.fullmatch(pattern, now.scope.text, re.IGNORECASE))
