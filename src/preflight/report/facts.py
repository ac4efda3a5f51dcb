"""What every format says about a report: outcomes of rows, their counts, what fails the gate."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from preflight.model.decision import Verdict
from preflight.model.outcome import FailOn
from preflight.model.report import Finding, Report, Row
from preflight.model.requirement import Certainty
from preflight.model.scope import Scope
from preflight.report.wording import plural


class Outcome(enum.StrEnum):
    """What one requirement means for the gate."""

    DENIED = "denied"
    UNDETERMINED = "undetermined"
    """Undetermined, or a denied `conditional`, or a warning under `--strict`."""
    ALLOWED = "allowed"
    OUTSIDE = "outside"
    """Outside the gate set and not allowed."""
    LET_THROUGH = "let through"
    """Accepted by `--accept`."""


def outcome(row: Row, report: Report) -> Outcome:
    """Return what a row means for the gate: the same rules as `model.report.judge`."""
    decision = row.decision
    if row.suppressed is not None:
        return Outcome.LET_THROUGH
    if not row.gate:
        return Outcome.ALLOWED if decision.verdict is Verdict.ALLOWED else Outcome.OUTSIDE
    conditional = decision.requirement.certainty is Certainty.CONDITIONAL
    match decision.verdict:
        case Verdict.DENIED:
            return Outcome.UNDETERMINED if conditional else Outcome.DENIED
        case Verdict.UNDETERMINED:
            return Outcome.UNDETERMINED
        case Verdict.ALLOWED:
            strict = report.strict and bool(decision.warnings)
            return Outcome.UNDETERMINED if strict else Outcome.ALLOWED


def fails(found: Outcome, report: Report) -> bool:
    """Whether an outcome fails the gate under `--fail-on`."""
    if report.is_advisory:
        return False
    if found is Outcome.UNDETERMINED:
        return report.fail_on is FailOn.UNDETERMINED
    return found is Outcome.DENIED


def finding_outcome(finding: Finding, outcomes: Mapping[str, Outcome]) -> Outcome:
    """Return the heaviest outcome among a finding's rows."""
    found = {outcomes.get(identifier, Outcome.OUTSIDE) for identifier in finding.requirements}
    order = (
        Outcome.DENIED, Outcome.UNDETERMINED, Outcome.ALLOWED, Outcome.LET_THROUGH
    )  # fmt: skip
    return next((item for item in order if item in found), Outcome.OUTSIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Rows by outcome, and gaps."""

    denied: int
    undetermined: int
    allowed: int
    outside: int
    let_through: int
    gaps: int


def count(report: Report) -> Counts:
    """Count the rows of a report."""
    found = Counter(outcome(row, report) for row in report.rows)
    return Counts(
        denied=found[Outcome.DENIED],
        undetermined=found[Outcome.UNDETERMINED],
        allowed=found[Outcome.ALLOWED],
        outside=found[Outcome.OUTSIDE],
        let_through=found[Outcome.LET_THROUGH],
        gaps=len(report.derivation.gaps) if report.derivation else 0,
    )


def counts_text(report: Report) -> str:
    """Return `1 denied · 1 undetermined · 38 allowed · 6 possible not held · 0 gaps`."""
    counts = count(report)
    parts = [
        f"{counts.denied} denied",
        f"{counts.undetermined} undetermined",
        f"{counts.allowed} allowed",
        f"{counts.outside} possible not held",
    ]
    parts += [f"{counts.let_through} let through"] if counts.let_through else []
    parts += [plural(counts.gaps, "gap")]
    if report.strict and report.warnings:
        parts.append(f"{plural(len(report.warnings), 'warning')} (--strict)")
    return " · ".join(parts)


def by_scope(rows: Iterable[Row]) -> list[tuple[Scope, list[Row]]]:
    """Group rows by the scope of their requirement, in order of first appearance."""
    groups: dict[Scope, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.decision.requirement.scope, []).append(row)
    return list(groups.items())
