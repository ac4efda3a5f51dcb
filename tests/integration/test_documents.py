"""What is written for all examples and template cases: valid by its schema, and reproducible."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path
from typing import TypeAlias

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

import preflight
from preflight.model.report import Report
from preflight.model.requirement import Derivation
from preflight.model.value import JsonValue
from preflight.report.format import FORMATS
from preflight.report.requirements import REQUIREMENT_FORMATS
from preflight.report.view import View

ROOT = Path(__file__).resolve().parent.parent.parent
SCHEMAS = ("report-1", "reports-1", "requirements-1")
Schema: TypeAlias = "bool | Mapping[str, object]"
Errors: TypeAlias = Callable[[str, str], list[str]]
SEEDS = ("0", "20260801")
DIGESTS = """
import hashlib, json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_documents import everything_written
for name, text in everything_written():
    print(name, hashlib.sha256(text.encode()).hexdigest())
"""


def case_files() -> list[Path]:
    """Return every example and every template case that is not refused."""
    examples = sorted((ROOT / "examples").glob("*/example.json"))
    templates = sorted((ROOT / "tests" / "conformance" / "templates").glob("*/case.json"))
    return [*examples, *(file for file in templates if "error" not in read(file))]


def read(file: Path) -> dict[str, JsonValue]:
    document: dict[str, JsonValue] = json.loads(file.read_text(encoding="utf-8"))
    return document


def derive(file: Path) -> Derivation:
    """Derive an example or a template case."""
    case = read(file)
    given = case.get("parameters", {})
    assert isinstance(given, dict | list)
    files = [str(file.parent / str(name)) for name in given] if isinstance(given, list) else []
    return preflight.derive(
        file.parent / str(case["source"]),
        scope=str(case["scope"]),
        parameters=given if isinstance(given, dict) else files,
        client=str(case.get("client", "az")),
        mode=str(case.get("mode", "incremental")),
        root=ROOT,
    )


def report_of(file: Path, derivation: Derivation) -> Report | None:
    """Return the verdict of an example, or of a case that has evidence."""
    case = read(file)
    access = ROOT / "examples" / "access.json"
    if file.name == "case.json":
        if "access" not in case:
            return None
        access = file.parent / str(case["access"])
    principal, now = case.get("principal"), case.get("now")
    return preflight.check(
        derivation,
        preflight.load_access(access),
        principal=str(principal) if principal else None,
        now=str(now) if now else None,
    )


def everything_written() -> list[tuple[str, str]]:
    """Return every text that the formats make of every case, with a name for each."""
    found = []
    for file in case_files():
        derivation = derive(file)
        roles = file.name == "example.json"
        for name in REQUIREMENT_FORMATS if roles else ("json", "table", "markdown"):
            text = REQUIREMENT_FORMATS[name].render([derivation], View())
            found.append((f"{file.parent.name} {name}", text))
        report = report_of(file, derivation)
        if report is not None:
            for name, one in FORMATS.items():
                found.append((f"{file.parent.name} report {name}", one.render([report], View())))
    return found


@pytest.fixture(scope="module")
def errors() -> Errors:
    """What a schema says about a text."""
    folder = resources.files("preflight.report") / "schemas"
    contents: dict[str, dict[str, JsonValue]] = {
        name: json.loads((folder / f"{name}.schema.json").read_text("utf-8")) for name in SCHEMAS
    }
    registry = Registry[Schema]().with_resources(
        (f"{name}.schema.json", Resource.from_contents(found)) for name, found in contents.items()
    )

    def check(name: str, text: str) -> list[str]:
        validator = Draft202012Validator(contents[name], registry=registry)
        return [error.message for error in validator.iter_errors(json.loads(text))]

    return check


@pytest.mark.parametrize("file", case_files(), ids=lambda file: file.parent.name)
def test_json_is_valid_by_its_schema(file: Path, errors: Errors) -> None:
    derivation = derive(file)
    text = REQUIREMENT_FORMATS["json"].render([derivation], View())

    assert [] == errors("requirements-1", text)
    assert derivation.to_dict() == json.loads(text)

    report = report_of(file, derivation)
    if report is not None:
        assert [] == errors("report-1", FORMATS["json"].render([report], View()))


def test_the_same_input_gives_the_same_bytes() -> None:
    """In processes of their own, whose sets and hashes are ordered differently."""
    written = {}
    for seed in SEEDS:
        ended = subprocess.run(
            [sys.executable, "-c", DIGESTS, str(Path(__file__).parent)],
            check=True,
            capture_output=True,
            text=True,
            env={"PYTHONHASHSEED": seed},
        )
        written[seed] = ended.stdout.splitlines()

    first, *others = written.values()
    assert len(first) > 3 * len(case_files())
    assert [first] * len(others) == others
