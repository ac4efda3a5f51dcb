"""`preflight requirements`: derive only."""

from __future__ import annotations

import click

from preflight import api
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
    parameters_of,
    texts,
)
from preflight.cli.output import output_settings, write
from preflight.cli.settings import derive_settings, scope_of
from preflight.errors import InputError
from preflight.model.outcome import ExitCode
from preflight.report.format import View
from preflight.report.requirements import REQUIREMENT_FORMATS

_INVENTORY = tuple(option for option in ACCESS if option.name == "access")


@click.command(
    "requirements",
    short_help="Which actions a rollout needs, and where.",
    params=parameters_of(SOURCES, INPUT, PLACE, ROLLOUT, _INVENTORY, OUTPUT, LIMITS),
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
            derivations.append(api.derive_source(source, settings, inventory=inventory))
        except InputError as error:
            say_error(error)
            code = exit_code_of(error)
    if derivations:
        for destination in output.destinations:
            view = View(
                detail=output.detail,
                verbosity=output.verbosity,
                width=output.width,
                colour=output.colour and destination.file is None,
                utf8=output.utf8 or destination.file is not None,
                place=output.place if destination.file is None else "plain",
                max_chars=output.max_chars,
            )
            content = REQUIREMENT_FORMATS[destination.format].render(derivations, view)
            write(content, destination)
    context.exit(int(code))
