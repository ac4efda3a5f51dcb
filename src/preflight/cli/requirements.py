"""`preflight requirements`: derive only."""

from __future__ import annotations

from dataclasses import replace

import click

from preflight import api
from preflight.cli.deadline import deadline
from preflight.cli.exit_codes import exit_code_of
from preflight.cli.main import say_error
from preflight.cli.options import (
    ACCESS,
    INPUT,
    LIMITS,
    OUTPUT,
    PLACE,
    ROLLOUT,
    SOURCES,
    flag,
    parameters_of,
    seconds,
    texts,
)
from preflight.cli.output import output_settings, write
from preflight.cli.settings import derive_settings, scope_of
from preflight.errors import InputError, WhatIfFailed
from preflight.model.outcome import ExitCode
from preflight.report.requirements import REQUIREMENT_FORMATS, remarks_of
from preflight.report.text import plain

_INVENTORY = tuple(option for option in ACCESS if option.name == "access")
_ROLES = (
    click.Option(
        ["--no-gate-reads"],
        is_flag=True,
        envvar="PREFLIGHT_NO_GATE_READS",
        show_envvar=True,
        help="Role formats: leave out what the gate itself has to read.",
    ),
)


@click.command(
    "requirements",
    short_help="Which actions a rollout needs, and where.",
    params=parameters_of(SOURCES, INPUT, PLACE, ROLLOUT, _INVENTORY, _ROLES, OUTPUT, LIMITS),
)
def command(**_: object) -> None:
    """Derive every action that a rollout needs, and the scope of each; nothing is decided.

    With --access, the snapshot's inventory (registrations, existing resources) is used.
    """
    context = click.get_current_context()
    params = context.params
    output = output_settings(params, tuple(REQUIREMENT_FORMATS), "table")
    files = texts(params, "access")
    inventory = api.load_access(files, scope=scope_of(params)) if files else None
    settings = derive_settings(params, inventory)
    derivations, code = [], ExitCode.ALLOWED
    for source in texts(params, "sources"):
        try:
            with deadline(seconds(params, "max_seconds")):
                derivations.append(api.derive_source(source, settings, inventory=inventory))
        except InputError as error:
            say_error(error)
            if isinstance(error, WhatIfFailed):
                _say_denials(error)
            code = exit_code_of(error)
    if derivations:
        gate_reads = not flag(params, "no_gate_reads")
        remarks: dict[str, None] = {}
        for destination in output.destinations:
            view = replace(
                output.view(destination),
                role_wildcard=api.role_wildcard,
                knows_action=api.knows_action,
                gate_reads=gate_reads,
            )
            content = REQUIREMENT_FORMATS[destination.format].render(derivations, view)
            write(content, destination)
            remarks |= dict.fromkeys(remarks_of(destination.format, derivations, view))
        for remark in remarks:
            click.echo(f"note: {plain(remark)}", err=True)
    context.exit(int(code))


def _say_denials(error: WhatIfFailed) -> None:
    """Print what the error inside a failed what-if result says about rights."""
    explanation = api.explain_failed(error, api.Background())
    for _, message in api.notes_of(explanation):
        click.echo(f"note: {plain(message)}", err=True)
