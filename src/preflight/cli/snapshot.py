"""`preflight snapshot`: export what decides access."""

from __future__ import annotations

import click

from preflight import api
from preflight.cli.decide import derived_of, subscription_in_use
from preflight.cli.exit_codes import exit_code_of
from preflight.cli.live import live_settings
from preflight.cli.main import say_error
from preflight.cli.options import (
    INPUT,
    LIMITS,
    LIVE,
    PLACE,
    ROLLOUT,
    Params,
    flag,
    option,
    parameters_of,
    text,
    texts,
)
from preflight.cli.settings import scope_of
from preflight.errors import UsageError
from preflight.model.access import AccessSnapshot
from preflight.model.naming import one_line
from preflight.model.scope import Scope
from preflight.report.text import plain

_SOURCES = click.Argument(["sources"], nargs=-1, required=False, metavar="[SOURCE…]")
_OWN = (
    option("-o", "--output", metavar="FILE", required=True, help="The snapshot file to write."),
    option("--principal", metavar="ID", help="For whom it is read (default: the caller)."),
    option("--everyone", is_flag=True, help="Keep all principals' rows."),
    option(
        "--from",
        "files",
        multiple=True,
        metavar="FILE",
        help="Build it from what `az` or the REST API printed; nothing is asked of Azure.",
    ),
    option("-v", "--verbose", count=True, help="Each call on stderr."),
)
_SHOWN = 5


@click.command(
    "snapshot",
    short_help="Export what decides access.",
    params=parameters_of(_SOURCES, INPUT, PLACE, ROLLOUT, _OWN, LIVE, LIMITS),
)
def command(**_: object) -> None:
    """Write what decides access at the scopes of SOURCE (or at --scope), above and below.

    `preflight run --access FILE` then gives the verdicts of a live run at this moment.
    """
    context = click.get_current_context()
    params = context.params
    files = texts(params, "files")
    if files and texts(params, "sources"):
        raise UsageError(
            "`--from` goes without SOURCE: nothing is asked for it",
            help="give each file an option of its own: `--from FILE --from FILE`",
        )
    found = api.load_access(files, scope=scope_of(params)) if files else _live(params)
    from preflight.api.snapshot import save  # noqa: PLC0415 - `--help` does not need it

    save(found, text(params, "output") or "")
    _say(found, text(params, "output") or "")
    context.exit(0)


def _live(params: Params) -> AccessSnapshot:
    from preflight.api import live, snapshot  # noqa: PLC0415 - `--from` does not load it

    settings = live_settings(params)
    session = live.open_live(settings)
    signed_in = live.signed_in_subscription(session, settings)
    subscription = subscription_in_use(params, signed_in)
    live.expect(session, settings, subscription)
    derived = derived_of(params, texts(params, "sources"), signed_in)
    for row in derived:
        if row.error is not None:
            say_error(row.error)
            click.get_current_context().exit(int(exit_code_of(row.error)))
    derivations = [row.derivation for row in derived if row.derivation is not None]
    scopes = _places(scope_of(params), subscription, derived=bool(derivations))
    click.echo(f"reading as {session.signed_in.label} …", err=True)
    return snapshot.collect(
        session,
        derivations,
        scopes,
        principal=text(params, "principal"),
        everyone=flag(params, "everyone"),
    )


def _places(stated: str | None, subscription: str | None, *, derived: bool) -> list[Scope]:
    """Return the scopes that were named; without a SOURCE the subscription in use."""
    if stated is not None:
        filled = stated.replace("{subscription}", subscription or "{subscription}")
        return [Scope(filled)]
    if derived:
        return []
    if subscription is None:
        raise UsageError(
            "nothing says what to look at",
            help="name a SOURCE, or `--scope ID` or `--subscription ID`",
        )
    return [Scope(f"/subscriptions/{subscription}")]


def _say(found: AccessSnapshot, file: str) -> None:
    """Print to stderr what was kept and what could not be read."""
    counts = (
        (found.role_assignments, "role assignments"),
        (found.role_definitions, "role definitions"),
        (found.deny_assignments, "deny assignments"),
        (found.locks, "locks"),
    )
    kept = ", ".join(
        f"{name} not collected" if rows is None else f"{len(rows)} {name}" for rows, name in counts
    )
    calls = f", {found.calls} calls" if found.calls is not None else ""
    click.echo(plain(f"{file}: {kept}{calls}"), err=True)
    for row in found.unreadable[:_SHOWN]:
        said = one_line(f"could not read {row.what} at {row.scope.text}: {row.error}")
        click.echo(plain(said), err=True)
    if len(found.unreadable) > _SHOWN:
        click.echo(f"… and {len(found.unreadable) - _SHOWN} more lists", err=True)
    for code, message in (*found.warnings, *found.notes):
        click.echo(plain(f"{code}: {message}"), err=True)
