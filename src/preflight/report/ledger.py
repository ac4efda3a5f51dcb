"""Formats of `preflight explain --from-ledger`: callers, what they lacked, the smallest role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Protocol

from preflight.model.ledger import CallerSummary, LedgerSummary
from preflight.report.json import dump
from preflight.report.markdown_fit import Part, fit
from preflight.report.page import Page, Style
from preflight.report.text import cell, words
from preflight.report.view import QUIET, VERBOSE, View
from preflight.report.wording import plural

_SHOWN = 6
"""Actions and scopes of one caller that are shown without `-v`."""


class LedgerFormat(Protocol):
    """Turns a summary into text: the same text for the same summary and view."""

    name: ClassVar[str]

    def render(self, summary: LedgerSummary, view: View) -> str:
        """Return the text, with a final line break."""


class LedgerConsole:
    """One block per caller."""

    name: ClassVar[str] = "console"

    def render(self, summary: LedgerSummary, view: View) -> str:
        """Return the summary for a terminal or a log."""
        page = Page(view)
        page.write(headline(summary), style=Style.STRONG)
        for row in summary.callers if view.verbosity > QUIET else ():
            _caller(page, row, view)
        return page.text()


def _caller(page: Page, row: CallerSummary, view: View) -> None:
    times = row.first if row.first == row.last else f"{row.first} to {row.last}"
    page.write(f"✗ {row.caller or '(no caller named)'}  {plural(row.count, 'denial')}  {times}")
    limit = None if view.verbosity >= VERBOSE else _SHOWN
    for label, values in (("needs", row.actions), ("at", row.scopes)):
        for number, value in enumerate(values[:limit]):
            page.entry("" if number else label, value)
        if limit is not None and len(values) > limit:
            page.entry("", f"… and {len(values) - limit} more (-v shows them)")
    roles = [role_text(row)]
    if row.custom_actions:
        count = plural(len(row.custom_actions), "action")
        roles.insert(0, f"a custom role with {count}, nothing else")
    for number, role in enumerate(roles):
        page.entry("or" if number else "role", role)
    page.entry("where", row.at_scope or "no single group or subscription covers them all")


class LedgerJson:
    """`preflight.ledger/1`."""

    name: ClassVar[str] = "json"

    def render(self, summary: LedgerSummary, view: View) -> str:
        """Return the summary as JSON."""
        del view
        return dump(summary.to_dict())


class LedgerMarkdown:
    """A table of callers."""

    name: ClassVar[str] = "markdown"

    def render(self, summary: LedgerSummary, view: View) -> str:
        """Return the summary as Markdown of at most `view.max_chars` characters."""
        parts = [Part(kind="fact", text=words(headline(summary))), *_rows(summary)]
        return fit(["## preflight ledger"], parts, "", view.max_chars - 1) + "\n"


def _rows(summary: LedgerSummary) -> Iterator[Part]:
    head = "| Caller | Denials | Actions | Smallest role | Where |\n|---|---|---|---|---|"
    yield Part(kind="caller", text=head)
    for row in summary.callers:
        more = f" and {len(row.actions) - _SHOWN} more" if len(row.actions) > _SHOWN else ""
        cells = (
            cell(row.caller or "not named"),
            str(row.count),
            " ".join(cell(action) for action in row.actions[:_SHOWN]) + more,
            cell(row.role.role.name) if row.role else "custom role",
            cell(row.at_scope, 200) if row.at_scope else "-",
        )
        yield Part(kind="caller", text=f"| {' | '.join(cells)} |", gap="\n")


def headline(summary: LedgerSummary) -> str:
    """Return how many denials of how many callers a ledger holds."""
    lines, callers = plural(summary.lines, "denial"), plural(len(summary.callers), "caller")
    return f"{summary.file}: {lines} of {callers} (catalogue {summary.catalogue})"


def role_text(row: CallerSummary) -> str:
    """Return the smallest built-in role that would have prevented all denials of a caller."""
    if len(row.custom_actions) < len(row.actions):
        return "not known: an action is masked in the text that was recorded"
    if row.role is None:
        return "no built-in role grants all of it"
    also = row.role.also_allows
    opens = f"opens at least {plural(also.count, 'further action')}" if also.count else "no more"
    remark = f" ({row.role.remark})" if row.role.remark else ""
    return f"{row.role.role.name}: {opens}{remark}"


_ALL: tuple[LedgerFormat, ...] = (LedgerConsole(), LedgerJson(), LedgerMarkdown())
LEDGER_FORMATS: Mapping[str, LedgerFormat] = {item.name: item for item in _ALL}
"""Every format of the summary by the name that `--format` takes."""
