"""What a failed what-if result says about rights: its denials, explained as `explain` does."""

from __future__ import annotations

from collections.abc import Iterator

from preflight.api.explaining import Background, explain_error, read_log
from preflight.errors import WhatIfFailed
from preflight.model.explanation import Cause, ExplainedDenial, Explanation

CODE = "denied-in-what-if"
"""Code of the note about one denial."""


def explain_failed(error: WhatIfFailed, background: Background) -> Explanation:
    """Explain the error inside a failed result; raises as `explain_error` does."""
    name = error.where.label if error.where else "the what-if result"
    return explain_error(read_log([error.answer.encode("utf-8", "replace")]), name, background)


def notes_of(explanation: Explanation) -> tuple[tuple[str, str], ...]:
    """Return a note for each denial, and for what else the error says: (code, text)."""
    return tuple((CODE, text) for text in _texts(explanation))


def _texts(explanation: Explanation) -> Iterator[str]:
    for row in explanation.denials:
        place = f" at {row.denial.scope}" if row.denial.scope else ""
        yield f"{row.denial.action}{place}: {_answer(row)}"
    for cause in explanation.causes:
        yield _cause(cause)


def _answer(row: ExplainedDenial) -> str:
    """Return the cause: proven by the evidence with its fix, else the most likely one."""
    if row.finding is None:
        return _cause(row.causes[0]) if row.causes else row.proves
    fix = next((one.text for one in row.finding.recommendations), "")
    title = f"{row.finding.diagnosis.reason.value}: {row.finding.diagnosis.title}"
    return f"{title}; fix: {fix}" if fix else title


def _cause(cause: Cause) -> str:
    settle = f"; {cause.settle}" if cause.settle else ""
    return f"{cause.reason}: {cause.why}{settle}"
