"""What a token says of itself: who, in which tenant, since when, until when.

The signature is not checked: the token has just come from its issuer, and these facts are for
print and for choosing what to ask, never for trust. Source: Microsoft Entra "Access token claims
reference" (`oid`, `tid`, `idtyp`, `appid`/`azp`, `scp`).
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from preflight.errors import NotSignedIn
from preflight.model.access import PrincipalId, PrincipalType, principal_id
from preflight.model.naming import one_line
from preflight.model.value import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """The facts of one token."""

    object_id: PrincipalId
    tenant_id: str
    app_id: str | None = None
    display_name: str | None = None
    type: PrincipalType = PrincipalType.UNKNOWN
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    managed_identity: str | None = None
    """The resource ID of a managed identity, where the token names it (a hint only)."""


def read_claims(token: str) -> Claims:
    """Read a token of Resource Manager.

    Raises:
        NotSignedIn: it is no token, or says neither who nor in which tenant.
    """
    claims = _payload(token)
    oid, tid = _text(claims, "oid"), _text(claims, "tid")
    if not oid or not tid:
        raise NotSignedIn(
            "the token does not say whose it is: it has no object ID or no tenant",
            help="it must be an access token for Azure Resource Manager, not for another service",
        )
    return Claims(
        object_id=principal_id(oid),
        tenant_id=tid.lower(),
        app_id=_text(claims, "appid") or _text(claims, "azp"),
        display_name=_name(claims),
        type=_type(claims),
        issued_at=_time(claims, "iat"),
        expires_at=_time(claims, "exp"),
        managed_identity=_text(claims, "xms_mirid"),
    )


def _payload(token: str) -> dict[str, JsonValue]:
    parts = token.strip().split(".")
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        value = json.loads(base64.urlsafe_b64decode(padded))
    except (IndexError, ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        # Never quote it: it may be a secret that stands in the wrong place.
        raise NotSignedIn(
            "what was given as a token is none",
            help="`az account get-access-token --query accessToken -o tsv` prints one",
        )
    return value


def _text(claims: dict[str, JsonValue], key: str) -> str | None:
    value = claims.get(key)
    return one_line(value, limit=200) if isinstance(value, str) and value.strip() else None


def _name(claims: dict[str, JsonValue]) -> str | None:
    """Return the name; a managed identity is called in the directory as its resource is."""
    keys = ("app_displayname", "upn", "unique_name", "preferred_username", "name")
    found = next((text for key in keys if (text := _text(claims, key))), None)
    resource = _text(claims, "xms_mirid")
    return found or (resource.rstrip("/").rpartition("/")[2] if resource else None)


def _type(claims: dict[str, JsonValue]) -> PrincipalType:
    """Return the type: `idtyp` where it is there, else by what only a user's token has."""
    stated = (_text(claims, "idtyp") or "").lower()
    if stated == "app":
        return PrincipalType.SERVICE_PRINCIPAL
    if stated == "user" or claims.get("scp"):
        return PrincipalType.USER
    return PrincipalType.SERVICE_PRINCIPAL


def _time(claims: dict[str, JsonValue], key: str) -> datetime | None:
    value = claims.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return datetime.fromtimestamp(value, tz=UTC)
    except (OverflowError, ValueError, OSError):
        return None
