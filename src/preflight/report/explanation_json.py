"""An explanation as JSON: `preflight.explanation/1`."""

from __future__ import annotations

from typing import ClassVar

from preflight.model.explanation import Explanation
from preflight.report.explanation_redact import shown_explanation
from preflight.report.json import dump
from preflight.report.view import View


class ExplanationJson:
    """One document, ASCII only."""

    name: ClassVar[str] = "json"

    def render(self, explanation: Explanation, view: View) -> str:
        """Return the explanation as JSON."""
        return dump(shown_explanation(explanation, view.detail).to_dict())
