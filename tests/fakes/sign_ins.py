"""How principals may sign in: secrets, certificates, federation, programs, the machine itself."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, field

from cryptography import x509
from tests.fakes.rows import Row, text
from tests.fakes.tokens import Issued, encode

EXCHANGE = "api://AzureADTokenExchange"
ASSERTION_S = 300


@dataclass(kw_only=True)
class Program:
    """The state of `az`, `azd` or `pwsh` on this machine."""

    principal: str | None = None
    """Who is signed in."""
    cached: dict[str, Issued] = field(default_factory=dict)
    """The token that the program keeps, by audience."""
    error: str | None = None
    """What it prints instead of an answer."""
    subscription: str | None = None
    """The active subscription's GUID."""


@dataclass(kw_only=True)
class SignIns:
    """What the tenant accepts as proof of who somebody is."""

    client_secrets: dict[str, str] = field(default_factory=dict)
    """By application ID."""
    certificates: dict[str, x509.Certificate] = field(default_factory=dict)
    """By application ID."""
    connections: dict[str, str] = field(default_factory=dict)
    """Azure Pipelines: service connection ID → application ID."""
    subjects: dict[str, str] = field(default_factory=dict)
    """Federated subject → application ID."""
    machine: str | None = None
    """Object ID of the machine's system-assigned identity."""
    programs: dict[str, Program] = field(
        default_factory=lambda: {name: Program() for name in ("az", "azd", "pwsh")}
    )
    system_access_token: str = field(default_factory=lambda: "sat-" + secrets.token_urlsafe(32))
    github_request_token: str = field(default_factory=lambda: "ghr-" + secrets.token_urlsafe(32))
    identity_header: str = field(default_factory=lambda: "idh-" + secrets.token_urlsafe(32))
    assertion_age_s: int = 0
    """How old an OIDC token already is when it is given out."""
    _assertions: dict[str, Row] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def secret(self, app_id: str) -> str:
        """Return an application's secret; it has one from now on."""
        return self.client_secrets.setdefault(app_id, "cs~" + secrets.token_urlsafe(32))

    def federate(self, app_id: str, subject: str) -> str:
        """Let a federated subject sign in as an application; return the subject."""
        self.subjects[subject] = app_id
        return subject

    def assertion(self, issuer: str, subject: str, audience: str = EXCHANGE) -> str:
        """Give out an OIDC token."""
        now = int(time.time()) - self.assertion_age_s
        claims: Row = {
            "iss": issuer, "sub": subject, "aud": audience,
            "iat": now, "nbf": now, "exp": now + ASSERTION_S, "jti": secrets.token_urlsafe(12),
        }  # fmt: skip
        token = encode(claims)
        with self._lock:
            self._assertions[token] = claims
        return token

    def assertion_claims(self, token: str) -> Row | None:
        """Return what an OIDC token that was given out says."""
        return self._assertions.get(token)

    def all(self) -> list[str]:
        """Return everything here that must stay secret."""
        with self._lock:
            given = list(self._assertions)
        fixed = [self.system_access_token, self.github_request_token, self.identity_header]
        return [*given, *fixed, *self.client_secrets.values()]

    def app_of_subject(self, claims: Row) -> str | None:
        """Return the application that trusts an OIDC token's subject."""
        return self.subjects.get(text(claims.get("sub")))
