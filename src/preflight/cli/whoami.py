"""`preflight whoami`: who is really signed in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import click

from preflight.cli.decide import subscription_in_use
from preflight.cli.live import live_settings
from preflight.cli.options import LIVE, PLACE, flag, option, options_of, text
from preflight.cli.output import Destination, write
from preflight.cli.settings import scope_of
from preflight.errors import UsageError
from preflight.model.outcome import ExitCode
from preflight.model.scope import Scope
from preflight.report.identity import identity_document, identity_text

_PLACE = tuple(
    row
    for row in PLACE
    if row.name in {"scope", "subscription", "resource_group", "management_group", "tenant"}
)
_OWN = (
    option(
        "-f",
        "--format",
        "form",
        type=click.Choice(["console", "json"]),
        default="console",
        show_default=True,
        help="How it is printed.",
    ),
    option("-o", "--output", metavar="FILE", help="Where it goes instead of stdout."),
    option("--probe", is_flag=True, help="Make each read once, and say what it proves."),
    option("-v", "--verbose", count=True, help="Each call on stderr."),
)


@click.command(
    "whoami",
    short_help="The identity really in use.",
    params=options_of(_PLACE, LIVE, _OWN),
)
def command(**_: object) -> None:
    """Show the principal, tenant, subscription and token in use, and whether they are expected.

    Exit code 1 if --expect-object-id, --expect-tenant or --expect-subscription does not match.
    """
    from preflight.api import live, whoami  # noqa: PLC0415 - only this command and a live run

    context = click.get_current_context()
    params = context.params
    settings = live_settings(params)
    session = live.open_live(settings)
    signed_in = live.signed_in_subscription(session, settings)
    subscription = subscription_in_use(params, signed_in)
    identity = whoami.whoami(session, settings, subscription)
    if flag(params, "probe"):
        identity = replace(
            identity, probes=whoami.probe(session, _scope(scope_of(params), subscription))
        )
    as_json = text(params, "form") == "json"
    content = identity_document(identity) if as_json else identity_text(identity, datetime.now(UTC))
    write(content, Destination(format="whoami", file=text(params, "output")))
    context.exit(int(ExitCode.DENIED if identity.mismatches else ExitCode.ALLOWED))


def _scope(stated: str | None, subscription: str | None) -> Scope:
    """Return where to probe.

    Raises:
        UsageError: nothing says where.
    """
    if stated is not None and "{" not in stated:
        return Scope(stated)
    if subscription is None:
        raise UsageError(
            "nothing says where to probe", help="say it with `--scope ID` or `--subscription ID`"
        )
    filled = (stated or "/subscriptions/{subscription}").replace("{subscription}", subscription)
    return Scope(filled)
