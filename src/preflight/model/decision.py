"""Decision: the three-valued answer for one requirement, with its reason."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TypeAlias

from preflight.model.access import DenyAssignment, Lock, RoleAssignment, RoleEligibility
from preflight.model.requirement import Requirement


class Verdict(enum.StrEnum):
    """The answer: missing evidence is never folded into ALLOWED."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNDETERMINED = "undetermined"


class Reason(enum.StrEnum):
    """Why a verdict is what it is. Stable codes; each has a section in docs/reference/reasons.md.

    Denials stand in the order in which the first that applies wins (docs/reference/reasons.md).
    """

    GRANTED = "granted"
    GRANTED_RECENTLY = "granted-recently"
    EXPIRES_DURING_RUN = "expires-during-run"
    GRANTED_THROUGH_GROUP = "granted-through-group"
    ARM_PREFLIGHT_MAY_REFUSE = "arm-preflight-may-refuse"

    DENY_ASSIGNMENT = "deny-assignment"
    SCOPE_LOCKED = "scope-locked"
    ROLE_ASSIGNMENT_CONFLICT = "role-assignment-conflict"
    POLICY_DENIES = "policy-denies"
    CONDITION_NOT_MET = "condition-not-met"
    EXCLUDED_BY_NOT_ACTIONS = "excluded-by-not-actions"
    ELIGIBLE_NOT_ACTIVE = "eligible-not-active"
    WRONG_SCOPE = "wrong-scope"
    ROLE_LACKS_ACTION = "role-lacks-action"
    WRONG_PRINCIPAL = "wrong-principal"
    NO_ASSIGNMENT = "no-assignment"
    PROVIDER_NOT_REGISTERED = "provider-not-registered"

    CONDITION_UNDETERMINED = "condition-undetermined"
    SCOPE_UNKNOWN = "scope-unknown"
    SCOPE_CREATED_HERE = "scope-created-here"
    GROUPS_UNKNOWN = "groups-unknown"
    HIERARCHY_UNKNOWN = "hierarchy-unknown"
    ROLE_DEFINITION_MISSING = "role-definition-missing"
    EVIDENCE_UNREADABLE = "evidence-unreadable"
    EVIDENCE_STALE = "evidence-stale"
    WRONG_TENANT = "wrong-tenant"
    DELEGATED_ACCESS = "delegated-access"
    PATTERN_UNSUPPORTED = "pattern-unsupported"


DENIAL_ORDER: tuple[Reason, ...] = (
    Reason.DENY_ASSIGNMENT,
    Reason.SCOPE_LOCKED,
    Reason.ROLE_ASSIGNMENT_CONFLICT,
    Reason.POLICY_DENIES,
    Reason.CONDITION_NOT_MET,
    Reason.EXCLUDED_BY_NOT_ACTIONS,
    Reason.ELIGIBLE_NOT_ACTIVE,
    Reason.WRONG_SCOPE,
    Reason.ROLE_LACKS_ACTION,
    Reason.WRONG_PRINCIPAL,
    Reason.NO_ASSIGNMENT,
)
"""The first of these that applies is the reason of a denial."""

Evidence: TypeAlias = RoleAssignment | DenyAssignment | Lock | RoleEligibility
"""A row of the snapshot that was weighed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """What would settle an undetermined decision, and who can supply it."""

    what: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer for one requirement; `evidence` is in the order it was weighed.

    `detail` names what decided inside the evidence: the pattern, the permission block, the
    clause of a condition. `warnings` accompany an allow.
    """

    requirement: Requirement
    verdict: Verdict
    reason: Reason
    evidence: tuple[Evidence, ...] = ()
    detail: str = ""
    warnings: tuple[Reason, ...] = ()
    settle: Settle | None = None
