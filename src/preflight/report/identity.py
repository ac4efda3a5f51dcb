"""`preflight whoami`: the identity in use, for people and as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from preflight.model.identity import Identity, Probe
from preflight.model.report_document import utc_text
from preflight.model.value import JsonValue
from preflight.report.json import dump
from preflight.report.text import log_line, plain
from preflight.report.wording import age

_GUID = re.compile(r"\b([0-9a-f]{8})-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)


def identity_text(identity: Identity, now: datetime) -> str:
    """Return the identity as lines of a log."""
    return "\n".join(log_line(plain(line)) for line in _lines(identity, now)) + "\n"


def _lines(identity: Identity, now: datetime) -> Iterator[str]:
    who = identity.principal
    yield f"{who.display_name or who.type.value}  ({who.type.value})"
    rows = (
        ("object ID", who.object_id),
        ("application ID", who.app_id),
        ("managed identity", identity.managed_identity),
        ("tenant", identity.tenant),
        ("subscription", _subscription(identity)),
        ("cloud", identity.cloud),
        ("signed in with", f"{identity.credential} (--auth {identity.auth})"),
        ("token", _token(identity, now)),
    )
    yield from (f"  {name:<17}{text}" for name, text in rows if text)
    for code, text in identity.warnings:
        yield f"warning  {code}: {text}"
    for text in identity.mismatches:
        yield f"mismatch  {text}"
    if identity.probes is not None:
        yield "what it can read (IDs are shortened):"
        for probe in identity.probes:
            yield f"  {_probe(probe)}"


def _subscription(identity: Identity) -> str:
    if identity.subscription is None:
        return "not known: give --subscription"
    name = identity.subscription_name
    return f"{identity.subscription} ({name})" if name else identity.subscription


def _token(identity: Identity, now: datetime) -> str:
    parts = []
    if identity.issued_at is not None:
        parts.append(f"{age(max(now - identity.issued_at, timedelta(0)))} old")
    if identity.expires_at is not None:
        left = identity.expires_at - now
        over = left <= timedelta(0)
        parts.append("expired" if over else f"valid for {age(left)} more")
    return ", ".join(parts) or "does not say how old it is"


def _probe(probe: Probe) -> str:
    rows = "" if probe.rows is None else f", {probe.rows} row{'' if probe.rows == 1 else 's'}"
    return shortened(f"{probe.call} → {probe.status}{rows}: {probe.proves}")


def shortened(text: str) -> str:
    """Return text with every GUID cut to its first eight digits, to be pasted anywhere."""
    return _GUID.sub(r"\1…", text)


def identity_document(identity: Identity) -> str:
    """Return the identity as JSON (`preflight.whoami/1`)."""
    who = identity.principal
    document: dict[str, JsonValue] = {
        "schema": "preflight.whoami/1",
        "objectId": who.object_id,
        "appId": who.app_id,
        "displayName": who.display_name,
        "type": who.type.value,
        "managedIdentity": identity.managed_identity,
        "tenantId": identity.tenant,
        "subscriptionId": identity.subscription,
        "subscriptionName": identity.subscription_name,
        "cloud": identity.cloud,
        "auth": identity.auth,
        "tokenIssuedAt": utc_text(identity.issued_at),
        "tokenExpiresAt": utc_text(identity.expires_at),
        "asExpected": not identity.mismatches,
        "mismatches": list(identity.mismatches),
        "warnings": [{"code": code, "message": text} for code, text in identity.warnings],
    }
    if identity.probes is not None:
        document["probes"] = [_probe_row(probe) for probe in identity.probes]
    return dump(document)


def _probe_row(probe: Probe) -> JsonValue:
    return {
        "call": shortened(probe.call),
        "status": probe.status,
        "rows": probe.rows,
        "proves": probe.proves,
    }
