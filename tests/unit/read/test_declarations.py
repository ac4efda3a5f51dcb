"""What the declaration of a parameter, an output or a type may say."""

from __future__ import annotations

import json

import pytest

from preflight.errors import InputError
from preflight.model.template import Template
from preflight.model.value import JsonValue
from preflight.read.arm import read_template
from preflight.read.json_document import parse_json

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
Json = dict[str, JsonValue]


def read(*, symbolic: bool = False, nested: bool = False, **sections: JsonValue) -> Template:
    version: Json = {"languageVersion": "2.0", "resources": {}} if symbolic else {"resources": []}
    value: Json = {"$schema": SCHEMA, "contentVersion": "1.0.0.0", **version, **sections}
    document = parse_json(json.dumps(value), "main.json")
    return read_template(document.value, document.source, nested=nested)


@pytest.mark.parametrize(
    ("declaration", "message"),
    [
        ({"type": "string", "foo": 1}, "`foo` is no keyword of the parameter `p`"),
        ({"type": "string", "value": "x"}, "`value` is no keyword"),
        ({"type": "int", "minLength": 1}, "`minLength` is for array and securestring and string"),
        ({"type": "String", "MinValue": 1}, "`MinValue` is for int, not for string"),
        ({"type": "string", "maxLength": "x"}, "`maxLength` is not an integer"),
        (
            {"type": "string", "maxLength": []},
            "`maxLength` of the parameter `p` cannot be an array",
        ),
        ({"type": "string", "allowedValues": "a"}, "`allowedValues` of the parameter `p` cannot"),
        ({"type": "string", "metadata": "a"}, "`metadata` of the parameter `p` cannot be text"),
        ({"type": []}, "`type` of the parameter `p` cannot be an array"),
        ({"type": "array", "items": {}}, "`items` needs language version 2.0"),
        ({"type": "string", "nullable": True}, "`nullable` needs language version 2.0"),
    ],
)
def test_what_arm_refuses(declaration: Json, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read(parameters={"p": declaration})

    assert message in caught.value.message
    assert caught.value.where is not None


def test_what_language_version_two_adds_is_bound_to_types() -> None:
    taken: Json = {"type": "array", "items": {"type": "int"}, "nullable": True}

    assert read(symbolic=True, parameters={"p": taken}).parameters["p"].schema == taken
    with pytest.raises(InputError, match="`items` is for array, not for string"):
        read(symbolic=True, definitions={"t": {"type": "string", "items": {"type": "int"}}})


def test_a_type_that_is_not_given_may_carry_every_keyword() -> None:
    assert read(parameters={"p": {"minLength": 1, "maxValue": 2}}).parameters


@pytest.mark.parametrize(
    ("written", "read_as"), [(2, 2), ("3", 3), (1.5, 2), (True, 1), (" 4 ", 4), (None, None)]
)
def test_bounds_are_converted(written: JsonValue, read_as: int | None) -> None:
    declared = read(parameters={"p": {"type": "string", "maxLength": written}}).parameters["p"]

    assert declared.schema["maxLength"] == read_as


def test_in_a_nested_template_unknown_keywords_are_overlooked_and_misplaced_ones_not() -> None:
    assert read(nested=True, parameters={"p": {"type": "string", "foo": 1}}).parameters
    with pytest.raises(InputError, match="`minValue` is for int"):
        read(nested=True, parameters={"p": {"type": "string", "minValue": 1}})
