"""Compare the requirements of Bicep files with those of what the official program compiles.

    bicep_pairs.py FOLDER BICEP [--name GLOB] [--part I/N] [--cache FOLDER] [--verbose]

BICEP is the official program. Every `main.bicep` under FOLDER is compiled once (kept under the
cache by content), and both forms are derived at an invented place of their scope, without
parameters. Two files agree when actions and scopes are the same; an unknown part of a scope is
compared by its position, for its label may differ.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from oracle_engine import LOCATION, SCOPES, TENANT, Engine, Refused

from preflight import api
from preflight.errors import PreflightError
from preflight.model.requirement import Derivation
from preflight.model.scope import PLACEHOLDER
from preflight.model.value import JsonValue

ROOT = Path(__file__).resolve().parent.parent
SHOWN = 6
"""Most differences that are printed for one file."""
Need: TypeAlias = "tuple[str, str, bool]"
"""Action and scope, folded, and whether it is a data action."""


@dataclass(slots=True)
class Figures:
    """What was counted; the lists hold lines to print."""

    agree: int = 0
    differ: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    """Files that the program refuses and we read: it checks types, we do not."""
    refused: int = 0
    both_refused: int = 0
    seconds: list[tuple[float, str]] = field(default_factory=list)


def compiled(engine: Engine, path: Path, cache: Path) -> dict[str, JsonValue]:
    """Return what the program makes of a file; raises `Refused`.

    The key of the cache is the content of all Bicep files in the file's own folder tree and its
    path: near enough for a checkout that stays as it is.
    """
    digest = hashlib.sha256(str(path).encode())
    for part in sorted(path.parent.rglob("*.bicep")):
        digest.update(part.read_bytes())
    kept = cache / f"{digest.hexdigest()[:24]}.json"
    if not kept.is_file():
        answer = engine.call("compile", {"path": str(path)})
        kept.write_text(json.dumps(answer), encoding="utf-8")
    answer = json.loads(kept.read_text(encoding="utf-8"))
    if not answer["success"]:
        raise Refused(
            "; ".join(d["message"] for d in answer["diagnostics"] if d["level"] == "Error")
        )
    template: dict[str, JsonValue] = json.loads(answer["contents"])
    return template


def scope_of(template: dict[str, JsonValue]) -> str:
    """Return the kind of deployment that `$schema` says."""
    schema = str(template["$schema"]).lower()
    kinds = ("managementGroup", "subscription", "tenant")
    return next((k for k in kinds if f"{k.lower()}deploymenttemplate" in schema), "resourceGroup")


def derive(source: Path | dict[str, JsonValue], scope: str, root: Path) -> Derivation:
    """Derive one form at the invented place; a Bicep file is read without a compiler."""
    settings = api.DeriveSettings(
        scope=SCOPES[scope],
        location=LOCATION,
        tenant=TENANT,
        deployment_name="main",
        root=root,
        bicep="native",
    )
    return api.derive_source(source, settings)


def needs(derivation: Derivation) -> dict[Need, str]:
    """Return what a rollout needs, with the certainty of each."""
    return {
        (
            str(requirement.action).lower(),
            PLACEHOLDER.sub("{}", requirement.scope.text).lower(),
            requirement.data_action,
        ): requirement.certainty.value
        for requirement in derivation.requirements
    }


def compare(figures: Figures, engine: Engine, path: Path, options: argparse.Namespace) -> None:
    """Compare the two forms of one file."""
    name = path.relative_to(options.folder).as_posix()
    template, why = None, ""
    try:
        template = compiled(engine, path, options.cache)
    except Refused as error:
        why = f"the program: {error}"
        figures.refused += 1
    scope = "resourceGroup" if template is None else scope_of(template)
    theirs: dict[Need, str] | None = None
    if template is not None:
        theirs, why = needs_or_why(template, scope, options.folder)
    started = time.perf_counter()
    ours, refusal = needs_or_why(path, scope, options.folder)
    figures.seconds.append((time.perf_counter() - started, name))
    if ours is None or theirs is None:
        if ours is None and theirs is None:
            figures.both_refused += 1
        elif ours is None:
            figures.differ.append(f"{name}: refused: {refusal}")
        elif template is None:
            figures.taken.append(f"{name}: {why}")
        else:
            figures.differ.append(f"{name}: read, the compiled form is refused: {why}")
        return
    lines = list(differences(ours, theirs, certainty=options.certainty))
    figures.agree += not lines
    figures.differ += [f"{name}: {line}" for line in lines[:SHOWN]]


def needs_or_why(
    source: Path | dict[str, JsonValue], scope: str, root: Path
) -> tuple[dict[Need, str] | None, str]:
    """Return what a form needs, or None and why it is refused."""
    try:
        return needs(derive(source, scope, root)), ""
    except PreflightError as error:
        return None, str(error)


def differences(
    ours: dict[Need, str], theirs: dict[Need, str], *, certainty: bool
) -> Iterator[str]:
    """Say what only one of the forms needs."""
    for need in sorted(ours.keys() | theirs.keys()):
        action, scope, _ = need
        if need not in ours or need not in theirs:
            yield f"only {'Bicep' if need in ours else 'compiled'}: {action} at {scope}"
        elif certainty and ours[need] != theirs[need]:
            yield f"{ours[need]}, compiled {theirs[need]}: {action} at {scope}"


def report(figures: Figures, *, verbose: bool) -> None:
    """Print what was counted."""
    names = {line.partition(": ")[0] for line in figures.differ}
    compared = figures.agree + len(names) + figures.both_refused
    share = (figures.agree + figures.both_refused) / max(1, compared)
    total = sum(seconds for seconds, _ in figures.seconds)
    print(f"files            {compared}")
    print(f"identical        {figures.agree} ({share:.2%} with those that both refuse)")
    print(f"both refuse      {figures.both_refused}")
    print(f"program refuses  {figures.refused}, of which we read {len(figures.taken)}")
    print(f"seconds          {total:.1f} (Bicep alone)")
    for seconds, name in sorted(figures.seconds, reverse=True)[:5]:
        print(f"slowest          {seconds:.2f} {name}")
    for line in figures.differ:
        print(f"differs: {line}")
    for line in figures.taken if verbose else ():
        print(f"taken: {line}")


def main(arguments: Sequence[str]) -> int:
    """Run over a folder; 1 where something differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("bicep", help="the official program")
    parser.add_argument("--name", default="**/main.bicep", help="glob of the files")
    parser.add_argument("--part", default="0/1", metavar="I/N", help="every N-th file from I")
    parser.add_argument("--cache", type=Path, default=ROOT / "build" / "bicep-pairs")
    parser.add_argument("--certainty", action="store_true", help="compare certainties too")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args(arguments)
    options.folder = options.folder.resolve()
    options.cache.mkdir(parents=True, exist_ok=True)
    part, _, parts = options.part.partition("/")
    paths = sorted(options.folder.glob(options.name))[int(part) :: int(parts or 1)]
    figures = Figures()
    with Engine(options.bicep) as engine:
        for path in paths:
            compare(figures, engine, path, options)
    report(figures, verbose=options.verbose)
    return 1 if figures.differ else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
