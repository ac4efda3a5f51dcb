"""Explanation → `preflight.explanation/1`, the wire form (docs/reference/formats.md)."""

from __future__ import annotations

from preflight.model.explanation import Cause, ExplainedDenial, Explanation
from preflight.model.report_document import finding_document
from preflight.model.source import Place
from preflight.model.value import JsonValue


def explanation_document(explanation: Explanation) -> dict[str, JsonValue]:
    """Return the explanation as JSON, with exactly the keys of the schema."""
    text = explanation.text
    return {
        "schema": "preflight.explanation/1",
        "tool": {
            "name": "preflight",
            "version": explanation.version,
            "catalogue": explanation.catalogue or None,
        },
        "source": explanation.name,
        "codes": list(text.codes),
        "kind": text.kind.value,
        "correlationId": text.correlation_id,
        "requestId": text.request_id,
        "tenantId": text.tenant_id,
        "proves": explanation.proves or None,
        "leavesOpen": explanation.leaves_open or None,
        "causes": [_cause(cause) for cause in explanation.causes],
        "denials": [_denial(row) for row in explanation.denials],
        "facts": [{"what": label, "value": value} for label, value in text.facts],
        "never": list(explanation.never),
        "looksLike": text.looks_like or None,
        "notes": [{"code": code, "message": message} for code, message in explanation.notes],
    }


def _cause(cause: Cause) -> JsonValue:
    return {
        "reason": cause.reason,
        "why": cause.why,
        "settle": cause.settle or None,
        "proven": cause.proven,
    }


def _denial(row: ExplainedDenial) -> JsonValue:
    denial = row.denial
    document: dict[str, JsonValue] = {
        "action": denial.action,
        "scope": denial.scope,
        "subscription": denial.subscription,
        "clientId": denial.client,
        "objectId": denial.object_id,
        "linked": denial.linked,
        "kind": denial.kind.value,
        "dataAction": denial.data_action,
        "proves": row.proves,
        "leavesOpen": row.leaves_open,
        "causes": [_cause(cause) for cause in row.causes],
        "notes": [{"code": code, "message": message} for code, message in row.notes],
    }
    if denial.blocked_by is not None:
        document["denyAssignment"] = {"name": denial.blocked_by, "scope": denial.blocked_at}
    if row.source is not None:
        document["source"] = _source(row.source)
    if row.report is not None:
        document["decision"] = _decision(row)
        document["principal"] = (
            str(row.report.subject.principal.object_id) if (row.report.subject) else None
        )
    if row.finding is not None and row.report is not None:
        document["finding"] = finding_document(row.finding, row.report)
    return document


def _decision(row: ExplainedDenial) -> JsonValue:
    """Return what the evidence says: `allowed` means that it and Azure's answer differ."""
    assert row.report is not None  # noqa: S101 - the caller has looked
    found = next(one for one in row.report.rows if one.id == row.row)
    return {
        "requirement": found.id,
        "verdict": found.decision.verdict.value,
        "reason": found.decision.reason.value,
    }


def _source(place: Place) -> JsonValue:
    line, column = place.position
    return {"file": place.source.name, "line": line, "column": column}
