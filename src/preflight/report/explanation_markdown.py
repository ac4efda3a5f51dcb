"""An explanation as Markdown: for a ticket or a pull-request comment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from preflight.model.decision import Verdict
from preflight.model.explanation import Cause, DenialKind, ExplainedDenial, Explanation
from preflight.model.report import Report
from preflight.report.explanation_console import caller_text, headline_text
from preflight.report.explanation_redact import shown_explanation
from preflight.report.headline import evidence_text, identity
from preflight.report.markdown_finding import finding_part
from preflight.report.markdown_fit import Part, fit
from preflight.report.text import cell, code, fence, words
from preflight.report.view import View

_ROWS = 50
"""Denials of the table."""
_CAUSES = 7
"""Causes of one denial that are listed."""


class ExplanationMarkdown:
    """A table of the denials, what each form proves, and the causes with their commands."""

    name: ClassVar[str] = "markdown"

    def render(self, explanation: Explanation, view: View) -> str:
        """Return the explanation as Markdown of at most `view.max_chars` characters."""
        visible = shown_explanation(explanation, view.detail)
        parts = [*_head(visible), *_table(visible.denials), *_failure(visible)]
        for report in visible.reports:
            parts += _report(visible, report, view)
        parts += _open(visible)
        parts += _rest(visible)
        kind = visible.text.kind
        title = "no Azure error" if kind is DenialKind.NONE else kind.value
        return fit([f"## preflight explain: {title}"], parts, "", view.max_chars - 1) + "\n"


def _head(explanation: Explanation) -> Iterator[Part]:
    yield Part(kind="fact", text=words(headline_text(explanation)))
    for text in (explanation.proves, explanation.leaves_open):
        if text:
            yield Part(kind="fact", text=f"- {words(text)}", gap="\n")


def _table(rows: Sequence[ExplainedDenial]) -> Iterator[Part]:
    if not rows:
        return
    yield Part(kind="row", text="| Action | Scope | Caller | From |\n|---|---|---|---|")
    for row in rows[:_ROWS]:
        cells = (
            cell(row.denial.action),
            cell(row.denial.scope or "not named", 200),
            cell(caller_text(row)),
            cell(row.source.label) if row.source else "-",
        )
        yield Part(kind="row", text=f"| {' | '.join(cells)} |", gap="\n")


def _failure(explanation: Explanation) -> Iterator[Part]:
    yield from _causes(explanation.causes)


def _report(explanation: Explanation, report: Report, view: View) -> Iterator[Part]:
    lines = [f"- for {words(identity(report.subject))}"] if report.subject else []
    if report.evidence is not None:
        text = evidence_text(report.evidence, explanation.catalogue, report.names)
        lines.append(f"- from {words(text)}")
    yield Part(kind="fact", text="\n".join(lines))
    rows = {row.id: row for row in report.rows}
    for index, finding in enumerate(report.findings):
        members = [rows[item] for item in finding.requirements if item in rows]
        if any(row.decision.verdict is not Verdict.ALLOWED for row in members):
            yield finding_part(report, index, view, name="")
    for row in explanation.denials:
        decided = next((one for one in report.rows if one.id == row.row), None)
        if row.report is report and decided is not None:
            yield from _unexplained(row, allowed=decided.decision.verdict is Verdict.ALLOWED)


def _unexplained(row: ExplainedDenial, *, allowed: bool) -> Iterator[Part]:
    """Yield a denial that the evidence does not explain."""
    if allowed:
        text = f"### ! the evidence allows what Azure denied: {code(row.denial.action)}"
        yield Part(kind="finding", text=text)
        yield from _causes(row.causes)
    yield from _notes(row)


def _open(explanation: Explanation) -> Iterator[Part]:
    rows = [row for row in explanation.denials if row.report is None]
    for row in rows[:_ROWS]:
        pieces = [
            f"### ? {code(row.denial.action)}",
            f"- proves: {words(row.proves)}\n- leaves open: {words(row.leaves_open)}",
        ]
        yield Part(kind="finding", text="\n\n".join(pieces))
        yield from _causes(row.causes)
        yield from _notes(row)


def _causes(causes: Sequence[Cause]) -> Iterator[Part]:
    for number, cause in enumerate(causes[:_CAUSES], 1):
        text = f"{number}. {code(cause.reason)}: {words(cause.why)}"
        if cause.settle:
            text += f"\n\n{fence(cause.settle)}"
        yield Part(kind="cause", text=text)


def _notes(row: ExplainedDenial) -> Iterator[Part]:
    for name, message in row.notes:
        yield Part(kind="note", text=f"- note {code(name)}: {words(message)}")


def _rest(explanation: Explanation) -> Iterator[Part]:
    for line in explanation.never:
        yield Part(kind="remark", text=f"> {words(line)}")
    for name, message in explanation.notes:
        yield Part(kind="note", text=f"- note {code(name)}: {words(message)}")
