"""Report formats: one Protocol, one registry.

A new format is one file here, one entry in `_ALL`, one golden file and one row in the docs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Protocol

from preflight.report.console import Console
from preflight.report.json import Json
from preflight.report.junit import Junit
from preflight.report.markdown import Markdown
from preflight.report.redact import Reports
from preflight.report.view import View

__all__ = ["FORMATS", "ReportFormat", "Reports", "View"]


class ReportFormat(Protocol):
    """Turns reports into text.

    An implementer owes: the same text for the same reports and view; nothing but what
    `redact.shown` returns for the view's detail; every text that a template or Azure wrote
    escaped by `report.text`; libraries imported inside `render` only; agreement with the
    reports' exit codes.
    """

    name: ClassVar[str]

    def render(self, reports: Reports, view: View) -> str:
        """Return the text of one report or of several, with a final line break."""


_ALL: tuple[ReportFormat, ...] = (Console(), Json(), Junit(), Markdown())
FORMATS: Mapping[str, ReportFormat] = {item.name: item for item in _ALL}
"""Every report format by the name that `--format` takes."""
