"""The Activity Log and deployment operations: what failed, for whom, and where.

Source: Azure Monitor REST "Activity Logs - List" (a filter with a time is asked for; events are
kept for 90 days and come minutes late), Resource Manager REST "Deployment Operations - List".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from preflight.access.calls import Question
from preflight.access.failures import CallFailed
from preflight.access.items import Item
from preflight.access.session import Session
from preflight.model.scope import Scope

MAX_EVENTS = 5_000
"""Failed events that are looked at."""
_LOG = "/providers/microsoft.insights/eventtypes/management/values"
_LOG_ROLE = (
    "the log takes `Microsoft.Insights/eventtypes/values/read` at the subscription: Reader has it, "
    "the gate's own reader role has not"
)
_OBJECT_ID = "http://schemas.microsoft.com/identity/claims/objectidentifier"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One failed operation, as the log tells it."""

    at: str
    operation: str
    """The operation's name: an action."""
    resource: str
    action: str
    """What was asked of authorization, where the log says it; else the operation."""
    scope: str
    caller: str | None
    object_id: str | None
    correlation_id: str | None
    forbidden: bool
    message: str
    """The error body, as text."""


def failed_events(
    session: Session, subscription: Scope, since: datetime, correlation: str | None = None
) -> tuple[Event, ...]:
    """Return the failed operations of a subscription since a time, newest first.

    Raises:
        AccessError: the log may not be read, or did not answer.
    """
    stated = f"eventTimestamp ge '{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"
    if correlation is not None:
        stated += f" and correlationId eq '{correlation.replace(chr(39), '')}'"
    question = Question(path=f"{subscription.text}{_LOG}", kind="activityLog", filter=stated)
    try:
        rows = session.arm.rows(question)
    except CallFailed as error:
        if error.status != 403:  # noqa: PLR2004 - forbidden
            raise
        raise CallFailed(
            error.message, help=_LOG_ROLE, status=error.status, code=error.code
        ) from error
    events = [event for row in rows for event in _failed(row)]
    if correlation is not None:
        wanted = correlation.lower()
        events = [event for event in events if (event.correlation_id or "").lower() == wanted]
    return tuple(sorted(events, key=lambda event: event.at, reverse=True)[:MAX_EVENTS])


def _failed(row: Item) -> Iterator[Event]:
    if (_value(row, "status") or "").lower() != "failed":
        return
    asked, claims = row.member("authorization"), row.member("claims")
    operation = _value(row, "operationName") or ""
    resource = row.maybe_text("resourceId") or ""
    yield Event(
        at=row.maybe_text("eventTimestamp") or "",
        operation=operation,
        resource=resource,
        action=(asked.maybe_text("action") if asked else None) or operation,
        scope=(asked.maybe_text("scope") if asked else None) or resource,
        caller=row.maybe_text("caller"),
        object_id=claims.maybe_text(_OBJECT_ID) if claims else None,
        correlation_id=row.maybe_text("correlationId"),
        forbidden=(_value(row, "subStatus") or "").lower() == "forbidden",
        message=_message(row),
    )


def _message(row: Item) -> str:
    """Return the error body; where it is no text, or absent, nothing is known of it."""
    found = row.member("statusMessage")
    return found.value if found is not None and isinstance(found.value, str) else ""


def _value(row: Item, key: str) -> str | None:
    found = row.member(key)
    if found is None:
        return None
    return found.maybe_text("value") if isinstance(found.value, dict) else found.as_text()


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedOperation:
    """One resource of a deployment that failed."""

    deployment: str
    type: str
    name: str
    resource: str
    code: str


def failed_operations(session: Session, deployment: str) -> tuple[FailedOperation, ...]:
    """Return what failed inside a deployment, by its resource ID.

    Raises:
        AccessError: the operations may not be read, or nothing answered.
    """
    question = Question(path=f"{deployment.rstrip('/')}/operations", kind="deployments")
    rows = session.arm.rows(question)
    return tuple(found for row in rows for found in _operation(row, deployment))


def _operation(row: Item, deployment: str) -> Iterator[FailedOperation]:
    target = row.member("targetResource")
    if (row.maybe_text("provisioningState") or "").lower() != "failed" or target is None:
        return
    message = row.member("statusMessage")
    error = message.member("error") if message and isinstance(message.value, dict) else None
    yield FailedOperation(
        deployment=deployment.rstrip("/").rpartition("/")[2],
        type=target.maybe_text("resourceType") or "",
        name=target.maybe_text("resourceName") or "",
        resource=target.maybe_text("id") or "",
        code=(error.maybe_text("code") if error else None) or "",
    )
