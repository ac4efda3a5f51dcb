"""Who is signed in, whether that is who was expected, and what it can read."""

from __future__ import annotations

from dataclasses import replace

from preflight.access.calls import Call, Question
from preflight.access.directory import Directory
from preflight.access.header import read_subscription
from preflight.access.readings import NOBODY, Answer
from preflight.access.resolve import caller_of
from preflight.access.session import Session
from preflight.access.wanted import wanted_scopes
from preflight.api.live import LiveSettings, collector_for, mismatches
from preflight.errors import AccessError
from preflight.model.identity import Identity, Probe
from preflight.model.scope import Scope

_OTHERS = (
    ("/getEntities", "which management groups are above, as far as they may be read"),
    ("/permissions", "what the token is worth there now; never that nothing denies it"),
    ("/managementGroups/", "the line above this management group"),
    ("/roleDefinitions/", "what this role grants"),
    ("/getMemberGroups", "the groups of the principal"),
    ("/subscriptions", "the subscription is there, and its tenant"),
)


def whoami(session: Session, settings: LiveSettings, subscription: str | None) -> Identity:
    """Return the identity in use; names are looked up where that is allowed."""
    signed_in = session.signed_in
    claims = signed_in.claims
    return Identity(
        principal=replace(caller_of(claims), display_name=_name(session)),
        tenant=claims.tenant_id,
        cloud=signed_in.cloud.name,
        auth=signed_in.kind,
        credential=signed_in.label,
        subscription=subscription,
        subscription_name=_subscription_name(session, subscription),
        issued_at=claims.issued_at,
        expires_at=claims.expires_at,
        managed_identity=claims.managed_identity,
        mismatches=mismatches(session, settings, subscription),
        warnings=signed_in.warnings,
    )


def _name(session: Session) -> str | None:
    """Return the display name: the token's, else the directory's where it may be read."""
    claims = session.signed_in.claims
    if claims.display_name:
        return claims.display_name
    try:
        found = Directory(session.graph).by_id(claims.object_id)
    except AccessError:
        return None
    return found.display_name if found else None


def _subscription_name(session: Session, subscription: str | None) -> str | None:
    if subscription is None:
        return None
    question = Question(path=f"/subscriptions/{subscription}", kind="subscriptions")
    try:
        return read_subscription(session.arm.one(question)).display_name
    except AccessError:
        return None


def probe(session: Session, scope: Scope) -> tuple[Probe, ...]:
    """Make each read that a live run makes at a scope, once; say what each answer proves."""
    before = len(session.log.calls)
    collector = collector_for(session, caller_of(session.signed_in.claims), wanted_scopes([scope]))
    try:
        collector.collect()
    except AccessError as error:
        refused = error.message
    else:
        refused = ""
    collector.permissions([scope])
    answers = {
        (row.reading.question.path, row.reading.question.filter): row for row in collector.answers
    }
    calls = session.log.calls[before:]
    found = [_probe(call, answers.get((call.path, call.filter))) for call in calls]
    if refused:
        found.append(Probe(call="a live run here", status="exit 4", rows=None, proves=refused))
    return tuple(found)


def _probe(call: Call, answer: Answer | None) -> Probe:
    status = "no answer" if call.status is None else str(call.status)
    where = f"{call.path}?$filter={call.filter}" if call.filter else call.path
    return Probe(
        call=f"{call.method} {where}",
        status=status,
        rows=call.rows,
        proves=_proof(call, answer),
    )


def _proof(call: Call, answer: Answer | None) -> str:
    if call.status == 404 and call.path.endswith(NOBODY):  # noqa: PLR2004 - not found
        return "deny assignments may be read here: what is not there is said not to be there"
    if call.status != 200:  # noqa: PLR2004 - the one success
        return "nothing: it was not read"
    if answer is None:
        return next((text for mark, text in _OTHERS if mark in call.path), "nothing by itself")
    if answer.error is not None:
        return f"nothing: {answer.error.message}"
    if answer.counts:
        return "all rows: a missing one means none"
    return "these rows only: nothing shows that the identity may read the list"
