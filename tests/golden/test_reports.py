from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import preflight
from preflight.model.outcome import Detail
from preflight.model.report import Report
from preflight.model.requirement import Derivation
from preflight.report.explanation import EXPLANATION_FORMATS
from preflight.report.format import FORMATS
from preflight.report.requirements import REQUIREMENT_FORMATS
from preflight.report.view import View

Golden = Callable[[str, str], str]
EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"

FILES = {"console": "txt", "json": "json", "junit": "xml", "markdown": "md"}
REQUIREMENT_FILES = {
    "table": "txt", "json": "json", "markdown": "md", "role": "json", "role-arm": "json",
    "role-bicep": "bicep", "role-terraform": "tf",
}  # fmt: skip


@pytest.mark.parametrize("detail", list(Detail))
@pytest.mark.parametrize("name", list(FORMATS))
def test_report(report: Report, golden: Golden, name: str, detail: Detail) -> None:
    view = View(detail=detail, link_base="https://github.com/contoso/shop/blob/0a1b2c3")
    text = FORMATS[name].render(report, view)

    assert text == golden(f"report-{name}-{detail.value}.{FILES[name]}", text)


def test_verbose_console(report: Report, golden: Golden) -> None:
    text = FORMATS["console"].render(report, View(verbosity=2, width=100, place="github"))

    assert text == golden("report-console-verbose.txt", text)


def test_ascii_console(report: Report, golden: Golden) -> None:
    text = FORMATS["console"].render(report, View(width=80, utf8=False))

    assert text == golden("report-console-ascii.txt", text)


@pytest.mark.parametrize("name", list(REQUIREMENT_FORMATS))
def test_requirements(derivation: Derivation, golden: Golden, name: str) -> None:
    text = REQUIREMENT_FORMATS[name].render([derivation], View())

    assert text == golden(f"requirements-{name}.{REQUIREMENT_FILES[name]}", text)


EXPLANATION_FILES = {"console": "txt", "json": "json", "markdown": "md"}


@pytest.mark.parametrize("name", list(EXPLANATION_FORMATS))
def test_explanation(golden: Golden, name: str) -> None:
    text = (EXAMPLES / "e-subnet-of-another-team" / "denial.txt").read_text(encoding="utf-8")
    explained = preflight.explain(f"{text}\nCorrelation ID: c-1\n")
    explained = replace(explained, version="0.0.0", catalogue="2026-08-01")

    shown = EXPLANATION_FORMATS[name].render(explained, View())

    assert shown == golden(f"explanation-{name}.{EXPLANATION_FILES[name]}", shown)


def test_no_golden_file_is_left_over() -> None:
    found = {path.name for path in (Path(__file__).parent / "reports").iterdir()}
    expected = {
        f"report-{name}-{detail.value}.{suffix}"
        for name, suffix in FILES.items()
        for detail in Detail
    }
    expected |= {f"requirements-{name}.{suffix}" for name, suffix in REQUIREMENT_FILES.items()}
    expected |= {f"explanation-{name}.{suffix}" for name, suffix in EXPLANATION_FILES.items()}
    expected |= {"report-console-verbose.txt", "report-console-ascii.txt"}

    assert found == expected
