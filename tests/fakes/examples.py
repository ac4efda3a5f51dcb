"""The examples' tenant, for live runs: with an auditor who may read everything in it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.fakes.documents import AUDITOR, AUDITOR_APP, READER, assignment, principal
from tests.fakes.rows import Row, row, rows

ROOT = Path(__file__).resolve().parent.parent.parent


def tenant() -> Row:
    """Return the snapshot of the examples and one reader more, at the tenant root."""
    text = (ROOT / "examples" / "access.json").read_text(encoding="utf-8")
    document = row(json.loads(text))
    auditor = principal(AUDITOR, "sp-audit", appId=AUDITOR_APP)
    document["principals"] = [*rows(document["principals"]), auditor]
    document["roleAssignments"] = [
        *rows(document["roleAssignments"]),
        assignment(AUDITOR, READER, "/"),
    ]
    return document
