"""Report → `preflight.report/1`, the wire form (docs/reference/formats.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from preflight.model.advice import Recommendation, RecommendationKind
from preflight.model.decision import Settle
from preflight.model.diagnosis import Holding, NearMiss, Rung
from preflight.model.requirement import gap_row, note_row, resource_row
from preflight.model.role import RoleDefinition
from preflight.model.value import JsonValue

if TYPE_CHECKING:
    from preflight.model.report import (
        EvidenceSource,
        Finding,
        Problem,
        Report,
        Row,
        Subject,
        Suppression,
    )

_KINDS = {3: "input-error", 4: "access-error"}
"""Exit code of a problem → code of the note that carries it."""


def report_document(report: Report) -> dict[str, JsonValue]:
    """Return the report as JSON, with exactly the keys of the schema.

    What has no key of its own stands in `notes`: the error that ended the run early, what
    loosens the gate (`gate-loosened`), warnings with their codes.
    """
    derivation = report.derivation
    closes = rows_by_requirement(report.rows)
    return {
        "schema": "preflight.report/1",
        "tool": {
            "name": "preflight",
            "version": report.version,
            "catalogue": (derivation.catalogue or None) if derivation else None,
        },
        "verdict": report.verdict.value,
        "exitCode": report.exit_code,
        "advisory": report.is_advisory,
        "now": utc_text(report.now),
        "target": report.target,
        "source": report.source,
        "deploymentScope": derivation.scope.text if derivation else None,
        "principal": _subject(report.subject),
        "evidenceSource": _evidence(report.evidence),
        "resources": [resource_row(row) for row in derivation.resources] if derivation else [],
        "requirements": [_row(row) for row in report.rows],
        "findings": [_finding(finding, closes) for finding in report.findings],
        "gaps": [gap_row(gap) for gap in derivation.gaps] if derivation else [],
        "notes": [*_notes(report)],
        "notChecked": [
            {"what": row.what, "why": row.why}
            for row in (derivation.not_checked if derivation else ())
        ],
    }


def utc_text(time: datetime | None) -> str | None:
    """Return a time as ISO 8601 in UTC, to the second; one without a zone is UTC."""
    if time is None:
        return None
    known = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    return known.strftime("%Y-%m-%dT%H:%M:%SZ")


def _subject(subject: Subject | None) -> JsonValue:
    if subject is None:
        return None
    principal = subject.principal
    return {
        "objectId": principal.object_id,
        "appId": principal.app_id,
        "displayName": principal.display_name,
        "type": principal.type.value,
        "readBy": subject.read_by,
    }


def _evidence(evidence: EvidenceSource | None) -> JsonValue:
    if evidence is None:
        return None
    return {
        "kind": "live" if evidence.live else "snapshot",
        "file": ", ".join(evidence.files) or None,
        "collectedAt": utc_text(evidence.collected_at),
        "unreadable": [
            {"what": row.what, "scope": row.scope.text, "error": row.error}
            for row in evidence.unreadable
        ],
    }


def _row(row: Row) -> JsonValue:
    decision, suppressed = row.decision, row.suppressed
    return {
        "id": row.id,
        **decision.requirement.to_dict(),
        "verdict": decision.verdict.value,
        "reason": decision.reason.value,
        "evidence": [item.id for item in decision.evidence if item.id],
        "finding": row.finding,
        "suppressed": _suppression(suppressed),
    }


def _suppression(row: Suppression | None) -> JsonValue:
    if row is None:
        return None
    return {"reason": row.reason, "scope": row.scope.text, "givenAt": row.given_at}


def rows_by_requirement(rows: Iterable[Row]) -> dict[object, str]:
    """Return the IDs of rows by what makes their requirements the same."""
    return {row.decision.requirement.key: row.id for row in rows}


def _finding(finding: Finding, closes: Mapping[object, str]) -> JsonValue:
    diagnosis = finding.diagnosis
    return {
        "id": finding.id,
        "fingerprint": finding.fingerprint,
        "reason": diagnosis.reason.value,
        "level": diagnosis.level.value,
        "title": diagnosis.title,
        "text": diagnosis.text,
        "settle": _settle(diagnosis.settle),
        "requirements": list(finding.requirements),
        "rungs": [_rung(rung) for rung in diagnosis.rungs],
        "nearMiss": _near(diagnosis.near_miss),
        "recommendations": [recommendation_row(row, closes) for row in finding.recommendations],
    }


def finding_document(finding: Finding, report: Report) -> JsonValue:
    """Return one finding of a report as it stands in the report's wire form."""
    return _finding(finding, rows_by_requirement(report.rows))


def _settle(settle: Settle | None) -> JsonValue:
    return None if settle is None else {"what": settle.what, "who": settle.who}


def _rung(rung: Rung) -> JsonValue:
    return {
        "scope": rung.scope.text,
        "holds": [_holding(holding) for holding in rung.holds],
        "denyAssignments": [
            {"id": row.id or None, "name": row.name} for row in rung.deny_assignments
        ],
    }


def _holding(holding: Holding) -> JsonValue:
    return {
        "assignment": holding.assignment.id or None,
        "roleName": holding.role_name,
        "via": holding.via,
        "grants": holding.grants.name.lower(),
        "because": holding.because or None,
    }


def _near(near: NearMiss | None) -> JsonValue:
    if near is None:
        return None
    return {
        "assignment": near.assignment.id or None,
        "roleName": near.role_name,
        "scope": near.assignment.scope.text,
    }


def recommendation_row(row: Recommendation, closes: Mapping[object, str]) -> JsonValue:
    """Return one recommendation; `closes` maps requirements to their row IDs."""
    known = [closes.get(requirement.key) for requirement in row.closes]
    also, new = row.also_allows, row.kind is RecommendationKind.CUSTOM_ROLE
    return {
        "kind": row.kind.value,
        "roleDefinitionId": None if new else role_definition_id(row.role),
        "scope": row.scope.text if row.scope else None,
        "principalId": row.principal or None,
        "closes": [identifier for identifier in known if identifier is not None],
        "proven": row.proven,
        "alsoAllows": None
        if also is None
        else {"count": also.count, "privileged": list(also.privileged)},
        "commands": dict(row.commands),
    }


def role_definition_id(role: RoleDefinition | None) -> str | None:
    """Return the ID of a role definition; None for one that does not exist yet."""
    if role is None or not (role.full_id or role.id):
        return None
    return role.full_id or f"/providers/Microsoft.Authorization/roleDefinitions/{role.id}"


def _notes(report: Report) -> Iterable[JsonValue]:
    if report.problem is not None:
        yield _problem(report.problem, report.exit_code)
    for text in report.loosened:
        yield {"code": "gate-loosened", "message": text}
    for code, message in (*report.warnings, *report.notes):
        yield {"code": code, "message": message}
    for note in report.derivation.notes if report.derivation else ():
        yield note_row(note)


def _problem(problem: Problem, exit_code: int) -> JsonValue:
    row: dict[str, JsonValue] = {"code": _KINDS.get(exit_code, "error"), "message": problem.message}
    if problem.help:
        row["message"] = f"{problem.message}; {problem.help}"
    file, line, column = problem.position
    if file:
        row["file"] = file
    if line and column:
        row |= {"line": line, "column": column}
    return row
