"""`preflight run`: the gate."""

from __future__ import annotations

from collections.abc import Sequence

import click

from preflight.cli.decide import reports_of
from preflight.cli.exit_codes import exit_code_of_all
from preflight.cli.options import (
    ACCESS,
    GATE,
    INPUT,
    LIMITS,
    OUTPUT,
    PLACE,
    ROLLOUT,
    RUN_LIVE,
    SOURCES,
    parameters_of,
)
from preflight.cli.output import OutputSettings, output_settings, write
from preflight.model.report import Report
from preflight.report.format import FORMATS


@click.command(
    "run",
    short_help="The gate.",
    params=parameters_of(SOURCES, INPUT, PLACE, ROLLOUT, ACCESS, RUN_LIVE, GATE, OUTPUT, LIMITS),
)
def command(**_: object) -> None:
    """Decide whether a rollout will be stopped by a missing permission.

    SOURCE is an ARM template, a Bicep file, a .bicepparam, a what-if result, or - for standard
    input. Several are independent of each other.
    """
    context = click.get_current_context()
    params = context.params
    output = output_settings(params, tuple(FORMATS), "console")
    reports = reports_of(params)
    render(reports, output)
    context.exit(int(exit_code_of_all(reports)))


def render(reports: Sequence[Report], output: OutputSettings) -> None:
    """Write every report in every format that was asked for."""
    for destination in output.destinations:
        view = output.view(destination)
        write(FORMATS[destination.format].render(reports, view), destination)
