"""`preflight roles`: built-in roles that grant these actions.

It joins catalogue and advice by itself: `preflight.api` loads every stage, which takes longer
than the answer.
"""

from __future__ import annotations

import click

from preflight.advise.role_ranking import rank_roles
from preflight.catalog.load import load_catalog
from preflight.cli.options import OUTPUT, parameters_of, texts
from preflight.cli.output import output_settings, write
from preflight.report.roles import ROLE_FORMATS

_ACTIONS = click.Argument(["actions"], nargs=-1, required=True, metavar="ACTION…")


@click.command(
    "roles",
    short_help="Built-in roles that grant these actions.",
    params=parameters_of(_ACTIONS, OUTPUT),
)
def command(**_: object) -> None:
    """List the built-in roles that grant every ACTION, narrowest first.

    Each comes with the number of further actions that it opens (at least so many, by the
    catalogue's date) and the privileged ones by name.
    """
    params = click.get_current_context().params
    output = output_settings(params, tuple(ROLE_FORMATS), "table")
    ranking = rank_roles(texts(params, "actions"), load_catalog())
    for destination in output.destinations:
        write(
            ROLE_FORMATS[destination.format].render(ranking, output.view(destination)), destination
        )
