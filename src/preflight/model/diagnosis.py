"""Diagnosis: the cause behind denials and undetermined answers, with evidence."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from preflight.model.access import DenyAssignment, Principal, RoleAssignment
from preflight.model.decision import Decision, Reason, Settle
from preflight.model.requirement import Requirement
from preflight.model.role import RoleDefinition
from preflight.model.scope import Scope
from preflight.model.truth import Truth


class Level(enum.StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


DIRECT = "direct"
"""`Holding.via` of an assignment to the principal itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One assignment that the principal holds on a rung, and whether it grants the action.

    `via` is `direct` or the display name (else ID) of the group. `because` is empty where it
    grants, else the reason why not: `role-lacks-action`, `excluded-by-not-actions`,
    `condition-not-met`, `condition-undetermined`, `role-definition-missing`, `groups-unknown`,
    `hierarchy-unknown`, `scope-unknown`, `pattern-unsupported`, or `ended` (its time is over).
    """

    assignment: RoleAssignment
    role_name: str
    via: str
    grants: Truth
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One step of the scope ladder: what the principal holds there, and what denies there."""

    scope: Scope
    label: str
    """Short name for print: `mg corp`, `sub Prod`, `rg-shop`, `vnet-hub`."""
    holds: tuple[Holding, ...] = ()
    deny_assignments: tuple[DenyAssignment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """The closest assignment that would have worked, and what it lacks.

    `lacks` is one sentence: `another subscription`, `held by sp-other`, `the role stops at …`.
    """

    assignment: RoleAssignment
    role_name: str
    lacks: str
    principal: Principal | None = None
    """Who holds it when it is somebody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One root cause and every decision it explains.

    `decisions` are final (their reason is this one) and in report order. Rungs are those of the
    first decision's scope, top down as the ladder is printed (`/` first).
    """

    reason: Reason
    level: Level
    title: str
    text: str
    decisions: tuple[Decision, ...]
    rungs: tuple[Rung, ...] = ()
    near_miss: NearMiss | None = None
    settle: Settle | None = None
    azure_says: str = ""
    """The error code with which Azure would answer (`AuthorizationFailed`, …)."""
    anchor: Scope | None = None
    """The narrowest scope that exists before the rollout and covers every decision: where a
    role would have to be assigned. None where there is none, or where it is not known."""


class Decider(Protocol):
    """Answers for one principal: what diagnosis and advice ask of the authorization engine.

    `authorize.authorizer.Authorizer` is the implementation; `api.py` hands it over.
    """

    def decide(self, requirement: Requirement) -> Decision:
        """Decide one requirement."""

    def rungs(self, scope: Scope) -> tuple[Scope, ...]:
        """Return the ladder of a scope, nearest first, `/` last."""

    def holdings(self, requirement: Requirement) -> tuple[Holding, ...]:
        """Return what the principal and its groups hold at or above the scope, nearest first."""

    def holders(self, requirement: Requirement) -> tuple[Holding, ...]:
        """Return anybody's direct assignments at or above the scope that grant, nearest first."""

    def deny_assignments(
        self, requirement: Requirement
    ) -> tuple[tuple[DenyAssignment, Truth], ...]:
        """Return what blocks (TRUE) or may block (UNKNOWN) the requirement, nearest first."""

    def for_principal(self, principal: Principal) -> Decider:
        """Return the same for another principal."""

    def with_extra(
        self,
        *,
        role_assignments: Sequence[RoleAssignment] = (),
        role_definitions: Sequence[RoleDefinition] = (),
        lifted: frozenset[str] = frozenset(),
    ) -> Decider:
        """Return the same with more in place, and without the denies and locks in `lifted`."""
