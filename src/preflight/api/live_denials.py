"""Denials and a live tenant: what decides access there, read for each caller."""

from __future__ import annotations

from dataclasses import dataclass, replace

from preflight.access.resolve import caller_of
from preflight.access.session import Session
from preflight.api.live import live_reports, principal_of
from preflight.api.settings import GateSettings
from preflight.errors import AccessError, PreflightError, UsageError
from preflight.model.access import Principal
from preflight.model.report import Report
from preflight.model.requirement import Derivation


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
