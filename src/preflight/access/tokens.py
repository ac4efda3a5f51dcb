"""The tokens of one identity, audience by audience."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from azure.core.credentials import AccessToken

from preflight.access.claims import read_claims
from preflight.access.deadline import Deadline, within
from preflight.access.identities import Credential
from preflight.access.sign_in_words import LABELS, refusal
from preflight.errors import AccessError, NotSignedIn

_RENEW_S = 120
"""A token is renewed so many seconds before it ends."""


class Tokens:
    """The tokens of one credential, by audience; several threads may ask."""

    def __init__(self, kind: str, deadline: Deadline, renew: Callable[[], Credential]) -> None:
        """Keep how the credential is made: a fresh token comes from a fresh one."""
        self.kind = kind
        self._deadline = deadline
        self._renew = renew
        self._credential: Credential | None = None
        self._kept: dict[str, tuple[str, float]] = {}
        self._renewed: set[str] = set()
        self._lock = threading.Lock()

    def text(self, scope: str, claims: str | None = None, refused: str | None = None) -> str:
        """Return a token's text; a fresh one, once, where `refused` is the one that was kept.

        Raises:
            NotSignedIn: there is none.
            Unreachable: there was none within the deadline.
        """
        with self._lock:
            kept = self._kept.get(scope)
            if kept and kept[0] != refused and kept[1] > time.time() + _RENEW_S:
                return kept[0]
            if kept and refused is not None and claims is None:
                if scope in self._renewed:
                    # A fresh one was refused as well: a third would be too.
                    return kept[0]
                self._renewed.add(scope)
            if refused is not None or self._credential is None:
                # What it is made from may be a file that is never read to its end.
                self._credential = within(self._deadline, self._label, self._renew)
            self._kept[scope] = self._asked(self._credential, scope, claims)
            return self._kept[scope][0]

    def _asked(self, credential: Credential, scope: str, claims: str | None) -> tuple[str, float]:
        options = {"claims": claims} if claims else {}

        def ask() -> tuple[str, float]:
            try:
                found = credential.get_token(scope, **options)
            except AccessError:
                raise
            except Exception as error:  # noqa: BLE001 - the classes raise what their parts raise
                raise refusal(self.kind, error) from None
            return found.token, float(found.expires_on)

        return within(self._deadline, self._label, ask)

    @property
    def _label(self) -> str:
        return f"the sign-in with {LABELS[self.kind]}"


class Given:
    """A token that was given as it is; it is for Resource Manager only."""

    def __init__(self, token: str, scope: str) -> None:
        """Keep the token and its audience."""
        self._token = token
        self._scope = scope

    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        """Return the token for its own audience."""
        if scopes != (self._scope,):
            raise NotSignedIn("PREFLIGHT_TOKEN is for Azure Resource Manager only")
        claims = read_claims(self._token)
        ends = claims.expires_at.timestamp() if claims.expires_at else time.time() + 3600
        return AccessToken(self._token, int(ends))
