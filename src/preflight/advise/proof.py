"""Proof: every requirement decided again with a change in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from preflight.model.decision import Reason, Verdict
from preflight.model.diagnosis import Decider
from preflight.model.requirement import Requirement


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the requirements would come to: the worst verdict and its reason."""

    verdict: Verdict
    reason: Reason = Reason.GRANTED

    @property
    def proven(self) -> bool:
        """Whether every requirement came out allowed."""
        return self.verdict is Verdict.ALLOWED

    @property
    def remark(self) -> str:
        """What would still stand in the way, to be added to a text; empty when proven."""
        match self.verdict:
            case Verdict.ALLOWED:
                return ""
            case Verdict.DENIED:
                return f"; alone it does not help, for then: {self.reason.value}"
            case Verdict.UNDETERMINED:
                return f"; not proven, for then still open: {self.reason.value}"


def prove(requirements: Sequence[Requirement], decider: Decider) -> Proof:
    """Decide the requirements; a denial ends the search, an open answer does not."""
    worst = Proof(verdict=Verdict.ALLOWED)
    for requirement in requirements:
        decision = decider.decide(requirement)
        if decision.verdict is Verdict.DENIED:
            return Proof(verdict=decision.verdict, reason=decision.reason)
        if decision.verdict is Verdict.UNDETERMINED and worst.proven:
            worst = Proof(verdict=decision.verdict, reason=decision.reason)
    return worst
