"""One cause in the console report: what is needed where and why, the ladder, the fix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from preflight.model.diagnosis import Diagnosis
from preflight.model.report import Finding, Report, Row
from preflight.model.requirement import Requirement
from preflight.report.facts import Outcome, by_scope, finding_outcome, outcome
from preflight.report.finding_text import advice_text, ladder_text, size_text
from preflight.report.page import Page, Style
from preflight.report.view import VERBOSE, VERY_VERBOSE, View
from preflight.report.wording import because, scope_path

_SCOPES = 3
"""Scopes of one finding that are spelled out without `-v`."""
_ACTIONS = 6
"""Actions at one scope that are spelled out without `-v`."""
_MARKS: Mapping[Outcome, tuple[str, Style]] = {
    Outcome.DENIED: ("✗", Style.BAD),
    Outcome.UNDETERMINED: ("?", Style.OPEN),
    Outcome.ALLOWED: ("!", Style.OPEN),
    Outcome.OUTSIDE: ("~", Style.NONE),
    Outcome.LET_THROUGH: ("~", Style.NONE),
}


def finding_block(
    page: Page, report: Report, view: View, *, number: int, finding: Finding, rows: Sequence[Row]
) -> None:
    """Write one cause with everything that is known about it."""
    diagnosis = finding.diagnosis
    found = finding_outcome(finding, {row.id: outcome(row, report) for row in rows})
    mark, style = _MARKS[found]
    size = size_text([row.decision.requirement for row in rows])
    page.write(f"{mark} {number}  {diagnosis.reason.value}, {size}: {diagnosis.title}", style=style)
    _needs(page, report, view, rows)
    if diagnosis.near_miss is None or view.verbosity >= VERBOSE:
        page.entry("why", diagnosis.text)
    ladder = ladder_text(diagnosis.rungs, everything=view.verbosity >= VERY_VERBOSE)
    if ladder:
        page.entry("ladder", ladder)
    _near(page, report, diagnosis)
    if diagnosis.azure_says:
        page.write(f"Azure would say: {diagnosis.azure_says}", indent=2)
    if diagnosis.settle is not None:
        page.entry("settle", f"{diagnosis.settle.what} ({diagnosis.settle.who})")
    _fixes(page, report, view, finding)


def _needs(page: Page, report: Report, view: View, rows: Sequence[Row]) -> None:
    verbose = view.verbosity >= VERBOSE
    groups = by_scope(rows)
    for scope, own in groups if verbose else groups[:_SCOPES]:
        requirements = [row.decision.requirement for row in own]
        limit = len(requirements) if verbose else _ACTIONS
        for index, requirement in enumerate(requirements[:limit]):
            data = " (data action)" if requirement.data_action else ""
            page.entry("" if index else "needs", f"{requirement.action.text}{data}")
        if len(requirements) > limit:
            page.entry("", f"… and {len(requirements) - limit} more (-v shows them)")
        page.entry("at", scope_path(scope, report.names))
        if verbose:
            page.entry("", scope.text)
        for text in _reasons(requirements, everything=verbose):
            page.entry("because", text)
    if not verbose and len(groups) > _SCOPES:
        page.entry("", f"… and at {len(groups) - _SCOPES} more scopes (-v shows them)")


def _reasons(requirements: Sequence[Requirement], *, everything: bool) -> Iterator[str]:
    """Yield the distinct places that cause the requirements: the first, or all of them."""
    texts = dict.fromkeys(because(item.origins, item.why) for item in requirements)
    yield from texts if everything else list(texts)[:1]


def _near(page: Page, report: Report, diagnosis: Diagnosis) -> None:
    near = diagnosis.near_miss
    if near is not None:
        place = scope_path(near.assignment.scope, report.names)
        page.entry("near", f"{near.role_name} at {place}: {near.lacks}")


def _fixes(page: Page, report: Report, view: View, finding: Finding) -> None:
    catalogue = report.derivation.catalogue if report.derivation else ""
    for index, recommendation in enumerate(finding.recommendations):
        page.entry("or" if index else "fix", advice_text(recommendation, catalogue))
        if index and view.verbosity < VERBOSE:
            continue
        commands = list(recommendation.commands.items())
        for tool, command in commands if view.verbosity >= VERBOSE else commands[:1]:
            if view.verbosity >= VERBOSE:
                page.write(f"{tool}:", indent=10)
            page.verbatim(command.strip("\n"), indent=10)
