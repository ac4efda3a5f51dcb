"""Ask the official engine and ourselves the same random questions; see `make oracle`.

    oracle_compare.py BICEP [--seed N] [--count N] [--templates N] [--programs N] [--template FILE]
                      [--only PART]

BICEP is the official program. Random expressions, templates and Bicep programs are built from the
seed, both sides asked, and every difference printed; then our front end compiles small files with
the program, so that the Bicep which advice prints is compiled too, and both sides evaluate
templates against the clock. The engine is right, within its own limits offline
(docs/reference/evaluation-limits.md).
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from oracle_advice import compare_advice
from oracle_bicep import compare_programs
from oracle_engine import LOCATION, SCOPES, Engine, Refused
from oracle_judge import ROOT, compare_expressions, compare_templates, derive, reason

from preflight import api
from preflight.errors import PreflightError
from preflight.model.value import JsonValue
from preflight.read.json_document import parse_json

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


def race(program: str, paths: Sequence[Path]) -> None:
    """Print how long both take for the same templates: as whole processes, and once running."""
    print("             ours ms  engine ms  ratio")
    for path in map(Path.resolve, paths):
        print(f"{path.parent.name}/{path.name}")
        if path.suffix == ".bicep":
            _race_bicep(program, path)
            continue
        template = _filled(path)
        try:
            whole = _milliseconds(partial(_engine_process, program, template), times=3)
            with Engine(program) as engine:
                warm = _milliseconds(partial(engine.predict, template, "resourceGroup"))
        except Refused as error:
            print(f"  the engine refuses it: {reason(str(error))}")
            continue
        _row("process", _milliseconds(partial(_our_process, template), times=3), whole)
        _row("running", _milliseconds(partial(derive, template, "resourceGroup")), warm)


def _race_bicep(program: str, path: Path) -> None:
    """Print how long we need to derive from a Bicep file, and the program to compile it."""
    place = ["--scope", SCOPES["resourceGroup"], "--location", LOCATION, "--root", path.anchor]
    ours = [sys.executable, "-m", "preflight", "requirements", str(path), *place]
    theirs = [program, "build", str(path), "--stdout", "--no-restore"]
    taken = [
        _milliseconds(
            partial(
                subprocess.run,
                command,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=True,
            ),
            times=3,
        )
        for command in (ours, theirs)
    ]
    _row("process", taken[0], taken[1])


def _row(label: str, ours: float, theirs: float) -> None:
    print(f"  {label:<9}  {ours:7.1f}  {theirs:9.1f}  {ours / theirs:5.2f}")


def _engine_process(program: str, template: Mapping[str, JsonValue]) -> None:
    with Engine(program) as engine:
        engine.predict(template, "resourceGroup")


def _our_process(template: Mapping[str, JsonValue]) -> None:
    """Evaluate and derive in a new process; raises `CalledProcessError` where that fails."""
    command = [sys.executable, "-m", "preflight", "requirements", "-", "--format", "json"]
    subprocess.run(
        [*command, "--scope", SCOPES["resourceGroup"], "--location", LOCATION],
        input=json.dumps(template).encode(),
        stdout=subprocess.DEVNULL,
        check=True,
    )


def _filled(path: Path) -> dict[str, JsonValue]:
    """Return a template with the values of the parameter file beside it as defaults."""
    template = parse_json(path.read_text(encoding="utf-8-sig"), path.name).value
    values = path.with_name(f"{path.stem}.parameters.json")
    read = json.loads(values.read_text(encoding="utf-8-sig")) if values.is_file() else {}
    given = read.get("parameters", {})
    if not isinstance(template, dict):
        return {}
    declared = template.get("parameters")
    for name, declaration in declared.items() if isinstance(declared, dict) else ():
        if isinstance(declaration, dict) and "value" in given.get(name, {}):
            declaration["defaultValue"] = given[name]["value"]
        elif isinstance(declaration, dict) and str(declaration.get("type")).endswith("tring"):
            # The engine takes no parameter without a value.
            declaration.setdefault("defaultValue", "some-text")
    return template


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
    parser.add_argument("--programs", type=int, default=100, help="number of Bicep programs")
    parser.add_argument("--template", type=Path, action="append", help="race this file")
    parser.add_argument("--only", choices=("expressions", "templates", "programs", "bicep", "race"))
    options = parser.parse_args(arguments)
    program = shutil.which(options.bicep)
    if program is None:
        parser.error(f"there is no program `{options.bicep}`; give make its path as BICEP=PATH")
    for path in options.template or ():
        if not path.is_file():
            parser.error(f"there is no file `{path}`")
    paths = options.template or sorted(ROOT.glob("examples/*/main.json"))
    differences: list[str] = []
    with Engine(program) as engine:
        if options.only in {None, "expressions"}:
            differences += compare_expressions(engine, options.seed, options.count)
        if options.only in {None, "templates"}:
            differences += compare_templates(engine, options.seed, options.templates)
        if options.only in {None, "programs"}:
            differences += compare_programs(engine, options.seed, options.programs)
        if options.only in {None, "bicep"}:
            differences += compare_bicep(program)
            differences += compare_advice(program)
        for line in differences:
            print(f"differs: {line}")
        print(f"differences      {len(differences)}")
        if options.only in {None, "race"}:
            race(program, paths)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
