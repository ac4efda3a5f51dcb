"""The tokens of one identity."""

from __future__ import annotations

import time

import pytest
from azure.core.credentials import AccessToken

from preflight.access.deadline import Deadline
from preflight.access.tokens import Given, Tokens
from preflight.errors import NotSignedIn, Unreachable

SCOPE = "https://management.azure.com/.default"


class Numbered:
    """A credential that numbers its tokens; every renewed one goes on counting."""

    def __init__(self, made: list[str], lives_s: float) -> None:
        self._made = made
        self._lives_s = lives_s

    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        self._made.append(f"{scopes[0]} {len(self._made)}")
        return AccessToken(self._made[-1], int(time.time() + self._lives_s))


def tokens(made: list[str], lives_s: float = 3600) -> Tokens:
    return Tokens("env", Deadline(10), lambda: Numbered(made, lives_s))


def test_a_token_is_kept_by_audience() -> None:
    made: list[str] = []
    mine = tokens(made)

    assert mine.text(SCOPE) == mine.text(SCOPE)
    assert mine.text("https://graph.microsoft.com/.default") != mine.text(SCOPE)
    assert len(made) == 2


def test_one_that_ends_soon_is_renewed() -> None:
    mine = tokens([], lives_s=30)

    assert mine.text(SCOPE) != mine.text(SCOPE)


def test_a_refused_one_is_renewed_once() -> None:
    made: list[str] = []
    mine = tokens(made)
    first = mine.text(SCOPE)
    second = mine.text(SCOPE, None, first)

    assert first != second
    assert mine.text(SCOPE, None, first) == second, "another thread was refused with the old one"
    assert mine.text(SCOPE, None, second) == second, "a fresh one was refused as well"
    assert len(made) == 2


def test_a_challenge_is_always_answered() -> None:
    mine = tokens([])
    first = mine.text(SCOPE)
    second = mine.text(SCOPE, '{"access_token": {}}', first)

    assert mine.text(SCOPE, '{"access_token": {}}', second) != second


def test_a_credential_that_hangs_is_given_up() -> None:
    class Hangs:
        def get_token(self, *_scopes: str, **_: object) -> AccessToken:
            time.sleep(5)
            raise AssertionError

    with pytest.raises(Unreachable, match="sign-in with AZURE_ variables"):
        Tokens("env", Deadline(0.2), Hangs).text(SCOPE)


def test_what_a_credential_raises_is_a_sign_in_that_failed() -> None:
    class Fails:
        def get_token(self, *_scopes: str, **_: object) -> AccessToken:
            raise RuntimeError("AADSTS7000215: Invalid client secret")

    with pytest.raises(NotSignedIn, match="the client secret is wrong"):
        Tokens("env", Deadline(10), Fails).text(SCOPE)


def test_a_given_token_is_for_its_own_audience() -> None:
    with pytest.raises(NotSignedIn, match="Resource Manager only"):
        Given("a.b.c", SCOPE).get_token("https://graph.microsoft.com/.default")
