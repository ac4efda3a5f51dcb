"""What a report says about its evidence: source, age, warnings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from preflight.model.access import AccessList, AccessSnapshot
from preflight.model.report import EvidenceSource, Subject
from preflight.model.requirement import Requirement
from preflight.model.scope import Scope
from preflight.model.template import NotChecked

OLD = timedelta(days=1)
"""From this age on, the evidence's age is a warning."""
CLOCK_SKEW = timedelta(minutes=5)
"""Clocks differ by so much without a remark."""


def evidence_source(
    access: AccessSnapshot, age: timedelta | None, remarks: Sequence[str] = ()
) -> EvidenceSource:
    """Return where the evidence came from; `remarks` are what a second witness said."""
    return EvidenceSource(
        live=access.live,
        files=access.files,
        collected_at=access.collected_at,
        age=age,
        unreadable=access.unreadable,
        calls=access.calls,
        remarks=(*access.remarks, *remarks),
    )


def live_subject(
    subject: Subject, access: AccessSnapshot, now: datetime | None, *, asked: bool
) -> Subject:
    """Return the subject with what the token in use says; `asked`: somebody said `--principal`."""
    caller = access.caller
    if not access.live or caller is None or caller.object_id != subject.principal.object_id:
        return subject
    issued = caller.token_issued_at
    return replace(
        subject,
        token_age=max(now - issued, timedelta(0)) if now and issued else None,
        credential=caller.credential,
        interactive=caller.interactive and not asked,
    )


def evidence_warnings(
    access: AccessSnapshot, subject: Subject, age: timedelta | None
) -> tuple[tuple[str, str], ...]:
    """Return the warnings of the whole report: (code, text). They count under `--strict`."""
    warnings = list(access.warnings)
    if age is not None and age >= OLD:
        warnings.append(("evidence-old", f"the evidence is {age.days} d old"))
    if not subject.confirmed:
        text = (
            f"nothing in the evidence confirms that {subject.principal.object_id} is an object ID "
            "(an application ID looks the same); `az ad sp show --id ID --query id` prints the "
            "object ID of an application"
        )
        warnings.append(("principal-unconfirmed", text))
    return tuple(warnings)


def future_warnings(access: AccessSnapshot, moment: datetime | None) -> tuple[tuple[str, str], ...]:
    """Return a warning where the evidence claims to be collected later than now."""
    if moment is None or access.collected_at is None:
        return ()
    if access.collected_at <= moment + CLOCK_SKEW:
        return ()
    text = f"the evidence was collected after now ({access.collected_at:%Y-%m-%dT%H:%M:%SZ})"
    return (("evidence-from-the-future", f"{text}: a clock is wrong, its age is not known"),)


def unread(
    requirements: Sequence[Requirement], uncovered: Callable[[AccessList, Scope], bool]
) -> tuple[NotChecked, ...]:
    """Return what blocks outside RBAC and was not read for these scopes.

    Locks and registrations that were not read change no verdict (docs/reference/formats.md);
    they are said, and `locks-unread` is a warning.
    """
    scopes = list(dict.fromkeys(requirement.scope for requirement in requirements))
    rows = []
    for wanted, name in ((AccessList.LOCKS, "locks"), (AccessList.PROVIDERS, "registrations")):
        missing = sorted({_place(scope) for scope in scopes if uncovered(wanted, scope)})
        if missing:
            rows.append(
                NotChecked(what=f"{name} at {', '.join(missing)}", why="not in the evidence")
            )
    return tuple(rows)


def _place(scope: Scope) -> str:
    """Return the subscription or else the whole scope: one row per place that can be read."""
    return (scope.subscription or scope).text


def unread_warnings(unchecked: Sequence[NotChecked]) -> tuple[tuple[str, str], ...]:
    """Return the warning `locks-unread` where locks were not read."""
    return tuple(
        ("locks-unread", f"{row.what} were not read; a lock there would stop the rollout")
        for row in unchecked
        if row.what.startswith("locks")
    )
