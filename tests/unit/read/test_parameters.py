"""Parameter arguments as `az deployment` takes them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from preflight.errors import InputError, ParameterProblem, PreflightError, UsageError
from preflight.model.template import Note, ParameterValue
from preflight.model.value import JsonValue
from preflight.read.front_end import ReadOptions, ReadResult, read_source
from preflight.read.parameters import read_parameters

TEMPLATE: dict[str, JsonValue] = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "languageVersion": "2.0",
    "definitions": {
        "name": {"type": "string"},
        "names": {"type": "array", "items": {"$ref": "#/definitions/name"}},
        "again": {"$ref": "#/definitions/names"},
        "circle": {"$ref": "#/definitions/circle"},
        "parts": {"type": "object", "properties": {"count": {"type": "int"}}},
    },
    "parameters": {
        "text": {"type": "string"},
        "secret": {"type": "securestring"},
        "secretObject": {"type": "secureObject"},
        "count": {"type": "Int"},
        "flag": {"type": "bool"},
        "list": {"type": "array"},
        "map": {"type": "object"},
        "typed": {"$ref": "#/definitions/again"},
        "inner": {"$ref": "#/definitions/parts/properties/count"},
        "round": {"$ref": "#/definitions/circle"},
        "free": {"allowedValues": [1]},
    },
    "resources": {},
}
VAULT = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv"


@pytest.fixture
def found() -> ReadResult:
    return read_source(TEMPLATE, ReadOptions())


def given(
    found: ReadResult, *arguments: str | dict[str, JsonValue], options: ReadOptions | None = None
) -> tuple[dict[str, ParameterValue], tuple[Note, ...]]:
    values, notes = read_parameters(arguments, found, options or ReadOptions())
    return dict(values), notes


def values(found: ReadResult, *arguments: str | dict[str, JsonValue]) -> dict[str, JsonValue]:
    return {name: value.value for name, value in given(found, *arguments)[0].items()}


def write(path: Path, content: JsonValue) -> str:
    path.write_text(json.dumps(content, indent=1))
    return str(path)


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("text=5", {"text": "5"}),
        ("text=", {"text": ""}),
        ("text=a=b", {"text": "a=b"}),
        ("TEXT=x", {"TEXT": "x"}),
        ("secret={}", {"secret": "{}"}),
        ("count=-3", {"count": -3}),
        ("count= 3 ", {"count": 3}),
        ("flag=True", {"flag": True}),
        ("flag=false", {"flag": False}),
        ("list=[1, 'a']", {"list": [1, "a"]}),
        ('map={"a": {"b": null}}', {"map": {"a": {"b": None}}}),
        ('secretObject={"a": 1}', {"secretObject": {"a": 1}}),
        ("typed=[]", {"typed": []}),
        ("inner=7", {"inner": 7}),
        ("round=7", {"round": "7"}),
        ("free=1", {"free": "1"}),
        ("undeclared=[]", {"undeclared": "[]"}),
        ("{}", {}),
        ('{"text": {"value": "x"}}', {"text": "x"}),
        ('{"parameters": {"text": {"value": "x"}}}', {"text": "x"}),
    ],
)
def test_one_argument(found: ReadResult, argument: str, expected: dict[str, JsonValue]) -> None:
    assert expected == values(found, argument)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("count=three", "the value given for `count`, declared as int, is not a whole number"),
        ("count=1.5", "is not a whole number"),
        ("list=[1", "the value given for `list`, declared as array, is not JSON"),
        ("secretObject={hunter2}", "the value given for `secretObject`"),
    ],
)
def test_a_value_of_another_type_is_refused_without_showing_it(
    found: ReadResult, argument: str, message: str
) -> None:
    with pytest.raises(ParameterProblem) as caught:
        values(found, argument)

    assert message in caught.value.message
    assert argument.partition("=")[2] not in f"{caught.value}{caught.value.help}"
    assert caught.value.where is not None
    assert caught.value.where.label.startswith("template:")


def test_az_sends_false_for_anything_but_true(found: ReadResult) -> None:
    read, notes = given(found, "flag=yes")

    assert read["flag"].value is False
    assert ["bool-value"] == [note.code for note in notes]


def test_a_value_from_a_file_loses_its_last_line_ends(found: ReadResult, tmp_path: Path) -> None:
    (tmp_path / "key.pub").write_bytes(b"ssh-rsa AAA\n\n")
    (tmp_path / "list.json").write_text("[1,\n2]\n")
    (tmp_path / "binary").write_bytes(b"\xff\x00\xff")

    assert {
        "text": "ssh-rsa AAA",
        "list": [1, 2],
        "secret": "/wD/",
    } == values(
        found,
        f"text=@{tmp_path / 'key.pub'}",
        f"list=@{tmp_path / 'list.json'}",
        f"secret=@{tmp_path / 'binary'}",
    )


def test_a_value_that_names_no_file_stays_text_and_is_not_shown(found: ReadResult) -> None:
    read, notes = given(found, "secret=@hunter2", "text=@")

    assert ("@hunter2", "@") == (read["secret"].value, read["text"].value)
    assert ["no-such-file"] == [note.code for note in notes]
    assert "hunter2" not in notes[0].message


def test_a_value_from_standard_input(found: ReadResult) -> None:
    options = ReadOptions(stdin=lambda: b"from stdin\n")

    assert "from stdin" == given(found, "text=@-", options=options)[0]["text"].value


@pytest.mark.parametrize("prefix", ["", "@"])
@pytest.mark.parametrize("wrapped", [True, False])
def test_a_parameter_file(found: ReadResult, tmp_path: Path, prefix: str, *, wrapped: bool) -> None:
    entries: JsonValue = {"text": {"value": "x"}, "count": {"value": 2, "metadata": {}}}
    schema = "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentParameters.json#"
    content: JsonValue = (
        {"$schema": schema, "contentVersion": "1.0.0.0", "parameters": entries}
        if wrapped
        else entries
    )

    assert {"text": "x", "count": 2} == values(found, prefix + write(tmp_path / "p.json", content))


def test_values_of_a_file_have_places(found: ReadResult, tmp_path: Path) -> None:
    argument = write(tmp_path / "p.json", {"parameters": {"text": {"value": None}}})
    value = given(found, argument)[0]["text"]

    assert value.place is not None
    assert value.value is None
    assert value.place.label.endswith("p.json:3:3")
    assert given(found, "text=x")[0]["text"].place is None


def test_a_vault_reference_is_a_secret_with_its_place(found: ReadResult, tmp_path: Path) -> None:
    reference: JsonValue = {"keyVault": {"id": VAULT}, "secretName": "s"}
    argument = write(tmp_path / "p.json", {"parameters": {"secret": {"Reference": reference}}})

    secret = given(found, argument)[0]["secret"].secret

    assert secret is not None
    assert VAULT == secret.vault
    assert "/parameters/secret/Reference/keyVault/id" == secret.place.pointer


def test_a_reference_that_is_a_token_has_an_unknown_vault(
    found: ReadResult, tmp_path: Path
) -> None:
    argument = write(tmp_path / "p.json", {"parameters": {"secret": {"reference": "GEN-REF"}}})
    read, notes = given(found, argument)

    assert read["secret"].secret is not None
    assert "{secret}" == read["secret"].secret.vault
    assert ["vault-unknown"] == [note.code for note in notes]


def test_what_only_the_deploying_tool_knows_is_noted(found: ReadResult, tmp_path: Path) -> None:
    content: JsonValue = {
        "parameters": {"text": {"expression": "[externalInputs('x')]"}},
        "externalInputDefinitions": {"x": {"kind": "sys.cli"}},
    }
    read, notes = given(found, write(tmp_path / "p.json", content))

    assert "[externalInputs('x')]" == read["text"].external
    assert ["external-input"] == [note.code for note in notes]


def test_later_arguments_overrule_earlier_ones_without_case(
    found: ReadResult, tmp_path: Path
) -> None:
    first = write(tmp_path / "a.json", {"text": {"value": "a"}, "count": {"value": 1}})
    second = write(tmp_path / "b.json", {"TEXT": {"value": "b"}})

    assert {"TEXT": "b", "count": 9} == values(found, first, second, "count=9")


def test_mappings_of_every_shape(found: ReadResult) -> None:
    reference: JsonValue = {"reference": {"keyVault": {"id": VAULT}, "secretName": "s"}}

    assert {"text": "x", "map": {"value": 1, "b": 2}, "list": []} == values(
        found, {"text": "x", "map": {"value": 1, "b": 2}}, {"list": {"value": []}}
    )
    assert {"text": "y"} == values(found, {"$schema": "x", "parameters": {"text": {"value": "y"}}})
    assert given(found, {"secret": reference})[0]["secret"].secret is not None
    assert {"map": {}} == values(found, {"map": {}})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], "the parameter file is an array"),
        ({"parameters": []}, "`parameters` is an array"),
        ({"parameters": {"text": "x"}}, "the parameter `text` is text, not an object"),
        ({"parameters": {"text": {}}}, "has neither `value` nor `reference`"),
        ({"parameters": {"text": {"value": 1, "reference": {}}}}, "has both"),
        ({"parameters": {"text": {"reference": {}}}}, "names no `keyVault`"),
        ({"parameters": {"text": {"reference": {"keyVault": {}}}}}, "has no `id`"),
        (TEMPLATE, "this is a template, not a parameter file"),
    ],
)
def test_files_that_are_no_parameter_files(
    found: ReadResult, tmp_path: Path, content: JsonValue, message: str
) -> None:
    with pytest.raises(InputError) as caught:
        values(found, write(tmp_path / "p.json", content))

    assert message in caught.value.message
    assert "p.json:" in str(caught.value)


@pytest.mark.parametrize(
    ("argument", "error", "message"),
    [
        ("none.json", InputError, "there is no parameter file `none.json`"),
        ("@~nobody-of-that-name/x", InputError, "there is no parameter file"),
        ("x" * 5_000, InputError, "there is no parameter file"),
        ("nul\0", InputError, "there is no parameter file"),
        ("@none.json", InputError, "there is no parameter file `@none.json`"),
        ("=x", InputError, "there is no parameter file"),
        ("https://example.org/p.json?a=b", UsageError, "would have to be downloaded"),
        ("[1]", InputError, "there is no parameter file"),
        ("{", InputError, "the text ends"),
    ],
)
def test_arguments_that_are_nothing(
    found: ReadResult, argument: str, error: type[PreflightError], message: str
) -> None:
    with pytest.raises(error) as caught:
        values(found, argument)

    assert message in caught.value.message
