"""authorize → diagnose → advise → Report."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from preflight._version import __version__
from preflight.access.principals import resolve_principal
from preflight.advise.candidates import AdviseInput, advise
from preflight.api.evidence import (
    evidence_source,
    evidence_warnings,
    future_warnings,
    live_subject,
    unread,
    unread_warnings,
)
from preflight.api.settings import GateSettings
from preflight.api.suppressions import parse_suppressions, suppression_for, unused_suppressions
from preflight.authorize.authorizer import AuthorizeOptions, Authorizer
from preflight.authorize.created import created_groups
from preflight.catalog.load import load_catalog
from preflight.diagnose.diagnoser import Diagnosed, DiagnoseInput, diagnose
from preflight.errors import AccessError, PreflightError
from preflight.model.access import AccessList, AccessSnapshot, Principal
from preflight.model.advice import Recommendation
from preflight.model.decision import Decision
from preflight.model.diagnosis import Diagnosis
from preflight.model.private import private_of
from preflight.model.report import (
    Finding,
    Problem,
    Report,
    Row,
    Subject,
    Suppression,
    in_gate_set,
)
from preflight.model.requirement import Derivation, Requirement
from preflight.model.scope import Scope, ScopeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """What the three deciding stages said."""

    subject: Subject
    diagnosed: Diagnosed
    recommendations: tuple[tuple[Recommendation, ...], ...]
    uncovered: Callable[[AccessList, Scope], bool]
    """Whether a missing row of a list proves nothing at a scope."""


class Review(Protocol):
    """A second witness of what was decided."""

    @property
    def remarks(self) -> Sequence[str]:
        """What it says, for the headline."""

    def review(self, decisions: Sequence[Decision]) -> Sequence[Decision]:
        """Return the decisions, lowered where the witness disagrees."""


def gate(
    derivation: Derivation,
    access: AccessSnapshot,
    settings: GateSettings,
    witness: Review | None = None,
) -> Report:
    """Decide, explain and advise; the report's exit code is the gate's answer.

    `witness` hears every decision before it is explained.

    Raises:
        AccessError: the principal is not in the evidence, or no role assignments are in it.
        UsageError: the principal or `accept` cannot be understood.
    """
    accepted = parse_suppressions(settings.accept)
    if access.role_assignments is None and access.deny_assignments is None:
        raise AccessError(
            "the evidence holds no role assignments",
            help="collect `roleAssignments` (and `denyAssignments`) into the snapshot",
        )
    derivation = derivation.again(access) if derivation.again else derivation
    age = _age(access, settings)
    judged = _judge(derivation, access, settings, witness)
    unchecked = unread(derivation.requirements, judged.uncovered)
    derivation = replace(derivation, not_checked=(*derivation.not_checked, *unchecked))
    decisions = judged.diagnosed.decisions
    rows = _rows(decisions, judged.diagnosed.diagnoses, accepted, strict=settings.strict)
    return Report(
        version=__version__,
        source=derivation.source,
        now=settings.now or access.collected_at,
        derivation=derivation,
        subject=judged.subject,
        evidence=evidence_source(access, age, witness.remarks if witness else ()),
        rows=rows,
        findings=_findings(judged, rows),
        warnings=(
            *future_warnings(access, settings.age_at),
            *evidence_warnings(access, judged.subject, age),
            *unread_warnings(unchecked),
        ),
        notes=(*access.notes, *unused_suppressions(accepted, rows)),
        loosened=_loosened(rows, settings),
        strict=settings.strict,
        fail_on=settings.fail_on,
        advisory=settings.fail_on.value == "never",
        names=_names(access),
        private=private_of(access, judged.subject.principal),
        parameter_files=derivation.parameter_files,
    )


def _age(access: AccessSnapshot, settings: GateSettings) -> timedelta | None:
    """Return the age of the evidence: as given, else counted from its collection."""
    if settings.evidence_age is not None:
        return settings.evidence_age
    if settings.age_at is None or access.collected_at is None:
        return None
    return max(settings.age_at - access.collected_at, timedelta(0))


def _judge(
    derivation: Derivation,
    access: AccessSnapshot,
    settings: GateSettings,
    witness: Review | None,
) -> _Judged:
    subject = resolve_principal(access, settings.principal)
    subject = live_subject(subject, access, settings.age_at, asked=settings.principal is not None)
    authorizer = authorizer_for(subject.principal, derivation, access, settings)
    decisions = [authorizer.decide(requirement) for requirement in derivation.requirements]
    decisions = list(witness.review(decisions)) if witness else decisions
    diagnosed = diagnose(
        decisions,
        DiagnoseInput(
            access=access,
            principal=subject.principal,
            decider=authorizer,
            strict=settings.strict,
        ),
    )
    recommendations = advise(
        diagnosed.diagnoses,
        AdviseInput(
            access=access,
            principal=subject.principal,
            decider=authorizer,
            catalog=load_catalog(),
            created=frozenset(_written_scopes(derivation)),
        ),
    )
    return _Judged(
        subject=subject,
        diagnosed=diagnosed,
        recommendations=tuple(recommendations),
        uncovered=authorizer.uncovered,
    )


def authorizer_for(
    principal: Principal, derivation: Derivation, access: AccessSnapshot, settings: GateSettings
) -> Authorizer:
    """Return what decides for one principal as the gate does."""
    options = AuthorizeOptions(
        # Evidence that does not say when it was read: a grant that is over by now is over.
        now=settings.now or access.collected_at or settings.age_at,
        evidence_age=_age(access, settings),
        max_evidence_age=settings.max_evidence_age,
        duration=settings.duration,
        created=created_scopes(derivation),
    )
    return Authorizer(access, principal, options)


def created_scopes(derivation: Derivation) -> Mapping[Scope, Scope | None]:
    """Return the subscriptions and management groups that the rollout itself creates.

    Each maps to the management group under which it is placed, None where that is not known.
    """
    written = _written_scopes(derivation)
    subscriptions = {scope: None for scope in written if scope.kind is ScopeKind.SUBSCRIPTION}
    return {**subscriptions, **created_groups(derivation.resources)}


def _written_scopes(derivation: Derivation) -> tuple[Scope, ...]:
    return tuple(
        resource.id
        for resource in derivation.resources
        if not resource.existing and resource.deployment is None
    )


def _rows(
    decisions: Sequence[Decision],
    diagnoses: Sequence[Diagnosis],
    accepted: Sequence[Suppression],
    *,
    strict: bool,
) -> tuple[Row, ...]:
    finding_of: dict[tuple[str, str, bool, tuple[tuple[str, str], ...]], str] = {}
    for number, diagnosis in enumerate(diagnoses, 1):
        for decision in diagnosis.decisions:
            finding_of.setdefault(decision.requirement.key, f"f{number}")
    return tuple(
        Row(
            id=f"r{number}",
            decision=decision,
            finding=finding_of.get(decision.requirement.key),
            suppressed=suppression_for(decision, accepted),
            gate=in_gate_set(decision.requirement.certainty, strict=strict),
        )
        for number, decision in enumerate(decisions, 1)
    )


def _findings(judged: _Judged, rows: Sequence[Row]) -> tuple[Finding, ...]:
    ids = {row.decision.requirement.key: row.id for row in rows}
    pairs = zip(judged.diagnosed.diagnoses, judged.recommendations, strict=True)
    return tuple(
        Finding(
            id=f"f{number}",
            fingerprint=fingerprint(diagnosis),
            diagnosis=diagnosis,
            requirements=tuple(ids[d.requirement.key] for d in diagnosis.decisions),
            recommendations=recommendations,
        )
        for number, (diagnosis, recommendations) in enumerate(pairs, 1)
    )


def fingerprint(diagnosis: Diagnosis) -> str:
    """Return 16 hex digits that stay the same while cause, actions and scopes do."""
    requirements: list[Requirement] = [row.requirement for row in diagnosis.decisions]
    parts = sorted(f"{r.action.folded}@{r.scope.folded}" for r in requirements)
    text = "\n".join([diagnosis.reason.value, *parts])
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _loosened(rows: Sequence[Row], settings: GateSettings) -> tuple[str, ...]:
    used = dict.fromkeys(row.suppressed for row in rows if row.suppressed)
    lines = [f"accepts {s.reason} at {s.scope.text} ({s.given_at})" for s in used]
    if settings.fail_on.value != "undetermined":
        lines.append(f"fails only on `{settings.fail_on.value}`")
    return tuple(lines)


def _names(access: AccessSnapshot) -> dict[str, str]:
    names: dict[str, str] = {
        row.id.folded: row.display_name for row in access.subscriptions if row.display_name
    }
    for principal in access.principals:
        if principal.display_name:
            names[principal.object_id] = principal.display_name
    names.update((role.id, role.name) for role in access.role_definitions or ())
    return names


def problem_of(error: PreflightError) -> Problem:
    """Return an error as a report shows it."""
    return Problem(
        message=error.message,
        help=error.help,
        where=error.where.label if error.where else "",
        excerpt=error.where.excerpt if error.where else "",
    )
