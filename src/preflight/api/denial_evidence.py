"""Denials → decisions of the gate, from a snapshot or a live tenant, caller by caller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from preflight.access.principals import resolve_principal
from preflight.advise.after_evidence import causes_of
from preflight.api.denied import denied_requirement
from preflight.api.gate import gate
from preflight.api.settings import GateSettings
from preflight.errors import AccessError, UsageError
from preflight.model.access import AccessSnapshot, Principal
from preflight.model.explanation import MASK, Denial, ExplainedDenial, Explanation
from preflight.model.naming import principal_label
from preflight.model.report import Report
from preflight.model.requirement import Derivation, Requirement

MAX_DECIDED = 200
"""Denials that are decided again; the others are listed with what stays possible."""


class Evidence(Protocol):
    """What decides access: a snapshot, or a live tenant."""

    def principal(self, named: str | None) -> Principal | None:
        """Return a principal by any of its names, None where it is not known.

        Without a name: the one that was given, else the only one there is, else who is signed in.
        """

    def given(self) -> Principal | None:
        """Return the principal that the user named, or who is signed in; None without one."""

    def report(self, derivation: Derivation, principal: Principal) -> Report:
        """Decide what was derived for a principal; raises as `gate` does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotEvidence:
    """Evidence in files."""

    access: AccessSnapshot
    settings: GateSettings

    def principal(self, named: str | None) -> Principal | None:
        """Return a principal that the snapshot knows, or an object ID."""
        try:
            found = resolve_principal(self.access, named or self.settings.principal).principal
        except (AccessError, UsageError):
            return None
        return found if found.object_id else None

    def given(self) -> Principal | None:
        """Return the principal that `--principal` names."""
        return self.principal(None) if self.settings.principal else None

    def report(self, derivation: Derivation, principal: Principal) -> Report:
        """Decide with the gate."""
        settings = replace(self.settings, principal=str(principal.object_id))
        return gate(derivation, self.access, settings)


def decided(
    explanation: Explanation, evidence: Evidence, derivation: Derivation | None
) -> Explanation:
    """Decide the denials again, caller by caller: what one caller lacks is one report.

    Raises:
        AccessError: the evidence holds no role assignments.
    """
    rows = list(explanation.denials)
    reports: list[Report] = []
    groups: dict[str, tuple[Principal, list[int]]] = {}
    for index, row in enumerate(explanation.denials[:MAX_DECIDED]):
        principal, remark = _caller(row.denial, evidence)
        if remark:
            rows[index] = replace(row, notes=(*row.notes, remark))
        whole = row.denial.scope is not None and not MASK.search(row.denial.action)
        if principal is not None and whole:
            groups.setdefault(str(principal.object_id), (principal, []))[1].append(index)
    for principal, indexes in groups.values():
        asked = _asked_again([rows[i].denial for i in indexes], explanation, derivation)
        report = evidence.report(asked, principal)
        reports.append(report)
        for index in indexes:
            rows[index] = _answered(rows[index], report)
    return replace(explanation, denials=tuple(rows), reports=tuple(reports))


def _caller(denial: Denial, evidence: Evidence) -> tuple[Principal | None, tuple[str, str] | None]:
    """Return for whom to decide, and a remark where that is not plainly the denied object ID.

    The object ID is that of the calling token and counts before the client's name.
    """
    named = next(
        (value for value in (denial.object_id, denial.client) if value and not MASK.search(value)),
        None,
    )
    given = evidence.given()
    denied = evidence.principal(named) if named else None
    if denied is not None:
        return denied, _another(denied, given)
    fallback = given or evidence.principal(None)
    if fallback is None:
        return None, ("caller-unknown", "the caller is not known to the evidence: give --principal")
    text = "the text names no caller that the evidence knows; decided for "
    return fallback, ("caller-assumed", text + principal_label(fallback))


def _another(denied: Principal, given: Principal | None) -> tuple[str, str] | None:
    """Return that the call was made by somebody else than the one given or signed in."""
    if given is None or given.object_id == denied.object_id:
        return None
    text = (
        f"Azure denied {denied.object_id} ({principal_label(denied)}), not the principal given or "
        f"signed in ({given.object_id}): another identity made the call"
    )
    return "another-principal", text


def _asked_again(
    denials: Sequence[Denial], explanation: Explanation, derivation: Derivation | None
) -> Derivation:
    """Return one caller's denials as what a rollout would need."""
    requirements: dict[object, Requirement] = {}
    for denial in denials:
        requirement = denied_requirement(denial, derivation)
        requirements.setdefault(requirement.key, requirement)
    rows = tuple(requirements.values())
    return Derivation(
        source=explanation.name,
        scope=rows[0].scope,
        resources=(),
        requirements=rows,
        client="",
        catalogue=explanation.catalogue,
    )


def _answered(row: ExplainedDenial, report: Report) -> ExplainedDenial:
    """Add what the evidence says about one denial."""
    key = denied_requirement(row.denial, None).key[:3]
    decided = next(r for r in report.rows if r.decision.requirement.key[:3] == key)
    finding = next((f for f in report.findings if f.id == decided.finding), None)
    collected = report.evidence.collected_at if report.evidence else None
    causes = causes_of(row.denial, decided.decision, finding, collected)
    return replace(row, causes=causes or row.causes, report=report, row=decided.id, finding=finding)
