"""A report as test cases, before any XML."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from preflight.model.action import Action
from preflight.model.decision import Verdict
from preflight.model.report import Finding, Report, Row
from preflight.model.requirement import Certainty
from preflight.model.template import Gap
from preflight.report.facts import Outcome, by_scope, fails, outcome
from preflight.report.finding_text import advice_text, ladder_text
from preflight.report.wording import because


class Kind(enum.Enum):
    """How a test case ended."""

    PASSED = "passed"
    FAILURE = "failure"
    ERROR = "error"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One test case; `body` (paragraphs) is empty where it passed, `message` holds warnings."""

    name: str
    kind: Kind
    message: str = ""
    body: tuple[str, ...] = ()
    type: str = ""
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """Cases of one scope, or the gaps, the warnings, the error of a report."""

    name: str
    cases: tuple[Case, ...]


def suites_of(report: Report) -> tuple[Suite, ...]:
    """Return the suites of a report; never none, so that a reader finds a name."""
    found = [*_problem(report), *_scopes(report), *_gaps(report), *_warnings(report)]
    return tuple(found) or (Suite(name=report.source, cases=()),)


def _problem(report: Report) -> Iterator[Suite]:
    """Yield the error that ended the run; it fails whatever `--fail-on` says."""
    if report.problem_code is None:
        return
    problem = report.problem
    file, line, _ = problem.position if problem else ("", 0, 0)
    case = Case(
        name="preflight",
        kind=Kind.ERROR,
        message=problem.message if problem else "the run ended early",
        body=(problem.where, problem.excerpt, problem.help) if problem else (),
        type=f"exit-{int(report.problem_code)}",
        file=file,
        line=line,
    )
    yield Suite(name=report.source, cases=(case,))


def _scopes(report: Report) -> Iterator[Suite]:
    findings = {finding.id: finding for finding in report.findings}
    for scope, rows in by_scope(report.rows):
        actions = Counter(row.decision.requirement.action for row in rows)
        twice = frozenset(action for action, number in actions.items() if number > 1)
        cases = tuple(_case(report, row, findings, twice) for row in rows)
        yield Suite(name=scope.text, cases=cases)


def _case(
    report: Report, row: Row, findings: Mapping[str, Finding], twice: frozenset[Action]
) -> Case:
    """Return one requirement as a test case; equal names are told apart by the row's ID."""
    requirement = row.decision.requirement
    kind, message = _ending(report, row)
    place = requirement.origins[0].place if requirement.origins else None
    name = requirement.action.text + (" (data action)" if requirement.data_action else "")
    failed = kind in {Kind.FAILURE, Kind.ERROR}
    finding = findings.get(row.finding or "")
    return Case(
        name=f"{name} [{row.id}]" if requirement.action in twice else name,
        kind=kind,
        message=message,
        body=tuple(_body(report, row, finding)) if failed else (),
        type=row.decision.reason.value,
        file=place.source.name if place else "",
        line=place.position.line if place else 0,
    )


def _ending(report: Report, row: Row) -> tuple[Kind, str]:
    """Return how a requirement ended and the message in one line."""
    decision = row.decision
    what = f"{decision.verdict.value}: {decision.reason.value}"
    if decision.requirement.certainty is not Certainty.REQUIRED:
        what = f"{what} ({decision.requirement.certainty.value})"
    if row.suppressed is not None:
        return Kind.SKIPPED, f"let through by --accept ({row.suppressed.given_at}), {what}"
    if not row.gate:
        return Kind.SKIPPED, f"outside the gate set, {what}"
    found = outcome(row, report)
    if found is Outcome.ALLOWED:
        return Kind.PASSED, ", ".join(warning.value for warning in decision.warnings)
    if not fails(found, report):
        how = "advisory" if report.is_advisory else f"--fail-on {report.fail_on.value}"
        return Kind.SKIPPED, f"let through by {how}, {what}"
    if decision.warnings and decision.verdict is Verdict.ALLOWED:
        what = f"{', '.join(warning.value for warning in decision.warnings)} (--strict)"
    at = f"{decision.requirement.action.text} at {decision.requirement.scope.text}"
    return Kind.FAILURE if found is Outcome.DENIED else Kind.ERROR, f"{what}: {at}"


def _body(report: Report, row: Row, finding: Finding | None) -> Iterator[str]:
    """Yield the paragraphs of a failure: where from, why, the ladder, the fix."""
    requirement = row.decision.requirement
    yield f"needs   {requirement.action.text}"
    yield f"at      {requirement.scope.text}"
    yield f"because {because(requirement.origins, requirement.why)}"
    settle = row.decision.settle
    if finding is not None:
        diagnosis = finding.diagnosis
        settle = settle or diagnosis.settle
        yield f"why     {diagnosis.title}: {diagnosis.text}"
        if diagnosis.rungs:
            yield f"ladder  {ladder_text(diagnosis.rungs)}"
        if diagnosis.azure_says:
            yield f"Azure would say: {diagnosis.azure_says}"
    if settle is not None:
        yield f"settle  {settle.what} ({settle.who})"
    catalogue = report.derivation.catalogue if report.derivation else ""
    for recommendation in finding.recommendations[:1] if finding else ():
        yield f"fix     {advice_text(recommendation, catalogue)}"
        yield from list(recommendation.commands.values())[:1]


def _gaps(report: Report) -> Iterator[Suite]:
    """Yield the gaps: each fails like something undetermined."""
    gaps = report.derivation.gaps if report.derivation else ()
    if gaps:
        yield Suite(
            name="gaps", cases=tuple(_gap(report, gap, n) for n, gap in enumerate(gaps, start=1))
        )


def _gap(report: Report, gap: Gap, number: int) -> Case:
    failed = fails(Outcome.UNDETERMINED, report)
    let_through = "" if failed else "let through, "
    return Case(
        name=f"gap {number} {gap.kind.value}: {gap.target}",
        kind=Kind.ERROR if failed else Kind.SKIPPED,
        message=f"{let_through}gap {gap.kind.value}: {gap.target}",
        body=(f"because {gap.origin.label}", f"settle  {gap.settle}"),
        type=gap.kind.value,
        file=gap.origin.source.name,
        line=gap.origin.position.line,
    )


def _warnings(report: Report) -> Iterator[Suite]:
    """Yield the warnings under `--strict`, where they count as undetermined."""
    if not (report.strict and report.warnings):
        return
    failed = fails(Outcome.UNDETERMINED, report)
    yield Suite(
        name="warnings",
        cases=tuple(
            Case(
                name=f"warning {number} {code}",
                kind=Kind.ERROR if failed else Kind.SKIPPED,
                message=f"{code}: {message}",
                body=("--strict makes a warning count as undetermined",),
                type=code,
            )
            for number, (code, message) in enumerate(report.warnings, start=1)
        ),
    )
