"""Random Bicep: modules, loops, conditions, children, scopes, types; compared by snapshot.

Every program is some files in a folder: `main.bicep`, modules, a file of shared declarations, and
`main.bicepparam`. What the compiler refuses is compared only as refused by both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from random import Random

from corpus_compare import Case, compare
from oracle_bicep_words import DECLARED, Words
from oracle_engine import (
    DEPLOYMENT,
    LOCATION,
    SCOPES,
    SUBSCRIPTION,
    TENANT,
    Engine,
    Prediction,
    Refused,
    Silent,
    place_of,
)
from oracle_judge import ROOT, reason

from preflight import api
from preflight.errors import PreflightError

SHARED = """\
@export()
var sharedText = 'sh'
@export()
var sharedList = ['s1', '${sharedText}2']
var hidden = 'h-${sharedText}'
@export()
func shout(text string) string => '${toUpper(text)}${hidden}'
@export()
type label = { text: string, count: int? }
"""
IMPORTS = """\
import { sharedText, shout as cry, label } from 'shared.bicep'
import * as all from 'shared.bicep'
param pLabel label = { text: 'lab' }
var vImported = '${cry(sharedText)}${all.shout('q')}${all.sharedList[1]}${pLabel.text}'
"""
TYPES: Mapping[str, tuple[str, ...]] = {
    "resourceGroup": ("Test.Rp/plain", "Test.Rp/parents", "Microsoft.Storage/storageAccounts"),
    "subscription": ("Test.Rp/subs", "Microsoft.Resources/resourceGroups"),
    "managementGroup": ("Test.Rp/groups",),
    "tenant": ("Test.Rp/tenants",),
}
TARGETS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "resourceGroup": (
        ("", "resourceGroup"),
        ("resourceGroup('rg-${pText}')", "resourceGroup"),
        (f"resourceGroup('{SUBSCRIPTION}', 'rg-b')", "resourceGroup"),
        ("subscription()", "subscription"),
        ("subscription('33333333-3333-3333-3333-333333333333')", "subscription"),
        ("tenant()", "tenant"),
    ),
    "subscription": (
        ("", "subscription"),
        ("resourceGroup('rg-c')", "resourceGroup"),
        ("resourceGroup('44444444-4444-4444-4444-444444444444', 'rg-d')", "resourceGroup"),
        ("tenant()", "tenant"),
    ),
    "managementGroup": (
        ("", "managementGroup"),
        ("managementGroup('mg-${pText}')", "managementGroup"),
        (f"subscription('{SUBSCRIPTION}')", "subscription"),
        ("tenant()", "tenant"),
    ),
    "tenant": (
        ("", "tenant"),
        ("managementGroup('mg-y')", "managementGroup"),
        (f"subscription('{SUBSCRIPTION}')", "subscription"),
    ),
}
"""Kind of deployment → scopes that its modules may have, with the kind of the module."""
DEPTH = 2
NOT_OURS = ("Compilation failed", "unexpected syntax type")
"""Refusals that say nothing: the compiler checks types, which we do not, or it fails itself."""


class Programs:
    """Builds random programs from a seed."""

    def __init__(self, random: Random) -> None:
        """Draw everything from `random`."""
        self._random = random
        self._words = Words(random)
        self._files: dict[str, str] = {}
        self._count = 0

    def program(self) -> tuple[str, dict[str, str]]:
        """Return a kind of deployment and the files of a program for it."""
        scope = self._random.choice(("resourceGroup",) * 5 + tuple(TYPES))
        self._files = {"shared.bicep": SHARED}
        self._count = 0
        self._files["main.bicep"] = self._file(scope, DEPTH)
        self._files["main.bicepparam"] = self._parameters()
        return scope, self._files

    def _parameters(self) -> str:
        lines = ["using 'main.bicep'", "import { sharedText } from 'shared.bicep'"]
        lines.append("var own = 'given-${sharedText}'")
        choices = {
            "pText": ("own", "'ptext'", "toUpper(own)"),
            "pInt": ("5", "length(own)"),
            "pBool": ("false", "own == 'x'"),
            "pList": ("['u', own]", "[for i in range(0, 2): 'g${i}']"),
            "pObject": ("{ a: own, b: 1, deep: { k: ['r', 's'] } }",),
            "pMaybe": ("'some'", "null"),
            "pShape": ("{ name: own, size: 1, extra: 'e' }",),
        }
        for name, values in choices.items():
            if self._chance(0.3):
                lines.append(f"param {name} = {self._random.choice(values)}")
        return "\n".join(lines) + "\n"

    def _file(self, scope: str, depth: int) -> str:
        parts = [f"targetScope = '{scope}'\n", DECLARED]
        if self._chance(0.5):
            parts.append(IMPORTS)
        symbols: list[str] = []
        for _ in range(self._random.randint(1, 4)):
            draw = self._random.random()
            if draw < 0.3 and depth > 0:  # noqa: PLR2004 - a share
                parts.append(self._module(scope, depth, symbols))
            elif draw < 0.55 and scope == "resourceGroup":  # noqa: PLR2004 - a share
                parts.append(self._family(symbols))
            elif draw < 0.65:  # noqa: PLR2004 - a share
                parts.append(self._existing(scope, symbols))
            else:
                parts.append(self._resource(scope, symbols))
        parts.append(f"output text string = {self._s(flat=True)}\n")
        parts.append(f"output list array = {self._words.expression('a')}\n")
        parts.append(f"output number int = {self._words.expression('i')}\n")
        return "\n".join(parts)

    def _resource(self, scope: str, symbols: list[str]) -> str:
        name = self._label("res")
        kind = self._random.choice(TYPES[scope])
        body = self._body(symbols, f"'{name}-${{{self._s(flat=True)}}}'")
        form = self._random.random()
        head = f"resource {name} '{kind}@2022-01-01' = "
        if form < 0.25:  # noqa: PLR2004 - a share
            return self._decorated() + head + self._loop(symbols, name, scope) + "\n"
        symbols.append(name)
        if form < 0.5:  # noqa: PLR2004 - a share
            return f"{head}if ({self._words.expression('b')}) {body}\n"
        return head + body + "\n"

    def _loop(self, symbols: list[str], name: str, scope: str) -> str:
        del scope
        head, item, index = self._random.choice(
            (
                ("for item in pList", "item", ""),
                ("for (item, i) in vList", "item", "${i}"),
                ("for i in range(0, 2)", "i", ""),
                ("for (pair, i) in vPairs", "pair.name", "${i}"),
                ("for entry in items(pObject)", "entry.key", ""),
            )
        )
        body = self._body(symbols, f"'{name}-${{{item}}}{index}'", f"'${{{item}}}x'")
        test = f"if ({item} != 'b' && {self._words.expression('b')}) " if self._chance(0.3) else ""
        if item == "i":
            test = f"if (i != 1 || {self._words.expression('b')}) " if test else ""
        return f"[{head}: {test}{body}]"

    def _body(self, symbols: list[str], name: str, extra: str = "") -> str:
        lines = [f"  name: {name}"]
        if self._chance(0.5):
            lines.append("  location: 'westeurope'")
        if self._chance(0.3):
            lines.append(f"  tags: {{ t: {self._s()} }}")
        lines.append("  properties: {")
        lines.append(f"    o: {self._words.expression('o')}")
        for _ in range(self._random.randint(0, 3)):
            kind = self._random.choice("siba")
            lines.append(f"    {self._label('p')}: {self._words.expression(kind)}")
        if extra:
            lines.append(f"    item: {extra}")
        if symbols and self._chance(0.6):
            other = self._random.choice(symbols)
            member = self._random.choice(("id", "name", "type", "properties.v", "properties.?w"))
            lines.append(f"    other: {other}.{member}")
        lines.append("  }")
        if symbols and self._chance(0.2):
            lines.append(f"  dependsOn: [{self._random.choice(symbols)}]")
        return "{\n" + "\n".join(lines) + "\n}"

    def _family(self, symbols: list[str]) -> str:
        """Return a resource with children: nested, by `parent:`, and an extension at it."""
        top, child, lock = self._label("top"), self._label("kid"), self._label("lock")
        nested = ""
        if self._chance(0.6):
            inner = self._label("inner")
            condition = f"if ({self._words.expression('b')}) " if self._chance(0.3) else ""
            nested = (
                f"  resource {inner} 'kids' = {condition}{{\n    name: 'in-${{pInt}}'\n"
                f"    properties: {{ v: {self._s()} }}\n  }}\n"
            )
        head = f"if ({self._words.expression('b')}) " if self._chance(0.3) else ""
        made = (
            f"resource {top} 'Test.Rp/parents@2022-01-01' = {head}{{\n"
            f"  name: '{top}-${{pText}}'\n{nested}}}\n"
            f"resource {child} 'Test.Rp/parents/kids@2022-01-01' = "
        )
        if self._chance(0.3):
            made += f"[for k in pList: {{\n  parent: {top}\n  name: 'k-${{k}}'\n}}]\n"
        else:
            made += f"{{\n  parent: {top}\n  name: {self._s(flat=True)}\n}}\n"
            symbols.append(child)
        if self._chance(0.5):
            made += (
                f"resource {lock} 'Microsoft.Authorization/locks@2020-05-01' = {{\n"
                f"  scope: {top}\n  name: 'lock'\n  properties: {{ level: 'CanNotDelete' }}\n}}\n"
            )
        symbols.append(top)
        return made

    def _existing(self, scope: str, symbols: list[str]) -> str:
        name = self._label("old")
        kind = self._random.choice(TYPES[scope])
        where = ""
        if scope == "resourceGroup" and self._chance(0.5):
            where = f"  scope: resourceGroup('rg-{name}')\n"
        symbols.append(name)
        return (
            f"resource {name} '{kind}@2022-01-01' existing = {{\n"
            f"  name: 'old-${{pText}}'\n{where}}}\n"
        )

    def _module(self, scope: str, depth: int, symbols: list[str]) -> str:
        where, kind = self._random.choice(TARGETS[scope])
        symbol = self._label("mod")
        path = f"{symbol}.bicep"
        self._files[path] = self._file(kind, depth - 1)
        name = f"  name: 'dep-{symbol}-${{pInt}}'\n" if self._chance(0.7) else ""
        looped = self._chance(0.3)
        if looped and name:
            name = f"  name: 'dep-{symbol}-${{n}}'\n"
        placed = f"  scope: {where}\n" if where else ""
        values = [f"    pText: {self._s()}"] if self._chance(0.5) else []
        values += [f"    pList: {self._words.expression('a')}"] if self._chance(0.3) else []
        if symbols and self._chance(0.5):
            values.append(f"    pMaybe: {self._random.choice(symbols)}.name")
        given = "  params: {\n" + "\n".join(values) + "\n  }\n" if values else ""
        body = "{\n" + name + placed + given + "}"
        head = f"module {symbol} '{path}' = "
        if looped:
            return f"{head}[for n in range(0, 2): {body}]\n"
        test = f"if ({self._words.expression('b')}) " if self._chance(0.3) else ""
        made = f"{head}{test}{body}\n"
        if not test and scope == "resourceGroup" and self._chance(0.6):
            user = self._label("use")
            made += (
                f"resource {user} 'Test.Rp/plain@2022-01-01' = {{\n  name: '{user}'\n  properties: "
                f"{{ t: {symbol}.outputs.text, l: {symbol}.outputs.list[0] }}\n}}\n"
            )
        return made

    def _decorated(self) -> str:
        return "@batchSize(1)\n" if self._chance(0.2) else ""

    def _s(self, *, flat: bool = False) -> str:
        return self._words.expression("s", flat=flat)

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _label(self, stem: str) -> str:
        self._count += 1
        return f"{stem}{self._count}"


def compare_programs(engine: Engine, seed: int, count: int) -> list[str]:
    """Ask both for `count` programs; return a line for each difference."""
    builder = Programs(Random(seed))  # noqa: S311 - to be repeated, not kept secret
    differences: list[str] = []
    refused = rows = bodies = 0
    for number in range(count):
        scope, files = builder.program()
        folder = ROOT / "build" / "oracle" / f"bicep-{seed}-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        found: list[str] = []
        try:
            theirs = _predicted(engine, folder, scope)
        except Silent:
            continue
        except Refused as error:
            refused += 1
            if not any(reason in str(error) for reason in NOT_OURS):
                found = _refusal(folder, scope, str(error))
        else:
            rows += len(theirs.rows)
            found, compared = _same_rows(folder, scope, theirs)
            bodies += compared
        differences += [f"{folder.relative_to(ROOT)} ({scope}): {line}" for line in found]
    print(f"bicep programs   {count} (seed {seed}), {refused} refused by the engine")
    print(f"                 {rows} rows of the engine, {bodies} bodies compared")
    return differences


def _predicted(engine: Engine, folder: Path, scope: str) -> Prediction:
    answer = engine.call(
        "getSnapshot",
        {
            "path": str(folder / "main.bicepparam"),
            "metadata": place_of(scope),
            "externalInputs": None,
        },
    )
    found = json.loads(str(answer["snapshot"]))
    return Prediction(
        rows=tuple(row for row in found["predictedResources"] if isinstance(row, dict)),
        short_circuited="ShortCircuited" in json.dumps(found.get("diagnostics")),
    )


def _derived(folder: Path, scope: str) -> api.Derivation:
    settings = api.DeriveSettings(
        scope=SCOPES[scope],
        location=LOCATION,
        tenant=TENANT,
        deployment_name=DEPLOYMENT,
        root=folder,
        bicep="native",
    )
    return api.derive_source(folder / "main.bicepparam", settings)


def _refusal(folder: Path, scope: str, error: str) -> list[str]:
    try:
        _derived(folder, scope)
    except PreflightError:
        return []
    return [f"taken; engine refuses: {reason(error)}"]


def _same_rows(folder: Path, scope: str, theirs: Prediction) -> tuple[list[str], int]:
    try:
        ours = _derived(folder, scope)
    except PreflightError as error:
        return [f"refused: {error}"], 0
    case = Case(
        file="",
        scope=scope,
        parameters={},
        resources=tuple(row for row in theirs.rows if "id" in row),
        short_circuited=theirs.short_circuited,
    )
    found = compare(case, ours.resources)
    return [*found.differences, *found.bodies_differ], found.bodies
