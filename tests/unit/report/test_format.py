from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from preflight.model.decision import DENIAL_ORDER, Reason, Verdict
from preflight.model.outcome import Detail
from preflight.model.report import Report
from preflight.model.template import Note
from preflight.report.format import FORMATS
from preflight.report.view import View

if TYPE_CHECKING:
    from tests.unit.report.conftest import Make

_WITH_A_WARNING = (
    Reason.GRANTED_RECENTLY,
    Reason.EXPIRES_DURING_RUN,
    Reason.GRANTED_THROUGH_GROUP,
    Reason.ARM_PREFLIGHT_MAY_REFUSE,
)


def test_the_registry_knows_its_formats_by_name() -> None:
    assert list(FORMATS) == ["console", "json", "junit", "markdown"]


@pytest.mark.parametrize("name", list(FORMATS))
@pytest.mark.parametrize("reason", [item for item in Reason if item is not Reason.GRANTED])
def test_every_reason_can_be_printed(make: Make, name: str, reason: Reason) -> None:
    verdict = Verdict.UNDETERMINED
    if reason in _WITH_A_WARNING:
        verdict = Verdict.ALLOWED
    elif reason in DENIAL_ORDER:
        verdict = Verdict.DENIED
    row = make.row(verdict, reason, warnings=[reason] if verdict is Verdict.ALLOWED else [])
    report = make.report(row, findings=[make.finding(row)])

    assert reason.value in FORMATS[name].render(report, View())


@pytest.mark.parametrize("name", list(FORMATS))
def test_one_report_and_a_list_of_one_are_the_same(denied: Report, name: str) -> None:
    assert FORMATS[name].render(denied, View()) == FORMATS[name].render([denied], View())


@pytest.mark.parametrize("name", list(FORMATS))
@pytest.mark.parametrize("detail", list(Detail))
def test_text_ends_with_one_line_break(denied: Report, name: str, detail: Detail) -> None:
    text = FORMATS[name].render(denied, View(detail=detail))

    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_importing_the_formats_loads_no_library_of_theirs() -> None:
    script = (
        "import json, sys, preflight.report.format, preflight.report.requirements;"
        "print(json.dumps([m for m in ('jinja2', 'junit_xml') if m in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60
    )

    assert json.loads(done.stdout) == []


@pytest.mark.parametrize("name", FORMATS)
def test_every_report_says_how_far_the_linked_rules_reach(name: str, make: Make) -> None:
    reach = "linked rules are known for 1 of 2 resource types"
    notes = [Note(code=f"n{number}", message="less important") for number in range(9)]
    report = make.report(make.row(Verdict.ALLOWED, Reason.GRANTED))
    assert report.derivation is not None
    many = (*notes, Note(code="linked-coverage", message=reach))
    said = replace(report, derivation=replace(report.derivation, notes=many))

    assert reach in FORMATS[name].render([said], View())
