"""Requirements as a table for the console, grouped by scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import ClassVar

from preflight.model.requirement import Certainty, Derivation, Requirement
from preflight.model.scope import Scope
from preflight.report.headline import settling
from preflight.report.page import Page, Style
from preflight.report.view import QUIET, VERBOSE, View
from preflight.report.wording import because, plural

_ACTION = 60
"""Columns of an action; a longer one pushes its row to the right."""
_CERTAINTY = 11


class RequirementsTable:
    """One heading per scope, one row per action."""

    name: ClassVar[str] = "table"

    def render(self, derivations: Sequence[Derivation], view: View) -> str:
        """Return the derivations as text."""
        page = Page(view)
        for number, derivation in enumerate(derivations):
            if number:
                page.blank()
            _headline(page, derivation)
            if view.verbosity > QUIET:
                for scope, requirements in by_scope(derivation.requirements):
                    _scope(page, scope, requirements, view)
                _rest(page, derivation)
        return page.text()


def by_scope(requirements: Sequence[Requirement]) -> Iterator[tuple[Scope, list[Requirement]]]:
    """Yield the requirements of each scope, in order of first appearance."""
    groups: dict[Scope, list[Requirement]] = {}
    for requirement in requirements:
        groups.setdefault(requirement.scope, []).append(requirement)
    yield from groups.items()


def counts_text(derivation: Derivation) -> str:
    """Return `12 required · 1 conditional · 6 possible · 0 gaps`."""
    found = Counter(requirement.certainty for requirement in derivation.requirements)
    counts = [f"{found[certainty]} {certainty.value}" for certainty in Certainty]
    return " · ".join([*counts, plural(len(derivation.gaps), "gap")])


def _headline(page: Page, derivation: Derivation) -> None:
    how = settling(derivation)
    settle = f"   {how}" if how else ""
    page.heading(
        f"{derivation.source} → {derivation.scope.text}   client {derivation.client}{settle}"
    )
    catalogue = f" · catalogue {derivation.catalogue}" if derivation.catalogue else ""
    page.write(counts_text(derivation) + catalogue, indent=1)


def _scope(page: Page, scope: Scope, requirements: Sequence[Requirement], view: View) -> None:
    page.write(scope.text)
    for requirement in requirements:
        data = " (data)" if requirement.data_action else ""
        action = f"{requirement.action.text}{data}"
        row = f"{action:<{_ACTION}}  {requirement.certainty.value:<{_CERTAINTY}}"
        reason = because(requirement.origins, requirement.why)
        if view.verbosity >= VERBOSE:
            page.write(row.rstrip(), indent=2)
            page.entry("because", reason, indent=4)
        else:
            where = requirement.origins[0].place.label if requirement.origins else ""
            page.write(f"{row}  {where}".rstrip(), indent=2)


def _rest(page: Page, derivation: Derivation) -> None:
    for gap in derivation.gaps:
        page.write(f"? gap  {gap.kind.value}: {gap.target}", style=Style.OPEN)
        page.entry("because", gap.origin.label)
        page.entry("settle", gap.settle)
    for note in derivation.notes:
        where = f"{note.origin.label} " if note.origin else ""
        page.entry("note", f"{where}{note.code}: {note.message}", indent=0)
    for row in derivation.not_checked:
        page.write(f"not checked  {row.what}: {row.why}", hang=13)
