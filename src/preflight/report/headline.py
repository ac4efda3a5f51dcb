"""The parts of a headline: verdict, what was checked, for whom, from which evidence."""

from __future__ import annotations

from collections.abc import Mapping

from preflight.model.access import PrincipalType
from preflight.model.outcome import ExitCode
from preflight.model.report import EvidenceSource, Report, Subject
from preflight.model.report_document import utc_text
from preflight.model.requirement import Derivation
from preflight.report.wording import age, deployment_place, plural, scope_path

COVERAGE = "linked-coverage"
"""The code of the note that says how far the linked rules reach."""


def verdict_word(report: Report) -> str:
    """Return `DENIED`, `ALLOWED (advisory)`, or `ERROR` where nothing could be decided."""
    if report.problem_code is not None:
        return "ERROR"
    return report.verdict.value.upper() + (" (advisory)" if report.is_advisory else "")


def subject_line(report: Report) -> str:
    """Return what was checked: target, source and parameter files, arrow, place."""
    source = " + ".join([_source(report), *report.parameter_files])
    head = f"{report.target}: {source}" if report.target else source
    if report.derivation is None:
        return head
    return f"{head} → {deployment_place(report.derivation, report.names)}"


def _source(report: Report) -> str:
    """Return what was checked, saying where a what-if result was used."""
    result = report.derivation.what_if if report.derivation else ""
    if not result:
        return report.source
    if result == report.source:
        return f"from what-if result {result}"
    return f"{report.source} with what-if result {result}"


def settling(derivation: Derivation | None) -> str:
    """Return which options settle the placeholders of the place; empty where there are none."""
    settings = derivation.settings if derivation else {}
    return " · ".join(f"{{{label}}} is not known: {how}" for label, how in settings.items())


_UNNAMED = {PrincipalType.UNKNOWN: "a principal that the evidence does not list"}


def identity(subject: Subject) -> str:
    """Return for whom it was decided: name, object ID, tenant, token."""
    principal = subject.principal
    kind = _UNNAMED.get(principal.type, principal.type.value)
    if principal.app_id:
        # Tokens of applications carry no name; whoever set the pipeline up knows this ID.
        kind = f"application {principal.app_id}"
    name = principal.display_name or kind
    parts = [f"{name}  oid {principal.object_id}"]
    if subject.translated_from not in {None, principal.display_name}:
        parts.append(f"(given as {subject.translated_from})")
    parts += [f"tenant {subject.tenant}"] if subject.tenant else []
    token = [f"token {age(subject.token_age)}"] if subject.token_age is not None else []
    token += [subject.credential] if subject.credential else []
    parts += [f"({', '.join(token)})"] if token else []
    parts += [f"evidence read by {subject.read_by}"] if subject.read_by else []
    return "  ".join(parts)


def whose(subject: Subject) -> str:
    """Return that the answer is for the user at the keyboard; empty where it is not."""
    if not subject.interactive:
        return ""
    name = subject.principal.display_name or subject.principal.object_id
    return f"decided for {name} (you), not for your pipeline: give --principal"


def evidence_text(evidence: EvidenceSource, catalogue: str, names: Mapping[str, str]) -> str:
    """Return where the evidence is from, its age, and what of it could not be read."""
    parts = [_read_from(evidence), *evidence.remarks]
    unread = [f"{row.what} at {scope_path(row.scope, names)}" for row in evidence.unreadable]
    if unread:
        more = f" and {len(unread) - 3} more" if len(unread) > 3 else ""  # noqa: PLR2004 - three shown
        parts.append(f"could not read: {', '.join(unread[:3])}{more}")
    parts += [f"catalogue {catalogue}"] if catalogue else []
    return " · ".join(parts)


def coverage_text(derivation: Derivation | None) -> str:
    """Return for how many of the resource types linked rules are known; empty without a plan."""
    notes = derivation.notes if derivation else ()
    return next((note.message for note in notes if note.code == COVERAGE), "")


def _read_from(evidence: EvidenceSource) -> str:
    time = utc_text(evidence.collected_at)
    if evidence.live:
        calls = f", {plural(evidence.calls, 'call')}" if evidence.calls is not None else ""
        return f"live {time.partition('T')[2]}{calls}" if time else f"live{calls}"
    files = ", ".join(evidence.files) or "snapshot"
    return f"{files}, {snapshot_age(evidence)}"


def snapshot_age(evidence: EvidenceSource) -> str:
    """Return `snapshot of 2026-11-24, 1 d old`."""
    time = utc_text(evidence.collected_at)
    if time is None:
        return "snapshot of unknown age"
    day = time.partition("T")[0]
    return f"snapshot of {day}" + (f", {age(evidence.age)} old" if evidence.age else "")


def exit_text(report: Report) -> str:
    """Return `exit 1`, with what it means where the gate was loosened."""
    code = report.exit_code
    if report.is_advisory and code == ExitCode.ALLOWED:
        return f"exit {code} (advisory: nothing fails the gate)"
    return f"exit {code}"
