"""One finding in the Markdown report: what is missing, where from, and the fix, folded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from preflight.model.report import Finding, Report, Row
from preflight.model.requirement import Origin
from preflight.report.facts import Outcome, by_scope, finding_outcome, outcome
from preflight.report.finding_text import advice_text, size_text
from preflight.report.markdown_fit import Part
from preflight.report.text import code, fence, words
from preflight.report.view import View
from preflight.report.wording import scope_path

_ACTIONS = 5
"""Actions that are named at one scope."""
_SCOPES = 3
"""Scopes that are named."""
_MARKS: Mapping[Outcome, str] = {
    Outcome.DENIED: "✗",
    Outcome.UNDETERMINED: "?",
    Outcome.ALLOWED: "⚠",
}
_ADDRESS = re.compile(r"https://[A-Za-z0-9./_%~:+-]{1,500}")


def finding_part(report: Report, index: int, view: View, *, name: str) -> Part:
    """Return finding number `index` of a report; `name` says whose it is, where that is open."""
    finding = report.findings[index]
    rows = [row for row in report.rows if row.id in set(finding.requirements)]
    outcomes = {row.id: outcome(row, report) for row in rows}
    mark = _MARKS.get(finding_outcome(finding, outcomes), "·")
    size = size_text([row.decision.requirement for row in rows])
    diagnosis = finding.diagnosis
    of = f" ({code(name, 80)})" if name else ""
    pieces = [
        f"### {mark} {index + 1} {code(diagnosis.reason.value)}, {size}{of}",
        f"{words(diagnosis.title)}",
        "\n".join(_facts(report, finding, rows, view)),
    ]
    return Part(kind="finding", text="\n\n".join([*pieces, *_fix(report, finding)]))


def _facts(report: Report, finding: Finding, rows: Sequence[Row], view: View) -> Iterator[str]:
    groups = by_scope(rows)
    for scope, own in groups[:_SCOPES]:
        actions = [row.decision.requirement.action.text for row in own]
        more = f" and {len(actions) - _ACTIONS} more" if len(actions) > _ACTIONS else ""
        named = ", ".join(code(action) for action in actions[:_ACTIONS])
        yield f"- needs {named}{more} at {code(scope_path(scope, report.names))}"
        requirement = own[0].decision.requirement
        if requirement.origins:
            yield f"- because {_link(requirement.origins[0], view)}: {words(requirement.why)}"
    if len(groups) > _SCOPES:
        yield f"- … and at {len(groups) - _SCOPES} more scopes"
    diagnosis = finding.diagnosis
    yield f"- why: {words(diagnosis.text)}"
    near = diagnosis.near_miss
    if near is not None:
        place = code(scope_path(near.assignment.scope, report.names))
        yield f"- near: {code(near.role_name)} at {place}: {words(near.lacks)}"
    if diagnosis.azure_says:
        yield f"- Azure would say {code(diagnosis.azure_says)}"
    if diagnosis.settle is not None:
        yield f"- settle: {words(diagnosis.settle.what)} ({words(diagnosis.settle.who)})"


def _link(origin: Origin, view: View) -> str:
    """Return `file:line` as code, with a link where the repository's address is known.

    Only paths below the root have an address.
    """
    name, line = origin.place.source.name, origin.place.position.line
    shown = code(f"{name}:{line}", 200)
    outside = name.startswith(("/", "..")) or ":" in name
    if outside or not _ADDRESS.fullmatch(view.link_base):
        return shown
    path = quote(name, safe="/", errors="replace")
    return f"[{shown}](<{view.link_base.rstrip('/')}/{path}#L{line}>)"


def _fix(report: Report, finding: Finding) -> Iterator[str]:
    """Yield the first recommendation, folded; its summary holds none but our own words."""
    catalogue = report.derivation.catalogue if report.derivation else ""
    for recommendation in finding.recommendations[:1]:
        proven = ", proven" if recommendation.proven else ""
        yield f"<details><summary>fix: {recommendation.kind.value}{proven}</summary>"
        yield words(advice_text(recommendation, catalogue))
        for command in list(recommendation.commands.values())[:1]:
            yield fence(command.strip("\n"))
        yield "</details>"
