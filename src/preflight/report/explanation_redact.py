"""`--detail public` for explanations: what the evidence tells of others is hidden.

The text itself was given by the reader: its own caller, action and scope stay.
"""

from __future__ import annotations

from dataclasses import replace

from preflight.model.explanation import Cause, ExplainedDenial, Explanation
from preflight.model.outcome import Detail
from preflight.model.report import Report
from preflight.report.redact import shown


def shown_explanation(explanation: Explanation, detail: Detail) -> Explanation:
    """Return what an explanation with this detail may show."""
    if detail is Detail.TEAM:
        return explanation
    public = {id(report): shown(report, detail)[0] for report in explanation.reports}
    return replace(
        explanation,
        reports=tuple(public[id(report)] for report in explanation.reports),
        denials=tuple(_denial(row, public) for row in explanation.denials),
    )


def _denial(row: ExplainedDenial, public: dict[int, Report]) -> ExplainedDenial:
    if row.report is None:
        return row
    report = public[id(row.report)]
    finding = next((f for f in report.findings if row.finding and f.id == row.finding.id), None)
    causes = row.causes
    if finding is not None and row.finding is not None:
        # The cause repeats the finding's own words, which are hidden there.
        causes = tuple(_cause(cause, row, finding_text=finding.diagnosis.text) for cause in causes)
        commands = [r.commands.get("az", "") for r in finding.recommendations]
        command = next((text for text in commands if text), "")
        causes = tuple(
            replace(cause, settle=command if cause.settle and command else cause.settle)
            for cause in causes
        )
    return replace(row, report=report, finding=finding, causes=causes)


def _cause(cause: Cause, row: ExplainedDenial, *, finding_text: str) -> Cause:
    own = row.finding is not None and cause.why == row.finding.diagnosis.text
    return replace(cause, why=finding_text) if own else cause
