"""`preflight verify`: after a fix."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import click

from preflight.cli.decide import verifications_of
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
    VERIFY,
    parameters_of,
    texts,
)
from preflight.cli.output import output_settings, write
from preflight.model.verification import Verification
from preflight.report.verification import render_verifications
from preflight.report.verification_json import render_verifications_json
from preflight.report.view import View

_FORMATS: Mapping[str, Callable[[Sequence[Verification], View], str]] = {
    "console": render_verifications,
    "json": render_verifications_json,
}
_STRICTNESS = tuple(option for option in GATE if option.name != "fail_on")


@click.command(
    "verify",
    short_help="After a fix: enough is allowed, and not too much.",
    params=parameters_of(
        SOURCES, VERIFY, INPUT, PLACE, ROLLOUT, ACCESS, RUN_LIVE, _STRICTNESS, OUTPUT, LIMITS
    ),
)
def command(**_: object) -> None:
    """Check that a rollout's actions are allowed and that adjacent, riskier ones are refused.

    Exit codes: 0 both hold · 1 something required is denied, or something riskier is held, with
    what to take away again · 5 undetermined
    """
    context = click.get_current_context()
    params = context.params
    output = output_settings(params, tuple(_FORMATS), "console")
    answers = verifications_of(params, texts(params, "must_not"))
    for destination in output.destinations:
        view = output.view(destination)
        write(_FORMATS[destination.format](answers, view), destination)
    context.exit(int(exit_code_of_all(answers)))
