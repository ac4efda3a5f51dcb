"""`--accept REASON@SCOPE`: undetermined requirements that the gate lets through."""

from __future__ import annotations

from collections.abc import Sequence

from preflight.errors import UsageError
from preflight.model.decision import Decision, Reason, Verdict
from preflight.model.report import Row, Suppression
from preflight.model.scope import Scope
from preflight.model.scope_text import scope_fault
from preflight.model.truth import Truth

UNDETERMINED_REASONS: tuple[Reason, ...] = (
    Reason.CONDITION_UNDETERMINED,
    Reason.SCOPE_UNKNOWN,
    Reason.SCOPE_CREATED_HERE,
    Reason.GROUPS_UNKNOWN,
    Reason.HIERARCHY_UNKNOWN,
    Reason.ROLE_DEFINITION_MISSING,
    Reason.EVIDENCE_UNREADABLE,
    Reason.EVIDENCE_STALE,
    Reason.WRONG_TENANT,
    Reason.DELEGATED_ACCESS,
    Reason.PATTERN_UNSUPPORTED,
)
"""What can be accepted: never a denial, never a gap."""


def parse_suppressions(given: Sequence[str]) -> tuple[Suppression, ...]:
    """Read what `--accept` was given.

    Raises:
        UsageError: no such reason, a reason that is no undetermined one, or no scope.
    """
    return tuple(_parse(item) for item in given)


def _parse(item: str) -> Suppression:
    reason, at, scope = item.partition("@")
    known = [code.value for code in UNDETERMINED_REASONS]
    if not at or reason not in known:
        raise UsageError(
            f"`--accept {item}` names no reason that can be accepted",
            help=f"write REASON@SCOPE, REASON one of {', '.join(known)}",
        )
    fault = scope_fault(scope)
    if fault is not None:
        raise UsageError(
            f"`--accept {item}` names no scope: {fault}",
            help="SCOPE is a resource ID, or `/` for all",
        )
    return Suppression(reason=reason, scope=Scope(scope), given_at="--accept")


def suppression_for(decision: Decision, accepted: Sequence[Suppression]) -> Suppression | None:
    """Return the first suppression that lets an undetermined decision through."""
    if decision.verdict is not Verdict.UNDETERMINED:
        return None
    return next(
        (
            item
            for item in accepted
            if item.reason == decision.reason.value
            and item.scope.covers(decision.requirement.scope) is Truth.TRUE
        ),
        None,
    )


def unused_suppressions(
    accepted: Sequence[Suppression], rows: Sequence[Row]
) -> tuple[tuple[str, str], ...]:
    """Return a note for each suppression that met nothing."""
    used = {row.suppressed for row in rows}
    return tuple(
        ("accept-unused", f"--accept {item.reason}@{item.scope.text} met nothing")
        for item in accepted
        if item not in used
    )
