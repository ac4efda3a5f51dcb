"""Page: lines of a console report, wrapped with hanging indents and safe in any log."""

from __future__ import annotations

import re
from enum import StrEnum

from preflight.report.text import ascii_only, clip, lines, log_line, plain
from preflight.report.view import View

_BLANKS = re.compile(r" +")
_LABEL = 8
"""Columns of a label (`because `) in an entry."""
_INDENT = 2
_APART = 3
"""Blanks between items that are wide apart."""
_LONGEST = 4000
"""Characters of one entry that are shown."""

_FOLDS = {
    "github": ("::group::{title}", "::endgroup::"),
    "azure-pipelines": ("##[group]{title}", "##[endgroup]"),
}


class Style(StrEnum):
    """Colours, as SGR parameters."""

    NONE = ""
    BAD = "1;31"
    OPEN = "1;33"
    GOOD = "1;32"
    STRONG = "1"


class Page:
    """Collects lines; everything that is written becomes safe here and nowhere else."""

    def __init__(self, view: View) -> None:
        """Start an empty page."""
        self._view = view
        self._lines: list[str] = []

    def write(
        self, text: str, *, indent: int = 0, hang: int = 2, style: Style = Style.NONE
    ) -> None:
        """Add one line, wrapped at blanks; `style` colours its first word.

        That word must be ours: the escape sequence behind it ends in a bracket, which would make
        a command of a template's `##`.
        """
        wrapped = _wrap(self._safe(text), indent, indent + hang, self._view.width)
        wrapped[0] = self._coloured(log_line(wrapped[0]), style)
        self._lines += [wrapped[0], *(log_line(line) for line in wrapped[1:])]

    def heading(self, text: str, style: Style = Style.NONE) -> None:
        """Add one line that is never wrapped."""
        self._lines.append(self._coloured(log_line(self._safe(text)), style))

    def entry(self, label: str, text: str, *, indent: int = _INDENT) -> None:
        """Add `label  text`, continued below the text."""
        self.write(f"{label:<{_LABEL}}{text}", indent=indent, hang=_LABEL)

    def verbatim(self, text: str, *, indent: int = 0) -> None:
        """Add text of several lines (a command, an excerpt) that must not be wrapped."""
        for line in lines(text):
            self._lines.append(log_line(" " * indent + self._spelled(line)))

    def blank(self) -> None:
        """Add an empty line."""
        self._lines.append("")

    def fold(self, title: str) -> None:
        """Begin a group that the place can fold; `title` is ours alone, never a template's."""
        opening, _ = _FOLDS.get(self._view.place, ("{title}", ""))
        self._lines.append(opening.format(title=self._spelled(title)))

    def unfold(self) -> None:
        """End the group."""
        _, closing = _FOLDS.get(self._view.place, ("", ""))
        if closing:
            self._lines.append(closing)

    def text(self) -> str:
        """Return the page with a final line break."""
        return "\n".join(self._lines) + "\n"

    def _safe(self, text: str) -> str:
        return self._spelled(plain(clip(text, _LONGEST)))

    def _spelled(self, text: str) -> str:
        return text if self._view.utf8 else ascii_only(text)

    def _coloured(self, line: str, style: Style) -> str:
        if style is Style.NONE or not self._view.colour:
            return line
        body = line.lstrip(" ")
        first, blank, rest = body.partition(" ")
        return f"{line[: len(line) - len(body)]}\x1b[{style}m{first}\x1b[0m{blank}{rest}"


def _wrap(text: str, indent: int, hang: int, width: int) -> list[str]:
    """Break text at blanks; a word that is too long stays whole, so that it can be copied.

    Items that stand wide apart (the rungs of a ladder) are kept together where that is possible.
    A break that would only move the rest below itself is none.
    """
    line, found = " " * indent + text, []
    while width and len(line) > width:
        first = max(hang, len(line) - len(line.lstrip(" ")))
        breaks = [m for m in _BLANKS.finditer(line) if first < m.end() < len(line)]
        fitting = [m for m in breaks if m.start() <= width]
        wide = [m for m in fitting if m.end() - m.start() >= _APART]
        chosen = (wide or fitting or breaks[:1])[-1:]
        if not chosen:
            break
        found.append(line[: chosen[0].start()])
        line = " " * hang + line[chosen[0].end() :]
    return [*found, line]
