"""Ask the official engine and ourselves the same random questions; see `make oracle`.

    oracle_compare.py BICEP [--seed N] [--count N] [--templates N] [--template FILE ...] [--only PART]

BICEP is the official program. Random expressions and templates are built from the seed, both
sides asked, and every difference printed; then our front end compiles small files with the
program, and both sides evaluate templates against the clock. The engine is right, within its own
limits offline (docs/reference/evaluation-limits.md).
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import oracle_expressions
from corpus_compare import Case, compare
from oracle_engine import (
    DEPLOYMENT,
    GROUP,
    LOCATION,
    SCOPES,
    SUBSCRIPTION,
    TENANT,
    Engine,
    Refused,
    document,
)
from oracle_templates import Builder

from preflight import api
from preflight.errors import PreflightError
from preflight.model.requirement import Derivation
from preflight.model.value import JsonValue, OpenKey, PartialText, Unknown, Value, first_unknown

ROOT = Path(__file__).resolve().parent.parent
CONTEXT: Mapping[str, JsonValue] = {
    "scope": "resourceGroup",
    "subscriptionId": SUBSCRIPTION,
    "resourceGroup": GROUP,
    "location": LOCATION,
    "tenantId": TENANT,
    "deploymentName": DEPLOYMENT,
}
KNOWN_TO_US = ("environment(",)
"""What the engine leaves open offline and we know."""


def derive(template: Path | Mapping[str, JsonValue], scope: str) -> Derivation:
    """Derive a template at the invented place."""
    return api.derive(
        template,
        scope=SCOPES[scope],
        location=LOCATION,
        tenant=TENANT,
        deployment_name=DEPLOYMENT,
    )


def compare_expressions(engine: Engine, seed: int, count: int) -> list[str]:
    """Ask both for `count` expressions; return a line for each difference."""
    writer = oracle_expressions.Writer(random.Random(seed))  # noqa: S311 - to be repeated, not kept secret
    differences = []
    refused = 0
    for _ in range(count):
        expression = writer.expression()
        template = _template_of(expression)
        try:
            row = engine.predict(template, "resourceGroup")[0]
        except Refused as error:
            refused += 1
            difference = _taken(expression, template, str(error))
        else:
            properties = row["properties"]
            theirs = properties.get("v") if isinstance(properties, dict) else None
            difference = _differs(expression, template, theirs)
        if difference:
            differences.append(f"{expression}\n    {difference}")
    print(f"expressions      {count} (seed {seed}), {refused} refused by the engine")
    return differences


def _template_of(expression: str) -> dict[str, JsonValue]:
    """Return a template with one resource that has the expression as a property."""
    return document(
        "resourceGroup",
        parameters=dict(oracle_expressions.PARAMETERS),
        variables=dict(oracle_expressions.VARIABLES),
        resources=[
            {
                "type": "Test.Test/x",
                "apiVersion": "2021-04-01",
                "name": "x",
                "properties": {"v": expression},
            }
        ],
    )


def _ours(expression: str, template: Mapping[str, JsonValue]) -> Value:
    """Return our value: from the public function, in its parts where something is unknown."""
    parameters = {
        name: declared["defaultValue"]
        for name, declared in oracle_expressions.PARAMETERS.items()
        if isinstance(declared, dict)
    }
    value = api.evaluate_expression(
        expression,
        parameters=parameters,
        variables=oracle_expressions.VARIABLES,
        context=CONTEXT,
    )
    if not isinstance(value, Unknown):
        return value
    rows = derive(template, "resourceGroup").resources
    properties = next(row.body["properties"] for row in rows if row.type == "Test.Test/x")
    return properties["v"] if isinstance(properties, dict) else None


def _taken(expression: str, template: Mapping[str, JsonValue], error: str) -> str | None:
    try:
        ours = _ours(expression, template)
    except PreflightError:
        return None
    return f"ours {_shown(ours)}; engine refuses: {_reason(error)}"


def _differs(expression: str, template: Mapping[str, JsonValue], theirs: JsonValue) -> str | None:
    try:
        ours = _ours(expression, template)
    except PreflightError as error:
        return f"refused: {error}; engine {_shown(theirs)}"
    return next(_leaves(ours, theirs, ""), None)


def _leaves(ours: Value, theirs: JsonValue, path: str) -> Iterator[str]:
    """Yield where two values differ."""
    if isinstance(theirs, str) and theirs.startswith("[") and theirs.endswith("]"):
        known = first_unknown(ours) is None and ours != theirs
        if known and not any(fact in theirs for fact in KNOWN_TO_US):
            yield f"{path}: ours {_shown(ours)}; engine leaves open {theirs:.300}"
    elif isinstance(ours, dict) and isinstance(theirs, dict):
        yield from _members(ours, theirs, path)
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, (own, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from _leaves(own, other, f"{path}/{index}")
    elif ours != theirs or isinstance(ours, bool) != isinstance(theirs, bool):
        yield f"{path}: ours {_shown(ours)}; engine {_shown(theirs)}"


def _members(ours: dict[str, Value], theirs: dict[str, JsonValue], path: str) -> Iterator[str]:
    if any(isinstance(key, OpenKey) for key in ours):
        return
    for key in sorted(ours.keys() | theirs.keys()):
        if key in ours and key in theirs:
            yield from _leaves(ours[key], theirs[key], f"{path}/{key}")
        else:
            yield f"{path}/{key}: only {'ours' if key in ours else 'the engine'}"


def _shown(value: Value) -> str:
    if isinstance(value, Unknown | PartialText):
        return value.placeholder if isinstance(value, Unknown) else value.text
    return f"{value!r:.300}"


def _reason(error: str) -> str:
    """Return the end of the engine's message: the beginning is the same every time."""
    return " ".join(error.split())[-260:]


def compare_templates(engine: Engine, seed: int, count: int) -> list[str]:
    """Ask both for `count` templates; return a line for each difference."""
    builder = Builder(random.Random(seed))  # noqa: S311 - to be repeated, not kept secret
    folder = ROOT / "build" / "oracle"
    folder.mkdir(parents=True, exist_ok=True)
    differences = []
    refused = rows = bodies = 0
    for number in range(count):
        scope, template = builder.template()
        try:
            theirs = engine.predict(template, scope)
        except Refused as error:
            refused += 1
            found = _refusal(template, scope, str(error))
        else:
            rows += len(theirs)
            found, compared = _same_rows(template, scope, theirs)
            bodies += compared
        if found:
            file = folder / f"{seed}-{number}.json"
            file.write_text(json.dumps(template, indent=1))
            differences += [f"{file.relative_to(ROOT)} ({scope}): {line}" for line in found]
    print(f"templates        {count} (seed {seed}), {refused} refused by the engine")
    print(f"                 {rows} rows of the engine, {bodies} bodies compared")
    return differences


def _refusal(template: Mapping[str, JsonValue], scope: str, error: str) -> list[str]:
    try:
        derive(template, scope)
    except PreflightError:
        return []
    return [f"taken; engine refuses: {_reason(error)}"]


def _same_rows(
    template: Mapping[str, JsonValue], scope: str, theirs: Sequence[dict[str, JsonValue]]
) -> tuple[list[str], int]:
    try:
        ours = derive(template, scope)
    except PreflightError as error:
        return [f"refused: {error}"], 0
    rows = tuple(row for row in theirs if "id" in row)
    case = Case(file="", scope=scope, parameters={}, resources=rows)
    found = compare(case, ours.resources)
    return [*found.differences, *found.bodies_differ], found.bodies


BICEP_FILES: Mapping[str, tuple[str, str]] = {
    "good.bicep": (
        "param name string = 'st'\n"
        "resource account 'Microsoft.Storage/storageAccounts@2023-01-01' = {\n"
        "  name: '${name}${uniqueString(resourceGroup().id)}'\n"
        "  location: resourceGroup().location\n  kind: 'StorageV2'\n"
        "  sku: { name: 'Standard_LRS' }\n}\n",
        "",
    ),
    "loop.bicep": (
        "module inner 'good.bicep' = [for i in range(0, 2): {\n"
        "  name: 'inner-${i}'\n  params: { name: 'n${i}' }\n}]\n",
        "",
    ),
    "wrong.bicep": ("param name string = 1\noutput x string = nowhere\n", "wrong.bicep:1:"),
    "unrestored.bicep": (
        "module m 'br:example.azurecr.io/none:1.0' = {\n  name: 'm'\n}\n",
        "restore",
    ),
    "values.bicepparam": ("using 'good.bicep'\nparam name = 'given'\n", ""),
}
"""File → its text, and what our refusal must say; nothing where it must be read."""


def compare_bicep(program: str) -> list[str]:
    """Read small files through our front end with the program; return what went wrong."""
    differences = []
    with tempfile.TemporaryDirectory(prefix="preflight-oracle-") as text:
        folder = Path(text)
        for name, (content, _) in BICEP_FILES.items():
            (folder / name).write_text(content)
        for name, (_, expected) in BICEP_FILES.items():
            said = _read_bicep(folder / name, program)
            if (expected not in said) if expected else bool(said):
                differences.append(f"{name}: {said or 'read'}, expected {expected or 'no error'}")
    print(f"bicep files      {len(BICEP_FILES)} compiled, {len(differences)} unexpected")
    return differences


def _read_bicep(path: Path, program: str) -> str:
    """Return what our refusal says, help included; nothing where it was read."""
    settings = api.DeriveSettings(
        scope=SCOPES["resourceGroup"],
        location=LOCATION,
        root=path.parent,
        bicep=f"cli={program}",
    )
    try:
        api.derive_source(path, settings)
    except PreflightError as error:
        return f"{error} {error.help}"
    return ""


def race(engine: Engine, paths: Sequence[Path]) -> None:
    """Print how long both take for the same templates, in processes that already run."""
    print("ours ms  engine ms  ratio")
    for path in paths:
        try:
            theirs = _milliseconds(lambda path=path: engine.predict_file(path, "resourceGroup"))
        except Refused as error:
            print(f"{path.name}: the engine refuses it: {_reason(str(error))}")
            continue
        ours = _milliseconds(lambda path=path: derive(path, "resourceGroup"))
        print(f"{ours:7.1f}  {theirs:9.1f}  {ours / theirs:5.2f}  {path.parent.name}/{path.name}")


def _milliseconds(run: Callable[[], object], times: int = 9) -> float:
    """Return the median of some runs, after one that warms up."""
    taken = []
    for _ in range(times + 1):
        started = time.perf_counter()
        run()
        taken.append(time.perf_counter() - started)
    return 1000 * sorted(taken[1:])[times // 2]


def main(arguments: Sequence[str]) -> int:
    """Run all parts, or one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bicep", help="the official program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2000, help="number of expressions")
    parser.add_argument("--templates", type=int, default=200)
    parser.add_argument("--template", type=Path, action="append", help="race this file")
    parser.add_argument("--only", choices=("expressions", "templates", "bicep", "race"))
    options = parser.parse_args(arguments)
    program = shutil.which(options.bicep)
    if program is None:
        parser.error(f"there is no program `{options.bicep}`; give make its path as BICEP=PATH")
    paths = options.template or sorted(ROOT.glob("examples/*/main.json"))
    differences: list[str] = []
    with Engine(program) as engine:
        if options.only in {None, "expressions"}:
            differences += compare_expressions(engine, options.seed, options.count)
        if options.only in {None, "templates"}:
            differences += compare_templates(engine, options.seed, options.templates)
        if options.only in {None, "bicep"}:
            differences += compare_bicep(program)
        if options.only in {None, "race"}:
            race(engine, paths)
    for line in differences:
        print(f"differs: {line}")
    print(f"differences      {len(differences)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
