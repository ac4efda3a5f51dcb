"""One finding that is to be closed, and what changes are tried on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from preflight.advise.known import KnownRoles
from preflight.advise.proof import Proof
from preflight.model.access import AccessSnapshot, Principal
from preflight.model.advice import Recommendation, RecommendationKind
from preflight.model.decision import Evidence
from preflight.model.diagnosis import Decider, Diagnosis
from preflight.model.naming import one_line, scope_label
from preflight.model.requirement import Requirement
from preflight.model.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviseInput:
    """What advice needs beside the diagnoses.

    `decider` answers for `principal` from `access`; changes are tried on it. `created` are the
    scopes that the rollout writes.
    """

    access: AccessSnapshot
    principal: Principal
    catalog: KnownRoles
    decider: Decider
    created: frozenset[Scope] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One finding and what its changes are tried on."""

    diagnosis: Diagnosis
    evidence: AdviseInput

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """Everything that the finding holds."""
        return tuple(decision.requirement for decision in self.diagnosis.decisions)

    @property
    def rows(self) -> tuple[Evidence, ...]:
        """What was weighed in any decision, each row once."""
        rows = {row.id: row for decision in self.diagnosis.decisions for row in decision.evidence}
        return tuple(rows.values())

    def label(self, scope: Scope) -> str:
        """Return a scope's short name."""
        return scope_label(scope, self.evidence.access)

    def recommend(
        self,
        kind: RecommendationKind,
        text: str,
        *,
        proof: Proof | None = None,
        scope: Scope | None = None,
        commands: Mapping[str, str] | None = None,
    ) -> Recommendation:
        """Return a recommendation that closes the finding, proven if the proof says so."""
        return Recommendation(
            kind=kind,
            text=one_line(text + (proof.remark if proof else ""), limit=400),
            scope=scope,
            closes=self.requirements,
            proven=proof is not None and proof.proven,
            commands=commands or {},
        )
