"""Tokens as Entra and the OIDC issuers give them, and what is remembered of each."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
from dataclasses import dataclass

from tests.fakes.exchange import Caller
from tests.fakes.rows import Row, row, text
from tests.fakes.tenant import Tenant

LIFETIME_S = 3600


def encode(claims: Row, header: Row | None = None) -> str:
    """Return a JWT whose signature is only random text: nobody but us reads it."""
    parts = (header or {"alg": "RS256", "typ": "JWT", "kid": "fake"}, claims)
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts]
    return b".".join(texts).decode() + "." + secrets.token_urlsafe(32)


def decode(token: str) -> Row:
    """Return a JWT's claims, or nothing if it is none."""
    try:
        payload = token.split(".")[1]
        return row(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))
    except (IndexError, ValueError):
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A token that was given out."""

    token: str
    caller: Caller
    expires_on: int
    """Seconds since the epoch."""


class Tokens:
    """Access tokens given out so far."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._issued: dict[str, Issued] = {}
        self.lifetime_s = LIFETIME_S
        self.issued_ago_s = 0
        """How old a token already is when it is given out."""

    def issue(self, tenant: Tenant, principal: str, audience: str) -> Issued:
        """Give out a token for a principal of the tenant."""
        known = tenant.principals.get(principal, {})
        issued_at = int(time.time()) - self.issued_ago_s
        expires_on = issued_at + self.lifetime_s
        user = text(known.get("type")) == "User"
        claims: Row = {
            "aud": audience, "iss": f"https://sts.windows.net/{tenant.id}/", "ver": "1.0",
            "iat": issued_at, "nbf": issued_at, "exp": expires_on, "oid": principal,
            "sub": principal, "tid": tenant.id, "uti": secrets.token_urlsafe(12),
            "idtyp": "user" if user else "app",
        }  # fmt: skip
        if user:
            claims["upn"] = claims["name"] = text(known.get("displayName"))
            claims["appid"] = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
        else:
            claims["appid"] = text(known.get("appId"))
        caller = Caller(principal=principal, tenant=tenant.id, audience=audience.rstrip("/"))
        issued = Issued(token=encode(claims), caller=caller, expires_on=expires_on)
        with self._lock:
            self._issued[issued.token] = issued
        return issued

    def revoke(self) -> None:
        """Let every token given out so far be refused from now on."""
        with self._lock:
            held = {token: issued.caller for token, issued in self._issued.items()}
            self._issued = {
                token: Issued(token=token, caller=caller, expires_on=0)
                for token, caller in held.items()
            }

    def caller(self, authorization: str) -> Caller | None:
        """Return whose token an Authorization header holds, if it is one of ours and is good."""
        issued = self._issued.get(authorization.partition(" ")[2])
        return issued.caller if issued and issued.expires_on > time.time() else None

    def all(self) -> list[str]:
        """Return every token given out so far."""
        with self._lock:
            return list(self._issued)
