"""The console report of `preflight verify`: what is still held, and what to take away again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from preflight.model.decision import Decision, Verdict
from preflight.model.diagnosis import DIRECT
from preflight.model.report import Report, judge
from preflight.model.requirement import Requirement
from preflight.model.verification import TakeAway, Verification
from preflight.report.console import (
    causes_block,
    gaps_block,
    identity_lines,
    problem_block,
)
from preflight.report.facts import counts_text
from preflight.report.finding_text import advice_text
from preflight.report.headline import subject_line
from preflight.report.page import Page, Style
from preflight.report.redact import shown_verification
from preflight.report.view import QUIET, VERBOSE, View
from preflight.report.wording import plural, scope_path

_WORDS: Mapping[Verdict, tuple[str, Style]] = {
    Verdict.ALLOWED: ("VERIFIED", Style.GOOD),
    Verdict.DENIED: ("REFUTED", Style.BAD),
    Verdict.UNDETERMINED: ("UNDETERMINED", Style.OPEN),
}


def render_verifications(verifications: Sequence[Verification], view: View) -> str:
    """Return verifications as text for a terminal or a log."""
    page = Page(view)
    for number, verification in enumerate(verifications):
        if number and view.verbosity > QUIET:
            page.blank()
        _block(page, shown_verification(verification, view.detail), view)
    return page.text()


def _block(page: Page, verification: Verification, view: View) -> None:
    report = verification.report
    word, style = _WORDS[verification.verified]
    if report.problem is not None:
        word, style = "ERROR", Style.BAD
    page.heading(f"{word}  {subject_line(report)}", style)
    for loosened in report.loosened:
        page.entry("loose", loosened, indent=1)
    if report.problem is not None:
        problem_block(page, report.problem)
    if view.verbosity > QUIET:
        if report.problem is None:
            _counts(page, verification)
            identity_lines(page, report)
            _findings(page, verification, view)
        page.write(f"exit {verification.exit_code}")


def _counts(page: Page, verification: Verification) -> None:
    held, unclear = len(verification.held), len(verification.undetermined)
    refused = len(verification.probes) - held - unclear
    page.write(f"required  {counts_text(verification.report)}", indent=1)
    page.write(
        f"must not  {refused} refused · {held} still held · {unclear} undetermined", indent=1
    )


def _findings(page: Page, verification: Verification, view: View) -> None:
    report = verification.report
    if judge(report)[0] is not Verdict.ALLOWED or view.verbosity >= VERBOSE:
        causes_block(page, report, view)
        gaps_block(page, report, view)
    _probes(page, verification.held, report, "✗ still held")
    _probes(page, verification.undetermined, report, "? not known whether held")
    for row in verification.take_away:
        _take_away(page, row, report)
    if verification.lost:
        actions = plural(len({row.action for row in verification.lost}), "required action")
        page.write(f"then {actions} must come from elsewhere: {_names(verification.lost)}")
    for recommendation in verification.instead:
        catalogue = report.derivation.catalogue if report.derivation else ""
        page.entry("instead", advice_text(recommendation, catalogue))
        page.verbatim(recommendation.commands.get("az", ""), indent=10)


def _probes(page: Page, rows: Sequence[Decision], report: Report, title: str) -> None:
    if not rows:
        return
    ordered = sorted(rows, key=lambda row: row.requirement.scope.folded)
    for scope, group in groupby(ordered, key=lambda row: row.requirement.scope):
        own = list(group)
        page.write(f"{title}  at {scope_path(scope, report.names)}")
        for row in own:
            extra = row.requirement.why.partition(": ")[2]
            settle = f" ({row.settle.what})" if row.settle else ""
            page.entry("", f"{row.requirement.action.text}{f' ({extra})' if extra else ''}{settle}")


def _take_away(page: Page, row: TakeAway, report: Report) -> None:
    place = scope_path(row.assignment.scope, report.names)
    allows = plural(len(row.allows), "action")
    through = "" if row.via == DIRECT else f", held through {row.via}"
    page.write(f"take away  {row.role_name} at {place}{through}: it allows {allows} of these")
    if row.command:
        page.verbatim(row.command, indent=10)
    else:
        page.entry("", "others hold it too: take the principal out of the group", indent=2)


def _names(rows: Sequence[Requirement]) -> str:
    names = list(dict.fromkeys(row.action.text for row in rows))
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""  # noqa: PLR2004 - three shown
    return ", ".join(names[:3]) + more
