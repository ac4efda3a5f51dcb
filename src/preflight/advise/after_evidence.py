"""What the evidence says about a denial that Azure has already spoken.

A decision that agrees names the cause. One that would allow is a finding of its own: Azure's
answer stands, so the evidence and the call differ, for one of a few causes in a fixed order.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from preflight.advise.commands import az
from preflight.model.access import RoleAssignment
from preflight.model.decision import Decision, Reason, Verdict
from preflight.model.explanation import Cause, Denial, DenialKind
from preflight.model.report import Finding

_STATED = {
    DenialKind.DENY_ASSIGNMENT: Reason.DENY_ASSIGNMENT,
    DenialKind.CONDITION_NOT_MET: Reason.CONDITION_NOT_MET,
}
"""Kinds whose text names the cause itself."""


def causes_of(
    denial: Denial, decision: Decision, finding: Finding | None, collected: datetime | None
) -> tuple[Cause, ...]:
    """Return the causes of a denial in the light of the evidence, most likely first.

    What the text itself states counts before what the evidence shows; nothing for a text whose
    cause the evidence cannot see, so that what stays possible is shown instead.
    """
    stated = _STATED.get(denial.kind)
    if stated is not None and decision.reason is not stated:
        return ()
    if decision.verdict is Verdict.ALLOWED:
        return tuple(_differs(denial, decision, collected))
    return (_found(decision, finding),)


def _found(decision: Decision, finding: Finding | None) -> Cause:
    denied = decision.verdict is Verdict.DENIED
    why = finding.diagnosis.text if finding else decision.reason.value
    settle = f"{decision.settle.what} ({decision.settle.who})" if decision.settle else ""
    commands = [row.commands.get("az", "") for row in finding.recommendations] if finding else []
    command = next((text for text in commands if text), "")
    return Cause(reason=decision.reason.value, why=why, settle=command or settle, proven=denied)


def _differs(denial: Denial, decision: Decision, collected: datetime | None) -> Iterator[Cause]:
    """Yield why evidence may allow what Azure denied: the usual causes in their order."""
    yield _propagation(decision, collected)
    who = denial.object_id or denial.client or "OBJECT-ID"
    yield Cause(
        reason=Reason.WRONG_PRINCIPAL.value,
        why="the call used another token than the one that was granted: another identity, or the "
        f"same one in another tenant; the text says {who}",
        settle=az("account", "show", query="{tenant:tenantId,user:user.name}"),
    )
    yield Cause(
        reason=Reason.CONDITION_UNDETERMINED.value,
        why="a condition on the assignment depends on values that only the call had",
        settle=az(
            "role", "assignment", "list",
            scope=decision.requirement.scope.text,
            query="[?condition].{role:roleDefinitionName,condition:condition}",
        )
        + " --include-inherited",
    )  # fmt: skip
    url = f"{decision.requirement.scope.text}/providers/Microsoft.Authorization/denyAssignments"
    yield Cause(
        reason=Reason.EVIDENCE_UNREADABLE.value,
        why="a deny assignment that the evidence does not hold (one that blocks it would have "
        "named itself in most messages)",
        settle=az("rest", method="get", url=f"{url}?api-version=2022-04-01"),
    )


def _propagation(decision: Decision, collected: datetime | None) -> Cause:
    granted = _granted(decision)
    since = ""
    if granted is not None:
        moment = granted.astimezone(UTC)
        since = f"granted {moment:%Y-%m-%dT%H:%M:%SZ}"
        since += _before_evidence(moment, collected) + "; "
    return Cause(
        reason=Reason.GRANTED_RECENTLY.value,
        why=f"{since}the grant had not arrived when the call was made: Azure takes up to 10 "
        "minutes, a token from before the grant up to an hour; sign in again for a fresh token "
        "and repeat the call",
        settle=az("account", "clear") + " && " + az("login"),
    )


def _granted(decision: Decision) -> datetime | None:
    times = [
        row.updated_on or row.created_on
        for row in decision.evidence
        if isinstance(row, RoleAssignment)
    ]
    return next((time for time in times if time is not None), None)


def _before_evidence(granted: datetime, collected: datetime | None) -> str:
    if collected is None or collected < granted:
        return ""
    minutes = int((collected - granted).total_seconds() // 60)
    unit, size = next((pair for pair in _UNITS if minutes >= 2 * pair[1]), _UNITS[-1])
    return f", {minutes // size} {unit} before the evidence was collected"


_UNITS = (("d", 1440), ("h", 60), ("min", 1))
