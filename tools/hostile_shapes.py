"""The templates of `hostile.py`: small, and each would take for ever."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TypeAlias

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
Template: TypeAlias = dict[str, Json]
SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


def template(**sections: Json) -> Template:
    """Return a template with these sections."""
    return {"$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": [], **sections}


def computed(expression: str, **variables: Json) -> Template:
    """Return a template with one output whose value is an expression."""
    output: Json = {"type": "int", "value": f"[length({expression})]"}
    return template(variables=variables, outputs={"o": output})


def chain(first: str, step: str, length: int, last: str = "v") -> Template:
    """Return a template of variables, each made of the one before: `{}` is that one."""
    variables: dict[str, Json] = {"v0": f"[{first}]"}
    for index in range(1, length + 1):
        variables[f"v{index}"] = "[" + step.replace("{}", f"variables('v{index - 1}')") + "]"
    return computed(last.replace("v", f"variables('v{length}')", 1), **variables)


def items(body: str, over: str = "range(0, 10000)", name: str = "x") -> str:
    """Return a map over many items; `{x}` in its body is the item."""
    body = body.replace(f"{{{name}}}", f"lambdaVariables('{name}')")
    return f"map({over}, lambda('{name}', {body}))"


def many(expression: str, over: str = "range(0, 10000)") -> Template:
    """Return a template that evaluates an expression ten thousand times in each of many rounds."""
    inner = items(expression, over, "y")
    return computed(items(f"length({inner})"), text=TEXT, long=LONG_ARRAY, wide=WIDE_OBJECT)


TEXT = "abcdefgh" * 2_000
LONG_ARRAY: Json = list(range(2_000))
WIDE_OBJECT: Json = {f"key{index}": index for index in range(2_000)}
ACCOUNT: Mapping[str, Json] = {
    "type": "Microsoft.Storage/storageAccounts",
    "apiVersion": "2023-05-01",
    "location": "westeurope",
    "sku": {"name": "Standard_LRS"},
    "kind": "StorageV2",
}


def looped(body: Mapping[str, Json]) -> Template:
    """Return a template with 800 resources of one body."""
    copy: Json = {"name": "c", "count": 800}
    name = "[format('st{0}', copyIndex())]"
    return template(resources=[{**ACCOUNT, "name": name, "copy": copy, **body}])


def properties(value: Json) -> Template:
    """Return a template with 800 resources, each with 800 times a value in its properties."""
    return looped({"properties": {"copy": [{"name": "p", "count": 800, "input": value}]}})


def variable_loops(value: Json, number: int = 500) -> Template:
    """Return a template with many variable loops of 800 iterations each."""
    loops: list[Json] = []
    for index in range(number):
        text = json.dumps(value).replace("NAME", f"v{index}")
        loops.append({"name": f"v{index}", "count": 800, "input": json.loads(text)})
    return template(variables={"copy": loops})


def deployment(
    inner: Template, name: Json = "inner", *, parameters: Json = None, **more: Json
) -> dict[str, Json]:
    """Return a nested deployment of a template."""
    return {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2022-09-01",
        "name": name,
        "properties": {
            "mode": "Incremental",
            "expressionEvaluationOptions": {"scope": "inner"},
            "template": {**inner},
            "parameters": parameters,
        },
        **more,
    }


def doubling(depth: int, times: int = 2) -> Template:
    """Return deployments inside each other, each of which is there several times."""
    found = template(resources=[{**ACCOUNT, "name": "st"}])
    for level in range(depth):
        loop: Json = {"name": "c", "count": times}
        name = f"[format('d{level}-{{0}}', copyIndex())]"
        found = template(resources=[deployment(found, name, copy=loop)])
    return found


def functions(depth: int, width: int) -> Template:
    """Return functions that each call the next one several times."""
    members: dict[str, Json] = {"f0": {"output": {"type": "int", "value": 1}}}
    for level in range(1, depth + 1):
        calls = ", ".join([f"n.f{level - 1}()"] * width)
        members[f"f{level}"] = {"output": {"type": "int", "value": f"[max({calls})]"}}
    section: Json = [{"namespace": "n", "members": members}]
    output: Json = {"type": "int", "value": f"[n.f{depth}()]"}
    return template(functions=section, outputs={"o": output})


def linked(number: int) -> Template:
    """Return 800 machines that each name many subnets: one requirement for each of those."""
    subnet = (
        "[resourceId(format('rg{0}', copyIndex('ipConfigurations')), "
        "'Microsoft.Network/virtualNetworks/subnets', "
        "format('v{0}', copyIndex()), 's')]"
    )
    one: Json = {"name": "n", "properties": {"subnet": {"id": subnet}}}
    loop: Json = [{"name": "ipConfigurations", "count": number, "input": one}]
    interface: dict[str, Json] = {
        **ACCOUNT,
        "type": "Microsoft.Network/networkInterfaces",
        "name": "[format('nic{0}', copyIndex())]",
        "copy": {"name": "c", "count": 800},
        "properties": {"copy": loop},
    }
    return template(resources=[interface])


SHAPES: Mapping[str, Callable[[], Template]] = {
    "map in map": lambda: many("add({y}, {x})".replace("{x}", "1")),
    "filter in filter": lambda: computed(
        "filter(range(0, 10000), lambda('x', empty(filter(range(0, 10000), lambda('y', "
        "greater(lambdaVariables('x'), lambdaVariables('y')))))))"
    ),
    "reduce in reduce": lambda: computed(
        "range(0, reduce(range(0, 10000), 0, lambda('a', 'x', reduce(range(0, 10000), 0, "
        "lambda('b', 'y', mod(add(lambdaVariables('b'), lambdaVariables('y')), 7))))))"
    ),
    "property loops in 800 resources": lambda: properties("[copyIndex('p')]"),
    "property loops of objects": lambda: properties(
        {"a": "[copyIndex('p')]", "b": {"c": "[format('{0}', copyIndex())]", "d": [1, 2, 3]}}
    ),
    "property loops of constants": lambda: properties({"a": "x", "b": [1, 2, 3]}),
    "property loops of big constants": lambda: properties(["x"] * 2_000),
    "variable loops": lambda: variable_loops("[copyIndex('NAME')]"),
    "variable loops of objects": lambda: variable_loops(
        {"a": "[copyIndex('NAME')]", "b": [1, [2]]}
    ),
    "variable loops of texts": lambda: variable_loops(
        "[format('{0}-{1}', copyIndex('NAME'), 'x')]"
    ),
    "variable loops of lambdas": lambda: variable_loops(
        f"[length({items('add({x}, 1)', 'range(0, 800)')})]"
    ),
    "output loops": lambda: template(
        outputs={
            f"o{index}": {
                "type": "array",
                "copy": {"count": 800, "input": [f"[add(copyIndex(), {n})]" for n in range(40)]},
            }
            for index in range(64)
        }
    ),
    "literal properties of 800 resources": lambda: looped({"properties": {"a": [0] * 20_000}}),
    "bodies with many expressions": lambda: looped(
        {"properties": {f"a{n}": f"[add({n}, copyIndex())]" for n in range(2_000)}}
    ),
    "tags with computed names": lambda: looped(
        {"tags": {f"[format('t{n}-{{0}}', copyIndex())]": "x" for n in range(2_000)}}
    ),
    "deployments that double": lambda: doubling(12),
    "deployments in loops of 800": lambda: doubling(3, 800),
    "800 deployments of 800 resources": lambda: template(
        resources=[
            deployment(
                looped({}), "[format('d{0}', copyIndex())]", copy={"name": "c", "count": 800}
            )
        ]
    ),
    "deployments with big templates": lambda: template(
        resources=[
            deployment(
                template(variables={f"v{n}": [n] * 200 for n in range(500)}),
                "[format('d{0}', copyIndex())]",
                copy={"name": "c", "count": 499},
            )
        ]
    ),
    "deployments of the outer scope": lambda: template(
        resources=[
            {
                "type": "Microsoft.Resources/deployments",
                "apiVersion": "2022-09-01",
                "name": "[format('d{0}', copyIndex())]",
                "copy": {"name": "c", "count": 499},
                "properties": {
                    "mode": "Incremental",
                    "template": template(
                        variables={f"v{n}": [f"[add({n}, copyIndex())]"] * 20 for n in range(500)}
                    ),
                },
            }
        ]
    ),
    "concat that doubles": lambda: chain("'abcdefgh'", "concat({}, {})", 60),
    "format that doubles": lambda: chain("'abcdefgh'", "format('{0}{0}', {})", 60),
    "concat of arrays that doubles": lambda: chain("createArray(1, 2, 3)", "concat({}, {})", 60),
    "createArray that doubles": lambda: chain("createArray(1)", "createArray({}, {})", 60),
    "objects that double": lambda: chain(
        "createObject('a', 1)", "createObject('a', {}, 'b', {})", 60
    ),
    "unions that grow": lambda: chain(
        "range(0, 100)",
        "union({}, map({}, lambda('x', add(lambdaVariables('x'), length({})))))",
        60,
    ),
    "json texts that double": lambda: chain(
        "createArray('a')", "createArray(string({}), string({}))", 60
    ),
    "base64 that grows": lambda: chain("'abcdefgh'", "base64(concat({}, {}))", 60),
    "uri escapes that grow": lambda: chain("'%%%%'", "uriComponent(concat({}, {}))", 60),
    "texts that double in a reduce": lambda: computed(
        "reduce(range(0, 10000), 'ab', lambda('a', 'x', "
        "concat(lambdaVariables('a'), lambdaVariables('a'))))"
    ),
    "arrays that double in a reduce": lambda: computed(
        "reduce(range(0, 10000), createArray(1), lambda('a', 'x', "
        "createArray(lambdaVariables('a'), lambdaVariables('a'))))"
    ),
    "long formats": lambda: many("length(format('" + "{0:D3}" * 2_000 + "', {y}))"),
    "union of many arguments": lambda: many(
        "length(union(" + ", ".join(["variables('long')"] * 200) + "))"
    ),
    "json read": lambda: computed(
        items("length(" + items("length(json(variables('j')))") + ")"),
        j="[[" + "[1,2]," * 2_000 + "1]",
    ),
    "functions that call functions": lambda: functions(20, 10),
    "functions in a lambda": lambda: {
        **functions(1, 1),
        **computed(items(f"length({items('n.f1()')})")),
    },
    "functions over big arguments": lambda: {
        **computed(items("length(n.f(variables('long')))"), long=LONG_ARRAY),
        "languageVersion": "2.0",
        "resources": {},
        "functions": [
            {
                "namespace": "n",
                "members": {
                    "f": {
                        "parameters": [{"name": "a", "type": "array", "items": {"type": "int"}}],
                        "output": {"type": "array", "value": "[parameters('a')]"},
                    }
                },
            }
        ],
    },
    "long names": lambda: many("length(concat('" + "x" * 20_000 + "', string({y})))"),
    "deep calls": lambda: many("length(" + "concat(" * 40 + "'a'" + ")" * 40 + ")"),
    "many arguments": lambda: many("length(concat(" + ", ".join(["'a'"] * 2_000) + "))"),
    "many members": lambda: many(
        "length(createObject(" + ", ".join(f"'k{n}', {n}" for n in range(900)) + "))"
    ),
    "typed parameters of many deployments": lambda: template(
        resources=[
            deployment(
                template(
                    languageVersion="2.0",
                    resources={},
                    parameters={"p": {"type": "array", "items": {"type": "int"}}},
                ),
                "[format('d{0}', copyIndex())]",
                copy={"name": "c", "count": 499},
                parameters={"p": {"value": LONG_ARRAY}},
            )
        ]
    ),
    "references in 800 resources": lambda: looped(
        {
            "properties": {
                f"a{n}": f"[reference(format('x{n}-{{0}}', copyIndex()), '2020-01-01').b]"
                for n in range(200)
            }
        }
    ),
    "lists of keys": lambda: looped(
        {
            "properties": {
                f"a{n}": "[listKeys(resourceId('Microsoft.Storage/storageAccounts', "
                f"format('s{n}x{{0}}', copyIndex())), '2023-05-01').keys]"
                for n in range(200)
            }
        }
    ),
    "references to any of 800": lambda: {
        **template(
            resources=[
                {
                    **ACCOUNT,
                    "name": "[format('s{0}', copyIndex())]",
                    "copy": {"name": "c", "count": 400},
                },
                {
                    **ACCOUNT,
                    "name": "[format('t{0}', copyIndex())]",
                    "copy": {"name": "d", "count": 400},
                    "properties": {
                        f"a{n}": "[reference(resourceId('Microsoft.Storage/storageAccounts', "
                        "concat('s', parameters('p')))).b]"
                        for n in range(400)
                    },
                },
            ]
        ),
        "parameters": {"p": {"type": "string"}},
    },
    "big literal bodies of many": lambda: template(
        resources=[
            deployment(
                looped({"properties": {"a": [{"b": n} for n in range(100)]}}),
                "[format('d{0}', copyIndex())]",
                copy={"name": "c", "count": 30},
            )
        ]
    ),
    "links of 800 resources": lambda: linked(800),
    "requirements of 800 resources": lambda: linked(40),
    "unknown texts": lambda: {
        **many("length(concat(parameters('p'), string({y})))"),
        "parameters": {"p": {"type": "string"}},
    },
    "an unknown part that doubles": lambda: {
        **chain("parameters('p')", "concat({}, 'x', {})", 60),
        "parameters": {"p": {"type": "string"}},
    },
    "unknown arrays": lambda: {
        **many("length(concat(parameters('p'), createArray({y})))"),
        "parameters": {"p": {"type": "array"}},
    },
}
"""Shape → the template. All of them are refused."""
