"""An explanation on the console: the same blocks as `preflight run`, one per cause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from preflight.model.decision import Verdict
from preflight.model.explanation import Cause, DenialKind, ExplainedDenial, Explanation
from preflight.model.report import Report
from preflight.model.scope import Scope
from preflight.report.console_finding import finding_block
from preflight.report.explanation_redact import shown_explanation
from preflight.report.headline import evidence_text, identity
from preflight.report.page import Page, Style
from preflight.report.view import NORMAL, QUIET, VERBOSE, View
from preflight.report.wording import plural, scope_path

_CAUSES = 4
"""Causes of one denial that are shown without `-v`."""
_DENIALS = 20
"""Denials without evidence that are shown without `-v`."""


class ExplanationConsole:
    """Codes and kind, what the form proves, one block per cause, what not to do."""

    name: ClassVar[str] = "console"

    def render(self, explanation: Explanation, view: View) -> str:
        """Return the explanation as text for a terminal or a log."""
        page = Page(view)
        visible = shown_explanation(explanation, view.detail)
        _headline(page, visible)
        if view.verbosity > QUIET:
            _failure(page, visible)
            for report in visible.reports:
                _report(page, visible, report, view)
            _open(page, visible, view)
            _rest(page, visible)
        return page.text()


def headline_text(explanation: Explanation) -> str:
    """Return where the text came from, how many denials it holds, and its codes."""
    text = explanation.text
    parts = [f"{explanation.name}: {plural(len(text.denials), 'denial')}"]
    parts += [", ".join(text.codes)] if text.codes else []
    parts += [f"correlation {text.correlation_id}"] if text.correlation_id else []
    parts += [f"request {text.request_id}"] if text.request_id else []
    parts += [f"tenant {text.tenant_id}"] if text.tenant_id else []
    return "   ".join(parts)


def _headline(page: Page, explanation: Explanation) -> None:
    kind = explanation.text.kind
    if kind is DenialKind.NONE:
        searched = any(code == "no-denials" for code, _ in explanation.notes)
        word, style = ("NO-DENIALS", Style.GOOD) if searched else ("NO-AZURE-ERROR", Style.OPEN)
        page.heading(f"{word}  {explanation.name}", style)
        return
    page.heading(f"{kind.value.upper()}  {headline_text(explanation)}", Style.BAD)


def _failure(page: Page, explanation: Explanation) -> None:
    """Write what a text without a denial says."""
    if explanation.proves:
        page.entry("proves", explanation.proves, indent=1)
    if explanation.leaves_open:
        page.entry("open", explanation.leaves_open, indent=1)
    for label, value in explanation.text.facts if not explanation.denials else ():
        page.write(f"{label}: {value}", indent=1)
    _causes(page, explanation.causes, everything=True)


def _report(page: Page, explanation: Explanation, report: Report, view: View) -> None:
    """Write what the evidence says about one caller's denials."""
    if report.subject is not None:
        page.entry("for", identity(report.subject), indent=1)
    if report.evidence is not None:
        page.entry(
            "from", evidence_text(report.evidence, explanation.catalogue, report.names), indent=1
        )
    for code, message in report.warnings:
        page.entry("!", f"{code}: {message}", indent=1)
    own = [row for row in explanation.denials if row.report is report]
    for form in dict.fromkeys((row.proves, row.leaves_open) for row in own):
        page.entry("proves", form[0], indent=1)
    rows = {row.id: row for row in report.rows}
    number = 0
    for finding in report.findings:
        members = [rows[item] for item in finding.requirements if item in rows]
        if any(row.decision.verdict is not Verdict.ALLOWED for row in members):
            number += 1
            finding_block(page, report, view, number=number, finding=finding, rows=members)
    for row in own:
        _differs(page, report, row)
        _stated(page, row)
        _notes(page, row)


def _differs(page: Page, report: Report, row: ExplainedDenial) -> None:
    """Write a denial that the evidence does not explain, with the usual causes in order."""
    decided = next((one for one in report.rows if one.id == row.row), None)
    if decided is None or decided.decision.verdict is not Verdict.ALLOWED:
        return
    requirement = decided.decision.requirement
    page.write(
        "! evidence-allows: the evidence allows what Azure denied; Azure's answer stands",
        style=Style.OPEN,
    )
    page.entry("denied", requirement.action.text)
    page.entry("at", scope_path(requirement.scope, report.names))
    _causes(page, row.causes, everything=True)


def _stated(page: Page, row: ExplainedDenial) -> None:
    """Write the cause that the text itself states where the evidence does not show it."""
    stated = [cause for cause in row.causes if cause.proven and row.finding is None]
    stated += [
        cause
        for cause in row.causes
        if cause.proven
        and row.finding is not None
        and cause.reason != row.finding.diagnosis.reason.value
    ]
    if stated and row.denial.kind in {DenialKind.DENY_ASSIGNMENT, DenialKind.CONDITION_NOT_MET}:
        page.write(f"! {row.denial.kind.value}: the text itself says so", style=Style.OPEN)
        _causes(page, stated, everything=True)


def _open(page: Page, explanation: Explanation, view: View) -> None:
    """Write the denials that no evidence decides, with what stays possible."""
    rows = [row for row in explanation.denials if row.report is None]
    limit = len(rows) if view.verbosity >= VERBOSE else _DENIALS
    for number, row in enumerate(rows[:limit], 1):
        _denial(page, row, view, number)
    if len(rows) > limit:
        page.write(f"… and {plural(len(rows) - limit, 'denial')} more (-v shows them)")


def _denial(page: Page, row: ExplainedDenial, view: View, number: int) -> None:
    denial = row.denial
    data = " (data action)" if denial.data_action else ""
    page.write(f"? {number}  {denial.kind.value}: {denial.action}{data}", style=Style.OPEN)
    page.entry("at", _place(denial.scope))
    page.entry("caller", caller_text(row))
    if denial.holds is not None:
        page.entry("holds", f"{denial.holds[0]} at {_place(denial.holds[1])}")
    if row.source is not None:
        page.entry("because", row.source.label)
    page.entry("proves", row.proves)
    page.entry("open", row.leaves_open)
    _causes(page, row.causes, everything=view.verbosity > NORMAL)
    _notes(page, row)


def caller_text(row: ExplainedDenial) -> str:
    """Return client and object ID as the text gives them."""
    denial = row.denial
    parts = [f"client {denial.client}"] if denial.client else []
    parts += [f"oid {denial.object_id}"] if denial.object_id else []
    return "  ".join(parts) or "not named"


def _place(scope: str | None) -> str:
    if scope is None:
        return "(the text names no scope)"
    return f"{scope_path(Scope(scope), {})}   {scope}" if scope.startswith("/") else scope


def _causes(page: Page, causes: Sequence[Cause], *, everything: bool) -> None:
    limit = len(causes) if everything else _CAUSES
    for number, cause in enumerate(causes[:limit], 1):
        label = "cause" if cause.proven else ("maybe" if number == 1 else "or")
        page.entry(label, f"{cause.reason}: {cause.why}")
        if cause.settle:
            page.verbatim(cause.settle, indent=10)
    if len(causes) > limit:
        page.entry("", f"… and {plural(len(causes) - limit, 'cause')} more (-v shows them)")


def _notes(page: Page, row: ExplainedDenial) -> None:
    for code, message in row.notes:
        page.entry("note", f"{code}: {message}")


def _rest(page: Page, explanation: Explanation) -> None:
    for line in explanation.never:
        page.entry("never", line, indent=0)
    for code, message in explanation.notes:
        page.entry("note", f"{code}: {message}", indent=0)
    if explanation.text.looks_like:
        page.entry("note", f"it looks like {explanation.text.looks_like}", indent=0)
