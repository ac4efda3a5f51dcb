"""Properties of the front ends: whatever is given is read, or refused with a place in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.errors import InputError, PreflightError
from preflight.model.source import Place
from preflight.model.template import ResourceDeclaration, Template
from preflight.model.value import JsonValue
from preflight.read.front_end import ReadOptions, read_source
from preflight.read.parameters import read_parameters

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
TEMPLATE: dict[str, JsonValue] = {
    "$schema": SCHEMA,
    "contentVersion": "1.0.0.0",
    "parameters": {"p": {"type": "string"}, "q": {"type": "int"}, "o": {"type": "object"}},
    "variables": {"v": "x"},
    "functions": [
        {
            "namespace": "n",
            "members": {"f": {"parameters": [], "output": {"type": "string", "value": "x"}}},
        }
    ],
    "resources": [
        {"type": "A.B/c", "apiVersion": "1", "name": "x", "resources": [{"type": "d"}]},
        {"type": "A.B/e", "apiVersion": "1", "name": "y"},
    ],
    "outputs": {"o": {"type": "string", "value": "x"}},
}
ID = "/subscriptions/s/resourceGroups/g/providers/A.B/c/x"
WHAT_IF: dict[str, JsonValue] = {
    "status": "Succeeded",
    "properties": {
        "changes": [
            {"resourceId": ID, "changeType": "Create", "after": {"type": "A.B/c"}},
            {"resourceId": ID + "2", "changeType": "Delete", "before": {}, "deploymentId": ID},
            {"changeType": "Unsupported", "extension": {"name": "x"}},
        ],
        "potentialChanges": [{"resourceId": ID, "changeType": "Ignore"}],
        "diagnostics": [{"level": "Warning", "code": "Unsupported", "target": ID}],
    },
}
PARAMETERS: dict[str, JsonValue] = {
    "$schema": "x",
    "parameters": {"p": {"value": "x"}, "q": {"reference": {"keyVault": {"id": ID}}}},
}
_VALUES: list[JsonValue] = [None, True, 0, 1.5, "", "x", "[x]", [], {}, [[]], {"a": {"value": 1}}]
_ODD = st.sampled_from(_VALUES)


def nodes(value: JsonValue, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from nodes(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from nodes(item, (*path, index))


def changed(value: JsonValue, path: tuple[str | int, ...], new: JsonValue) -> JsonValue:
    """Return a copy with one node replaced; an extra member is put in where a key ends in `+`."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, dict):
        assert isinstance(step, str)
        return {**value, step: changed(value.get(step), rest, new)}
    assert isinstance(value, list)
    assert isinstance(step, int)
    return [changed(item, rest, new) if at == step else item for at, item in enumerate(value)]


@st.composite
def mutants(draw: st.DrawFn, seed: dict[str, JsonValue]) -> JsonValue:
    value: JsonValue = seed
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(nodes(value))))
        value = changed(value, path, draw(_ODD))
    return value


def rows(resources: tuple[ResourceDeclaration, ...]) -> Iterator[ResourceDeclaration]:
    for resource in resources:
        yield resource
        yield from rows(resource.children)


def read(text: str) -> Template | InputError:
    """Read text as a source, or return why it is refused."""
    try:
        return read_source("-", ReadOptions(stdin=text.encode)).template
    except InputError as error:
        return error


def values_of(argument: str | Mapping[str, JsonValue]) -> set[str] | PreflightError:
    """Return the names that an argument gives values for, or why it is refused."""
    found = read_source(TEMPLATE, ReadOptions())
    try:
        return set(read_parameters([argument], found, ReadOptions())[0])
    except PreflightError as error:
        return error


@given(mutants(TEMPLATE) | mutants(WHAT_IF))
def test_a_changed_source_is_read_or_refused_with_a_place(value: JsonValue) -> None:
    text = json.dumps(value, indent=1)
    lines = text.count("\n") + 1

    match read(text):
        case Template() as template:
            places = [template.place(row.pointer) for row in rows(template.resources)]
            assert all(place.position.line <= lines for place in places)
        case InputError(where=Place() as where, message=message):
            assert 1 <= where.position.line <= lines
            assert message
            assert "\n" not in message
        case error:
            pytest.fail(f"no place: {error}")


@given(mutants(TEMPLATE))
def test_no_resource_is_dropped(value: JsonValue) -> None:
    template = read(json.dumps(value))

    if isinstance(template, Template) and not template.literal and isinstance(value, dict):
        declared = value["resources"]
        assert isinstance(declared, (list, dict))
        assert len(declared) == len(template.resources)


@given(mutants(WHAT_IF))
def test_no_change_is_dropped_in_silence(value: JsonValue) -> None:
    template = read(json.dumps(value))

    if isinstance(template, Template) and template.literal and isinstance(value, dict):
        holder = value.get("properties")
        changes = holder.get("changes") if isinstance(holder, dict) else value.get("changes")
        expected = [
            change
            for change in (changes if isinstance(changes, list) else [])
            if isinstance(change, dict) and change.get("changeType") != "Ignore"
        ]
        potential = [row for row in template.resources if row.potential]
        told = len(template.resources) - len(potential)
        told += len(template.not_checked) + len(template.gaps)
        assert told >= len(expected)


@given(mutants(PARAMETERS))
def test_a_changed_parameter_mapping_is_read_or_refused(value: JsonValue) -> None:
    outcomes = [values_of(json.dumps(value))]
    if isinstance(value, dict):
        outcomes.append(values_of(value))

    assert all(outcome == set() or outcome for outcome in outcomes)


@given(st.text(max_size=30), st.sampled_from(["", "p=", "q=", "o=", "@", "p=@", "{"]))
def test_any_argument_is_read_or_refused(text: str, prefix: str) -> None:
    outcome = values_of(prefix + text)

    assert isinstance(outcome, PreflightError) or len(outcome) <= 1


@pytest.mark.parametrize("text", ["\ufeff{}", "\x00", "{\x00}", "é" * 10, "[" * 5_000])
def test_odd_text_is_refused(text: str) -> None:
    assert isinstance(read(text), InputError)
