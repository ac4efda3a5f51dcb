"""The console report: complete at a glance in a terminal and in a plain log.

Verdict first, identity second, evidence third, then one block per cause; what was not checked
and the exit code come last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import ClassVar

from preflight.model.access import RoleAssignment
from preflight.model.report import Problem, Report, Row
from preflight.report.console_finding import finding_block
from preflight.report.facts import Outcome, count, counts_text, finding_outcome, outcome
from preflight.report.headline import (
    COVERAGE,
    evidence_text,
    exit_text,
    identity,
    settling,
    subject_line,
    verdict_word,
    whose,
)
from preflight.report.page import Page, Style
from preflight.report.redact import Reports, shown
from preflight.report.view import NORMAL, QUIET, VERBOSE, VERY_VERBOSE, View
from preflight.report.wording import plural, scope_path

STYLES: Mapping[str, Style] = {
    "DENIED": Style.BAD,
    "ERROR": Style.BAD,
    "UNDETERMINED": Style.OPEN,
    "ALLOWED": Style.GOOD,
}
_NOTES = 5
"""Notes that are shown without `-v`."""
_GAPS = 10
"""Gaps that are shown without `-v`."""


class Console:
    """One block per report."""

    name: ClassVar[str] = "console"

    def render(self, reports: Reports, view: View) -> str:
        """Return the reports as text for a terminal or a log."""
        page = Page(view)
        visible = shown(reports, view.detail)
        for number, report in enumerate(visible):
            if number and view.verbosity > QUIET:
                page.blank()
            _block(page, report, view)
        if len(visible) > 1 and view.verbosity > QUIET:
            page.blank()
            _summary(page, visible)
        return page.text()


def _block(page: Page, report: Report, view: View) -> None:
    _headline(page, report)
    if view.verbosity > QUIET:
        if report.problem is None:
            page.write(counts_text(report), indent=1)
        identity_lines(page, report)
    if report.problem is not None:
        problem_block(page, report.problem)
    if view.verbosity > QUIET:
        causes_block(page, report, view)
        gaps_block(page, report, view)
        _allowed(page, report, view)
        _notes(page, report, view)
        _not_checked(page, report)
        page.write(exit_text(report))


def _headline(page: Page, report: Report) -> None:
    verdict = verdict_word(report)
    text = f"{verdict}  {subject_line(report)}"
    if report.derivation is not None:
        text += f"   client {report.derivation.client}"
    text += "   strict" if report.strict else ""
    how = settling(report.derivation)
    # Which option settles a placeholder belongs into the first line, so nothing is wrapped here.
    style = STYLES.get(verdict.partition(" ")[0], Style.NONE)
    page.heading(f"{text}   {how}" if how else text, style)
    for loosened in report.loosened:
        page.entry("loose", loosened, indent=1)


def identity_lines(page: Page, report: Report) -> None:
    """Write for whom it was decided, from which evidence, and what is doubtful about them."""
    if report.subject is not None:
        page.entry("for", identity(report.subject), indent=1)
        doubt = whose(report.subject)
        if doubt:
            page.entry("!", doubt, indent=1)
    if report.evidence is not None:
        catalogue = report.derivation.catalogue if report.derivation else ""
        page.entry("from", evidence_text(report.evidence, catalogue, report.names), indent=1)
    for code, message in report.warnings:
        page.entry("!", f"{code}: {message}", indent=1)


def problem_block(page: Page, problem: Problem) -> None:
    """Write the error that ended the run early."""
    where = f"{problem.where}: " if problem.where else ""
    page.write(f"{where}{problem.message}")
    if problem.excerpt:
        page.verbatim(problem.excerpt)
    if problem.help:
        page.write(f"help: {problem.help}")


def causes_block(page: Page, report: Report, view: View) -> None:
    """Write one block per cause; those outside the gate set fold into a line."""
    outcomes = {row.id: outcome(row, report) for row in report.rows}
    rows = {row.id: row for row in report.rows}
    for number, finding in enumerate(report.findings, start=1):
        found = finding_outcome(finding, outcomes)
        own = [rows[identifier] for identifier in finding.requirements if identifier in rows]
        folded = found in {Outcome.OUTSIDE, Outcome.LET_THROUGH} and view.verbosity < VERBOSE
        if folded:
            actions = plural(len({row.decision.requirement.action for row in own}), "action")
            what = "possible, not held" if found is Outcome.OUTSIDE else "let through by --accept"
            reason = finding.diagnosis.reason.value
            page.write(f"~ {number}  {reason}, {actions} {what}: {finding.diagnosis.title}")
        else:
            finding_block(page, report, view, number=number, finding=finding, rows=own)


def gaps_block(page: Page, report: Report, view: View) -> None:
    """Write what could not be looked into."""
    gaps = report.derivation.gaps if report.derivation else ()
    limit = len(gaps) if view.verbosity >= VERBOSE else _GAPS
    for gap in gaps[:limit]:
        page.write(f"? gap  {gap.kind.value}: {gap.target}", style=Style.OPEN)
        page.entry("because", gap.origin.label)
        page.entry("settle", gap.settle)
    _more(page, len(gaps) - limit, "gap")


def _allowed(page: Page, report: Report, view: View) -> None:
    """Unfold the allowed rows under `-v`."""
    rows = [row for row in report.rows if outcome(row, report) is Outcome.ALLOWED]
    if view.verbosity < VERBOSE or not rows:
        return
    page.fold(f"✓ {len(rows)} allowed")
    for _, same in groupby(rows, key=lambda row: row.decision.requirement.scope.folded):
        _allowed_scope(page, report, list(same), view)
    page.unfold()


def _allowed_scope(page: Page, report: Report, rows: Sequence[Row], view: View) -> None:
    scope = rows[0].decision.requirement.scope
    page.entry("at", scope_path(scope, report.names))
    for row in rows:
        through = _granted_by(row, report)
        certainty = row.decision.requirement.certainty.value
        page.write(f"{row.decision.requirement.action.text}  {certainty}{through}", indent=10)
        if view.verbosity >= VERY_VERBOSE:
            for item in row.decision.evidence:
                page.write(item.id or "(hidden)", indent=12)


def _granted_by(row: Row, report: Report) -> str:
    for item in row.decision.evidence:
        if isinstance(item, RoleAssignment):
            role = report.names.get(item.role) or f"role {item.role}"
            return f"  {role} at {scope_path(item.scope, report.names)}"
    return ""


def _notes(page: Page, report: Report, view: View) -> None:
    texts = [f"{code}: {message}" for code, message in report.notes]
    for note in report.derivation.notes if report.derivation else ():
        where = f"{note.origin.label} " if note.origin else ""
        texts.append(f"{where}{note.code}: {note.message}")
    texts.sort(key=lambda text: not text.startswith(COVERAGE))
    limit = len(texts) if view.verbosity > NORMAL else _NOTES
    for text in texts[:limit]:
        page.entry("note", text, indent=0)
    _more(page, len(texts) - limit, "note")


def _more(page: Page, number: int, noun: str) -> None:
    if number > 0:
        page.write(f"… and {plural(number, noun)} more (-v shows them)")


def _not_checked(page: Page, report: Report) -> None:
    rows = report.derivation.not_checked if report.derivation else ()
    if rows:
        page.write(f"not checked  {' · '.join(_unique(row.what for row in rows))}", hang=13)


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _summary(page: Page, reports: Sequence[Report]) -> None:
    page.write(plural(len(reports), "report"), style=Style.STRONG)
    for report in reports:
        verdict = verdict_word(report)
        counts = count(report)
        page.write(
            f"{verdict}  {subject_line(report)}   {counts.denied} denied, "
            f"{counts.undetermined} undetermined, exit {report.exit_code}",
            indent=1,
            style=STYLES.get(verdict.partition(" ")[0], Style.NONE),
        )
