"""Verification: what a rollout needs is allowed, and what lies next to it is still refused."""

from __future__ import annotations

from dataclasses import dataclass

from preflight.model.access import RoleAssignment
from preflight.model.advice import Recommendation
from preflight.model.decision import Decision, Verdict
from preflight.model.outcome import ExitCode
from preflight.model.report import Report, judge
from preflight.model.requirement import Requirement


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeAway:
    """A role assignment that allows what must be refused, and how to take it away.

    `command` is one `az` line; empty where the principal holds it through a group, which others
    hold too.
    """

    assignment: RoleAssignment
    role_name: str
    via: str
    """`direct`, or the display name (else ID) of the group."""
    allows: tuple[Requirement, ...]
    """What it allows of what must be refused."""
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The outcome of `preflight verify` for one source.

    `report` is that of the required actions, `probes` the decisions about what must be refused:
    `allowed` is a finding there. `lost` are required actions that nothing allows once everything
    in `take_away` is gone, `instead` grants that allow them again without it.
    """

    report: Report
    probes: tuple[Decision, ...] = ()
    take_away: tuple[TakeAway, ...] = ()
    lost: tuple[Requirement, ...] = ()
    instead: tuple[Recommendation, ...] = ()

    @property
    def held(self) -> tuple[Decision, ...]:
        """What must be refused and is allowed."""
        return tuple(row for row in self.probes if row.verdict is Verdict.ALLOWED)

    @property
    def undetermined(self) -> tuple[Decision, ...]:
        """What must be refused and of which that is not known."""
        return tuple(row for row in self.probes if row.verdict is Verdict.UNDETERMINED)

    @property
    def verified(self) -> Verdict:
        """ALLOWED where all is as it should be, DENIED for a finding, else UNDETERMINED."""
        required = judge(self.report)[0]
        if self.held or required is Verdict.DENIED:
            return Verdict.DENIED
        return Verdict.UNDETERMINED if self.undetermined else required

    @property
    def exit_code(self) -> int:
        """0 verified, 1 a finding, 5 undetermined; 3 or 4 where nothing could be decided."""
        if self.report.problem_code is not None:
            return int(self.report.problem_code)
        codes = {
            Verdict.ALLOWED: ExitCode.ALLOWED,
            Verdict.DENIED: ExitCode.DENIED,
            Verdict.UNDETERMINED: ExitCode.UNDETERMINED,
        }
        return int(codes[self.verified])
