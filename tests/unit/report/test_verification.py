from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING, TypeAlias

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from preflight.model.decision import Reason, Verdict
from preflight.model.outcome import Detail, ExitCode
from preflight.model.report import Problem
from preflight.model.value import JsonValue
from preflight.model.verification import TakeAway, Verification
from preflight.report.verification import render_verifications
from preflight.report.verification_json import render_verifications_json
from preflight.report.view import View

if TYPE_CHECKING:
    from tests.unit.report.conftest import Make

Schema: TypeAlias = "bool | Mapping[str, object]"
NAMES = ("report-1", "requirements-1", "verification-1", "verifications-1")
GROUP_NAME = "grp-everybody"


@pytest.fixture(scope="module")
def errors() -> Callable[[str, JsonValue], list[str]]:
    """What a schema says about a document."""
    folder = resources.files("preflight.report") / "schemas"
    schemas = {
        name: json.loads((folder / f"{name}.schema.json").read_text(encoding="utf-8"))
        for name in NAMES
    }
    registry = Registry[Schema]().with_resources(
        (f"{name}.schema.json", Resource.from_contents(schema)) for name, schema in schemas.items()
    )

    def check(name: str, document: JsonValue) -> list[str]:
        validator = Draft202012Validator(schemas[name], registry=registry)
        return [error.message for error in validator.iter_errors(document)]

    return check


@pytest.fixture
def refuted(make: Make) -> Verification:
    """A verification with one of everything."""
    allowed = make.row(Verdict.ALLOWED, Reason.GRANTED)
    report = replace(make.report(allowed), findings=())
    requirement = make.requirement("Microsoft.Authorization/roleAssignments/write")
    probes = [
        make.row(verdict, requirement=requirement).decision
        for verdict in (Verdict.ALLOWED, Verdict.UNDETERMINED, Verdict.DENIED)
    ]
    assignment = make.assignment()
    direct = TakeAway(
        assignment=assignment,
        role_name="Owner",
        via="direct",
        allows=(requirement,),
        command=f"az role assignment delete --ids {assignment.id}",
    )
    through = replace(direct, role_name="Contributor", via=GROUP_NAME, command="")
    finding = make.finding(make.row())
    return Verification(
        report=report,
        probes=tuple(probes),
        take_away=(direct, through),
        lost=(allowed.decision.requirement,),
        instead=finding.recommendations,
    )


def document(*verifications: Verification, detail: Detail = Detail.TEAM) -> JsonValue:
    found: JsonValue = json.loads(render_verifications_json(verifications, View(detail=detail)))
    return found


def test_the_console_says_what_to_take_away(refuted: Verification) -> None:
    text = render_verifications([refuted], View())

    assert text.startswith("REFUTED  main.json")
    for part in (
        "1 refused · 1 still held · 1 undetermined",
        "✗ still held  at",
        "? not known whether held  at",
        "take away  Owner",
        "az role assignment delete --ids",
        f"held through {GROUP_NAME}",
        "take the principal out of the group",
        "then 1 required action must come from elsewhere",
        "instead ",
    ):
        assert part in text
    assert text.endswith("exit 1\n")


def test_quiet_is_the_headline(refuted: Verification) -> None:
    assert 1 == render_verifications([refuted, refuted], View(verbosity=-1)).count("\n") - 1


@pytest.mark.parametrize("detail", list(Detail))
def test_the_document_fits_its_schema(
    refuted: Verification, detail: Detail, errors: Callable[[str, JsonValue], list[str]]
) -> None:
    assert [] == errors("verification-1", document(refuted, detail=detail))
    assert [] == errors("verifications-1", document(refuted, refuted, detail=detail))


def test_public_hides_assignments_and_groups(refuted: Verification) -> None:
    secret = refuted.take_away[0].assignment.id.rpartition("/")[2]
    for render in (render_verifications, render_verifications_json):
        public = render([refuted], View(detail=Detail.PUBLIC))

        assert secret in render([refuted], View())
        assert secret not in public
        assert GROUP_NAME not in public


def test_verdicts_and_exit_codes(refuted: Verification, make: Make) -> None:
    held, unclear, fine = refuted.probes
    denied = make.report(make.row())
    problem = replace(refuted.report, problem=Problem(message="no"), problem_code=ExitCode.INPUT)
    cases = [
        (replace(refuted, probes=(fine,)), 0),
        (replace(refuted, probes=(fine, unclear)), 5),
        (replace(refuted, probes=(unclear, held)), 1),
        (replace(refuted, report=denied, probes=()), 1),
        (Verification(report=problem), 3),
    ]

    assert [code for _, code in cases] == [one.exit_code for one, _ in cases]
    assert render_verifications([cases[0][0]], View()).startswith("VERIFIED  ")
    assert render_verifications([cases[1][0]], View()).startswith("UNDETERMINED  ")
    assert render_verifications([cases[4][0]], View()).startswith("ERROR  ")
