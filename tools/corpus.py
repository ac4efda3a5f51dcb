"""Derive every template under a folder and print figures; see `make corpus`.

    corpus.py [FOLDER] [--snapshots FILE] [--policies FILE] [--name GLOB] [--verbose]

A template is deployed at an invented place of the scope that its `$schema` says, with the
parameter file beside it (`NAME.parameters.json`). `--value` gives a parameter a value wherever it
is declared and has none: for a collection whose own test values stand apart.
With `--snapshots` the cases of that file are
derived with the parameters recorded there, and the resources compared with the engine's. With
`--policies` the deployments of that suite are derived (`policy_deployments.py`).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import policy_deployments
from corpus_compare import Case, compare, load_cases

from preflight import api
from preflight.errors import InputError, UnsupportedFeature
from preflight.model.requirement import Derivation
from preflight.model.scope import PLACEHOLDER
from preflight.model.value import JsonValue

SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
SCOPES = {
    "resourceGroup": f"{SUBSCRIPTION}/resourceGroups/rg-app",
    "subscription": SUBSCRIPTION,
    "managementGroup": "/providers/Microsoft.Management/managementGroups/contoso",
    "tenant": "/",
}
TENANT = "22222222-2222-2222-2222-222222222222"
SLOWEST = 5
FALLBACK = "*.json"


@dataclass(slots=True)
class Figures:
    """What was counted; the lists hold lines to print."""

    templates: int = 0
    read: int = 0
    refused: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    requirements: int = 0
    unknown_scopes: int = 0
    gaps: Counter[str] = field(default_factory=Counter)
    seconds: list[tuple[float, str]] = field(default_factory=list)
    agree: int = 0
    differ: list[str] = field(default_factory=list)
    bodies: int = 0
    bodies_differ: list[str] = field(default_factory=list)


def derive(
    path: Path, folder: Path, scope: str, parameters: Sequence[str | Mapping[str, JsonValue]]
) -> Derivation:
    """Derive one template at the invented place."""
    return api.derive(
        path,
        scope=SCOPES[scope],
        parameters=parameters,
        location="westeurope",
        tenant=TENANT,
        deployment_name="main",
        root=folder,
    )


def templates(folder: Path, pattern: str | None) -> Iterator[Path]:
    """Yield the templates under a folder: `azuredeploy.json` where there are such, else all."""
    chosen = [pattern] if pattern else ["azuredeploy.json", FALLBACK]
    for glob in chosen:
        found = [path for path in sorted(folder.rglob(glob)) if schema_of(path)]
        if found:
            yield from found
            return


def schema_of(path: Path) -> str | None:
    """Return the kind of deployment that a file's `$schema` says; None for other files."""
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        schema = str(document.get("$schema", "")).lower()
    except (ValueError, AttributeError):
        # Not plain JSON: a template may still have comments, which the reader takes.
        schema = path.read_text(encoding="utf-8-sig", errors="replace")[:4000].lower()
    if "deploymenttemplate.json" not in schema:
        return None
    kinds = ("managementGroup", "subscription", "tenant")
    return next((k for k in kinds if f"{k.lower()}deploymenttemplate" in schema), "resourceGroup")


def beside(path: Path, values: Mapping[str, str]) -> list[str]:
    """Return the parameter file beside a template, else what is declared of the values."""
    file = path.with_name(f"{path.stem}.parameters.json")
    if file.is_file():
        return [str(file)]
    text = path.read_text(encoding="utf-8-sig", errors="replace") if values else ""
    try:
        declared = json.loads(text).get("parameters", {}) if text else {}
    except ValueError:
        declared = {}
    return [f"{name}={value}" for name, value in values.items() if is_open(declared.get(name))]


def is_open(declaration: JsonValue) -> bool:
    """Whether a parameter is declared and has no default."""
    return isinstance(declaration, dict) and "defaultValue" not in declaration


def run(
    figures: Figures, path: Path, folder: Path, case: Case | None, values: Mapping[str, str]
) -> None:
    """Derive one template and count what comes out."""
    name = path.relative_to(folder).as_posix()
    figures.templates += 1
    started = time.perf_counter()
    try:
        if case is None:
            derived = derive(path, folder, schema_of(path) or "resourceGroup", beside(path, values))
        else:
            wrapped: dict[str, JsonValue] = {k: {"value": v} for k, v in case.parameters.items()}
            derived = derive(path, folder, case.scope, [{"parameters": wrapped}])
    except UnsupportedFeature as error:
        figures.failed.append(f"{name}: {error}")
        return
    except InputError as error:
        figures.refused.append(f"{name}: {error}")
        _judge_refusal(figures, name, case, str(error))
        return
    finally:
        figures.seconds.append((time.perf_counter() - started, name))
    figures.read += 1
    count(figures, derived)
    if case is not None:
        _judge(figures, name, case, derived)


def count(figures: Figures, derived: Derivation) -> None:
    """Count requirements, those whose scope is unknown above the resource's own name, and gaps.

    A child's own name has the names of its parents in it; what stands before the last namespace
    is the scope in which the resource lies.
    """
    figures.requirements += len(derived.requirements)
    for requirement in derived.requirements:
        text = requirement.scope.text
        above = text.rpartition("/providers/")[0] if "/providers/" in text else text
        figures.unknown_scopes += bool(PLACEHOLDER.search(above))
    figures.gaps.update(gap.kind.value for gap in derived.gaps)


def _judge_refusal(figures: Figures, name: str, case: Case | None, error: str) -> None:
    if case is None:
        return
    if case.error is None:
        figures.differ.append(f"{name}: refused, the engine takes it: {error}")
    else:
        figures.agree += 1


def _judge(figures: Figures, name: str, case: Case, derived: Derivation) -> None:
    if case.error is not None:
        figures.differ.append(f"{name}: taken, the engine refuses it: {case.error}")
        return
    found = compare(case, derived.resources)
    figures.bodies += found.bodies
    figures.bodies_differ += [f"{name}: {difference}" for difference in found.bodies_differ]
    if found.differences:
        figures.differ += [f"{name}: {difference}" for difference in found.differences[:3]]
    else:
        figures.agree += 1


def report(figures: Figures, *, verbose: bool) -> None:
    """Print what was counted."""
    total = sum(seconds for seconds, _ in figures.seconds)
    print(f"templates        {figures.templates}")
    print(f"read             {figures.read}")
    print(f"refused          {len(figures.refused)}")
    print(f"failed           {len(figures.failed)}")
    print(f"requirements     {figures.requirements}")
    share = figures.unknown_scopes / max(1, figures.requirements)
    print(f"unknown scopes   {figures.unknown_scopes} ({share:.1%})")
    for kind, number in sorted(figures.gaps.items()):
        print(f"gaps             {number} {kind}")
    print(f"seconds          {total:.1f}")
    for seconds, name in sorted(figures.seconds, reverse=True)[:SLOWEST]:
        print(f"slowest          {seconds:.2f} {name}")
    compared = figures.agree + len({line.partition(": ")[0] for line in figures.differ})
    if compared:
        print(f"agree            {figures.agree} of {compared}")
        same = figures.bodies - len(figures.bodies_differ)
        print(f"bodies agree     {same} of {figures.bodies}")
    sections = [("failed", figures.failed), ("differs", figures.differ)]
    sections += [("body differs", figures.bodies_differ)]
    if verbose or not compared:
        sections.append(("refused", figures.refused))
    for title, lines in sections:
        for line in lines:
            print(f"{title}: {line}")


def derive_folder(
    folder: Path,
    *,
    snapshots: Path | None,
    name: str | None,
    values: Mapping[str, str],
    verbose: bool,
) -> int:
    """Run over a folder; 1 when a template failed."""
    folder = folder.resolve()
    cases: Mapping[str, Case] = load_cases(snapshots) if snapshots else {}
    paths = [folder / case for case in cases] or list(templates(folder, name))
    figures = Figures()
    for path in paths:
        case = cases.get(path.relative_to(folder).as_posix())
        run(figures, path, folder, case, values)
    report(figures, verbose=verbose)
    return 1 if figures.failed else 0


def main(arguments: Sequence[str]) -> int:
    """Run over a folder, a suite of policy deployments, or both; 1 when something failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--snapshots", type=Path)
    parser.add_argument("--policies", type=Path)
    parser.add_argument("--name", help="glob of template files")
    parser.add_argument("--value", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args(arguments)
    if options.folder is None and options.policies is None:
        parser.error("name a folder of templates, or --policies FILE")
    codes = []
    if options.folder is not None:
        code = derive_folder(
            options.folder,
            snapshots=options.snapshots,
            name=options.name,
            values=dict(item.split("=", 1) for item in options.value),
            verbose=options.verbose,
        )
        codes.append(code)
    if options.policies is not None:
        codes.append(policy_deployments.run(options.policies))
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
