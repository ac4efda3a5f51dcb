"""Diagnosis + Catalog → Recommendation: the smallest changes that close each finding, proven."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from preflight.advise.case import AdviseInput, Case
from preflight.advise.commands import lines
from preflight.advise.evidence import unplaced
from preflight.advise.grants import Grants
from preflight.advise.proof import prove
from preflight.advise.unblock import changes, lift
from preflight.model.advice import Recommendation
from preflight.model.decision import Reason, Verdict
from preflight.model.diagnosis import Diagnosis
from preflight.model.naming import one_line

MAX_SHOWN = 3
"""Recommendations per finding."""
MAX_FINDINGS = 1000
"""Findings that get recommendations; a rollout with more has one cause too many to list."""

_GRANTABLE = frozenset(
    {
        Reason.CONDITION_NOT_MET,
        Reason.EXCLUDED_BY_NOT_ACTIONS,
        Reason.ELIGIBLE_NOT_ACTIVE,
        Reason.WRONG_SCOPE,
        Reason.ROLE_LACKS_ACTION,
        Reason.WRONG_PRINCIPAL,
        Reason.NO_ASSIGNMENT,
        Reason.PROVIDER_NOT_REGISTERED,
    }
)
"""Reasons that a further role assignment can cure."""

__all__ = ["AdviseInput", "advise"]


def advise(
    diagnoses: Sequence[Diagnosis], evidence: AdviseInput
) -> tuple[tuple[Recommendation, ...], ...]:
    """Return up to three recommendations for each diagnosis, in the order to be shown.

    Each closes its whole finding. Changes that grant nothing come first, then grants by further
    actions. `proven` ones were decided again with the change in place and came out allowed.
    Past `MAX_FINDINGS` diagnoses nothing is recommended.
    """
    grants = Grants(evidence)
    advised = [_recommendations(row, evidence, grants) for row in diagnoses[:MAX_FINDINGS]]
    return (*advised, *((),) * (len(diagnoses) - len(advised)))


def _recommendations(
    diagnosis: Diagnosis, evidence: AdviseInput, grants: Grants
) -> tuple[Recommendation, ...]:
    case = Case(diagnosis=diagnosis, evidence=evidence)
    found = list(_lifted_and_granted(case, grants)) or changes(case)
    activated = diagnosis.reason is Reason.ELIGIBLE_NOT_ACTIVE and any(r.proven for r in found)
    allowed = diagnosis.decisions[0].verdict is Verdict.ALLOWED
    if diagnosis.reason in _GRANTABLE and not activated and not allowed:
        found += grants.propose(diagnosis)
        if diagnosis.anchor is None and any(row.scope.has_placeholder for row in case.requirements):
            found.append(unplaced(case))
    return tuple(found[:MAX_SHOWN])


def _lifted_and_granted(case: Case, grants: Grants) -> Iterator[Recommendation]:
    """Yield what closes a finding where a block hides that a grant is missing too.

    Two changes by two people: tried together, and not called proven, for neither works alone.
    """
    lifted = lift(case)
    if lifted is None or prove(case.requirements, lifted.decider).verdict is not Verdict.DENIED:
        return
    for grant in grants.propose(case.diagnosis, lifted.decider):
        if grant.proven:
            both = (lifted.commands.get("az"), grant.commands["az"])
            text = f"{lifted.text}, and grant: {grant.text}; allowed with both, with neither alone"
            yield replace(
                grant,
                kind=lifted.kind,
                text=one_line(text, limit=400),
                proven=False,
                commands={**grant.commands, "az": lines(text for text in both if text)},
            )
