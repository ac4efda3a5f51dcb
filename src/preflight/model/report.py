"""Report: everything a report format may print, and the exit code that follows from it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from preflight.model.access import Principal, Unreadable
from preflight.model.advice import Recommendation
from preflight.model.decision import Decision, Verdict
from preflight.model.diagnosis import Diagnosis
from preflight.model.outcome import ExitCode, FailOn
from preflight.model.private import Private
from preflight.model.report_document import report_document
from preflight.model.requirement import Certainty, Derivation
from preflight.model.scope import Scope
from preflight.model.value import JsonValue

_POSITION = re.compile(r"(.+):([0-9]{1,9}):([0-9]{1,9})", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """A `--accept REASON@SCOPE` that lets a finding through, and where it was given."""

    reason: str
    scope: Scope
    given_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """For whom it was decided, and who read the evidence."""

    principal: Principal
    confirmed: bool = True
    """Whether anything in the evidence confirms the object ID."""
    read_by: str | None = None
    """Who read the evidence when it is somebody else."""
    translated_from: str | None = None
    """The application ID or name that was given, when it was translated."""
    tenant: str | None = None
    """Tenant ID or name of the evidence, for the identity line."""
    token_age: timedelta | None = None
    """Age of the token in use (live evidence only)."""
    credential: str = ""
    """Where the token came from: `az login`, `workload identity` (live evidence only)."""
    interactive: bool = False
    """Nobody said `--principal` and the caller is a user at a keyboard: the headline then says
    that the answer is for that user and not for the pipeline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSource:
    """Where the evidence came from and how old it is."""

    live: bool
    files: tuple[str, ...] = ()
    collected_at: datetime | None = None
    age: timedelta | None = None
    unreadable: tuple[Unreadable, ...] = ()
    calls: int | None = None
    remarks: tuple[str, ...] = ()
    """Further facts for the evidence line: `groups by Azure`, `denies read: Prod yes, Hub NO`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One requirement as decided. `gate` says whether it belongs to the gate set."""

    id: str
    decision: Decision
    finding: str | None = None
    suppressed: Suppression | None = None
    gate: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One root cause with its recommendations; `requirements` are row IDs."""

    id: str
    fingerprint: str
    diagnosis: Diagnosis
    requirements: tuple[str, ...]
    recommendations: tuple[Recommendation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An error that ended the run early (exit 3 or 4), as a report can show it.

    `where` is `file:line:column`, or the file alone; `excerpt` the lines of `Place.excerpt`.
    """

    message: str
    help: str = ""
    where: str = ""
    excerpt: str = ""

    @property
    def position(self) -> tuple[str, int, int]:
        """File, line and column of `where`; line and column are 0 where there are none."""
        match = _POSITION.fullmatch(self.where)
        if match is None:
            return self.where, 0, 0
        return match[1], int(match[2]), int(match[3])


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The outcome for one source and principal.

    `verdict` and `exit_code` are one pure function of the rest (`preflight.model.report.judge`).
    `warnings` are codes with text (`locks-unread`, …) that count under `--strict`.
    `loosened` names whatever loosens the gate, every `--accept` that was used included, with
    file and line: formats print it on top.
    """

    version: str
    source: str
    now: datetime | None
    derivation: Derivation | None = None
    subject: Subject | None = None
    evidence: EvidenceSource | None = None
    rows: tuple[Row, ...] = ()
    findings: tuple[Finding, ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    loosened: tuple[str, ...] = ()
    problem: Problem | None = None
    problem_code: ExitCode | None = None
    target: str | None = None
    strict: bool = False
    fail_on: FailOn = FailOn.UNDETERMINED
    advisory: bool = False
    names: Mapping[str, str] = field(default_factory=dict)
    """Display names for print: folded scope (`/subscriptions/…`), object ID or role GUID →
    name (`Contoso Prod`, `sp-shop`, `Contributor`)."""
    parameter_files: tuple[str, ...] = ()
    """Parameter files that were given, for the headline; `KEY=VALUE` is left out."""
    private: Private = field(default_factory=Private)
    """What `--detail public` hides: `preflight.model.private.private_of(access, principal)`.
    Without it a public report still hides what its own structure shows, but cannot know the
    principals that only a text mentions."""

    @property
    def is_advisory(self) -> bool:
        """Whether the report never fails the gate."""
        return self.advisory or self.fail_on is FailOn.NEVER

    def to_dict(self) -> dict[str, JsonValue]:
        """Return the wire form `preflight.report/1` (detail `team`)."""
        return report_document(self)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """The decisions in row order."""
        return tuple(row.decision for row in self.rows)

    @property
    def verdict(self) -> Verdict:
        """The verdict of the whole report."""
        return judge(self)[0]

    @property
    def exit_code(self) -> int:
        """The exit code that follows from the report."""
        return int(judge(self)[1])


def in_gate_set(certainty: Certainty, *, strict: bool) -> bool:
    """Whether a requirement decides the exit code (suppressions apart)."""
    return strict or certainty is not Certainty.POSSIBLE


def judge(report: Report) -> tuple[Verdict, ExitCode]:
    """Return verdict and exit code: the one place that knows what they follow from.

    A denied `conditional` requirement is undetermined for the report: nobody knows whether it
    will be asked. A gap makes the verdict at best undetermined. Under `strict` a warning counts
    as undetermined.
    """
    if report.problem_code is not None:
        return Verdict.UNDETERMINED, report.problem_code
    verdict = _worst(report)
    if report.is_advisory:
        return verdict, ExitCode.ALLOWED
    if verdict is Verdict.DENIED:
        return verdict, ExitCode.DENIED
    if verdict is Verdict.UNDETERMINED and report.fail_on is FailOn.UNDETERMINED:
        return verdict, ExitCode.UNDETERMINED
    return verdict, ExitCode.ALLOWED


def _worst(report: Report) -> Verdict:
    undetermined = bool(report.derivation and report.derivation.gaps)
    undetermined = undetermined or (report.strict and bool(report.warnings))
    for row in report.rows:
        if not row.gate or row.suppressed is not None:
            continue
        decision = row.decision
        if decision.verdict is Verdict.DENIED:
            if decision.requirement.certainty is not Certainty.CONDITIONAL:
                return Verdict.DENIED
            undetermined = True
        elif decision.verdict is Verdict.UNDETERMINED or (report.strict and decision.warnings):
            undetermined = True
    return Verdict.UNDETERMINED if undetermined else Verdict.ALLOWED
