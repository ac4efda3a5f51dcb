"""Requirements as Markdown: a table per scope."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from preflight.model.requirement import Derivation, Requirement
from preflight.report.headline import settling
from preflight.report.markdown_fit import Part, fit
from preflight.report.requirements_table import by_scope, counts_text
from preflight.report.text import cell, code, words
from preflight.report.view import View


class RequirementsMarkdown:
    """One heading per source, one table per scope."""

    name: ClassVar[str] = "markdown"

    def render(self, derivations: Sequence[Derivation], view: View) -> str:
        """Return the derivations as Markdown of at most `view.max_chars` characters."""
        parts = [part for derivation in derivations for part in _parts(derivation)]
        unchecked = " · ".join(
            dict.fromkeys(row.what for item in derivations for row in item.not_checked)
        )
        text = fit(["## preflight requirements"], parts, unchecked, view.max_chars - 1)
        return text + "\n"


def _parts(derivation: Derivation) -> Iterator[Part]:
    place = f"{code(derivation.source, 120)} → {code(derivation.scope.text, 200)}"
    how = settling(derivation)
    settle = f"\n\n> {words(how)}" if how else ""
    yield Part(kind="source", text=f"{place}: {words(counts_text(derivation))}{settle}")
    for scope, requirements in by_scope(derivation.requirements):
        yield Part(
            kind="scope",
            text=f"{code(scope.text)}\n\n| Action | Certainty | From | Why |\n|---|---|---|---|",
        )
        for requirement in requirements:
            yield Part(kind="requirement", text=_row(requirement), gap="\n")
    for gap in derivation.gaps:
        target = f"{code(gap.kind.value)} {code(gap.target)}"
        yield Part(
            kind="gap", text=f"- ? gap {target} at {code(gap.origin.label)}: {words(gap.settle)}"
        )
    for note in derivation.notes:
        where = f"{code(note.origin.label)} " if note.origin else ""
        yield Part(kind="note", text=f"- {where}{code(note.code)}: {words(note.message)}")


def _row(requirement: Requirement) -> str:
    label = requirement.origins[0].place.label if requirement.origins else "-"
    more = f" and {len(requirement.origins) - 1} more" if len(requirement.origins) > 1 else ""
    data = " (data action)" if requirement.data_action else ""
    cells = (
        cell(requirement.action.text) + data,
        requirement.certainty.value,
        cell(label) + more,
        cell(requirement.why),
    )
    return f"| {' | '.join(cells)} |"
