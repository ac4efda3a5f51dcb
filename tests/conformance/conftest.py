"""Where the conformance cases are: `data/` beside this file, or PREFLIGHT_CONFORMANCE.

A root holds suite files (one concept, many small cases, each with `id` and `source`) and
`templates/NAME/` (whole templates). A suite that is missing runs no cases; a root with no suite
at all fails. A runner module names its suite and takes the fixture `case`:

    SUITES = ("arm-functions.json",)

    def test_case(case: dict[str, JsonValue]) -> None: ...

Each case becomes one test ID: `arm-functions/concat-001`. A module that has to mark some cases,
chosen by content, defines `marks(case)` and returns the pytest marks.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from preflight.model.value import JsonValue

Case = dict[str, JsonValue]


def conformance_root() -> Path:
    """Return the folder that holds the suites."""
    moved = os.environ.get("PREFLIGHT_CONFORMANCE")
    return Path(moved) if moved else Path(__file__).parent / "data"


def suite(name: str) -> list[Case]:
    """Return the cases of one suite file; none where the root has no such file."""
    path = conformance_root() / name
    if not path.is_file():
        return []
    document = json.loads(path.read_text(encoding="utf-8"))
    cases = document["cases"] if isinstance(document, dict) else document
    return [case for case in cases if isinstance(case, dict)]


def _parameters(module: object) -> Iterator[object]:
    names: Iterable[str] = getattr(module, "SUITES", ())
    marks: Callable[[Case], Iterable[pytest.MarkDecorator]] = getattr(module, "marks", lambda _: ())
    for name in names:
        for case in suite(name):
            test_id = f"{name.removesuffix('.json')}/{case['id']}"
            yield pytest.param(case, id=test_id, marks=tuple(marks(case)))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give every test that takes `case` the cases of its module's suites."""
    if "case" in metafunc.fixturenames and hasattr(metafunc.module, "SUITES"):
        metafunc.parametrize("case", list(_parameters(metafunc.module)))


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the active conformance root: for `templates/`."""
    return conformance_root()
