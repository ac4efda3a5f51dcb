"""gate, and beside it what must still be refused: after a fix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from preflight.advise.adjacent import MustNot, probes
from preflight.advise.commands import az
from preflight.api.gate import Review, authorizer_for, gate
from preflight.api.settings import GateSettings
from preflight.authorize.authorizer import Authorizer
from preflight.catalog.load import load_catalog
from preflight.errors import UsageError
from preflight.model.access import AccessSnapshot, RoleAssignment
from preflight.model.action import Action
from preflight.model.advice import Recommendation
from preflight.model.decision import Decision, Verdict
from preflight.model.diagnosis import DIRECT, Holding
from preflight.model.report import Report
from preflight.model.requirement import Derivation, Requirement
from preflight.model.scope import Scope, ScopeKind
from preflight.model.truth import Truth
from preflight.model.verification import TakeAway, Verification


def verify_gate(
    derivation: Derivation,
    access: AccessSnapshot,
    settings: GateSettings,
    must_not: Sequence[str] = (),
    *,
    witness: Review | None = None,
) -> Verification:
    """Decide what is required, and what must be refused beside it.

    `must_not` are actions, each maybe with `@SCOPE`; without any, the default list counts.
    `witness` is asked about what is required: what is held too much stays held without it.

    Raises:
        AccessError: the principal is not in the evidence, or no role assignments are in it.
        UsageError: the principal or `must_not` cannot be understood.
    """
    wanted = [_parse(text) for text in must_not] or None
    report = gate(derivation, access, settings, witness)
    assert report.subject is not None and report.derivation is not None  # noqa: S101, PT018 - `gate` sets both
    principal, derivation = report.subject.principal, report.derivation
    asked = probes(derivation.requirements, wanted, principal, load_catalog())
    _require_asked(wanted or (), asked)
    # A lock may be lifted by whoever sees to it: what counts here is what the roles allow.
    locks = frozenset(row.id for row in access.locks or ())
    decider = authorizer_for(principal, derivation, access, settings).with_extra(lifted=locks)
    decisions = tuple(decider.decide(probe) for probe in asked)
    held = [row.requirement for row in decisions if row.verdict is Verdict.ALLOWED]
    take_away = _take_away(held, decider)
    after = _without(take_away, derivation, access, settings)
    return Verification(
        report=report,
        probes=decisions,
        take_away=take_away,
        lost=_lost(report, after),
        instead=_instead(after),
    )


def _parse(text: str) -> MustNot:
    """Read `ACTION` or `ACTION@SCOPE`."""
    name, at, scope = text.partition("@")
    action = Action(name)
    catalog = load_catalog()
    if action.has_wildcard or not catalog.knows(action):
        # A slip of the pen would be refused everywhere, and look like a proof.
        raise UsageError(
            f"`--must-not {text}` names no action that the catalogue of {catalog.date} knows",
            help="give one action as Azure spells it, without `*`",
        )
    place = Scope(scope)
    if at and (not scope or place.kind is ScopeKind.UNKNOWN or place.has_placeholder):
        raise UsageError(
            f"`--must-not {text}` names no scope", help="SCOPE is a resource ID, or `/`"
        )
    return MustNot(
        action=Action(catalog.spelled(action.text)),
        scope=place if at else None,
        data_action=catalog.is_data_action(action),
    )


def _require_asked(wanted: Sequence[MustNot], asked: Sequence[Requirement]) -> None:
    """Refuse an action that would be asked nowhere: its answer would look like a proof."""
    found = {row.action for row in asked}
    for row in wanted:
        if row.action not in found:
            raise UsageError(
                f"`--must-not {row.action.text}` asks nothing: the rollout itself requires it "
                "wherever it needs something",
                help="name the place where it must be refused: ACTION@SCOPE",
            )


def _take_away(held: Sequence[Requirement], decider: Authorizer) -> tuple[TakeAway, ...]:
    """Return every assignment that allows any of it, with all that it allows."""
    found: dict[str, tuple[Holding, list[Requirement]]] = {}
    for requirement in held:
        for holding in decider.holdings(requirement):
            if holding.grants is Truth.TRUE:
                found.setdefault(holding.assignment.id, (holding, []))[1].append(requirement)
    return tuple(
        TakeAway(
            assignment=holding.assignment,
            role_name=holding.role_name,
            via=holding.via,
            allows=tuple(allows),
            command=_delete(holding.assignment) if holding.via == DIRECT else "",
        )
        for holding, allows in found.values()
    )


def _delete(row: RoleAssignment) -> str:
    return az("role", "assignment", "delete", ids=row.id)


def _without(
    take_away: Sequence[TakeAway],
    derivation: Derivation,
    access: AccessSnapshot,
    settings: GateSettings,
) -> Report | None:
    """Decide again with the assignments gone; None where there are none."""
    gone = {row.assignment.id.lower() for row in take_away}
    if not gone:
        return None
    left = tuple(row for row in access.role_assignments or () if row.id.lower() not in gone)
    return gate(derivation, replace(access, role_assignments=left), settings)


def _lost(report: Report, after: Report | None) -> tuple[Requirement, ...]:
    """Return what of the gate set is allowed now and is not afterwards."""
    if after is None:
        return ()
    pairs = zip(report.rows, after.rows, strict=True)
    return tuple(
        now.decision.requirement
        for now, then in pairs
        if now.gate and _allowed(now.decision) and not _allowed(then.decision)
    )


def _allowed(decision: Decision) -> bool:
    return decision.verdict is Verdict.ALLOWED


def _instead(after: Report | None) -> tuple[Recommendation, ...]:
    """Return the first proven recommendation of each finding in the gate set."""
    if after is None:
        return ()
    gate_set = {row.id for row in after.rows if row.gate}
    firsts = (
        next((one for one in finding.recommendations if one.proven), None)
        for finding in after.findings
        if gate_set.intersection(finding.requirements)
    )
    return tuple(one for one in firsts if one is not None)
