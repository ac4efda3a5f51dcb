"""The Markdown report: a pull-request comment or a job summary.

Headline, a row per target, at most ten findings with their fix folded, what was not checked. The
first line is a marker, the same for the same target, so that one comment is kept up to date.
Every text that is not ours goes through `text.words`, `text.code`, `text.cell` or `text.fence`.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from preflight.model.report import Problem, Report
from preflight.report.facts import Outcome, count, counts_text, finding_outcome, outcome
from preflight.report.headline import (
    coverage_text,
    evidence_text,
    identity,
    settling,
    subject_line,
    verdict_word,
    whose,
)
from preflight.report.markdown_finding import finding_part
from preflight.report.markdown_fit import Part, fit
from preflight.report.redact import Reports, shown
from preflight.report.text import cell, code, fence, words
from preflight.report.view import View
from preflight.report.wording import plural

_FINDINGS = 10
"""Findings that are shown, over all targets."""
_GAPS = 10
"""Gaps that are shown per target."""
_COLUMNS = ("Target", "Verdict", "Denied", "Undetermined", "Allowed", "Gaps", "Exit")
_ORDER = (Outcome.DENIED, Outcome.UNDETERMINED, Outcome.ALLOWED)
"""Outcomes whose findings are shown, in this order; an allowed one carries a warning."""
_NOT_A_SLUG = re.compile(r"[^A-Za-z0-9]+")


class Markdown:
    """One comment for all reports."""

    name: ClassVar[str] = "markdown"

    def render(self, reports: Reports, view: View) -> str:
        """Return the reports as Markdown of at most `view.max_chars` characters."""
        visible = shown(reports, view.detail)
        parts = [*_tops(visible), *_table(visible)]
        for report in visible:
            parts += _facts(report, several=len(visible) > 1)
        parts += [*_findings(visible, view), *_gaps(visible)]
        head = [marker(visible), f"## preflight: {_verdicts(visible)}"]
        text = fit(head, parts, _not_checked(visible), view.max_chars - 1)
        return text + "\n"


def marker(reports: Sequence[Report]) -> str:
    """Return the comment that identifies the target, or the set of targets.

    A target without a name is its source and its place. The name is shortened to letters and
    digits; a digest of the whole keeps two targets apart.
    """
    keys = [report.target or _place(report) for report in reports]
    digest = hashlib.sha256("\n".join(keys).encode("utf-8", "replace")).hexdigest()[:12]
    slug = _NOT_A_SLUG.sub("-", keys[0] if len(keys) == 1 else f"{len(keys)} targets").strip("-")
    return f"<!-- preflight:{slug[:40]}:{digest} -->"


def _place(report: Report) -> str:
    scope = report.derivation.scope.folded if report.derivation else ""
    return f"{report.source} {scope}".strip()


def _verdicts(reports: Sequence[Report]) -> str:
    """Return the verdict, or for several targets how many have which."""
    found = Counter(verdict_word(report) for report in reports)
    if len(reports) == 1:
        return next(iter(found))
    return " · ".join(f"{number} {verdict}" for verdict, number in found.items())


def _tops(reports: Sequence[Report]) -> Iterator[Part]:
    """Yield what belongs on top: what settles the place, what loosens the gate."""
    for report in reports:
        name = f"{code(report.target or report.source)}: " if len(reports) > 1 else ""
        how = settling(report.derivation)
        if how:
            yield Part(kind="remark", text=f"> {name}{words(how)}")
        for text in report.loosened:
            yield Part(kind="remark", text=f"> {name}loosened: {words(text)}")


def _table(reports: Sequence[Report]) -> Iterator[Part]:
    yield Part(kind="row", text=f"| {' | '.join(_COLUMNS)} |\n|{'---|' * len(_COLUMNS)}")
    for report in reports:
        counts = count(report)
        numbers = (
            counts.denied, counts.undetermined, counts.allowed, counts.gaps, report.exit_code
        )  # fmt: skip
        cells = [cell(subject_line(report)), verdict_word(report), *map(str, numbers)]
        yield Part(kind="row", text=f"| {' | '.join(cells)} |", gap="\n")


def _facts(report: Report, *, several: bool) -> Iterator[Part]:
    """Yield identity, evidence and warnings of one report, and the error that ended it."""
    lines = [f"**{code(subject_line(report))}**"] if several else []
    if report.problem is None:
        lines.append(f"- {words(counts_text(report))}")
    if report.subject is not None:
        doubt = whose(report.subject)
        lines.append(f"- for {words(identity(report.subject))}")
        lines += [f"- ⚠ {words(doubt)}"] if doubt else []
    if report.evidence is not None:
        catalogue = report.derivation.catalogue if report.derivation else ""
        lines.append(f"- from {words(evidence_text(report.evidence, catalogue, report.names))}")
    coverage = coverage_text(report.derivation)
    lines += [f"- {words(coverage)}"] if coverage else []
    lines += [f"- ⚠ {code(name)} {words(message)}" for name, message in report.warnings]
    if lines:
        yield Part(kind="fact", text="\n".join(lines))
    if report.problem is not None:
        yield Part(kind="error", text=_problem(report.problem))


def _problem(problem: Problem) -> str:
    where = f"{code(problem.where)} " if problem.where else ""
    pieces = [f"✗ {where}{words(problem.message)}"]
    pieces += [fence(problem.excerpt, "text")] if problem.excerpt else []
    pieces += [f"help: {words(problem.help)}"] if problem.help else []
    return "\n\n".join(pieces)


def _findings(reports: Sequence[Report], view: View) -> Iterator[Part]:
    """Yield the ten findings that weigh most, in the order of the reports."""
    found = [
        (_ORDER.index(kind), report, number)
        for report in reports
        for number, kind in _kinds(report)
        if kind in _ORDER
    ]
    found.sort(key=lambda item: item[0])
    for _, report, number in found[:_FINDINGS]:
        name = f"{report.target or report.source}" if len(reports) > 1 else ""
        yield finding_part(report, number, view, name=name)
    if len(found) > _FINDINGS:
        more = plural(len(found) - _FINDINGS, "more finding")
        yield Part(kind="remark", text=f"… and {more} in the other reports")


def _kinds(report: Report) -> Iterator[tuple[int, Outcome]]:
    outcomes = {row.id: outcome(row, report) for row in report.rows}
    for number, finding in enumerate(report.findings):
        yield number, finding_outcome(finding, outcomes)


def _gaps(reports: Sequence[Report]) -> Iterator[Part]:
    for report in reports:
        gaps = report.derivation.gaps if report.derivation else ()
        for gap in gaps[:_GAPS]:
            yield Part(
                kind="gap",
                text=f"- ? gap {code(gap.kind.value)} {code(gap.target)} at "
                f"{code(gap.origin.label)}: {words(gap.settle)}",
            )
        if len(gaps) > _GAPS:
            yield Part(kind="remark", text=f"… and {plural(len(gaps) - _GAPS, 'more gap')}")


def _not_checked(reports: Iterable[Report]) -> str:
    rows = [row for report in reports if report.derivation for row in report.derivation.not_checked]
    return " · ".join(dict.fromkeys(row.what for row in rows))
