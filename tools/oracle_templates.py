"""Random templates: loops, scopes, nesting, conditions, children, extensions, symbolic names.

What ARM would refuse for sure is left out, and so is what the engine offline has no answer for:
an outer-scope deployment inside an inner-scope one or with open values in it, and parameters
without a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from oracle_engine import GROUP, MANAGEMENT_GROUP, SCOPES, SUBSCRIPTION, document

from preflight.model.value import JsonValue

OTHER_SUBSCRIPTION = "44444444-4444-4444-4444-444444444444"
DEPLOYMENTS = "Microsoft.Resources/deployments"
OUTER_DEPTH, DEPTH = 1, 2

Resource = dict[str, JsonValue]

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
            "input": {"n": "[parameters('names')[copyIndex('objects')]]", "i": "[copyIndex('objects')]"},
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
VALUES = (
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
    "[parameters('sites')[1].?n]",
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
CONDITIONS = (
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
COUNTS = (
    2,
    1,
    0,
    "[parameters('count')]",
    "[parameters('none')]",
    "[length(parameters('names'))]",
    "[length(variables('objects'))]",
    "[add(parameters('count'), 1)]",
)


class Builder:
    """Builds random templates from a seed."""

    def __init__(self, random: Random) -> None:
        """Draw everything from `random`."""
        self._random = random
        self._made = 0

    def template(self) -> tuple[str, dict[str, JsonValue]]:
        """Return a kind of deployment and a template for it."""
        scope = self._random.choice(("resourceGroup",) * 5 + tuple(TYPES))
        return scope, self._document(scope, DEPTH)

    def _document(self, scope: str, depth: int) -> dict[str, JsonValue]:
        return self._assembled(scope, self._chance(0.35), depth, outer=False)

    def _assembled(
        self, scope: str, symbolic: bool, depth: int, *, outer: bool  # noqa: FBT001 - drawn, not chosen
    ) -> dict[str, JsonValue]:
        rows = [
            row
            for _ in range(self._random.randint(1, 4))
            for row in self._resources(scope, depth, symbolic=symbolic, outer=outer)
        ]
        named: dict[str, JsonValue] = {f"res{index}": row for index, row in enumerate(rows)}
        sections: dict[str, JsonValue] = {} if outer else self._declarations(scope)
        if symbolic:
            sections = {"languageVersion": "2.0", **sections}
        resources: JsonValue = named if symbolic else [*rows]
        return document(scope, **sections, resources=resources)

    def _declarations(self, scope: str) -> dict[str, JsonValue]:
        found: dict[str, JsonValue] = {
            "parameters": dict(PARAMETERS),
            "variables": dict(VARIABLES),
            "functions": FUNCTIONS,
        }
        if self._chance(0.4):
            found["outputs"] = {
                "said": {"type": "string", "value": "[concat(variables('base'), '-out')]"},
                "list": {
                    "type": "array",
                    "copy": {"count": 2, "input": "[concat('o', copyIndex())]"},
                },
                "place": {"type": "string", "value": _own_id(scope)},
            }
        else:
            found["outputs"] = {"said": {"type": "string", "value": "[variables('base')]"}}
        return found

    def _resources(
        self, scope: str, depth: int, *, symbolic: bool, outer: bool
    ) -> list[Resource]:
        """Return one declaration, or several that belong together."""
        draw = self._random.random()
        if draw < 0.3 and depth > 0 and not outer:  # noqa: PLR2004 - a share
            return self._nested(scope, depth, symbolic=symbolic)
        if scope == "resourceGroup" and draw < 0.5:  # noqa: PLR2004 - a share
            return self._family(symbolic=symbolic, outer=outer)
        if draw < 0.6:  # noqa: PLR2004 - a share
            return [self._extension(scope, outer=outer)]
        if symbolic and draw < 0.7:  # noqa: PLR2004 - a share
            kind = self._random.choice(TYPES[scope])
            return [{"existing": True, **self._identity(kind, "[parameters('prefix')]")}]
        return [self._plain(scope, outer=outer)]

    def _plain(self, scope: str, *, outer: bool) -> Resource:
        kind = self._random.choice(TYPES[scope])
        row = self._identity(kind, "")
        row["properties"] = self._properties(scope)
        self._adorn(row, outer=outer)
        row["name"] = self._name(looped="copy" in row)
        return row

    def _identity(self, kind: str, name: str) -> Resource:
        return {"type": kind, "apiVersion": "2022-09-01", "name": name}

    def _adorn(self, row: Resource, *, outer: bool) -> None:
        """Add a condition, a loop, and what else a resource may have."""
        if self._chance(0.35):
            row["condition"] = self._random.choice(CONDITIONS)
        if self._chance(0.35) and not outer:
            loop: Resource = {"name": self._label("loop"), "count": self._pick(COUNTS)}
            if self._chance(0.3):
                loop |= {"mode": "Serial", "batchSize": 1}
            row["copy"] = loop
        if self._chance(0.3):
            row["location"] = "[coalesce(null(), 'westeurope')]"
        if self._chance(0.3):
            row["tags"] = "[parameters('tags')]" if self._chance(0.5) else {"t": "[variables('base')]"}
        if self._chance(0.2):
            row["comments"] = "[not evaluated"

    def _name(self, *, looped: bool) -> str:
        """Return a name that differs from every other, mostly."""
        stem = self._label("n")
        if looped:
            return self._random.choice(
                (
                    f"[concat('{stem}', copyIndex())]",
                    f"[format('{{0}}-{stem}-{{1:D2}}', parameters('prefix'), copyIndex(1))]",
                    f"[concat('{stem}', parameters('names')[mod(copyIndex(), 3)])]",
                    f"[own.named('{stem}', copyIndex())]",
                )
            )
        return self._random.choice(
            (
                stem,
                f"[concat(parameters('prefix'), '{stem}')]",
                f"[format('{{0}}{stem}', variables('base'))]",
                f"[guid('{stem}', subscription().id)]" if self._chance(0.2) else stem,
                f"[concat('{stem}', parameters('stamp'))]",
                f"[concat(parameters('unique'), '{stem}')]" if self._chance(0.3) else stem,
            )
        )

    def _properties(self, scope: str) -> Resource:
        fitting = [value for value in VALUES if _fits(value, scope)]
        found: Resource = {f"p{i}": self._pick(fitting) for i in range(self._random.randint(0, 4))}
        if self._chance(0.3):
            found["copy"] = [
                {
                    "name": "items",
                    "count": self._pick(COUNTS),
                    "input": {"i": "[copyIndex('items')]", "v": "[concat('i', copyIndex('items', 1))]"},
                },
                {"name": "flat", "count": 2, "input": "[parameters('names')[copyIndex('flat')]]"},
            ][: self._random.randint(1, 2)]
        if self._chance(0.2):
            found["deep"] = {"copy": [{"name": "more", "count": 2, "input": {"x": self._pick(fitting)}}]}
        return found

    def _family(self, *, symbolic: bool, outer: bool) -> list[Resource]:
        """Return a parent with a child, declared inside it or beside it."""
        kind = self._random.choice(list(CHILDREN))
        child = CHILDREN[kind]
        parent = self._plain("resourceGroup", outer=outer)
        parent["type"] = kind
        short = self._label("c")
        if not symbolic and self._chance(0.5):
            inside = self._identity(child, short)
            inside["properties"] = self._properties("resourceGroup")
            parent["resources"] = [inside]
            return [parent]
        looped = parent.get("copy")
        beside = self._identity(f"{kind}/{child}", _joined(str(parent["name"]), f"/{short}"))
        beside["properties"] = self._properties("resourceGroup")
        if looped:
            beside["copy"] = {**looped, "name": self._label("loop")} if isinstance(looped, dict) else looped
        elif not symbolic:
            beside["dependsOn"] = [str(parent["name"])]
        return [parent, beside]

    def _extension(self, scope: str, *, outer: bool) -> Resource:
        """Return a lock or a role assignment on another resource, in the new form or the old."""
        row = self._identity("Microsoft.Authorization/locks", self._label("lock"))
        row["properties"] = {"level": "CanNotDelete", "notes": "[variables('base')]"}
        if scope == "resourceGroup":
            form = self._random.randint(0, 3)
            if form == 0:
                row["type"] = "Microsoft.Web/sites/providers/locks"
                row["name"] = f"[concat('w', '/Microsoft.Authorization/{row['name']}')]"
            elif form == 1:
                row["scope"] = "[resourceId('Microsoft.Web/sites', parameters('prefix'))]"
            elif form == 2:  # noqa: PLR2004 - one of four
                row["scope"] = "[format('Microsoft.Web/sites/{0}', parameters('prefix'))]"
        if self._chance(0.3):
            row["condition"] = self._random.choice(CONDITIONS)
        if self._chance(0.3) and not outer and "providers" not in str(row["type"]):
            row["copy"] = {"name": self._label("loop"), "count": self._pick(COUNTS)}
            row["name"] = f"[concat('{row['name']}', copyIndex())]"
        return row

    def _nested(self, scope: str, depth: int, *, symbolic: bool) -> list[Resource]:
        """Return a nested deployment, and perhaps a resource that takes its output."""
        inner = self._chance(0.7)
        target, where = self._target(scope)
        row = self._identity(DEPLOYMENTS, self._label("dep"))
        row |= where
        template = (
            self._document(target, depth - 1)
            if inner
            else self._assembled(target, symbolic, 0, outer=True)
        )
        row["properties"] = {
            "mode": "Incremental",
            "expressionEvaluationOptions": {"scope": "inner" if inner else "outer"},
            **({"parameters": self._arguments()} if inner else {}),
            "template": template,
        }
        if self._chance(0.3):
            row["condition"] = self._random.choice(CONDITIONS)
        if inner and self._chance(0.3):
            row["copy"] = {"name": self._label("loop"), "count": self._pick(COUNTS)}
            row["name"] = f"[concat('{row['name']}', copyIndex())]"
            return [row]
        return [row, self._taker(scope, str(row["name"]))] if inner else [row]

    def _arguments(self) -> Resource:
        choice: Resource = {
            "prefix": {"value": "[concat(parameters('prefix'), 'i')]"},
            "count": {"value": 1},
            "names": {"value": "[variables('inner').list]"},
            "on": {"value": "[parameters('off')]"},
            "stamp": {"value": "[parameters('stamp')]"},
        }
        return {name: value for name, value in choice.items() if self._chance(0.4) and name != "names"}

    def _taker(self, scope: str, deployment: str) -> Resource:
        """Return a resource that takes an output of a nested deployment."""
        row = self._plain(scope, outer=True)
        row.pop("condition", None)
        row["properties"] = {"said": f"[reference('{deployment}').outputs.said.value]"}
        return row

    def _target(self, scope: str) -> tuple[str, Resource]:
        """Return where a nested deployment goes: the kind of its template, and its members."""
        group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}"
        choices: list[tuple[str, Resource]] = [(scope, {})]
        if scope == "resourceGroup":
            choices += [
                ("resourceGroup", {"resourceGroup": "rg-other"}),
                ("resourceGroup", {"resourceGroup": "[concat('rg-', parameters('prefix'))]"}),
                ("resourceGroup", {"subscriptionId": OTHER_SUBSCRIPTION, "resourceGroup": "rg-far"}),
                ("subscription", {"subscriptionId": SUBSCRIPTION, "location": "westeurope"}),
            ]
        if scope == "subscription":
            choices += [
                ("resourceGroup", {"resourceGroup": "rg-made"}),
                ("subscription", {"subscriptionId": OTHER_SUBSCRIPTION}),
            ]
        if scope in {"managementGroup", "tenant"}:
            choices += [
                ("managementGroup", {"scope": f"Microsoft.Management/managementGroups/{MANAGEMENT_GROUP}"}),
                ("subscription", {"subscriptionId": SUBSCRIPTION}),
                ("resourceGroup", {"subscriptionId": SUBSCRIPTION, "resourceGroup": "rg-deep"}),
            ]
        target, where = self._random.choice(choices)
        if target != "resourceGroup":
            where = {"location": "westeurope", **where}
        return target, dict(where) if group else {}

    def _pick(self, values: tuple[JsonValue, ...] | list[JsonValue]) -> JsonValue:
        return self._random.choice(values)

    def _label(self, stem: str) -> str:
        self._made += 1
        return f"{stem}{self._made}"

    def _chance(self, share: float) -> bool:
        return self._random.random() < share


def _fits(value: JsonValue, scope: str) -> bool:
    """Whether a value may stand at a kind of deployment: not every scope has a subscription."""
    text = str(value)
    if scope != "resourceGroup" and "resourceGroup()" in text:
        return False
    return scope in {"resourceGroup", "subscription"} or not (
        "subscription()" in text or "resourceId(" in text
    )


def _own_id(scope: str) -> str:
    return "[resourceGroup().id]" if scope == "resourceGroup" else SCOPES[scope]


def _joined(name: str, suffix: str) -> str:
    """Put text behind a name that may be an expression."""
    return f"[concat({name[1:-1]}, '{suffix}')]" if name.startswith("[") else name + suffix
