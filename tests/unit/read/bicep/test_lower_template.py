"""Declarations of Bicep → the JSON of a template."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.read.bicep.lowered import lowered, template

from preflight.errors import InputError
from preflight.model.value import JsonValue

STORAGE = "'Microsoft.Storage/storageAccounts@2023-01-01'"


def _resources(folder: Path, text: str, files: dict[str, str] | None = None) -> JsonValue:
    return template(folder, text, files)["resources"]


def _only(folder: Path, text: str, files: dict[str, str] | None = None) -> dict[str, JsonValue]:
    found = _resources(folder, text, files)
    listed = list(found.values()) if isinstance(found, dict) else found
    assert isinstance(listed, list)
    (made,) = listed
    assert isinstance(made, dict)
    return made


def test_resource(tmp_path: Path) -> None:
    text = f"""
resource a {STORAGE} = {{
  name: 'a'
  location: resourceGroup().location
  properties: {{ x: 1 }}
}}
"""

    assert _resources(tmp_path, text) == [
        {
            "type": "Microsoft.Storage/storageAccounts",
            "apiVersion": "2023-01-01",
            "name": "a",
            "location": "[resourceGroup().location]",
            "properties": {"x": 1},
        }
    ]


def test_children_and_conditions(tmp_path: Path) -> None:
    text = f"""
param on bool
resource a {STORAGE} = if (on) {{
  name: 'a'
  resource b 'blobServices' = if (!on) {{
    name: 'default'
  }}
}}
resource c 'Microsoft.Storage/storageAccounts/fileServices@2023-01-01' = {{
  parent: a
  name: 'default'
}}
"""
    found = _resources(tmp_path, text)
    assert isinstance(found, list)

    rows = [
        (row["type"], row["name"], row.get("condition")) for row in found if isinstance(row, dict)
    ]

    assert rows == [
        ("Microsoft.Storage/storageAccounts", "a", "[parameters('on')]"),
        (
            "Microsoft.Storage/storageAccounts/blobServices",
            "[format('{0}/{1}', 'a', 'default')]",
            "[and(parameters('on'), not(parameters('on')))]",
        ),
        (
            "Microsoft.Storage/storageAccounts/fileServices",
            "[format('{0}/{1}', 'a', 'default')]",
            None,
        ),
    ]


def test_loop(tmp_path: Path) -> None:
    text = f"""
param names array
@batchSize(2)
resource a {STORAGE} = [for (n, i) in names: if (i > 0) {{
  name: '${{n}}${{i}}'
}}]
output x string = a[1].id
output y object = a[1].properties
"""
    made = template(tmp_path, text)

    assert made["resources"] == [
        {
            "copy": {
                "name": "a",
                "count": "[length(parameters('names'))]",
                "mode": "serial",
                "batchSize": 2,
            },
            "condition": "[greater(copyIndex(), 0)]",
            "type": "Microsoft.Storage/storageAccounts",
            "apiVersion": "2023-01-01",
            "name": "[format('{0}{1}', parameters('names')[copyIndex()], copyIndex())]",
        }
    ]
    name = "format('{0}{1}', parameters('names')[1], 1)"
    identifier = f"resourceId('Microsoft.Storage/storageAccounts', {name})"
    assert made["outputs"] == {
        "x": {"type": "string", "value": f"[{identifier}]"},
        "y": {"type": "object", "value": f"[reference({identifier}, '2023-01-01')]"},
    }


@pytest.mark.parametrize(
    ("target", "scope", "expected"),
    [
        ("resourceGroup", "", "resourceId('T.T/a', 'x')"),
        ("subscription", "", "subscriptionResourceId('T.T/a', 'x')"),
        ("managementGroup", "", "extensionResourceId(managementGroup().id, 'T.T/a', 'x')"),
        ("tenant", "", "tenantResourceId('T.T/a', 'x')"),
        ("resourceGroup", "tenant()", "tenantResourceId('T.T/a', 'x')"),
        ("resourceGroup", "subscription('s')", "subscriptionResourceId('s', 'T.T/a', 'x')"),
        (
            "resourceGroup",
            "resourceGroup('g')",
            (
                "extensionResourceId(format('/subscriptions/{0}/resourceGroups/{1}',"
                " subscription().subscriptionId, 'g'), 'T.T/a', 'x')"
            ),
        ),
        (
            "subscription",
            "resourceGroup('s', 'g')",
            (
                "extensionResourceId(format('/subscriptions/{0}/resourceGroups/{1}', 's', 'g'),"
                " 'T.T/a', 'x')"
            ),
        ),
        (
            "subscription",
            "managementGroup('m')",
            (
                "extensionResourceId("
                "tenantResourceId('Microsoft.Management/managementGroups', 'm'), 'T.T/a', 'x')"
            ),
        ),
    ],
)
def test_ids(tmp_path: Path, target: str, scope: str, expected: str) -> None:
    where = f"scope: {scope}" if scope else ""
    text = f"""
targetScope = '{target}'
resource a 'T.T/a@2020-01-01' existing = {{
  name: 'x'
  {where}
}}
output id string = a.id
"""
    outputs = template(tmp_path, text)["outputs"]

    assert outputs == {"id": {"type": "string", "value": f"[{expected}]"}}


def test_extension_of_an_existing_resource(tmp_path: Path) -> None:
    text = f"""
resource a {STORAGE} existing = {{ name: 'a' }}
resource l 'Microsoft.Authorization/locks@2020-05-01' = {{
  scope: a
  name: 'l'
}}
"""

    assert (
        _only(tmp_path, text)["scope"] == "[resourceId('Microsoft.Storage/storageAccounts', 'a')]"
    )


@pytest.mark.parametrize(
    ("target", "scope", "expected"),
    [
        ("resourceGroup", "resourceGroup('g')", {"resourceGroup": "g"}),
        (
            "resourceGroup",
            "resourceGroup('s', 'g')",
            {"subscriptionId": "s", "resourceGroup": "g"},
        ),
        (
            "resourceGroup",
            "subscription()",
            {
                "subscriptionId": "[subscription().subscriptionId]",
                "location": "[resourceGroup().location]",
            },
        ),
        (
            "tenant",
            "managementGroup('m')",
            {
                "scope": "[format('Microsoft.Management/managementGroups/{0}', 'm')]",
                "location": "[deployment().location]",
            },
        ),
        (
            "subscription",
            "tenant()",
            {"scope": "/", "location": "[deployment().location]"},
        ),
    ],
)
def test_module_scopes(
    tmp_path: Path, target: str, scope: str, expected: dict[str, JsonValue]
) -> None:
    text = f"""
targetScope = '{target}'
module m 'm.bicep' = {{
  name: 'm'
  scope: {scope}
}}
"""
    made = _only(tmp_path, text, {"m.bicep": f"targetScope = '{scope.partition('(')[0]}'"})

    where = ("scope", "subscriptionId", "resourceGroup", "location")
    assert {key: made[key] for key in where if key in made} == expected


def test_module(tmp_path: Path) -> None:
    text = """
param names array
resource kv 'Microsoft.KeyVault/vaults@2023-07-01' existing = { name: 'kv' }
module m 'm.bicep' = [for n in names: {
  params: {
    a: n
    b: [for x in names: '${x}']
    c: kv.getSecret('s')
    d: empty(n) ? 'none' : kv.getSecret('s', 'v')
  }
}]
output o array = map(m, x => x.outputs.o)
output p string = m[0].outputs.o
"""
    module = """
param a string
param b array
@secure()
param c string
@secure()
param d string
output o string = a
"""
    made = template(tmp_path, text, {"m.bicep": module})

    assert made["languageVersion"] == "2.0"
    resources = made["resources"]
    assert isinstance(resources, dict)
    deployment = resources["m"]
    assert isinstance(deployment, dict)
    properties = deployment["properties"]
    assert isinstance(properties, dict)
    vault = "resourceId('Microsoft.KeyVault/vaults', 'kv')"
    assert deployment["name"] == (
        "[format('m-{0}-{1}', copyIndex(), uniqueString('m', deployment().name))]"
    )
    assert properties["parameters"] == {
        "a": {"value": "[parameters('names')[copyIndex()]]"},
        "b": {
            "copy": [
                {
                    "name": "value",
                    "count": "[length(parameters('names'))]",
                    "input": "[format('{0}', parameters('names')[copyIndex('value')])]",
                }
            ]
        },
        "c": {"reference": {"keyVault": {"id": f"[{vault}]"}, "secretName": "s"}},
        "d": (
            "[if(empty(parameters('names')[copyIndex()]), createObject('value', 'none'),"
            f" createObject('reference', createObject('keyVault', createObject('id', {vault}),"
            " 'secretName', 's', 'secretVersion', 'v')))]"
        ),
    }
    assert made["outputs"] == {
        "o": {
            "type": "array",
            "value": ("[map(references('m'), lambda('x', lambdaVariables('x').outputs.o.value))]"),
        },
        "p": {
            "type": "string",
            "value": "[reference(format('m[{0}]', 0)).outputs.o.value]",
        },
    }


def test_secure_outputs_are_listed(tmp_path: Path) -> None:
    text = "module m 'm.bicep' = { name: 'm' }\n@secure()\noutput o string = m.outputs.s\n"
    files = {"m.bicep": "@secure()\noutput s string = ''\n"}

    outputs = template(tmp_path, text, files)["outputs"]

    value = "[listOutputsWithSecureValues('m', '2025-04-01').s]"
    assert outputs == {"o": {"type": "securestring", "value": value}}


def test_runtime_variables_stand_where_they_are_used(tmp_path: Path) -> None:
    text = f"""
resource a {STORAGE} existing = {{ name: 'a' }}
var keys = a.listKeys()
var first = keys.keys[0]
var id = a.id
output o string = '${{first.value}}${{id}}'
"""
    made = template(tmp_path, text)

    identifier = "resourceId('Microsoft.Storage/storageAccounts', 'a')"
    assert made["variables"] == {"id": f"[{identifier}]"}
    assert made["outputs"] == {
        "o": {
            "type": "string",
            "value": (
                f"[format('{{0}}{{1}}', listKeys({identifier}, '2023-01-01').keys[0].value,"
                " variables('id'))]"
            ),
        }
    }


def test_existing_resources_are_declared_with_symbols(tmp_path: Path) -> None:
    text = f"""
param on bool?
resource a {STORAGE} existing = {{ name: 'a' }}
resource b {STORAGE} = {{
  name: 'b'
  tags: a.tags
}}
resource c {STORAGE} = {{
  name: 'c'
  tags: {{ x: a.id }}
}}
"""
    resources = _resources(tmp_path, text)
    assert isinstance(resources, dict)

    a, b, c = (resources[key] for key in "abc")
    assert isinstance(a, dict)
    assert isinstance(b, dict)
    assert isinstance(c, dict)
    assert a["existing"] is True
    assert b["tags"] == "[reference('a', '2023-01-01', 'full').tags]"
    assert b["dependsOn"] == ["a"]
    assert "dependsOn" not in c


def test_safe_access_to_a_conditional_resource(tmp_path: Path) -> None:
    text = f"""
param on bool?
resource a {STORAGE} = if (on!) {{ name: 'a' }}
output o string? = a.?properties.?x
"""
    outputs = template(tmp_path, text)["outputs"]

    full = "reference('a', '2023-01-01', 'full')"
    guarded = f"if(parameters('on'), {full}, null())"
    value = f"[tryGet(tryGet({guarded}, 'properties'), 'x')]"
    assert outputs == {"o": {"type": "string", "nullable": True, "value": value}}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("string?", {"type": "string", "nullable": True}),
        ("string[]", {"type": "array", "items": {"type": "string"}}),
        ("'a' | 'b'", {"type": "string", "allowedValues": ["a", "b"]}),
        ("1 | -2 | null", {"type": "int", "allowedValues": [1, -2], "nullable": True}),
        ("('a' | 'b')[]", {"type": "array", "allowedValues": ["a", "b"]}),
        ("t", {"$ref": "#/definitions/t"}),
        ("t.x", {"$ref": "#/definitions/t/properties/x"}),
        ("t.y[*]", {"$ref": "#/definitions/t/properties/y/items"}),
        ("t.*", {"$ref": "#/definitions/t/additionalProperties"}),
        ("resourceInput<'T.T/a@2020-01-01'>.name", {}),
        (
            "{ a: int, *: bool }",
            {
                "type": "object",
                "properties": {"a": {"type": "int"}},
                "additionalProperties": {"type": "bool"},
            },
        ),
        (
            "[int, string]",
            {
                "type": "array",
                "prefixItems": [{"type": "int"}, {"type": "string"}],
                "items": False,
            },
        ),
    ],
)
def test_types(tmp_path: Path, kind: str, expected: dict[str, JsonValue]) -> None:
    text = f"type t = {{ x: string, y: int[], *: bool }}\nparam p {kind}\n"

    assert template(tmp_path, text)["parameters"] == {"p": expected}


def test_type_decorators(tmp_path: Path) -> None:
    text = """
@secure()
@minLength(3)
param a string
@allowed(['x', 'y'])
param b string = 'x'
@discriminator('kind')
type u = one | two
type one = {
  kind: '1'
  @maxValue(9)
  n: int
}
type two = { kind: '2' }
type holder = {
  @discriminator('kind')
  inner: (one | two)?
}
"""
    made = template(tmp_path, text)

    assert made["parameters"] == {
        "a": {"type": "securestring", "minLength": 3},
        "b": {"type": "string", "allowedValues": ["x", "y"], "defaultValue": "x"},
    }
    definitions = made["definitions"]
    assert isinstance(definitions, dict)
    assert isinstance(definitions["u"], dict)
    assert definitions["u"] == {
        "type": "object",
        "discriminator": {
            "propertyName": "kind",
            "mapping": {"1": {"$ref": "#/definitions/one"}, "2": {"$ref": "#/definitions/two"}},
        },
    }
    holder = definitions["holder"]
    assert isinstance(holder, dict)
    assert holder["properties"] == {"inner": {**definitions["u"], "nullable": True}}
    assert definitions["one"] == {
        "type": "object",
        "properties": {
            "kind": {"type": "string", "allowedValues": ["1"]},
            "n": {"type": "int", "maxValue": 9},
        },
    }


def test_imports(tmp_path: Path) -> None:
    text = """
import { twice as double, names } from 'lib.bicep'
import * as lib from 'lib.bicep'
param p lib.shape
output o string = '${double(2)}${names[0]}${lib.names[1]}'
"""
    library = """
var hidden = 'h'
@export()
var names = [hidden, 'b']
@export()
func twice(n int) int => other(n)
func other(n int) int => n * 2
@export()
type shape = { inner: part }
type part = string
"""
    made = template(tmp_path, text, {"lib.bicep": library})

    assert made["variables"] == {"names": ["[variables('_1.hidden')]", "b"], "_1.hidden": "h"}
    assert made["definitions"] == {
        "_1.shape": {
            "type": "object",
            "properties": {"inner": {"$ref": "#/definitions/_1.part"}},
        },
        "_1.part": {"type": "string"},
    }
    assert made["functions"] == [
        {
            "namespace": "__bicep",
            "members": {
                "double": {
                    "parameters": [{"name": "n", "type": "int"}],
                    "output": {"type": "int", "value": "[_1.other(parameters('n'))]"},
                }
            },
        },
        {
            "namespace": "_1",
            "members": {
                "other": {
                    "parameters": [{"name": "n", "type": "int"}],
                    "output": {"type": "int", "value": "[mul(parameters('n'), 2)]"},
                }
            },
        },
    ]
    assert made["outputs"] == {
        "o": {
            "type": "string",
            "value": (
                "[format('{0}{1}{2}', __bicep.double(2), variables('names')[0],"
                " variables('names')[1])]"
            ),
        }
    }


@pytest.mark.parametrize(
    ("value", "expected", "group"),
    [
        ("resourceGroup(g)", "[createObject()]", "[parameters('g')]"),
        (
            "empty(g) ? resourceGroup() : resourceGroup(g)",
            "[if(empty(parameters('g')), resourceGroup(), createObject())]",
            None,
        ),
    ],
)
def test_scopes_behind_variables(
    tmp_path: Path, value: str, expected: str, group: str | None
) -> None:
    text = f"param g string\nvar s = {value}\nmodule m 'm.bicep' = {{ name: 'm', scope: s }}\n"
    made = template(tmp_path, text, {"m.bicep": ""})

    (deployment,) = made["resources"] if isinstance(made["resources"], list) else [None]
    assert isinstance(deployment, dict)
    assert (made["variables"], deployment.get("resourceGroup")) == ({"s": expected}, group)


def test_implicit_extension(tmp_path: Path) -> None:
    config = (
        '{"extensions": {"microsoftGraph": "br:mcr.microsoft.com/graph:1"},'
        ' "implicitExtensions": ["az", "microsoftGraph"]}'
    )
    text = "resource g 'Microsoft.Graph/groups@v1.0' = { uniqueName: 'g' }\n"

    assert _only(tmp_path, text, {"bicepconfig.json": config})["import"] == "microsoftGraph"


@pytest.mark.parametrize(
    ("kind", "extension"),
    [
        ("Oracle.Database/autonomousDatabases@2023-09-01", None),
        ("Dynatrace.Observability/monitors@2023-04-27-preview", None),
        ("Microsoft.Web/sites@2023-12-01", None),
        ("core/Service@v1", "k"),
        ("networking.k8s.io/Ingress@v1", "k"),
        ("Applications.Core/applications@2023-10-01-preview", "k"),
        ("Oracle.Database/autonomousDatabases@v1", "k"),
    ],
)
def test_an_extension_does_not_hide_what_is_azures(
    tmp_path: Path, kind: str, extension: str | None
) -> None:
    text = f"extension 'br:x.io/k:1' as k\nresource r '{kind}' = {{ name: 'r' }}\n"

    assert _only(tmp_path, text).get("import") == extension


def test_a_resource_as_a_parameter(tmp_path: Path) -> None:
    text = f"""
resource a {STORAGE} existing = {{ name: 'a' }}
module m 'm.bicep' = {{
  name: 'm'
  params: {{ r: a }}
}}
"""
    module = f"""
param r resource {STORAGE}
output a string = r.id
output b string = r.name
output c object = r.properties
output d object = r.tags
"""
    config = '{ "experimentalFeaturesEnabled": { "resourceTypedParamsAndOutputs": true } }'
    files = {"m.bicep": module, "bicepconfig.json": config}
    properties = _only(tmp_path, text, files)["properties"]

    assert isinstance(properties, dict)
    identifier = "[resourceId('Microsoft.Storage/storageAccounts', 'a')]"
    assert properties["parameters"] == {"r": {"value": identifier}}
    inner = properties["template"]
    assert isinstance(inner, dict)
    outputs = inner["outputs"]
    assert isinstance(outputs, dict)
    values = [output["value"] for output in outputs.values() if isinstance(output, dict)]
    assert values == [
        "[parameters('r')]",
        "[last(split(parameters('r'), '/'))]",
        "[reference(parameters('r'), '2023-01-01')]",
        "[reference(parameters('r'), '2023-01-01', 'full').tags]",
    ]


def test_experimental_features_need_symbols(tmp_path: Path) -> None:
    config = '{"experimentalFeaturesEnabled": {"assertions": true}}'
    text = f"resource a {STORAGE} existing = {{ name: 'a' }}\n"

    assert _resources(tmp_path, text) == []
    assert _only(tmp_path, text, {"bicepconfig.json": config})["existing"] is True


def test_loaded_data_is_no_code(tmp_path: Path) -> None:
    text = "var v = loadJsonContent('d.json')\nvar t = '${loadTextContent('t.txt')}!'\n"
    files = {"d.json": '{"a": "[b()]"}', "t.txt": "hello"}

    variables = template(tmp_path, text, files)["variables"]

    assert variables == {
        "$fxv#0": {"a": "[[b()]"},
        "v": "[variables('$fxv#0')]",
        "t": "[format('{0}!', 'hello')]",
    }


def test_extension(tmp_path: Path) -> None:
    text = """
extension microsoftGraphV1
resource g 'Microsoft.Graph/groups@v1.0' = {
  uniqueName: 'g'
}
"""

    assert _only(tmp_path, text) == {
        "import": "microsoftGraphV1",
        "type": "Microsoft.Graph/groups@v1.0",
        "properties": {"uniqueName": "g"},
    }


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("resource a 'T.T/a' = {\n  name: 'a'\n}", "1:12", "the type `T.T/a` has no version"),
        ("resource a 'x@v' = {\n  name: 'a'\n}", "1:12", "`x@v` is no type of a resource"),
        ("resource a 'T.T/a@2020-01-01' = {}", "1:10", "the resource `a` has no `name`"),
        (
            "resource a 'T.T/a@2020-01-01' = {\n  parent: b\n  name: 'a'\n}",
            "2:11",
            "`parent` must name a resource of this file",
        ),
        (
            (
                "resource a 'T.T/a@2020-01-01' = {\n  name: b.name\n}\n"
                "resource b 'T.T/a@2020-01-01' = {\n  name: a.name\n}"
            ),
            "5:9",
            "declarations refer to each other in a circle: `a` → `b` → `a`",
        ),
        ("module m 'no.bicep' = {}", "1:10", "there is no file `no.bicep`"),
        ("module m '../m.bicep' = {}", "1:10", "`../m.bicep` leads out of the folder"),
        (
            "module m 'm.bicep' = {\n  params: { b: 1 }\n}",
            "2:13",
            "the module `m` has no parameter `b`",
        ),
        ("module m 'm.bicep' = {}", "1:8", "the module `m` needs a value for `a`"),
        (
            "module m 'm.bicep' = {\n  params: { a: 1 }\n}\noutput o int = m.outputs.x",
            "4:26",
            "the module `m` has no output `x`",
        ),
        (
            "module m 'm.bicep' = {\n  params: { a: 1 }\n  scope: x\n}\nparam x string",
            "3:10",
            "the scope cannot be told from this expression",
        ),
        ("var sys = 1", "1:5", "the name `sys` is that of a namespace"),
        (
            (
                "resource a 'T.T/a@2020-01-01' existing = {\n"
                "name: reference('x').y\n}\noutput o int = a.tags.z"
            ),
            "4:16",
            "the state of `a` cannot be read",
        ),
        ("import { nope } from 'm.bicep'", "1:10", "`m.bicep` exports nothing called `nope`"),
        ("targetScope = 'moon'", "1:15", "`targetScope` is one of"),
        ("module m 'circle.bicep' = {}", "circle.bicep:1:10", "in a circle: `circle.bicep`"),
    ],
)
def test_errors(tmp_path: Path, text: str, place: str, message: str) -> None:
    files = {"m.bicep": "param a int\n", "circle.bicep": "module m 'circle.bicep' = {}\n"}

    with pytest.raises(InputError) as caught:
        lowered(tmp_path, text, files)

    assert message in caught.value.message
    assert caught.value.where is not None
    label = place if place.startswith("circle") else f"main.bicep:{place}"
    assert caught.value.where.label == label


def test_places_are_those_of_the_file(tmp_path: Path) -> None:
    text = f"param n string\n\nresource a {STORAGE} = {{\n  name: '${{n}}x'\n}}\n"
    source = lowered(tmp_path, text).template.source

    span = source.span("/resources/0/name")

    assert span is not None
    assert text[span.value : span.end] == "'${n}x'"


def test_module_positions_are_those_of_the_module(tmp_path: Path) -> None:
    files = {"m.bicep": f"\nresource a {STORAGE} = {{ name: 'a' }}\n"}
    made = lowered(tmp_path, "module m 'm.bicep' = { name: 'm' }\n", files)
    (deployment,) = made.template.resources
    properties = deployment.body["properties"]
    assert isinstance(properties, dict)
    inner = properties["template"]

    source = getattr(inner, "template").source  # noqa: B009 - only lowered templates have one

    assert source.name == "m.bicep"
    assert source.position(source.span("/resources/0").start) == (2, 1)


def test_a_module_that_is_not_at_hand(tmp_path: Path) -> None:
    text = "module m 'br/public:avm/x:1.0.0' = { name: 'm' }\n"

    properties = _only(tmp_path, text)["properties"]

    assert isinstance(properties, dict)
    assert properties["templateLink"] == {"uri": "br:mcr.microsoft.com/bicep/avm/x:1.0.0"}


def test_imports_of_a_file_that_is_not_at_hand(tmp_path: Path) -> None:
    text = """
import { t, f, v } from 'br/public:avm/x:1.0.0'
param p t
output o string = f(v)
"""
    made = lowered(tmp_path, text)

    codes = [note.code for note in made.template.notes]
    assert codes == ["import-missing"]
