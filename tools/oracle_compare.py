"""Ask the official engine and ourselves the same random questions; see `make oracle`.

    oracle_compare.py BICEP [--seed N] [--count N] [--templates N] [--template FILE] [--only PART]

BICEP is the official program. Random expressions and templates are built from the seed, both
sides asked, and every difference printed; then our front end compiles small files with the
program, and both sides evaluate templates against the clock. The engine is right, within its own
limits offline (docs/reference/evaluation-limits.md).
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from oracle_engine import LOCATION, SCOPES, Engine, Refused
from oracle_judge import ROOT, compare_expressions, compare_templates, derive, reason

from preflight import api
from preflight.errors import PreflightError
from preflight.model.value import JsonValue

BICEP_FILES: Mapping[str, tuple[str, str]] = {
    "good.bicep": (
        (
            "param name string = 'st'\n"
            "resource account 'Microsoft.Storage/storageAccounts@2023-01-01' = {\n"
            "  name: '${name}${uniqueString(resourceGroup().id)}'\n"
            "  location: resourceGroup().location\n  kind: 'StorageV2'\n"
            "  sku: { name: 'Standard_LRS' }\n}\n"
        ),
        "",
    ),
    "loop.bicep": (
        (
            "module inner 'good.bicep' = [for i in range(0, 2): {\n"
            "  name: 'inner-${i}'\n  params: { name: 'n${i}' }\n}]\n"
        ),
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
        template = _filled(path)
        name = f"{path.parent.name}/{path.name}"
        try:
            theirs = _milliseconds(partial(engine.predict, template, "resourceGroup"))
        except Refused as error:
            print(f"{name}: the engine refuses it: {reason(str(error))}")
            continue
        ours = _milliseconds(partial(derive, template, "resourceGroup"))
        print(f"{ours:7.1f}  {theirs:9.1f}  {ours / theirs:5.2f}  {name}")


def _filled(path: Path) -> dict[str, JsonValue]:
    """Return a template with the values of the parameter file beside it as defaults."""
    template = json.loads(path.read_text(encoding="utf-8-sig"))
    values = path.with_name(f"{path.stem}.parameters.json")
    given = json.loads(values.read_text(encoding="utf-8-sig")) if values.is_file() else {}
    for name, value in given.get("parameters", {}).items():
        if "value" in value:
            template["parameters"][name]["defaultValue"] = value["value"]
    return template if isinstance(template, dict) else {}


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
