from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from preflight.model.decision import Reason, Verdict
from preflight.model.outcome import FailOn
from preflight.model.report import Report, Suppression
from preflight.model.requirement import Certainty
from preflight.model.scope import Scope
from preflight.report.facts import Outcome, count, counts_text, fails, finding_outcome, outcome

if TYPE_CHECKING:
    from tests.unit.report.conftest import Make


@pytest.mark.parametrize(
    ("verdict", "certainty", "expected"),
    [
        (Verdict.DENIED, Certainty.REQUIRED, Outcome.DENIED),
        (Verdict.DENIED, Certainty.CONDITIONAL, Outcome.UNDETERMINED),
        (Verdict.DENIED, Certainty.POSSIBLE, Outcome.OUTSIDE),
        (Verdict.UNDETERMINED, Certainty.REQUIRED, Outcome.UNDETERMINED),
        (Verdict.UNDETERMINED, Certainty.POSSIBLE, Outcome.OUTSIDE),
        (Verdict.ALLOWED, Certainty.REQUIRED, Outcome.ALLOWED),
        (Verdict.ALLOWED, Certainty.POSSIBLE, Outcome.ALLOWED),
    ],
)
def test_outcome(
    make: Make,
    verdict: Verdict,
    certainty: Certainty,
    expected: Outcome,
) -> None:
    found = make.row(verdict, requirement=make.requirement(certainty=certainty))

    assert outcome(found, make.report(found)) is expected


def test_a_suppressed_row_is_let_through(make: Make) -> None:
    given = Suppression(reason="no-assignment", scope=Scope("/"), given_at="--accept")
    found = replace(make.row(Verdict.UNDETERMINED), suppressed=given)

    assert outcome(found, make.report(found)) is Outcome.LET_THROUGH


def test_strict_makes_a_warning_undetermined(make: Make) -> None:
    found = make.row(Verdict.ALLOWED, Reason.GRANTED, warnings=[Reason.GRANTED_RECENTLY])

    assert [
        outcome(found, replace(make.report(found), strict=strict)) for strict in (False, True)
    ] == [
        Outcome.ALLOWED,
        Outcome.UNDETERMINED,
    ]


@pytest.mark.parametrize(
    ("fail_on", "expected"),
    [
        (FailOn.UNDETERMINED, [True, True, False]),
        (FailOn.DENIED, [True, False, False]),
        (FailOn.NEVER, [False, False, False]),
    ],
)
def test_fail_on(make: Make, fail_on: FailOn, expected: list[bool]) -> None:
    found = replace(make.report(), fail_on=fail_on)
    outcomes = (Outcome.DENIED, Outcome.UNDETERMINED, Outcome.LET_THROUGH)

    assert [fails(item, found) for item in outcomes] == expected


def test_counts(denied: Report) -> None:
    counts = count(denied)

    assert (counts.denied, counts.undetermined, counts.allowed, counts.outside, counts.gaps) == (
        1,
        1,
        1,
        1,
        1,
    )


def test_counts_in_words(denied: Report) -> None:
    assert counts_text(denied) == (
        "1 denied · 1 undetermined · 1 allowed · 1 possible not held · 1 gap"
    )


def test_a_finding_weighs_as_its_heaviest_row(denied: Report) -> None:
    found = {"r1": Outcome.UNDETERMINED, "r2": Outcome.DENIED}
    merged = replace(denied.findings[0], requirements=("r1", "r2"))

    assert finding_outcome(merged, found) is Outcome.DENIED
