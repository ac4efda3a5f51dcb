"""Formats of `preflight roles`: table, JSON, Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Protocol

from preflight.model.role_ranking import RankedRole, RoleRanking
from preflight.report.json import dump
from preflight.report.markdown_fit import Part, fit
from preflight.report.page import Page, Style
from preflight.report.text import cell, code, words
from preflight.report.view import QUIET, VERBOSE, View
from preflight.report.wording import plural

_ROWS = 15
"""Roles that are shown without `-v`."""
_NAMED = 3
"""Privileged actions that are named without `-v`."""


class RoleFormat(Protocol):
    """Turns a ranking into text: the same text for the same ranking and view."""

    name: ClassVar[str]

    def render(self, ranking: RoleRanking, view: View) -> str:
        """Return the text, with a final line break."""


class RolesTable:
    """One line per role, the narrowest first."""

    name: ClassVar[str] = "table"

    def render(self, ranking: RoleRanking, view: View) -> str:
        """Return the ranking for a terminal or a log."""
        page = Page(view)
        page.write(headline(ranking), style=Style.STRONG)
        for line in remarks(ranking):
            page.entry("note", line, indent=1)
        if view.verbosity > QUIET:
            limit = len(ranking.roles) if view.verbosity >= VERBOSE else _ROWS
            for number, row in enumerate(ranking.roles[:limit], 1):
                page.write(f"{number:>3}  {row.role.name}  {row.role.id}")
                page.write(opens_text(row, view), indent=5)
            if len(ranking.roles) > limit:
                page.write(f"… and {plural(len(ranking.roles) - limit, 'role')} more (-v)")
        return page.text()


class RolesJson:
    """`preflight.roles/1`."""

    name: ClassVar[str] = "json"

    def render(self, ranking: RoleRanking, view: View) -> str:
        """Return the ranking as JSON."""
        del view
        return dump(ranking.to_dict())


class RolesMarkdown:
    """A table of roles."""

    name: ClassVar[str] = "markdown"

    def render(self, ranking: RoleRanking, view: View) -> str:
        """Return the ranking as Markdown of at most `view.max_chars` characters."""
        parts = [Part(kind="fact", text=words(headline(ranking)))]
        parts += [Part(kind="note", text=f"- {words(line)}") for line in remarks(ranking)]
        parts += _markdown_rows(ranking)
        return fit(["## preflight roles"], parts, "", view.max_chars - 1) + "\n"


def _markdown_rows(ranking: RoleRanking) -> Iterator[Part]:
    if not ranking.roles:
        return
    head = "| Role | Further actions (at least) | Privileged | Remark |\n|---|---|---|---|"
    yield Part(kind="role", text=head)
    for row in ranking.roles:
        privileged = " ".join(code(name) for name in row.also_allows.privileged) or "-"
        cells = (cell(row.role.name), str(row.also_allows.count), privileged, row.remark or "-")
        yield Part(kind="role", text=f"| {' | '.join(cells)} |", gap="\n")


def headline(ranking: RoleRanking) -> str:
    """Return how many roles grant how many actions."""
    which = plural(len(ranking.actions), "action")
    found = plural(len(ranking.roles), "built-in role")
    verb = "grants" if len(ranking.roles) == 1 else "grant"
    return f"{found} {verb} {which} (catalogue {ranking.catalogue})"


def remarks(ranking: RoleRanking) -> Iterator[str]:
    """Yield what has to be said about single actions."""
    for row in ranking.actions:
        if not row.known:
            yield f"{row.action} is not in the catalogue: new, misspelled, or no action at all"
        if row.data_action:
            yield f"{row.action} is a data action"
    if not ranking.roles and len(ranking.actions) > 1:
        for row in ranking.actions:
            yield f"{row.action}: {plural(row.roles, 'role')}"
        yield "no built-in role grants all of them: assign two, or make a custom role"
    elif not ranking.roles:
        yield "no built-in role grants it: make a custom role"


def opens_text(row: RankedRole, view: View) -> str:
    """Return what a role opens besides, the privileged actions by name."""
    also = row.also_allows
    text = f"at least {plural(also.count, 'further action')}" if also.count else "nothing else"
    names = also.privileged if view.verbosity >= VERBOSE else also.privileged[:_NAMED]
    if names:
        more = len(also.privileged) - len(names)
        text += f", privileged: {', '.join(names)}" + (f" and {more} more" if more else "")
    return f"{text}   ({row.remark})" if row.remark else text


_ALL: tuple[RoleFormat, ...] = (RolesTable(), RolesJson(), RolesMarkdown())
ROLE_FORMATS: Mapping[str, RoleFormat] = {item.name: item for item in _ALL}
"""Every format of the command by the name that `--format` takes."""
