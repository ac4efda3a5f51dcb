"""What random templates are made of: declarations, types, values, conditions, loop counts."""

from __future__ import annotations

from collections.abc import Mapping

from oracle_engine import MANAGEMENT_GROUP, SUBSCRIPTION

from preflight.model.value import JsonValue

OTHER_SUBSCRIPTION = "44444444-4444-4444-4444-444444444444"
PARAMETERS: Mapping[str, JsonValue] = {
    "prefix": {"type": "string", "defaultValue": "app"},
    "count": {"type": "int", "defaultValue": 2},
    "none": {"type": "int", "defaultValue": 0},
    "on": {"type": "bool", "defaultValue": True},
    "off": {"type": "bool", "defaultValue": False},
    "names": {"type": "array", "defaultValue": ["red", "green", "blue"]},
    "sites": {
        "type": "array",
        "defaultValue": [{"name": "s1", "on": True, "n": [1, 2]}, {"name": "s2", "on": False}],
    },
    "tags": {"type": "object", "defaultValue": {"env": "dev", "cost": "[concat('c', 1)]"}},
    "stamp": {"type": "string", "defaultValue": "[utcNow('yyyyMMdd')]"},
    "unique": {"type": "string", "defaultValue": "[newGuid()]"},
    "derived": {"type": "string", "defaultValue": "[concat(parameters('prefix'), '-d')]"},
}
VARIABLES: Mapping[str, JsonValue] = {
    "base": "[format('{0}-{1}', parameters('prefix'), 'base')]",
    "map": {"red": {"size": 1}, "green": {"size": 2}, "blue": {"size": 3}},
    "nested": {"list": ["[parameters('prefix')]", {"deep": "[length(parameters('names'))]"}]},
    "copy": [
        {"name": "loop", "count": "[parameters('count')]", "input": "[copyIndex('loop', 1)]"},
        {
            "name": "objects",
            "count": "[length(parameters('names'))]",
            "input": {
                "n": "[parameters('names')[copyIndex('objects')]]",
                "i": "[copyIndex('objects')]",
            },
        },
    ],
    "inner": {
        "copy": [{"name": "list", "count": 2, "input": "[concat('v', copyIndex('list'))]"}],
        "other": True,
    },
}
FUNCTIONS: list[JsonValue] = [
    {
        "namespace": "own",
        "members": {
            "named": {
                "parameters": [{"name": "stem", "type": "string"}, {"name": "n", "type": "int"}],
                "output": {
                    "type": "string",
                    "value": "[toLower(concat(parameters('stem'), '-', parameters('n')))]",
                },
            }
        },
    }
]
TYPES: Mapping[str, tuple[str, ...]] = {
    "resourceGroup": (
        "Microsoft.Storage/storageAccounts",
        "Microsoft.Network/virtualNetworks",
        "Microsoft.Web/sites",
        "Microsoft.KeyVault/vaults",
    ),
    "subscription": (
        "Microsoft.Resources/resourceGroups",
        "Microsoft.Authorization/policyDefinitions",
        "Microsoft.Authorization/roleAssignments",
    ),
    "managementGroup": (
        "Microsoft.Authorization/policyDefinitions",
        "Microsoft.Authorization/policyAssignments",
    ),
    "tenant": ("Microsoft.Management/managementGroups", "Microsoft.Authorization/roleAssignments"),
}
CHILDREN = {
    "Microsoft.Storage/storageAccounts": "blobServices",
    "Microsoft.Network/virtualNetworks": "subnets",
    "Microsoft.Web/sites": "config",
    "Microsoft.KeyVault/vaults": "secrets",
}
VALUES: tuple[JsonValue, ...] = (
    "[parameters('prefix')]",
    "[variables('base')]",
    "[variables('map')[parameters('names')[0]].size]",
    "[variables('nested').list[1].deep]",
    "[variables('loop')]",
    "[variables('objects')]",
    "[variables('inner')]",
    "[parameters('tags')]",
    "[union(parameters('tags'), createObject('more', true()))]",
    "[if(parameters('on'), 'yes', fail('no'))]",
    "[own.named('STEM', 3)]",
    "[uniqueString(resourceGroup().id)]",
    "[subscription().subscriptionId]",
    "[deployment().name]",
    "[tenant().tenantId]",
    "[resourceId('Microsoft.Web/sites', 'w')]",
    "[parameters('sites')[0].n]",
    "[map(parameters('sites'), lambda('s', lambdaVariables('s').name))]",
    "[tryGet(parameters('sites')[1], 'n')]",
    "[null()]",
    "[[literal]",
    "plain",
    "",
    7,
    True,
    None,
    ["[parameters('prefix')]", 2],
    {"k": "[parameters('derived')]", "[concat('dyn', '1')]": "v"},
    "[reference(resourceId('Microsoft.Web/sites', 'other'), '2022-01-01').hostName]",
    "[concat('x-', reference('somewhere').id)]",
    "[parameters('stamp')]",
    "[createObject('a', parameters('unique'), 'b', 1)]",
    "[listKeys(resourceId('Microsoft.Storage/storageAccounts', 'k'), '2023-01-01').keys[0].value]",
    "[environment().suffixes.storage]",
)
CONDITIONS: tuple[JsonValue, ...] = (
    True,
    False,
    "[parameters('on')]",
    "[parameters('off')]",
    "[not(parameters('off'))]",
    "[equals(parameters('prefix'), 'app')]",
    "[greater(length(parameters('names')), 3)]",
    "[empty(parameters('stamp'))]",
    "[and(parameters('on'), contains(parameters('names'), 'red'))]",
)
COUNTS: tuple[JsonValue, ...] = (
    2,
    1,
    0,
    "[parameters('count')]",
    "[parameters('none')]",
    "[length(parameters('names'))]",
    "[length(variables('objects'))]",
    "[add(parameters('count'), 1)]",
)
PROPERTY_LOOPS: tuple[dict[str, JsonValue], ...] = (
    {
        "name": "items",
        "input": {"i": "[copyIndex('items')]", "v": "[concat('i', copyIndex('items', 1))]"},
    },
    {"name": "flat", "input": "[parameters('names')[mod(copyIndex('flat'), 3)]]"},
)
"""Property loops, to which a count is added."""
_UPWARD: tuple[tuple[str, dict[str, JsonValue]], ...] = (
    (
        "managementGroup",
        {"scope": f"Microsoft.Management/managementGroups/{MANAGEMENT_GROUP}"},
    ),
    ("subscription", {"subscriptionId": SUBSCRIPTION}),
    ("resourceGroup", {"subscriptionId": SUBSCRIPTION, "resourceGroup": "rg-deep"}),
)
TARGETS: Mapping[str, tuple[tuple[str, dict[str, JsonValue]], ...]] = {
    "resourceGroup": (
        ("resourceGroup", {"resourceGroup": "rg-other"}),
        ("resourceGroup", {"resourceGroup": "[concat('rg-', parameters('prefix'))]"}),
        ("resourceGroup", {"subscriptionId": OTHER_SUBSCRIPTION, "resourceGroup": "rg-far"}),
        ("subscription", {"subscriptionId": SUBSCRIPTION}),
        ("tenant", {"scope": "/"}),
    ),
    "subscription": (
        ("resourceGroup", {"resourceGroup": "rg-made"}),
        ("resourceGroup", {"resourceGroup": "[format('rg-{0}', parameters('prefix'))]"}),
        ("subscription", {"subscriptionId": OTHER_SUBSCRIPTION}),
        ("tenant", {"scope": "/"}),
    ),
    "managementGroup": _UPWARD,
    "tenant": _UPWARD,
}
"""Kind of deployment → kinds and members of deployments that it can nest."""
