"""Decision → Diagnosis: one finding per root cause, with what the ladder shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from preflight.diagnose.facts import Facts
from preflight.diagnose.grouping import Group, group, placed_settle
from preflight.diagnose.holders import Holders
from preflight.diagnose.ladder import rungs
from preflight.diagnose.near_miss import near_miss
from preflight.diagnose.places import Places
from preflight.diagnose.wording import words
from preflight.model.access import AccessSnapshot, Principal, RoleAssignment, RoleEligibility
from preflight.model.decision import Decision, Reason, Verdict
from preflight.model.diagnosis import Decider, Diagnosis, Level, NearMiss
from preflight.model.requirement import Certainty, RequirementKind
from preflight.model.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnoseInput:
    """What diagnosis needs beside the decisions.

    `decider` answers for `principal` from `access`. With `strict`, `possible` requirements
    belong to the gate set, so that their findings weigh like the others.
    """

    access: AccessSnapshot
    principal: Principal
    decider: Decider
    strict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosed:
    """`decisions` in the order given, reasons refined; `diagnoses` with errors first."""

    decisions: tuple[Decision, ...]
    diagnoses: tuple[Diagnosis, ...]


def diagnose(decisions: Sequence[Decision], evidence: DiagnoseInput) -> Diagnosed:
    """Explain every decision that is not plainly allowed, one diagnosis per root cause.

    A decision stands in one diagnosis; an allow with several warnings in one for each. Denials
    and open answers of `possible` requirements fold into diagnoses of their own (level `note`
    unless `strict`). Order: by level, then by verdict, then as the decisions were given.
    """
    final = list(decisions)
    places = Places((decision.requirement for decision in decisions), evidence.access)
    holders = Holders(evidence.access, evidence.principal, evidence.decider)
    diagnoses: list[tuple[tuple[int, int, int], Diagnosis]] = []
    for found in group(decisions, places):
        refined, other = _refined(found, holders)
        for index, decision in zip(refined.indexes, refined.decisions, strict=True):
            final[index] = decision
        diagnosis = _diagnosis(refined, other, places, evidence)
        diagnoses.append((_rank(diagnosis, refined), diagnosis))
    ordered = sorted(diagnoses, key=lambda pair: pair[0])
    return Diagnosed(decisions=tuple(final), diagnoses=tuple(row for _, row in ordered))


def _refined(found: Group, holders: Holders) -> tuple[Group, NearMiss | None]:
    """Turn `no-assignment` into `wrong-principal` where somebody else holds all of the group."""
    if found.reason is not Reason.NO_ASSIGNMENT or found.verdict is not Verdict.DENIED:
        return found, None
    requirements = tuple(decision.requirement for decision in found.decisions)
    other = holders.other(requirements)
    if other is None:
        return found, None
    decisions = tuple(_wrong_principal(row, other.assignment) for row in found.decisions)
    return replace(found, reason=Reason.WRONG_PRINCIPAL, decisions=decisions), other


def _wrong_principal(decision: Decision, held: RoleAssignment) -> Decision:
    return replace(decision, reason=Reason.WRONG_PRINCIPAL, evidence=(*decision.evidence, held))


def _diagnosis(
    found: Group, other: NearMiss | None, places: Places, evidence: DiagnoseInput
) -> Diagnosis:
    first = found.decisions[0]
    anchor = _anchor(found, places)
    place = anchor or places.place(first.requirement.scope)
    ladder = rungs(first.requirement, evidence.decider, evidence.access)
    near = other or near_miss(found, ladder, place, evidence.access)
    facts = Facts(
        group=found, place=place, subject=evidence.principal, near=near, access=evidence.access
    )
    said = words(facts)
    return Diagnosis(
        reason=found.reason,
        level=_level(found, strict=evidence.strict),
        title=said.title,
        text=said.text,
        decisions=found.decisions,
        rungs=ladder,
        near_miss=near,
        settle=first.settle and placed_settle(first.settle, first.requirement.scope, places),
        azure_says=azure_says(found) if found.verdict is Verdict.DENIED else "",
        anchor=anchor,
    )


def _anchor(found: Group, places: Places) -> Scope | None:
    """Return where a role would have to be: the common place, else where the near grant is.

    What can be activated, or is granted under a condition, reaches every decision already.
    """
    common = places.anchor([decision.requirement for decision in found.decisions])
    if common is None and found.reason in {Reason.ELIGIBLE_NOT_ACTIVE, Reason.CONDITION_NOT_MET}:
        rows = (found.cause, *found.decisions[0].evidence)
        near = (row for row in rows if isinstance(row, (RoleAssignment, RoleEligibility)))
        return next((row.scope for row in near), None)
    return common


def _level(found: Group, *, strict: bool) -> Level:
    """Error for a denial that is sure to be met, note for what is merely possible."""
    if not (found.certain or strict):
        return Level.NOTE
    sure = any(
        decision.requirement.certainty is not Certainty.CONDITIONAL for decision in found.decisions
    )
    return Level.ERROR if sure and found.verdict is Verdict.DENIED else Level.WARNING


def _rank(diagnosis: Diagnosis, found: Group) -> tuple[int, int, int]:
    verdicts = (Verdict.DENIED, Verdict.UNDETERMINED, Verdict.ALLOWED)
    levels = (Level.ERROR, Level.WARNING, Level.NOTE)
    return levels.index(diagnosis.level), verdicts.index(found.verdict), found.indexes[0]


_CODES: Mapping[Reason, str] = {
    Reason.SCOPE_LOCKED: "ScopeLocked",
    Reason.POLICY_DENIES: "RequestDisallowedByPolicy",
    Reason.PROVIDER_NOT_REGISTERED: "MissingSubscriptionRegistration",
    Reason.DENY_ASSIGNMENT: "DenyAssignmentAuthorizationFailed",
}


def azure_says(found: Group) -> str:
    """Return the error code with which Azure would answer the first denial of a group.

    Source: codes of public denial messages (docs/reference/reasons.md). A client that validates
    first shows `InvalidTemplateDeployment` around it.
    """
    first = found.decisions[0]
    if found.reason is Reason.ROLE_ASSIGNMENT_CONFLICT:
        rows = [row for row in first.evidence if isinstance(row, RoleAssignment)]
        same_name = any(row.name == first.requirement.scope.name.lower() for row in rows)
        return "RoleAssignmentUpdateNotPermitted" if same_name else "RoleAssignmentExists"
    links = first.requirement.kind is RequirementKind.LINK
    if links and found.reason not in {Reason.SCOPE_LOCKED, Reason.POLICY_DENIES}:
        return "LinkedAuthorizationFailed"
    return _CODES.get(found.reason, "AuthorizationFailed")
