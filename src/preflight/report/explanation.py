"""Formats of `preflight explain`: what an error text says, and what is behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Protocol

from preflight.model.explanation import Explanation
from preflight.report.explanation_console import ExplanationConsole
from preflight.report.explanation_json import ExplanationJson
from preflight.report.explanation_markdown import ExplanationMarkdown
from preflight.report.view import View

__all__ = ["EXPLANATION_FORMATS", "ExplanationFormat"]


class ExplanationFormat(Protocol):
    """Turns an explanation into text.

    An implementer owes what a `ReportFormat` owes: the same text for the same input, nothing but
    what the view's detail may show, every text from the log escaped.
    """

    name: ClassVar[str]

    def render(self, explanation: Explanation, view: View) -> str:
        """Return the text, with a final line break."""


_ALL: tuple[ExplanationFormat, ...] = (
    ExplanationConsole(),
    ExplanationJson(),
    ExplanationMarkdown(),
)
EXPLANATION_FORMATS: Mapping[str, ExplanationFormat] = {item.name: item for item in _ALL}
"""Every format of the command by the name that `--format` takes."""
