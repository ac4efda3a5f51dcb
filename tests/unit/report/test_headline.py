from __future__ import annotations

from dataclasses import replace

from preflight.model.access import Unreadable
from preflight.model.outcome import ExitCode
from preflight.model.report import EvidenceSource, Report
from preflight.model.scope import Scope
from preflight.report.headline import evidence_text, identity, subject_line, verdict_word


def test_an_error_is_no_verdict(denied: Report) -> None:
    assert verdict_word(replace(denied, problem_code=ExitCode.ACCESS)) == "ERROR"


def test_what_was_checked(denied: Report) -> None:
    placed = replace(denied, target="prod", parameter_files=("a.json", "b.json"))

    assert subject_line(placed) == "prod: main.json + a.json + b.json → rg-shop (Shop)"


def test_a_translated_principal_says_what_was_given(denied: Report) -> None:
    assert denied.subject is not None
    subject = replace(denied.subject, translated_from="app-1", read_by="gate", tenant="contoso")

    assert identity(subject) == (
        "sp-shop  oid 22222222-0000-4000-8000-000000000002  (given as app-1)  tenant contoso  "
        "evidence read by gate"
    )


def test_an_application_without_a_name_is_told_by_its_id(denied: Report) -> None:
    assert denied.subject is not None
    unnamed = replace(denied.subject.principal, display_name=None, app_id="app-1")

    assert identity(replace(denied.subject, principal=unnamed)).startswith(
        "application app-1  oid "
    )


def test_a_snapshot_without_a_date_says_so() -> None:
    evidence = EvidenceSource(live=False)

    assert evidence_text(evidence, "", {}) == "snapshot, snapshot of unknown age"


def test_what_could_not_be_read_is_named_three_times_at_most() -> None:
    unreadable = tuple(
        Unreadable(what=f"list{n}", scope=Scope(f"/subscriptions/s{n}"), error="403")
        for n in range(5)
    )
    evidence = EvidenceSource(live=True, unreadable=unreadable)

    assert evidence_text(evidence, "D", {"/subscriptions/s0": "Hub"}) == (
        "live · could not read: list0 at sub Hub, list1 at sub s1, list2 at sub s2 and 2 more "
        "· catalogue D"
    )
