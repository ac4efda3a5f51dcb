"""`preflight wait`: after a grant, until it holds and stays held."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from preflight.cli.decide import derived_of, subscription_in_use
from preflight.cli.live import live_settings
from preflight.cli.options import (
    INPUT,
    LIMITS,
    LIVE,
    PLACE,
    ROLLOUT,
    SOURCES,
    Params,
    flag,
    number,
    option,
    parameters_of,
    text,
    texts,
)
from preflight.cli.settings import gate_settings
from preflight.cli.times import parse_duration
from preflight.errors import AccessError, UsageError
from preflight.model.outcome import ExitCode
from preflight.model.requirement import Derivation
from preflight.report.text import plain
from preflight.report.wording import age

if TYPE_CHECKING:
    from preflight.access.session import Session
    from preflight.api.live import LiveSettings
    from preflight.api.settings import GateSettings
    from preflight.api.wait import Look, Missing

_OWN = (
    option("--principal", metavar="ID", help="For whom (default: the caller)."),
    option(
        "--checks",
        type=click.IntRange(min=1, max=100),
        default=3,
        show_default=True,
        help="Rounds in a row in which everything must hold.",
    ),
    option("--timeout", default="15m", show_default=True, help="Give up after so long."),
    option("--same-token", is_flag=True, help="Go on with a token that is kept until it ends."),
    option("--interval", default="5s", hidden=True),
    option("-v", "--verbose", count=True, help="Each call on stderr."),
)
_SLOWEST_S = 60.0
_SHOWN = 10


@click.command(
    "wait",
    short_help="After a grant: poll until it holds.",
    params=parameters_of(SOURCES, INPUT, PLACE, ROLLOUT, _OWN, LIVE, LIMITS),
)
def command(**_: object) -> None:
    """Poll with fresh tokens until everything that SOURCE needs is allowed, and stays so.

    For the caller, Azure's own Permissions API must show each grant in every round. Exit codes:
    0 it holds · 1 it did not in time · 4 the facts could not be obtained
    """
    context = click.get_current_context()
    waiting = _Waiting(context.params)
    context.exit(int(waiting.until_held()))


@dataclass(slots=True, kw_only=True)
class _State:
    """How far it has come."""

    began: float
    rounds: int = 0
    """Rounds in a row in which everything held."""
    first: float | None = None
    """When everything held for the first time, in seconds from the start."""
    first_at: datetime | None = None
    """The same on the wall clock."""
    missing: tuple[Missing, ...] = ()
    error: AccessError | None = None

    @property
    def passed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began


class _Waiting:
    """The loop: sign in, look, say what is missing, sleep."""

    def __init__(self, params: Params) -> None:
        self._params = params
        self._settings: LiveSettings = live_settings(params)
        self._gate: GateSettings = gate_settings(params)
        self._timeout = parse_duration(text(params, "timeout") or "15m", "--timeout")
        self._interval = parse_duration(text(params, "interval") or "5s", "--interval")
        self._checks = number(params, "checks")
        self._who = ""

    def until_held(self) -> ExitCode:
        """Return how the command ends; says everything on the way."""
        derivations = self._prepared()
        state = _State(began=time.monotonic())
        pause = self._interval.total_seconds()
        while True:
            held = self._round(derivations, state)
            if held and state.rounds >= self._checks:
                self._say_held(state)
                return ExitCode.ALLOWED
            pause = self._interval.total_seconds() if held else min(pause * 1.5, _SLOWEST_S)
            if state.passed + pause > self._timeout.total_seconds():
                return self._given_up(state)
            time.sleep(pause)

    def _prepared(self) -> list[Derivation]:
        """Sign in once, refuse what cannot work, and derive."""
        from preflight.api import live  # noqa: PLC0415 - `--help` does not need it

        session = live.open_live(self._settings)
        signed_in = live.signed_in_subscription(session, self._settings)
        live.expect(session, self._settings, subscription_in_use(self._params, signed_in))
        self._who = session.signed_in.claims.object_id
        self._refuse_a_kept_token(session)
        derived = derived_of(self._params, texts(self._params, "sources"), signed_in)
        for row in derived:
            if row.error is not None:
                raise row.error
        return [row.derivation for row in derived if row.derivation is not None]

    def _refuse_a_kept_token(self, session: Session) -> None:
        """Say that no fresh token can be had.

        Raises:
            UsageError: without `--same-token`.
        """
        from preflight.api.wait import CACHED  # noqa: PLC0415 - see above

        if session.signed_in.kind not in CACHED:
            return
        ends = session.signed_in.claims.expires_at
        until = f" until {ends:%H:%M:%SZ}" if ends else ""
        said = f"the sign-in with {session.signed_in.label} keeps its token{until}"
        if not flag(self._params, "same_token"):
            raise UsageError(
                f"{said}: no fresh one can be had, and what a token carries (groups) stays old",
                help="give --same-token to wait all the same, or another --auth",
            )
        click.echo(plain(f"{said}: every round uses it"), err=True)

    def _round(self, derivations: list[Derivation], state: _State) -> bool:
        """Look once; return whether everything holds."""
        from preflight.api import live  # noqa: PLC0415 - see above
        from preflight.api.wait import look  # noqa: PLC0415 - see above

        state.error = None
        try:
            # A session of its own for each round: its first token is a fresh one.
            session = live.open_live(self._settings)
            self._expect_the_same(session)
            found = look(session, derivations, self._gate)
        except AccessError as error:
            state.error, state.rounds = error, 0
            self._say(state, error.message)
            return False
        state.missing = found.missing
        if found.missing:
            state.rounds = 0
            first = found.missing[0]
            more = f" (and {len(found.missing) - 1} more)" if len(found.missing) > 1 else ""
            self._say(state, f"missing {first.action} at {first.place}: {first.why}{more}")
            return False
        if state.first is None:
            state.first, state.first_at = state.passed, datetime.now(UTC)
        left = self._still_to_wait(found, state)
        if left > timedelta(0):
            state.rounds = 0
            text = "for somebody else nobody can ask what is enforced: waiting out the window"
            self._say(state, f"the lists grant everything; {text}, {age(left)} left")
            return True
        state.rounds += 1
        self._say(state, f"everything holds ({state.rounds} of {self._checks} rounds)")
        return True

    def _expect_the_same(self, session: Session) -> None:
        """Refuse a round as somebody else: what holds for one proves nothing for another.

        Raises:
            AccessError: the sign-in leads to another identity than at the start.
        """
        found = session.signed_in.claims.object_id
        if found != self._who:
            raise AccessError(
                f"the sign-in is {found} now, it was {self._who} at the start",
                help="sign in as the identity that deploys, and run `preflight wait` again",
            )

    @staticmethod
    def _still_to_wait(found: Look, state: _State) -> timedelta:
        """Return how much of the window of propagation is left, where nobody can look."""
        from preflight.api.wait import PROPAGATION  # noqa: PLC0415 - see above

        now = datetime.now(UTC)
        granted = found.granted_at or state.first_at or now
        return timedelta(0) if found.confirmed else granted + PROPAGATION - now

    def _say(self, state: _State, message: str) -> None:
        click.echo(plain(f"{state.passed:5.0f} s  {message}"), err=True)

    def _say_held(self, state: _State) -> None:
        click.echo(
            f"held for the first time after {state.first or 0:.0f} s, stable after "
            f"{state.passed:.0f} s ({self._checks} rounds)"
        )

    def _given_up(self, state: _State) -> ExitCode:
        """Say what is still missing and why."""
        if state.error is not None:
            raise state.error
        click.echo(plain(f"not held and stable within {age(self._timeout)}"))
        for row in state.missing[:_SHOWN]:
            click.echo(plain(f"  missing {row.action} at {row.place}: {row.why}"))
        if len(state.missing) > _SHOWN:
            click.echo(f"  … and {len(state.missing) - _SHOWN} more")
        return ExitCode.DENIED
