"""`preflight.verification/1`, the wire form of `preflight verify` (docs/reference/formats.md)."""

from __future__ import annotations

from collections.abc import Sequence

from preflight.model.decision import Decision
from preflight.model.report_document import recommendation_row, rows_by_requirement
from preflight.model.requirement import Requirement
from preflight.model.value import JsonValue
from preflight.model.verification import TakeAway, Verification
from preflight.report.json import dump
from preflight.report.redact import shown_verification
from preflight.report.view import View


def render_verifications_json(verifications: Sequence[Verification], view: View) -> str:
    """Return one document, or `preflight.verifications/1` for several."""
    documents = [
        verification_document(shown_verification(one, view.detail)) for one in verifications
    ]
    if len(documents) == 1:
        return dump(documents[0])
    return dump({"schema": "preflight.verifications/1", "verifications": [*documents]})


def verification_document(verification: Verification) -> dict[str, JsonValue]:
    """Return a verification as JSON, with exactly the keys of the schema."""
    closes = rows_by_requirement(verification.report.rows)
    return {
        "schema": "preflight.verification/1",
        "verdict": verification.verified.value,
        "exitCode": verification.exit_code,
        "report": verification.report.to_dict(),
        "mustNot": [_probe(row) for row in verification.probes],
        "takeAway": [_take_away(row) for row in verification.take_away],
        "lost": [_asked(row) for row in verification.lost],
        "instead": [recommendation_row(row, closes) for row in verification.instead],
    }


def _probe(row: Decision) -> JsonValue:
    return {
        **_asked(row.requirement),
        "why": row.requirement.why,
        "verdict": row.verdict.value,
        "reason": row.reason.value,
        "settle": None if row.settle is None else {"what": row.settle.what, "who": row.settle.who},
    }


def _asked(row: Requirement) -> dict[str, JsonValue]:
    return {"action": row.action.text, "scope": row.scope.text, "dataAction": row.data_action}


def _take_away(row: TakeAway) -> JsonValue:
    return {
        "assignment": row.assignment.id or None,
        "roleName": row.role_name,
        "scope": row.assignment.scope.text,
        "via": row.via,
        "allows": [_asked(one) for one in row.allows],
        "command": row.command or None,
    }
