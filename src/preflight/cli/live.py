"""The options of a live look → what `api.live` asks for; calls on stderr under `-v`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import click

from preflight.cli.options import Params, flag, number, text
from preflight.cli.times import parse_duration
from preflight.errors import UsageError

if TYPE_CHECKING:
    from preflight.access.calls import Call
    from preflight.api.live import LiveSettings


def live_settings(params: Params) -> LiveSettings:
    """Read the options LIVE; only a live run imports what speaks to Azure.

    Raises:
        UsageError: a deadline that is no duration.
    """
    from preflight.access.clouds import Endpoints  # noqa: PLC0415 - offline runs do not pay for it
    from preflight.api.live import LiveSettings as Settings  # noqa: PLC0415 - the same

    for name in ("azure", "msal", "urllib3"):
        # They log advice for programmers; what matters becomes an error of ours.
        logging.getLogger(name).setLevel(logging.CRITICAL)
    deadline = parse_duration(text(params, "deadline") or "120s", "--deadline")
    if deadline.total_seconds() < 1:
        raise UsageError("`--deadline` is at least one second")
    return Settings(
        auth=(text(params, "auth") or "auto").lower(),
        cloud=text(params, "cloud"),
        endpoints=Endpoints(
            arm=text(params, "arm_endpoint"),
            authority=text(params, "authority"),
            audience=text(params, "audience"),
            graph=text(params, "graph_endpoint"),
        ),
        tenant=text(params, "tenant"),
        deadline_s=deadline.total_seconds(),
        expect_object_id=text(params, "expect_object_id"),
        expect_tenant=text(params, "expect_tenant"),
        expect_subscription=text(params, "expect_subscription"),
        cross_check=not flag(params, "no_cross_check"),
        say=say_call if number(params, "verbose") else None,
    )


def say_call(call: Call) -> None:
    """Print one call to stderr: what was asked, what came, how long it took."""
    from preflight.report.text import plain  # noqa: PLC0415 - only under -v

    came = "no answer" if call.status is None else str(call.status)
    rows = f", {call.rows} rows" if call.rows is not None else ""
    where = f"{call.path}?$filter={call.filter}" if call.filter else call.path
    click.echo(f"{call.method} {plain(where)} → {came}{rows}, {call.seconds:.2f} s", err=True)
