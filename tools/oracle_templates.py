"""Random templates: loops, scopes, nesting, conditions, children, extensions, symbolic names.

What ARM would refuse for sure is left out, and so is what the engine offline has no answer for:
an outer-scope deployment inside an inner-scope one or with open values in it, and parameters
without a value.
"""

from __future__ import annotations

from random import Random

from oracle_engine import SCOPES, document
from oracle_parts import (
    CHILDREN,
    CONDITIONS,
    COUNTS,
    FUNCTIONS,
    PARAMETERS,
    PROPERTY_LOOPS,
    TARGETS,
    TYPES,
    VALUES,
    VARIABLES,
)

from preflight.model.value import JsonValue

DEPLOYMENTS = "Microsoft.Resources/deployments"
DEPTH = 2

Resource = dict[str, JsonValue]


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
        return self._assembled(scope, depth, symbolic=self._chance(0.35), outer=False)

    def _assembled(
        self,
        scope: str,
        depth: int,
        *,
        symbolic: bool,
        outer: bool,
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

    def _resources(self, scope: str, depth: int, *, symbolic: bool, outer: bool) -> list[Resource]:
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
        row["properties"] = self._properties(scope, outer=outer)
        self._adorn(row, outer=outer)
        row["name"] = self._name(looped="copy" in row, outer=outer)
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
            row["tags"] = (
                "[parameters('tags')]" if self._chance(0.5) else {"t": "[variables('base')]"}
            )
        if self._chance(0.2):
            row["comments"] = "[not evaluated"

    def _name(self, *, looped: bool, outer: bool) -> str:
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
                stem if outer else f"[concat('{stem}', parameters('stamp'))]",
                stem if outer or self._chance(0.7) else f"[concat(parameters('unique'), '{stem}')]",
            )
        )

    def _properties(self, scope: str, *, outer: bool = False) -> Resource:
        fitting = [v for v in VALUES if _fits(v, scope) and not (outer and _is_open(v))]
        found: Resource = {f"p{i}": self._pick(fitting) for i in range(self._random.randint(0, 4))}
        if self._chance(0.3):
            loops = [{**loop, "count": self._pick(COUNTS)} for loop in PROPERTY_LOOPS]
            found["copy"] = [*loops[: self._random.randint(1, len(loops))]]
        if self._chance(0.2):
            more: Resource = {"name": "more", "count": 2, "input": {"x": self._pick(fitting)}}
            found["deep"] = {"copy": [more]}
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
            inside["properties"] = self._properties("resourceGroup", outer=outer)
            parent["resources"] = [inside]
            return [parent]
        looped = parent.get("copy")
        beside = self._identity(f"{kind}/{child}", _joined(str(parent["name"]), f"/{short}"))
        beside["properties"] = self._properties("resourceGroup", outer=outer)
        if looped:
            beside["copy"] = (
                {**looped, "name": self._label("loop")} if isinstance(looped, dict) else looped
            )
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
        inner = symbolic or self._chance(0.6)
        target, where = self._target(scope)
        row = self._identity(DEPLOYMENTS, self._label("dep"))
        row |= where
        template = (
            self._document(target, depth - 1)
            if inner
            else self._assembled(target, 0, symbolic=symbolic, outer=True)
        )
        said: JsonValue = {"scope": "inner" if inner else "outer"}
        row["properties"] = {
            "mode": "Incremental",
            **({"expressionEvaluationOptions": said} if self._chance(0.8) or inner else {}),
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
            "on": {"value": "[parameters('off')]"},
            "stamp": {"value": "[parameters('stamp')]"},
        }
        return {name: value for name, value in choice.items() if self._chance(0.4)}

    def _taker(self, scope: str, deployment: str) -> Resource:
        """Return a resource that takes an output of a nested deployment."""
        row = self._plain(scope, outer=True)
        row.pop("condition", None)
        row["properties"] = {"said": f"[reference('{deployment}').outputs.said.value]"}
        return row

    def _target(self, scope: str) -> tuple[str, Resource]:
        """Return where a nested deployment goes: the kind of its template, and its members."""
        target, where = self._random.choice([(scope, {}), *TARGETS[scope]])
        place: Resource = {} if target == "resourceGroup" else {"location": "westeurope"}
        return target, {**place, **where}

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


def _is_open(value: JsonValue) -> bool:
    """Whether the engine leaves a value open, or an outer template cannot hold it."""
    words = ("reference(", "stamp", "unique", "listKeys(", "environment(", "[[")
    return any(word in str(value) for word in words)


def _own_id(scope: str) -> str:
    return "[resourceGroup().id]" if scope == "resourceGroup" else SCOPES[scope]


def _joined(name: str, suffix: str) -> str:
    """Put text behind a name that may be an expression."""
    return f"[concat({name[1:-1]}, '{suffix}')]" if name.startswith("[") else name + suffix
