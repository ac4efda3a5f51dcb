"""The gate against a live tenant: sign in, check who that is, read, decide, look again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from preflight.access.az_profile import default_subscription
from preflight.access.azure import Collector
from preflight.access.calls import Call
from preflight.access.clouds import Endpoints, cloud_of
from preflight.access.directory import Directory
from preflight.access.others import with_others
from preflight.access.resolve import live_principal
from preflight.access.session import Session, SessionOptions, open_session
from preflight.access.wanted import Wanted, wanted_of
from preflight.api.cross_check import CrossCheck
from preflight.api.gate import gate
from preflight.api.settings import GateSettings
from preflight.api.verification import verify_gate
from preflight.authorize.condition.request import ConditionRequest
from preflight.authorize.permissions import Conditions
from preflight.catalog.load import load_catalog
from preflight.errors import AccessError, PreflightError
from preflight.model.access import AccessList, AccessSnapshot, Principal, PrincipalId
from preflight.model.action import Action
from preflight.model.decision import Verdict
from preflight.model.report import Report
from preflight.model.requirement import Derivation
from preflight.model.scope import Scope, ScopeKind
from preflight.model.truth import Truth
from preflight.model.verification import Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSettings:
    """How to reach a tenant, and whom to expect there."""

    auth: str = "auto"
    cloud: str | None = None
    endpoints: Endpoints = field(default_factory=Endpoints)
    tenant: str | None = None
    deadline_s: float = 120.0
    expect_object_id: str | None = None
    expect_tenant: str | None = None
    expect_subscription: str | None = None
    cross_check: bool = True
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    say: Callable[[Call], None] | None = None


def open_live(settings: LiveSettings) -> Session:
    """Sign in.

    Raises:
        AccessError: nobody is signed in, or the sign-in failed.
        UsageError: an unknown cloud or kind of sign-in, or an address that is none.
    """
    return open_session(
        SessionOptions(
            cloud=cloud_of(settings.cloud, settings.endpoints),
            auth=settings.auth,
            tenant=settings.tenant,
            deadline_s=settings.deadline_s,
            environ=settings.environ,
            say=settings.say,
        )
    )


def signed_in_subscription(session: Session, settings: LiveSettings) -> str | None:
    """Return the GUID of the subscription that the place or `az` names; None without one."""
    return default_subscription(settings.environ, session.signed_in.kind)


def mismatches(
    session: Session, settings: LiveSettings, subscription: str | None
) -> tuple[str, ...]:
    """Return what is not as it was expected, one text each."""
    claims = session.signed_in.claims
    rows = (
        ("object ID", settings.expect_object_id, claims.object_id),
        ("tenant", settings.expect_tenant, claims.tenant_id),
        ("subscription", settings.expect_subscription, subscription),
    )
    return tuple(
        f"the {what} is {found or 'not known'}, expected was {wanted}"
        for what, wanted, found in rows
        if wanted is not None and wanted.strip().lower() != (found or "").lower()
    )


def expect(session: Session, settings: LiveSettings, subscription: str | None) -> None:
    """Stop where the identity in use is not the expected one.

    Raises:
        AccessError: something differs.
    """
    wrong = mismatches(session, settings, subscription)
    if wrong:
        raise AccessError(
            f"the sign-in is not the expected one: {'; '.join(wrong)}",
            help="`preflight whoami` shows who is signed in; choose another with --auth",
        )


def condition_passes(text: str, action: Action) -> bool:
    """Whether a condition certainly lets an action pass, whatever it is asked about."""
    return Conditions().evaluate(text, ConditionRequest(action=action)) is Truth.TRUE


def collector_for(session: Session, principal: Principal, wanted: Wanted) -> Collector:
    """Return what reads for a principal; the engine of conditions judges the reader's rights."""
    return Collector(session, principal, wanted, holds=condition_passes)


def principal_of(session: Session, text: str | None) -> Principal:
    """Return for whom it is decided; raises as `access.resolve.live_principal` does."""
    return live_principal(text, session.signed_in.claims, Directory(session.graph))


def live_reports(
    session: Session,
    derivations: Sequence[Derivation],
    settings: GateSettings,
    *,
    cross_check: bool = True,
) -> tuple[Report | PreflightError, ...]:
    """Read once for all derivations, then decide each; an error stands in a report's place.

    Raises:
        AccessError: no role assignments could be read at all, or the principal is not found.
    """
    found = _evidence(session, derivations, settings)
    witness = found.witness if cross_check else None
    reports = [_gated(row, found.access, found.settings, witness) for row in derivations]
    denied = tuple(dict.fromkeys(scope for report in reports for scope in _denied(report)))
    if denied:
        wider = with_others(session, found.access, denied, whose=found.whose)
        reports = [
            _gated(derivation, wider, found.settings, witness) if _denied(report) else report
            for derivation, report in zip(derivations, reports, strict=True)
        ]
    return tuple(
        _counted(report, session) if isinstance(report, Report) else report for report in reports
    )


def _counted(report: Report, session: Session) -> Report:
    """Return a report that counts every call, those of the second witness too."""
    assert report.evidence is not None  # noqa: S101 - `gate` sets it
    return replace(report, evidence=replace(report.evidence, calls=len(session.log.calls)))


def live_verifications(
    session: Session,
    derivations: Sequence[Derivation],
    settings: GateSettings,
    must_not: Sequence[str],
    *,
    cross_check: bool = True,
) -> tuple[Verification | PreflightError, ...]:
    """Read once for all derivations, then verify each; an error stands in an answer's place.

    Raises:
        AccessError: no role assignments could be read at all, or the principal is not found.
    """
    found = _evidence(session, derivations, settings)
    witness = found.witness if cross_check else None

    def verified(derivation: Derivation) -> Verification | PreflightError:
        try:
            answer = verify_gate(
                derivation, found.access, found.settings, must_not, witness=witness
            )
            return replace(answer, report=_counted(answer.report, session))
        except AccessError as error:
            return error

    return tuple(verified(row) for row in derivations)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    """What was read. `settings` name the object ID of whoever was named."""

    access: AccessSnapshot
    settings: GateSettings
    whose: PrincipalId
    """For whom it is decided."""
    witness: CrossCheck | None
    """What the Permissions API says: of the caller only."""


def _evidence(
    session: Session, derivations: Sequence[Derivation], settings: GateSettings
) -> _Evidence:
    principal = principal_of(session, settings.principal)
    collector = collector_for(session, principal, wanted_by(derivations))
    access = with_packaged(collector.collect())
    named = principal.object_id if settings.principal else None
    mine = principal.object_id == session.signed_in.claims.object_id
    return _Evidence(
        access=access,
        settings=replace(settings, principal=named),
        whose=principal.object_id,
        witness=CrossCheck(access, collector.permissions) if mine else None,
    )


def _gated(
    derivation: Derivation,
    access: AccessSnapshot,
    settings: GateSettings,
    witness: CrossCheck | None,
) -> Report | PreflightError:
    warnings = (*access.warnings, *_no_such_place(derivation, access))
    try:
        return gate(derivation, replace(access, warnings=warnings), settings, witness)
    except PreflightError as error:
        return error


def _no_such_place(derivation: Derivation, access: AccessSnapshot) -> Iterator[tuple[str, str]]:
    """Yield a warning where the deployment goes to a resource group that does not exist."""
    group = derivation.scope.resource_group
    if group is None or group.has_placeholder or group in (access.resources or ()):
        return
    if any(
        row.list is AccessList.RESOURCES and row.read_proven and row.scope == group.subscription
        for row in access.coverage or ()
    ):
        text = f"the resource group `{group.name}` does not exist yet: ARM will answer 404 there"
        yield "resource-group-missing", text


def _denied(report: Report | PreflightError) -> tuple[Scope, ...]:
    """Return the scopes at which something that fails the gate is denied."""
    rows = report.rows if isinstance(report, Report) else ()
    found = (row.decision for row in rows if row.gate)
    return tuple(row.requirement.scope for row in found if row.verdict is Verdict.DENIED)


def wanted_by(derivations: Sequence[Derivation]) -> Wanted:
    """Return which places derivations ask about."""
    wanted = wanted_of(row for derivation in derivations for row in derivation.requirements)
    emptied = {
        derivation.scope
        for derivation in derivations
        if derivation.mode == "complete"
        and derivation.scope.kind is ScopeKind.RESOURCE_GROUP
        and not derivation.scope.has_placeholder
    }
    return replace(wanted, emptied=frozenset(emptied))


def with_packaged(access: AccessSnapshot) -> AccessSnapshot:
    """Return the snapshot with the built-in role definitions that its rows name and it lacks."""
    catalog = load_catalog()
    named = {row.role for row in access.role_assignments or ()}
    named |= {row.role for row in access.eligibilities or ()}
    known = access.role_definitions_by_id
    missing = [role for role in sorted(named - known.keys()) if role in catalog.roles_by_id]
    if not missing:
        return access
    text = f"{len(missing)} built-in ones of {catalog.date} were added"
    note = ("built-in-roles-added", f"role definitions that could not be read: {text}")
    added = tuple(catalog.roles_by_id[role] for role in missing)
    return replace(
        access,
        role_definitions=(*(access.role_definitions or ()), *added),
        notes=(*access.notes, note),
    )
