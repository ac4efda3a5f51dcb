"""`preflight run`: the gate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import click

from preflight import api
from preflight._version import __version__
from preflight.cli.deadline import deadline
from preflight.cli.exit_codes import exit_code_of, exit_code_of_all
from preflight.cli.options import (
    ACCESS,
    GATE,
    INPUT,
    LIMITS,
    OUTPUT,
    PLACE,
    ROLLOUT,
    SOURCES,
    Params,
    parameters_of,
    seconds,
    texts,
)
from preflight.cli.output import OutputSettings, output_settings, write
from preflight.cli.settings import derive_settings, gate_settings, scope_of
from preflight.errors import AccessError, InputError, NotSignedIn
from preflight.model.access import AccessSnapshot
from preflight.model.report import Report
from preflight.model.requirement import Derivation
from preflight.report.format import FORMATS


@click.command(
    "run",
    short_help="The gate.",
    params=parameters_of(SOURCES, INPUT, PLACE, ROLLOUT, ACCESS, GATE, OUTPUT, LIMITS),
)
def command(**_: object) -> None:
    """Decide whether a rollout will be stopped by a missing permission.

    SOURCE is an ARM template, a Bicep file, a .bicepparam, a what-if result, or - for standard
    input. Several are independent of each other.
    """
    context = click.get_current_context()
    params = context.params
    output = output_settings(params, tuple(FORMATS), "console")
    reports = _reports(params)
    render(reports, output)
    context.exit(int(exit_code_of_all(reports)))


def _reports(params: Params) -> tuple[Report, ...]:
    """Return one report for each source; an error in one does not stop the others."""
    sources = texts(params, "sources")
    gate = gate_settings(params)
    try:
        access = _access(params)
    except AccessError as error:
        return tuple(_failed(source, error) for source in sources)
    settings = derive_settings(params, access)
    reports = []
    for source in sources:
        derivation = None
        try:
            with deadline(seconds(params, "max_seconds")):
                derivation = api.derive_source(source, settings)
                reports.append(api.gate(derivation, access, gate))
        except (InputError, AccessError) as error:
            reports.append(_failed(source, error, derivation))
    return tuple(reports)


def _access(params: Params) -> AccessSnapshot:
    files = texts(params, "access")
    if not files:
        raise NotSignedIn(
            "there is no evidence of who may do what",
            help="give a snapshot with `--access FILE`; reading a live tenant is not supported yet",
        )
    return api.load_access(files, scope=scope_of(params))


def _failed(
    source: str,
    error: InputError | AccessError,
    derivation: Derivation | None = None,
) -> Report:
    """Return the report of a source that could not be decided, with what is known."""
    return Report(
        version=__version__,
        source=derivation.source if derivation else source,
        now=datetime.now(UTC),
        derivation=derivation,
        problem=api.problem_of(error),
        problem_code=exit_code_of(error),
    )


def render(reports: Sequence[Report], output: OutputSettings) -> None:
    """Write every report in every format that was asked for."""
    for destination in output.destinations:
        view = output.view(destination)
        write(FORMATS[destination.format].render(reports, view), destination)
