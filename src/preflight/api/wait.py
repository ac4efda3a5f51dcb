"""One look after a grant: what is still missing, and whether Azure itself says so too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from preflight.access.session import Session
from preflight.api.cross_check import CrossCheck
from preflight.api.gate import gate
from preflight.api.live import collector_for, principal_of, wanted_by, with_packaged
from preflight.api.settings import GateSettings
from preflight.model.access import AccessSnapshot, RoleAssignment
from preflight.model.decision import Decision, Verdict
from preflight.model.naming import scope_path
from preflight.model.report import Report
from preflight.model.requirement import Derivation

PROPAGATION = timedelta(minutes=10)
"""How long a new role assignment may take to be enforced (Azure RBAC "Troubleshoot")."""
CACHED = frozenset({"cli", "azd", "powershell", "token", "managed-identity"})
"""Kinds of sign-in that keep their token until it ends: no fresh one can be had."""
_SCOPES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One requirement that does not hold yet, and why."""

    action: str
    place: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One round. `granted_at` is the time of the newest grant that decides, where it is known."""

    missing: tuple[Missing, ...]
    confirmed: bool
    """Whether the caller's own permissions were asked: decided for somebody else, they cannot."""
    granted_at: datetime | None = None


def look(session: Session, derivations: Sequence[Derivation], settings: GateSettings) -> Look:
    """Read everything afresh and decide.

    The assignment list runs ahead of enforcement, so for the caller a requirement holds only if
    the Permissions API shows it too; where that does not answer, it does not hold.

    Raises:
        AccessError: what decides could not be read at all, or the principal is not found.
    """
    principal = principal_of(session, settings.principal)
    mine = principal.object_id == session.signed_in.claims.object_id
    collector = collector_for(session, principal, wanted_by(derivations))
    access = with_packaged(collector.collect())
    decided = replace(settings, principal=None if mine else principal.object_id)
    missing: list[Missing] = []
    granted: list[datetime] = []
    for derivation in derivations:
        witness = CrossCheck(access, collector.permissions, most=_SCOPES) if mine else None
        report = gate(derivation, access, decided, witness)
        missing += _missing(report, access, witness)
        granted += _moments(report)
        missing += [
            Missing(action=row.kind.value, place=row.target, why=row.settle)
            for row in derivation.gaps
        ]
    newest = max(granted, default=None)
    return Look(missing=tuple(missing), confirmed=mine, granted_at=newest)


def _missing(
    report: Report, access: AccessSnapshot, witness: CrossCheck | None
) -> Iterator[Missing]:
    for row in report.rows:
        decision = row.decision
        if not row.gate or row.suppressed is not None:
            continue
        if decision.verdict is not Verdict.ALLOWED:
            yield _said(decision, access, f"{decision.reason.value}: {decision.detail}")
        elif witness is not None and decision.requirement.key in witness.unasked:
            yield _said(decision, access, "the Permissions API does not answer there")


def _said(decision: Decision, access: AccessSnapshot, why: str) -> Missing:
    requirement = decision.requirement
    place = scope_path(requirement.scope, access)
    return Missing(action=requirement.action.text, place=place, why=why.removesuffix(": "))


def _moments(report: Report) -> Iterator[datetime]:
    """Yield when the grants that decide were made or changed."""
    for row in report.rows:
        for found in row.decision.evidence if row.gate else ():
            if isinstance(found, RoleAssignment):
                yield from (at for at in (found.created_on, found.updated_on) if at is not None)
