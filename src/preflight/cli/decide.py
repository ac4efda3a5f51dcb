"""Sources → reports: from evidence in files, or from a live tenant."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from preflight import api
from preflight._version import __version__
from preflight.cli.deadline import deadline
from preflight.cli.exit_codes import exit_code_of
from preflight.cli.live import live_settings
from preflight.cli.options import Params, flag, seconds, texts
from preflight.cli.settings import derive_settings, gate_settings, scope_of
from preflight.errors import (
    AccessError,
    InputError,
    NotSignedIn,
    PreflightError,
    WhatIfFailed,
)
from preflight.model.access import AccessSnapshot, Principal, PrincipalId
from preflight.model.private import private_of
from preflight.model.report import Report
from preflight.model.requirement import Derivation
from preflight.model.scope import Scope
from preflight.model.verification import Verification

if TYPE_CHECKING:
    from preflight.access.session import Session

_Judged = TypeVar("_Judged")


def reports_of(params: Params) -> tuple[Report, ...]:
    """Return one report for each source; an error in one does not stop the others."""
    if texts(params, "access") or flag(params, "offline"):
        gate = gate_settings(params)
        return judge_sources(params, lambda found, access: api.gate(found, access, gate), _itself)
    try:
        return _live(params, texts(params, "sources"))
    except AccessError as error:
        return tuple(failed(source, error) for source in texts(params, "sources"))


def _itself(report: Report) -> Report:
    return report


def judge_sources(
    params: Params,
    judge: Callable[[Derivation, AccessSnapshot], _Judged],
    unjudged: Callable[[Report], _Judged],
) -> tuple[_Judged, ...]:
    """Return one answer for each source, from evidence in files.

    An error in one does not stop the others; `unjudged` makes an answer of the report that says
    what went wrong.
    """
    sources = texts(params, "sources")
    try:
        access = _access(params)
    except AccessError as error:
        return tuple(unjudged(failed(source, error)) for source in sources)
    settings = derive_settings(params, access)
    answers = []
    for source in sources:
        derivation = None
        try:
            with deadline(seconds(params, "max_seconds")):
                derivation = api.derive_source(source, settings)
                answers.append(judge(derivation, access))
        except (InputError, AccessError) as error:
            report = failed(source, error, derivation)
            if isinstance(error, WhatIfFailed):
                report = with_denials(report, error, access, gate_settings(params))
            answers.append(unjudged(report))
    return tuple(answers)


def with_denials(
    report: Report, error: WhatIfFailed, access: AccessSnapshot | None, settings: api.GateSettings
) -> Report:
    """Add what the error inside a failed what-if result says about rights."""
    evidence = None if access is None else api.SnapshotEvidence(access=access, settings=settings)
    try:
        explanation = api.explain_failed(error, api.Background(evidence=evidence))
    except PreflightError:
        # The failed result is the message; the evidence is judged with the next one.
        return report
    subject = next((one.subject for one in explanation.reports if one.subject), None)
    private = report.private
    if access is not None:
        principal = subject.principal if subject else Principal(object_id=PrincipalId(""))
        private = private_of(access, principal)
    return replace(report, notes=api.notes_of(explanation), private=private)


def _access(params: Params) -> AccessSnapshot:
    files = texts(params, "access")
    if not files:
        raise NotSignedIn(
            "there is no evidence of who may do what, and nothing may be asked of Azure here",
            help="give a snapshot with `--access FILE`; `preflight snapshot -o FILE` writes one",
        )
    return api.load_access(files, scope=scope_of(params))


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """What was derived from one source, or why it was not."""

    source: str
    derivation: Derivation | None = None
    error: InputError | AccessError | None = None


def derived_of(params: Params, sources: Sequence[str], subscription: str | None) -> list[Derived]:
    """Derive every source; `subscription` is where a rollout goes that does not say."""
    settings = derive_settings(params, default_subscription=subscription)
    found = []
    for source in sources:
        try:
            with deadline(seconds(params, "max_seconds")):
                derivation = api.derive_source(source, settings)
            found.append(Derived(source=source, derivation=derivation))
        except (InputError, AccessError) as error:
            found.append(Derived(source=source, error=error))
    return found


def _live(params: Params, sources: Sequence[str]) -> tuple[Report, ...]:
    from preflight.api import live  # noqa: PLC0415 - offline runs do not load what speaks to Azure

    gate, cross_check = gate_settings(params), live_settings(params).cross_check

    def judge(session: Session, rows: Sequence[Derivation]) -> tuple[Report | PreflightError, ...]:
        return live.live_reports(session, rows, gate, cross_check=cross_check)

    return judge_live(params, sources, judge, _itself)


def verifications_of(params: Params, must_not: Sequence[str]) -> tuple[Verification, ...]:
    """Return one verification for each source, from files or live."""
    gate, sources = gate_settings(params), texts(params, "sources")
    if texts(params, "access") or flag(params, "offline"):
        return judge_sources(
            params, lambda found, access: api.verify_gate(found, access, gate, must_not), _unjudged
        )
    from preflight.api import live  # noqa: PLC0415 - as above

    cross_check = live_settings(params).cross_check

    def judge(
        session: Session, rows: Sequence[Derivation]
    ) -> tuple[Verification | PreflightError, ...]:
        return live.live_verifications(session, rows, gate, must_not, cross_check=cross_check)

    try:
        return judge_live(params, sources, judge, _unjudged)
    except AccessError as error:
        return tuple(_unjudged(failed(source, error)) for source in sources)


def _unjudged(report: Report) -> Verification:
    return Verification(report=report)


def judge_live(
    params: Params,
    sources: Sequence[str],
    judge: Callable[[Session, Sequence[Derivation]], Sequence[_Judged | PreflightError]],
    unjudged: Callable[[Report], _Judged],
) -> tuple[_Judged, ...]:
    """Sign in, derive every source, and have all of them judged at once.

    Raises:
        AccessError: nobody is signed in, or somebody else than expected.
    """
    from preflight.api import live  # noqa: PLC0415 - as above

    settings = live_settings(params)
    session = live.open_live(settings)
    subscription = live.signed_in_subscription(session, settings)
    live.expect(session, settings, subscription_in_use(params, subscription))
    began = time.monotonic()
    derived = derived_of(params, sources, subscription)
    # The deadline is for what is live: compiling and deriving have bounds of their own.
    session.deadline.extend(time.monotonic() - began)
    rows = [row.derivation for row in derived if row.derivation is not None]
    decided: dict[int, _Judged | PreflightError] = {}
    if rows:
        try:
            with deadline(seconds(params, "max_seconds") + settings.deadline_s):
                answers = judge(session, rows)
            decided = dict(zip(map(id, rows), answers, strict=True))
        except (AccessError, InputError) as error:
            decided = dict.fromkeys(map(id, rows), error)
    return tuple(_answer(row, decided.get(id(row.derivation)), unjudged) for row in derived)


def subscription_in_use(params: Params, signed_in: str | None) -> str | None:
    """Return the GUID of the subscription that the options name, else the signed-in one."""
    scope = scope_of(params)
    named = Scope(scope).subscription if scope else None
    known = named is not None and not named.has_placeholder
    return named.name if named is not None and known else signed_in


def _answer(
    derived: Derived,
    found: _Judged | PreflightError | None,
    unjudged: Callable[[Report], _Judged],
) -> _Judged:
    if found is not None and not isinstance(found, PreflightError):
        return found
    error = derived.error or found
    if isinstance(error, WhatIfFailed):
        report = failed(derived.source, error, derived.derivation)
        return unjudged(with_denials(report, error, None, api.GateSettings()))
    if isinstance(error, (InputError, AccessError)):
        return unjudged(failed(derived.source, error, derived.derivation))
    raise error or AccessError("nothing was decided")


def failed(
    source: str,
    error: InputError | AccessError,
    derivation: Derivation | None = None,
) -> Report:
    """Return the report of a source that could not be decided, with what is known."""
    return Report(
        version=__version__,
        source=derivation.source if derivation else source,
        now=datetime.now(UTC),
        derivation=derivation,
        problem=api.problem_of(error),
        problem_code=exit_code_of(error),
    )
