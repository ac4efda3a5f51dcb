"""`preflight run`: the gate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

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

_Judged = TypeVar("_Judged")


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
    gate = gate_settings(params)
    reports = judge_sources(params, lambda found, access: api.gate(found, access, gate), _itself)
    render(reports, output)
    context.exit(int(exit_code_of_all(reports)))


def _itself(report: Report) -> Report:
    return report


def judge_sources(
    params: Params,
    judge: Callable[[Derivation, AccessSnapshot], _Judged],
    failed: Callable[[Report], _Judged],
) -> tuple[_Judged, ...]:
    """Return one answer for each source; an error in one does not stop the others.

    `failed` makes an answer of the report that says what went wrong.
    """
    sources = texts(params, "sources")
    try:
        access = _access(params)
    except AccessError as error:
        return tuple(failed(_failed(source, error)) for source in sources)
    settings = derive_settings(params, access)
    answers = []
    for source in sources:
        derivation = None
        try:
            with deadline(seconds(params, "max_seconds")):
                derivation = api.derive_source(source, settings)
                answers.append(judge(derivation, access))
        except (InputError, AccessError) as error:
            answers.append(failed(_failed(source, error, derivation)))
    return tuple(answers)


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
