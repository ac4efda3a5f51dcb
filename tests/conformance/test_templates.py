"""Whole templates: what they need, how they are refused, what is decided about them.

`templates/NAME/` holds the input, `case.json` and what is expected of each stage:

- `case.json`: `source`, `scope` and what else shapes the derivation (`parameters`: a mapping or a
  list of files; `location`, `tenant`, `client`, `mode`); `access`, `principal`, `now` for the
  verdict; `twin`: what differs in the same template without the link; `gaps`, `notes`: the kinds
  and codes that are expected; `covers`: namespaces of linked rules; `sameAs`:
  the same template compiled the other way; `error`: how it is refused
- `plan.json`: `resources`, the rows of the plan, each with the keys that it pins; no others
- `requirements.json`: `requirements`, each with its `source`; `absent`: what must not be there
- `decisions.json`: verdict and reason of requirements, and the exit code
- `diagnosis.json`: `findings` that touch the gate set, each a reason and the actions it groups

Every expected requirement is there with exactly its certainty, and no other is `required` or
`conditional`; further `possible` ones are free. A row with `link` is not there in the twin, one
with `twinOnly` is there only; an `absent` row with a `certainty` may be there with a weaker one.
An error names its reason (the class), file, line and column. The cases are in `templates/` of
the root that PREFLIGHT_CONFORMANCE names, else beside this file.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

import preflight
from preflight.catalog.files import read_table
from preflight.model.requirement import Derivation, RequirementKind
from preflight.model.value import JsonValue

Json = dict[str, JsonValue]
Key = tuple[str, str]

_RANK = {"required": 0, "conditional": 1, "possible": 2}


def templates() -> Path:
    """Return the folder of the template cases."""
    moved = os.environ.get("PREFLIGHT_CONFORMANCE")
    return (Path(moved) if moved else Path(__file__).parent) / "templates"


def folders(*names: str) -> list[Path]:
    """Return the cases that hold one of the files, in order."""
    found = sorted(path.parent for path in templates().glob("*/case.json"))
    return [folder for folder in found if any((folder / name).is_file() for name in names)]


def read(path: Path) -> Json:
    """Return a file of a case."""
    document: Json = json.loads(path.read_text(encoding="utf-8"))
    return document


def rows(document: Json, key: str) -> list[Json]:
    """Return the objects of a list; none where the key is absent."""
    found = document.get(key, [])
    assert isinstance(found, list)
    return [row for row in found if isinstance(row, dict)]


def text(row: Json, key: str, default: str = "") -> str:
    """Return a string of a row."""
    return str(row.get(key, default))


def derive(folder: Path, case: Json) -> Derivation:
    """Derive what a case describes."""
    given = case.get("parameters", {})
    assert isinstance(given, dict | list)
    files = [str(folder / str(name)) for name in given] if isinstance(given, list) else []
    inventory = preflight.load_access(folder / text(case, "access")) if "access" in case else None
    return preflight.derive(
        folder / text(case, "source"),
        scope=text(case, "scope"),
        parameters=given if isinstance(given, dict) else files,
        location=text(case, "location") or None,
        tenant=text(case, "tenant") or None,
        client=text(case, "client", "az"),
        mode=text(case, "mode", "incremental"),
        deployment_name="main",
        root=folder,
        inventory=inventory,
    )


def variants(*names: str) -> list[object]:
    """Return each case, and its twin as a case of its own."""
    found: list[object] = []
    for folder in folders(*names):
        case = read(folder / "case.json")
        twin = case.get("twin")
        found.append(pytest.param(folder, case, False, id=folder.name))
        if isinstance(twin, dict):
            both = {**case, **twin}
            found.append(pytest.param(folder, both, True, id=f"{folder.name}/twin"))
    return found


def by_id(row: Json) -> str:
    """Return what rows of a plan are sorted by."""
    return text(row, "id").lower()


def with_error() -> list[Path]:
    """Return the cases whose input is refused."""
    return [folder for folder in folders("case.json") if "error" in read(folder / "case.json")]


def key_of(row: Mapping[str, JsonValue]) -> Key:
    """Return what a requirement is known by: action and scope, without regard to case."""
    return str(row["action"]).lower(), str(row["scope"]).lower()


needs_templates = pytest.mark.skipif(
    not templates().is_dir(), reason="the conformance root has no templates"
)


@needs_templates
@pytest.mark.parametrize(("folder", "case", "twin"), variants("requirements.json"))
def test_requirements(folder: Path, case: Json, twin: bool) -> None:
    expected = read(folder / "requirements.json")
    left_out = "link" if twin else "twinOnly"
    wanted = {
        key_of(row): (row["certainty"], row.get("dataAction", False))
        for row in rows(expected, "requirements")
        if not row.get(left_out)
    }
    derivation = derive(folder, case)
    document = derivation.to_dict()
    found = {
        key_of(row): (row["certainty"], row["dataAction"])
        for row in rows(document, "requirements")
        if row["certainty"] != "possible" or key_of(row) in wanted
    }

    assert found == wanted

    everything = {key_of(row): text(row, "certainty") for row in rows(document, "requirements")}
    unwanted = list(rows(expected, "absent"))
    unwanted += [row for row in rows(expected, "requirements") if row.get(left_out)]
    there = [
        key
        for row in unwanted
        if (key := key_of(row)) in everything
        and key not in wanted
        and (row.get("link") or _RANK[everything[key]] <= _RANK[text(row, "certainty", "possible")])
    ]
    assert there == []

    notes = {note.code for note in derivation.notes} - {"linked-coverage", "unknown-action"}
    assert [gap.kind.value for gap in derivation.gaps] == ([] if twin else case.get("gaps", []))
    assert sorted(notes) == ([] if twin else case.get("notes", []))


@needs_templates
@pytest.mark.parametrize(
    "folder",
    [folder for folder in folders("case.json") if "sameAs" in read(folder / "case.json")],
    ids=lambda folder: folder.name,
)
def test_compiled_both_ways(folder: Path) -> None:
    """An array template leaves no trace of `existing`; all else is the same (bicep#13941)."""
    case = read(folder / "case.json")
    array = derive(folder, case)
    symbolic = derive(folder, {**case, "source": case["sameAs"]})
    existing = {row.id.folded for row in symbolic.resources if row.existing}
    assert existing
    assert not any(row.existing for row in array.resources)

    def without_reads(derivation: Derivation) -> dict[Key, str]:
        return {
            (one.action.folded, one.scope.folded): one.certainty.value
            for one in derivation.requirements
            if not (one.kind is RequirementKind.READ and one.scope.folded in existing)
        }

    assert without_reads(symbolic) == without_reads(array)


@pytest.mark.skipif(
    "PREFLIGHT_CONFORMANCE" in os.environ, reason="another root need not cover our own table"
)
def test_every_namespace_of_the_linked_table_has_a_template() -> None:
    covered: set[str] = set()
    for folder in folders("requirements.json"):
        names = read(folder / "case.json").get("covers", [])
        assert isinstance(names, list)
        covered |= {str(name).lower() for name in names}
    table = json.loads(read_table("curated/links.json"))

    assert {row["type"].partition("/")[0].lower() for row in table} - covered == set()


@needs_templates
@pytest.mark.parametrize("folder", folders("plan.json"), ids=lambda folder: folder.name)
def test_plan(folder: Path) -> None:
    expected = rows(read(folder / "plan.json"), "resources")
    document = derive(folder, read(folder / "case.json")).to_dict()
    found = sorted(rows(document, "resources"), key=by_id)
    pairs = zip(found, sorted(expected, key=by_id), strict=False)
    pinned = [{key: row.get(key) for key in want} for row, want in pairs]

    assert pinned == sorted(expected, key=by_id)
    assert len(found) == len(expected)
    assert rows(document, "resources")[0]["type"] == "Microsoft.Resources/deployments"


@needs_templates
@pytest.mark.parametrize("folder", with_error(), ids=lambda folder: folder.name)
def test_error(folder: Path) -> None:
    case = read(folder / "case.json")
    expected = case["error"]
    assert isinstance(expected, dict)
    with pytest.raises(preflight.PreflightError) as caught:
        derive(folder, case)
    place = caught.value.where

    where = "{file}:{line}:{column}".format_map(expected)
    assert (type(caught.value).__name__, place and place.label) == (expected["reason"], where)
    assert str(expected["says"]) in caught.value.message


@needs_templates
@pytest.mark.parametrize("folder", folders("decisions.json"), ids=lambda folder: folder.name)
def test_decisions(folder: Path) -> None:
    expected = read(folder / "decisions.json")
    report = decide(folder)
    found = {key_of(row): (row["verdict"], row["reason"]) for row in rows(report, "requirements")}

    wanted = {
        key_of(row): (row["verdict"], row["reason"]) for row in rows(expected, "requirements")
    }
    assert {key: found.get(key) for key in wanted} == wanted
    assert report["exitCode"] == expected["exitCode"]


@needs_templates
@pytest.mark.parametrize("folder", folders("diagnosis.json"), ids=lambda folder: folder.name)
def test_diagnosis(folder: Path) -> None:
    expected = rows(read(folder / "diagnosis.json"), "findings")
    report = decide(folder)
    gate_set = {
        row["id"]: row["action"]
        for row in rows(report, "requirements")
        if row["certainty"] != "possible"
    }
    found = []
    for finding in rows(report, "findings"):
        grouped = finding["requirements"]
        assert isinstance(grouped, list)
        actions = sorted(str(gate_set[one]) for one in grouped if one in gate_set)
        found += [{"reason": finding["reason"], "actions": actions}] if actions else []

    assert found == expected


@functools.cache
def decide(folder: Path) -> Json:
    """Return the report of a case that has evidence beside it; decided once for both tests."""
    case = read(folder / "case.json")
    report = preflight.check(
        derive(folder, case),
        preflight.load_access(folder / text(case, "access")),
        principal=text(case, "principal") or None,
        now=text(case, "now") or None,
    )
    return dict(report.to_dict())
