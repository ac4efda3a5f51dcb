"""Denials and a live tenant: what decides access there, read for each caller."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from preflight.access.activity_log import Event, failed_events, failed_operations
from preflight.access.resolve import caller_of
from preflight.access.session import Session
from preflight.api.explaining import Background, explain_error
from preflight.api.live import live_reports, principal_of
from preflight.api.settings import GateSettings
from preflight.diagnose.error_text import read_error_text
from preflight.errors import AccessError, PreflightError, UsageError
from preflight.model.access import Principal
from preflight.model.explanation import Denial, DenialKind, ErrorText, ExplainedDenial, Explanation
from preflight.model.report import Report
from preflight.model.requirement import Derivation
from preflight.model.scope import Scope
from preflight.model.truth import Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveEvidence:
    """A signed-in look at Azure; `given` is who is signed in unless `--principal` says so."""

    session: Session
    settings: GateSettings

    def principal(self, named: str | None) -> Principal | None:
        """Return a principal of the directory; None where nobody is found."""
        try:
            return principal_of(self.session, named or self.settings.principal)
        except (AccessError, UsageError):
            return None

    def given(self) -> Principal | None:
        """Return the principal that was named, else who is signed in."""
        return self.principal(None) or caller_of(self.session.signed_in.claims)

    def report(self, derivation: Derivation, principal: Principal) -> Report:
        """Read what decides access for the principal, and decide.

        Raises:
            AccessError: no role assignments could be read.
        """
        settings = replace(self.settings, principal=str(principal.object_id))
        (found,) = live_reports(self.session, [derivation], settings, cross_check=False)
        if isinstance(found, PreflightError):
            raise found
        return found


# --- the Activity Log -----------------------------------------------------------------------

KEPT = timedelta(days=89)
"""How far back an event is looked for; Azure keeps them for 90 days."""
_LATE = "the newest minutes may be missing: Azure writes the Activity Log with a delay"
_DEPLOYMENTS = "/providers/microsoft.resources/deployments/"
_NAMED = 5
"""Operations of one correlation ID that are named."""


def explain_recent(
    session: Session, scope: Scope, since: datetime, background: Background
) -> Explanation:
    """Explain the denials that the Activity Log holds at or below a scope since a time.

    They are grouped by caller, action and scope; how often and when last is a note of each.

    Raises:
        AccessError: the log may not be read, or did not answer.
        UsageError: the scope is in no subscription.
    """
    subscription = scope.subscription
    if subscription is None:
        raise UsageError(
            "the Activity Log is read by subscription", help="give --scope or --subscription"
        )
    seen: dict[Denial, list[Event]] = {}
    for event in failed_events(session, subscription, since):
        for denial in _denials(event):
            if denial.scope is None or scope.covers(Scope(denial.scope)) is Truth.TRUE:
                seen.setdefault(denial, []).append(event)
    text = _joined(seen)
    explanation = explain_error(text, f"activity log of {scope.text}", background)
    rows = tuple(_counted(row, seen) for row in explanation.denials)
    notes = [("log-delay", _LATE)]
    if not seen:
        notes.insert(0, ("no-denials", f"no denial at {scope.text} since {since:%Y-%m-%dT%H:%MZ}"))
    return replace(explanation, denials=rows, notes=(*explanation.notes, *notes))


def _denials(event: Event) -> tuple[Denial, ...]:
    """Return the denials of an event: those that its message names, else its own action."""
    named = read_error_text([event.message]).denials if event.message else ()
    if named or not event.forbidden or not event.action or not event.scope:
        return named
    return (
        Denial(
            action=event.action,
            scope=event.scope,
            client=event.caller,
            object_id=event.object_id,
        ),
    )


def _joined(seen: dict[Denial, list[Event]]) -> ErrorText:
    messages = dict.fromkeys(event.message for events in seen.values() for event in events)
    said = read_error_text(messages)
    denials = tuple(seen)
    return replace(
        said, denials=denials, kind=denials[0].kind if denials else DenialKind.NONE, cut=False
    )


def _counted(row: ExplainedDenial, seen: dict[Denial, list[Event]]) -> ExplainedDenial:
    events = next((found for one, found in seen.items() if one.key == row.denial.key), [])
    if not events:
        return row
    times = f"{len(events)} times, last" if len(events) > 1 else "once,"
    text = f"{times} at {events[0].at}, by {events[0].operation}"
    if events[0].correlation_id:
        text += f" (correlation {events[0].correlation_id})"
    return replace(row, notes=(*row.notes, ("seen", text)))


def with_operations(session: Session, explanation: Explanation, now: datetime) -> Explanation:
    """Name the operation and the template resource behind a text's correlation ID.

    What may not be read is a note, and never an error.
    """
    correlation = explanation.text.correlation_id
    places = (row.denial.scope for row in explanation.denials if row.denial.scope)
    found = (Scope(place).subscription for place in places)
    subscription = next((one for one in found if one is not None), None)
    if correlation is None or subscription is None:
        return explanation
    try:
        events = failed_events(session, subscription, now - KEPT, correlation)
    except AccessError as error:
        notes = [("activity-log-unread", f"the Activity Log could not be read: {error.message}")]
    else:
        notes = list(_operations(session, events))
        if not events:
            notes.append(("activity-log", f"no failed event of this correlation ID; {_LATE}"))
    return replace(explanation, notes=(*explanation.notes, *notes))


def _operations(session: Session, events: tuple[Event, ...]) -> Iterator[tuple[str, str]]:
    for event in events[:_NAMED]:
        yield "operation", f"{event.operation} at {event.resource} failed at {event.at}"
    named = (e.resource for e in events if _DEPLOYMENTS in f"{e.resource.lower()}/")
    for deployment in list(dict.fromkeys(named))[:_NAMED]:
        try:
            for row in failed_operations(session, deployment)[:_NAMED]:
                code = f": {row.code}" if row.code else ""
                yield (
                    "template-resource",
                    f"in deployment {row.deployment}: {row.type} {row.name}{code}",
                )
        except AccessError as error:
            yield "operations-unread", f"deployment operations: {error.message}"
