"""The identity that is really in use, and what it can read, call by call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from preflight.model.access import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One call that was made: what came, and what that proves."""

    call: str
    status: str
    rows: int | None
    proves: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who is signed in, where, and how. `mismatches` is empty where all is as expected."""

    principal: Principal
    tenant: str
    cloud: str
    auth: str
    """The kind of sign-in, as `--auth` takes it."""
    credential: str
    """The same in words: `az login`."""
    subscription: str | None = None
    """GUID of the subscription in use."""
    subscription_name: str | None = None
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    managed_identity: str | None = None
    mismatches: tuple[str, ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()
    probes: tuple[Probe, ...] | None = None
    """None where nothing was probed."""
