"""Fuzz target: reader, evaluator and rules on ARM templates; refused with a place, or derived."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import gettempdir

from tests.fuzz.expressions import GRAMMAR as EXPRESSION
from tests.fuzz.expressions import WORDS as EXPRESSION_WORDS
from tests.fuzz.judging import judge

from preflight.api import DeriveSettings, derive_source

_EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"
_SCHEMA = "https://schema.management.azure.com/schemas/{}#"
_GROUP = _SCHEMA.format("2019-04-01/deploymentTemplate.json")
_SUBSCRIPTION = _SCHEMA.format("2018-05-01/subscriptionDeploymentTemplate.json")
SCOPES = (
    None,
    "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg",
    "/subscriptions/11111111-1111-1111-1111-111111111111",
    "/providers/Microsoft.Management/managementGroups/corp",
    "/",
)

_LOOPS = {
    "$schema": _GROUP,
    "contentVersion": "1.0.0.0",
    "parameters": {
        "n": {"type": "int", "defaultValue": 2, "minValue": 0, "maxValue": 9},
        "s": {"type": "string", "minLength": 1, "maxLength": 20},
        "list": {"type": "array", "defaultValue": ["a", "b"]},
        "secret": {"type": "securestring", "defaultValue": "x"},
        "o": {"type": "object", "defaultValue": {"a": {"b": 1}}},
    },
    "functions": [
        {
            "namespace": "f",
            "members": {
                "g": {
                    "parameters": [{"name": "p", "type": "string"}],
                    "output": {"type": "string", "value": "[concat(parameters('p'), 'x')]"},
                }
            },
        }
    ],
    "variables": {
        "v": "[f.g(parameters('s'))]",
        "copy": [{"name": "w", "count": "[parameters('n')]", "input": "[copyIndex('w')]"}],
    },
    "resources": [
        {
            "type": "Microsoft.Storage/storageAccounts",
            "apiVersion": "2023-05-01",
            "name": "[format('st{0}{1}', variables('v'), copyIndex())]",
            "copy": {"name": "loop", "count": "[length(parameters('list'))]", "mode": "serial"},
            "condition": "[equals(parameters('n'), 2)]",
            "location": "[resourceGroup().location]",
            "identity": {
                "type": "UserAssigned",
                "userAssignedIdentities": {"[parameters('s')]": {}},
            },
            "properties": {
                "copy": [{"name": "rules", "count": 2, "input": {"i": "[copyIndex('rules')]"}}],
                "k": "[listKeys(resourceId('A.B/c', 'd'), '2020-01-01').k]",
            },
            "resources": [{"type": "blobServices", "apiVersion": "2023-05-01", "name": "default"}],
        },
        {
            "type": "Microsoft.Network/privateEndpoints",
            "apiVersion": "2023-05-01",
            "name": "pe",
            "properties": {
                "subnet": {
                    "id": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'a', 'b')]"
                }
            },
        },
        {
            "type": "Microsoft.Authorization/roleAssignments",
            "apiVersion": "2022-04-01",
            "name": "[guid(resourceGroup().id, parameters('s'))]",
            "scope": "[resourceId('Microsoft.Storage/storageAccounts', 'st')]",
            "properties": {
                "roleDefinitionId": "[subscriptionResourceId('A.B/roleDefinitions', 'x')]",
                "principalId": "[reference('pe').p]",
                "principalType": "ServicePrincipal",
            },
        },
    ],
    "outputs": {"o": {"type": "string", "value": "[reference('pe').p]"}},
}
_NESTED = {
    "$schema": _SUBSCRIPTION,
    "contentVersion": "1.0.0.0",
    "parameters": {"rg": {"type": "string"}, "flag": {"type": "bool", "defaultValue": True}},
    "resources": [
        {
            "type": "Microsoft.Resources/resourceGroups",
            "apiVersion": "2022-09-01",
            "name": "[parameters('rg')]",
            "location": "westeurope",
        },
        {
            "type": "Microsoft.Resources/deployments",
            "apiVersion": "2022-09-01",
            "name": "inner",
            "resourceGroup": "[parameters('rg')]",
            "condition": "[parameters('flag')]",
            "dependsOn": ["[parameters('rg')]"],
            "properties": {
                "mode": "Incremental",
                "expressionEvaluationOptions": {"scope": "inner"},
                "parameters": {"x": {"value": "[parameters('rg')]"}},
                "template": {
                    "$schema": _GROUP,
                    "contentVersion": "1.0.0.0",
                    "parameters": {"x": {"type": "string"}},
                    "resources": [
                        {
                            "type": "Microsoft.Web/sites",
                            "apiVersion": "2022-03-01",
                            "name": "[parameters('x')]",
                        }
                    ],
                    "outputs": {"id": {"type": "string", "value": "[parameters('x')]"}},
                },
            },
        },
        {
            "type": "Microsoft.Resources/deployments",
            "apiVersion": "2022-09-01",
            "name": "linked",
            "location": "westeurope",
            "copy": {"name": "l", "count": 2},
            "properties": {
                "mode": "Incremental",
                "templateLink": {"relativePath": "[concat('x', copyIndex(), '.json')]"},
            },
        },
    ],
    "outputs": {"i": {"type": "string", "value": "[reference('inner').outputs.id.value]"}},
}
_SYMBOLIC = {
    "$schema": _GROUP,
    "languageVersion": "2.0",
    "contentVersion": "1.0.0.0",
    "definitions": {
        "t": {
            "type": "object",
            "properties": {
                "a": {"type": "string", "nullable": True},
                "n": {"$ref": "#/definitions/u"},
            },
            "additionalProperties": {"type": "int"},
        },
        "u": {"type": "array", "prefixItems": [{"type": "int"}], "items": False},
        "v": {
            "type": "object",
            "discriminator": {"propertyName": "k", "mapping": {"x": {"$ref": "#/definitions/t"}}},
        },
    },
    "parameters": {"p": {"$ref": "#/definitions/t", "defaultValue": {"a": None}}},
    "resources": {
        "kv": {
            "existing": True,
            "type": "Microsoft.KeyVault/vaults",
            "apiVersion": "2023-07-01",
            "name": "kv",
            "resourceGroup": "other",
        },
        "site": {
            "type": "Microsoft.Web/sites",
            "apiVersion": "2022-03-01",
            "name": "[coalesce(tryGet(parameters('p'), 'a'), 'site')]",
            "properties": {"v": "[reference('kv').vaultUri]", "r": "[references('many')]"},
            "dependsOn": ["kv"],
        },
        "many": {
            "copy": {"name": "many", "count": "[length(range(0, 3))]"},
            "type": "Microsoft.Web/serverfarms",
            "apiVersion": "2022-03-01",
            "name": "[format('p{0}', copyIndex())]",
        },
    },
    "outputs": {"o": {"type": "array", "copy": {"count": 2, "input": "[copyIndex()]"}}},
}

SEEDS = [
    *(json.dumps(template).encode() for template in (_LOOPS, _NESTED, _SYMBOLIC)),
    *(path.read_bytes() for path in sorted(_EXAMPLES.glob("[aef]-*/main.json"))),
]
WORDS = (
    *EXPRESSION_WORDS,
    "$schema", "languageVersion", "definitions", "parameters", "variables", "functions",
    "resources",
    "outputs", "type", "name", "apiVersion", "scope", "condition", "copy", "count", "input", "mode",
    "dependsOn", "properties", "template", "templateLink", "uri", "relativePath", "existing",
    "import",
    "extensions", "resourceGroup", "subscriptionId", "location", "identity", "defaultValue",
    "allowedValues", "minValue", "maxLength", "nullable", "items", "prefixItems",
    "additionalProperties",
    "discriminator", "metadata", "value", "$ref", "#/definitions/t", "inner", "outer", "@options",
    "{", "}",
    "[", "]", ",", ":", '"', "/*", "*/", "//", "\n", "null", "1e400",
    "Microsoft.Resources/deployments",
    "Microsoft.Authorization/locks", "Microsoft.Resources/deploymentScripts", "contentVersion",
    "secret",
    "expressionEvaluationOptions", "Microsoft.Management/managementGroups", "securestring",
    "object",
)  # fmt: skip
GRAMMAR = {
    **EXPRESSION,
    "leaf": (
        *EXPRESSION["leaf"], "copyIndex()", "copyIndex('loop')", "variables('v')", "variables('w')",
        "parameters('s')", "parameters('n')", "f.g(<value>)", "resourceGroup().id",
        "subscription().id",
        "reference('site').x", "reference('inner').outputs.id.value", "references('many')",
        "listKeys('kv', '2020-01-01').k", "resourceId('A.B/c', <value>)", "deployment().name",
    ),
}  # fmt: skip


def fuzz(data: bytes) -> None:
    """Read, evaluate and derive; the scope follows from the input."""
    scope = SCOPES[len(data) % len(SCOPES)]
    settings = DeriveSettings(scope=scope, stdin=lambda: data, root=f"{gettempdir()}/no-such-root")
    judge(lambda: derive_source("-", settings))
