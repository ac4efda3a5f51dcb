"""The JSON report: `preflight.report/1`, or `preflight.reports/1` for several."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import ClassVar

from preflight.model.value import JsonValue
from preflight.report.redact import Reports, shown
from preflight.report.view import View


class Json:
    """One document, ASCII only: the same bytes on every output."""

    name: ClassVar[str] = "json"

    def render(self, reports: Reports, view: View) -> str:
        """Return the reports as JSON."""
        return dump(several([report.to_dict() for report in shown(reports, view.detail)]))


def several(documents: Sequence[dict[str, JsonValue]]) -> dict[str, JsonValue]:
    """Return one document as it is, several of them as `preflight.reports/1`."""
    if len(documents) == 1:
        return documents[0]
    return {"schema": "preflight.reports/1", "reports": list(documents)}


def dump(document: dict[str, JsonValue]) -> str:
    r"""Return a document as text that is also safe in a pipeline's log.

    Every character beyond ASCII is escaped, and of two `#` the second, so that no string can
    hold `##[` or `##vso[`; a line of JSON never starts with `::`.
    """
    text = json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False)
    return text.replace("##", r"#\u0023").replace("\x7f", r"\u007f") + "\n"
