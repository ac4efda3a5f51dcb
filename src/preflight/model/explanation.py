"""Explanation: what an error text of Azure says, and what is behind each denial in it."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from preflight.model.report import Finding, Report
from preflight.model.scope import Scope
from preflight.model.source import Place
from preflight.model.value import JsonValue

MASK = re.compile(r"\*+|<[^<>/]*>|\.{2,}|…|\{[^{}/]*\}")
"""What stands in a value for something that was hidden or left out."""


class DenialKind(enum.StrEnum):
    """The cause that a text states. Stable codes (docs/how-to/explain.md)."""

    AUTHORIZATION_FAILED = "authorization-failed"
    LINKED = "linked-authorization-failed"
    DENY_ASSIGNMENT = "deny-assignment"
    CONDITION_NOT_MET = "condition-not-met"
    SCOPE_LOCKED = "scope-locked"
    POLICY_DENIED = "policy-denied"
    PROVIDER_NOT_REGISTERED = "provider-not-registered"
    WRONG_TENANT = "wrong-tenant"
    AUTHENTICATION = "authentication"
    DATA_PLANE = "data-plane"
    GRAPH = "graph"
    NOT_FOUND = "not-found"
    CONFLICT = "conflict"
    OTHER = "other"
    """An Azure error that is not about rights."""
    NONE = "none"
    """No Azure error at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """One action that Azure refused, in the text's own spelling.

    What the text does not give is None; masks and placeholders are kept as they stand.
    """

    action: str
    scope: str | None
    client: str | None = None
    object_id: str | None = None
    linked: bool = False
    """The missing right is on a resource that the request refers to."""
    kind: DenialKind = DenialKind.AUTHORIZATION_FAILED
    holds: tuple[str, str] | None = None
    """Linked form: the action and scope that the caller does have."""
    blocked_by: str | None = None
    """Deny form: name of the deny assignment."""
    blocked_at: str | None = None
    """Deny form: scope of the deny assignment."""
    data_action: bool = False

    @property
    def key(self) -> tuple[str, str | None, str | None, str | None]:
        """What makes two denials the same."""
        return self.action, self.scope, self.client, self.object_id

    @property
    def subscription(self) -> str | None:
        """The subscription that the scope names, as it stands there."""
        if self.scope is None:
            return None
        found = Scope(self.scope).subscription
        return found.name if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorText:
    """What an error text says: codes in code positions, the stated cause, the denials."""

    codes: tuple[str, ...] = ()
    kind: DenialKind = DenialKind.NONE
    denials: tuple[Denial, ...] = ()
    correlation_id: str | None = None
    request_id: str | None = None
    tenant_id: str | None = None
    facts: tuple[tuple[str, str], ...] = ()
    """What texts without an action name besides: (label, value), as they stand there."""
    looks_like: str = ""
    """What a text without an Azure error looks like instead (`AWS`, `Kubernetes RBAC`, …)."""
    cut: bool = False
    """A bound was reached: there may be more denials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One cause that remains possible, with the one command that settles it.

    `reason` is a reason code, or the text's kind where RBAC is not what refused.
    """

    reason: str
    why: str
    settle: str
    proven: bool = False
    """The text itself, or the evidence, says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedDenial:
    """A denial, what its form proves, and the causes in order of likelihood.

    With evidence, `report` holds the decision and `finding` its diagnosis; `finding` is None
    where the evidence allows what Azure denied.
    """

    denial: Denial
    proves: str
    leaves_open: str
    causes: tuple[Cause, ...]
    source: Place | None = None
    report: Report | None = None
    row: str | None = None
    """The row of the report that decides this denial."""
    finding: Finding | None = None
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The answer for one text.

    `causes` speak of failures without a denial (a lock, a policy, a token). `never` is what not
    to do about it.
    """

    version: str
    catalogue: str
    name: str
    """Where the text came from."""
    text: ErrorText
    denials: tuple[ExplainedDenial, ...] = ()
    causes: tuple[Cause, ...] = ()
    proves: str = ""
    leaves_open: str = ""
    never: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    reports: tuple[Report, ...] = ()
    """One per caller that could be decided for, in order of first appearance."""

    def to_dict(self) -> dict[str, JsonValue]:
        """Return the wire form `preflight.explanation/1` (detail `team`)."""
        from preflight.model.explanation_document import (  # noqa: PLC0415 - it needs these classes
            explanation_document,
        )

        return explanation_document(self)
