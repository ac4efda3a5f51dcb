"""What shapes a decision beside the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from preflight.authorize.condition.request import SubOperation
from preflight.model.scope import Scope
from preflight.model.value import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizeOptions:
    """What shapes a decision beside the evidence."""

    now: datetime | None = None
    """None: the time of collection."""
    evidence_age: timedelta | None = None
    """None: no age is counted."""
    max_evidence_age: timedelta = timedelta(days=30)
    duration: timedelta = timedelta(hours=1)
    created: Mapping[Scope, Scope | None] = field(default_factory=dict)
    """Subscriptions and management groups that the rollout itself creates → the management
    group each is placed under (None: not known)."""
    tenant: str | None = None
    """The principal's tenant; None: that of the snapshot's caller where it is the principal, else
    that of the snapshot."""
    attributes: Mapping[str, Mapping[str, JsonValue]] = field(default_factory=dict)
    """What conditions may ask of every request, by source (`Request`, `Resource`, `Principal`,
    `Environment`): attribute name → value; null is known to be absent, a missing key unknown."""
    sub_operation: str | SubOperation = SubOperation.UNKNOWN
    """The sub-operation of every request."""
