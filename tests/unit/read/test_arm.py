"""ARM JSON → Template."""

from __future__ import annotations

import json

import pytest

from preflight.errors import InputError, UnsupportedFeature
from preflight.model.template import ChangeKind, DeploymentScope, Template
from preflight.model.value import JsonValue
from preflight.read.arm import read_template
from preflight.read.json_document import parse_json

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
VM: JsonValue = {
    "type": "Microsoft.Compute/virtualMachines",
    "apiVersion": "2023-03-01",
    "name": "v",
}


def template_json(**members: JsonValue) -> dict[str, JsonValue]:
    return {"$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": [VM], **members}


def function(**members: JsonValue) -> dict[str, JsonValue]:
    member: JsonValue = {"output": {"type": "int", "value": 1}, **members}
    return {"functions": [{"namespace": "n", "members": {"f": member}}]}


def read(value: JsonValue, *, nested: bool = False) -> Template:
    document = parse_json(json.dumps(value, indent=2), "main.json")
    return read_template(document.value, document.source, nested=nested)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (SCHEMA, DeploymentScope.RESOURCE_GROUP),
        (SCHEMA.removesuffix("#").upper(), DeploymentScope.RESOURCE_GROUP),
        (
            "http://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#",
            DeploymentScope.SUBSCRIPTION,
        ),
        (
            "https://schema.management.azure.com/schemas/2019-08-01/managementGroupDeploymentTemplate.json#",
            DeploymentScope.MANAGEMENT_GROUP,
        ),
        (
            "https://schema.management.azure.com/schemas/2019-08-01/tenantDeploymentTemplate.json#",
            DeploymentScope.TENANT,
        ),
    ],
)
def test_the_schema_tells_the_scope(schema: str, expected: DeploymentScope) -> None:
    assert expected is read(template_json(**{"$schema": schema})).schema_scope


def test_every_section_is_read_with_its_pointer() -> None:
    template = read(
        template_json(
            parameters={"p/1": {"type": "string", "DefaultValue": "x"}},
            variables={"v": [1], "copy": []},
            functions=[
                {
                    "namespace": "ns",
                    "members": {
                        "f": {
                            "parameters": [{"name": "a", "type": "int"}],
                            "output": {"type": "int", "value": "[parameters('a')]"},
                        }
                    },
                }
            ],
            outputs={"o": {"type": "string", "value": "x"}},
        )
    )

    parameter = template.parameters["p/1"]
    assert ("/parameters/p~11", True) == (parameter.pointer, parameter.has_default)
    assert {"v": [1], "copy": []} == template.variables
    function = template.functions[0]
    assert ("ns", "f", "/functions/0/members/f") == (
        function.namespace,
        function.name,
        function.pointer,
    )
    assert [("a", "/functions/0/members/f/parameters/0")] == [
        (item.name, item.pointer) for item in function.parameters
    ]
    assert {"type": "int", "value": "[parameters('a')]"} == function.output
    assert "/outputs/o" == template.outputs["o"].pointer
    assert ("/resources/0", False) == (template.resources[0].pointer, template.symbolic)
    assert not template.literal


def test_absent_and_null_sections_are_empty() -> None:
    template = read(
        template_json(
            parameters=None, variables=None, functions=None, outputs=None, definitions=None
        )
    )

    assert ({}, {}, (), {}, {}) == (
        template.parameters,
        template.variables,
        template.functions,
        template.outputs,
        template.definitions,
    )


def test_symbolic_templates_keep_symbols_apart_by_case() -> None:
    template = read(
        template_json(
            languageVersion="2.0",
            definitions={"t": {"type": "string"}},
            resources={"vm": VM, "VM": {"existing": True, "type": "A.B/c", "name": "x"}},
        )
    )

    assert template.symbolic
    assert "2.0" == template.language_version
    assert {"t": {"type": "string"}} == template.definitions
    assert [
        ("vm", "/resources/vm", ChangeKind.WRITE),
        ("VM", "/resources/VM", ChangeKind.EXISTING),
    ] == [(item.symbol, item.pointer, item.change) for item in template.resources]


def test_children_are_read_below_their_parent() -> None:
    child: JsonValue = {"type": "extensions", "apiVersion": "2023-03-01", "name": "e"}
    parent: JsonValue = {**VM, "Resources": [child]} if isinstance(VM, dict) else None
    resource = read(template_json(resources=[parent])).resources[0]

    assert ["/resources/0/Resources/0"] == [item.pointer for item in resource.children]
    assert "extensions" == resource.children[0].get("TYPE")


def test_names_of_members_compare_without_case() -> None:
    template = read(
        {
            "$Schema": SCHEMA,
            "CONTENTVERSION": "1.0.0.0",
            "Parameters": {"p": {"Type": "string"}},
            "RESOURCES": [{"Type": "A.B/c", "APIVERSION": "1", "NAME": "x"}],
        }
    )

    assert ["p"] == list(template.parameters)
    assert "/RESOURCES/0" == template.resources[0].pointer
    assert "x" == template.resources[0].get("name")


def test_of_two_spellings_the_last_one_counts() -> None:
    template = read(
        template_json(
            parameters={"p": {"type": "string"}, "P": {"type": "int"}},
            resources=[{"type": "A.B/c", "apiVersion": "1", "name": "harmless", "Name": "real"}],
            Resources=[{"type": "A.B/c", "apiVersion": "1", "name": "first", "NAME": "last"}],
        )
    )

    assert ["P"] == list(template.parameters)
    assert ["last"] == [item.get("name") for item in template.resources]
    assert ["duplicate-key"] * 3 == [note.code for note in template.notes]


def test_of_two_nested_templates_the_last_one_counts() -> None:
    deployment: JsonValue = {
        "type": "Microsoft.Resources/deployments",
        "properties": {"template": {"a": 1}, "mode": "Incremental", "Template": {"b": 2}},
    }
    body = read(template_json(resources=[deployment])).resources[0].body

    assert {"Template": {"b": 2}, "mode": "Incremental"} == body["properties"]


@pytest.mark.parametrize(("value", "expected"), [(True, True), ("True", True), (False, False)])
def test_existing(value: JsonValue, expected: bool) -> None:
    resource = read(template_json(resources=[{"type": "A.B/c", "existing": value}])).resources[0]

    assert expected == (resource.change is ChangeKind.EXISTING)


@pytest.mark.parametrize(
    ("change", "place", "message"),
    [
        ({"$schema": None}, "main.json:1:1", "the template has no `$schema`"),
        ({"$schema": "https://x/2019-04-01/y.json"}, "main.json:2:3", "is no schema of a template"),
        ({"$schema": SCHEMA.replace("2019", "2020")}, "main.json:2:3", "is not supported by ARM"),
        ({"contentVersion": ""}, "main.json:3:3", "`contentVersion` must be text"),
        ({"contentVersion": []}, "main.json:3:3", "`contentVersion` must be text"),
        ({"metadata": []}, "main.json:11:3", "`metadata` is an array, not an object"),
        ({"definitions": {}}, "main.json:11:3", "`definitions` need language version 2.0"),
        ({"parameters": {"": {"type": "int"}}}, "main.json:12:5", "a parameter has no name"),
        ({"variables": {"": 1}}, "main.json:12:5", "a variable has no name"),
        ({"outputs": {"": {"value": 1}}}, "main.json:12:5", "an output has no name"),
        ({"$schema": 5}, "main.json:2:3", "`$schema` is a number, not text"),
        ({"foo": 1}, "main.json:11:3", "`foo` is no member of a template"),
        ({"parameters": []}, "main.json:11:3", "`parameters` is an array, not an object"),
        ({"parameters": {"p": "string"}}, "main.json:12:5", "the parameter `p` is text"),
        ({"variables": "x"}, "main.json:11:3", "`variables` is text, not an object"),
        ({"functions": {}}, "main.json:11:3", "`functions` is an object, not an array"),
        ({"functions": [{}]}, "main.json:12:5", "has no `namespace`"),
        ({"functions": [{"namespace": "n", "members": {"f": {}}}]}, None, "`n.f` has no `output`"),
        ({"functions": [{"namespace": "n"}]}, "main.json:12:5", "has no `members`"),
        ({"functions": [{"namespace": "n-m", "members": {}}]}, None, "`n-m` cannot be part of"),
        ({"functions": [{"namespace": "n", "members": {}, "x": 1}]}, None, "`x` is no member"),
        (function(x=1), None, "`x` is no member of a function"),
        (function(output={"type": "int"}), None, "the output of the function `n.f` has no `value`"),
        (function(output={"value": 1, "copy": {}}), None, "`copy` is no keyword of the output"),
        (function(parameters=[{"name": "a", "defaultValue": 1}]), None, "`defaultValue` is no"),
        (function(parameters=[{"name": "a"}, {"name": "A"}]), None, "two parameters `A`"),
        ({"outputs": {"o": 1}}, "main.json:12:5", "the output `o` is a number"),
        ({"resources": None}, "main.json:4:3", "`resources` is null"),
        ({"resources": "x"}, "main.json:4:3", "`resources` is text, not an array"),
        ({"resources": [None]}, "main.json:5:5", "a resource is null, not an object"),
        ({"resources": [{"name": "x"}]}, "main.json:5:5", "the resource has no `type`"),
        ({"resources": [{"type": 1}]}, "main.json:6:7", "`type` is a number, not text"),
        ({"resources": [{"type": "A.B/c", "foo": 1}]}, "main.json:7:7", "`foo` is no member"),
        ({"resources": [{"type": "A.B/c", "name": []}]}, "main.json:7:7", "`name` is an array"),
        ({"resources": [{"type": "A.B/c", "location": {}}]}, "main.json:7:7", "is an object"),
        (
            {"resources": [{"type": "A.B/c", "copy": {"input": 1}}]},
            None,
            "no member of a copy loop",
        ),
    ],
)
def test_what_arm_refuses_by_shape_is_refused_with_its_place(
    change: dict[str, JsonValue], place: str | None, message: str
) -> None:
    with pytest.raises(InputError) as caught:
        read(template_json(**change))

    assert message in caught.value.message
    if place is not None:
        assert str(caught.value).startswith(place + ": ")


@pytest.mark.parametrize("missing", ["$schema", "contentVersion", "resources"])
def test_required_members(missing: str) -> None:
    value = template_json()
    del value[missing]

    with pytest.raises(InputError, match=f"has no `.?{missing[1:]}`"):
        read(value)


def test_an_unknown_language_version_is_unsupported() -> None:
    with pytest.raises(UnsupportedFeature, match=r"`3\.0`"):
        read(template_json(languageVersion="3.0"))


def test_nested_templates_may_hold_unknown_members() -> None:
    template = read(template_json(foo=1, resources=[{"type": "A.B/c", "scale": 2}]), nested=True)

    assert ["unknown-member"] * 2 == [note.code for note in template.notes]


def test_members_that_arm_reads_as_text_become_text() -> None:
    resource: JsonValue = {"type": "A.B/c", "name": 5, "location": True, "kind": 1.5, "scope": None}
    body = read(template_json(resources=[resource])).resources[0].body

    assert body == {"type": "A.B/c", "name": "5", "location": "True", "kind": "1.5", "scope": None}


def test_an_empty_text_in_place_of_a_section_is_none() -> None:
    template = read(template_json(parameters="", variables="", functions="", outputs=""))

    assert not template.parameters
    assert not template.variables
    assert not template.functions
    assert not template.outputs


def test_the_schema_of_a_nested_template_needs_only_a_version() -> None:
    schema = "https://x/2018-05-01/y.json"

    assert read(template_json(**{"$schema": schema}), nested=True).schema_scope is None
