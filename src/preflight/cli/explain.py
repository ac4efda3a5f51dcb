"""`preflight explain`: a denial that somebody pastes, and its answer."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from preflight import api
from preflight.cli.deadline import deadline
from preflight.cli.options import (
    ACCESS,
    EXPLAIN,
    INPUT,
    LIMITS,
    OUTPUT,
    PLACE,
    ROLLOUT,
    Params,
    parameters_of,
    seconds,
    text,
    texts,
)
from preflight.cli.output import output_settings, write
from preflight.cli.settings import derive_settings, gate_settings, scope_of
from preflight.cli.times import parse_time
from preflight.errors import InputError, UsageError
from preflight.model.explanation import DenialKind, ErrorText, Explanation
from preflight.model.requirement import Derivation
from preflight.report.explanation import EXPLANATION_FORMATS
from preflight.report.ledger import LEDGER_FORMATS

_BLOCK = 1_048_576
_FILE = click.Argument(["file"], required=False, metavar="[FILE|-]")


@click.command(
    "explain",
    short_help="Explain a denial from any log.",
    params=parameters_of(_FILE, EXPLAIN, ACCESS, INPUT, PLACE, ROLLOUT, OUTPUT, LIMITS),
)
def command(**_: object) -> None:
    """Explain what Azure refused: caller, action, scope, cause, and the smallest fix.

    FILE is any text that holds an Azure error (JSON, a CLI's or a pipeline's log, Terraform,
    PowerShell, HTML); without it, or with -, standard input is read. With --access the cause is
    proven, without it the causes that remain possible are listed.

    Exit 0 when answered, 3 when the text holds no Azure error.
    """
    context = click.get_current_context()
    params = context.params
    if text(params, "from_ledger"):
        _from_ledger(params)
        return
    output = output_settings(params, tuple(EXPLANATION_FORMATS), "console")
    with deadline(seconds(params, "max_seconds")):
        explanation = _explained(params)
    for destination in output.destinations:
        content = EXPLANATION_FORMATS[destination.format].render(
            explanation, output.view(destination)
        )
        write(content, destination)
    if explanation.text.kind is DenialKind.NONE:
        raise _no_error(explanation)
    ledger = text(params, "record")
    if ledger:
        api.record_denials(explanation, Path(ledger), at=_now(params))


def _explained(params: Params) -> Explanation:
    name = text(params, "file") or "-"
    files = texts(params, "access")
    access = api.load_access(files, scope=scope_of(params)) if files else None
    said = api.read_log(_blocks(name))
    background = api.Background(
        access=access,
        settings=gate_settings(params),
        derivation=_derivation(params, said),
    )
    return api.explain_error(said, "stdin" if name == "-" else name, background)


def _derivation(params: Params, said: ErrorText) -> Derivation | None:
    """Derive the template that was deployed, at the place that the denial itself names."""
    source = text(params, "source")
    if source is None:
        return None
    settings = derive_settings(params)
    place = api.place_of_denials(said)
    if place is not None:
        settings = replace(
            settings,
            default_subscription=place.subscription.name if place.subscription else None,
            default_group=place.resource_group.name if place.resource_group else None,
        )
    return api.derive_source(source, settings)


def _blocks(name: str) -> Iterator[bytes]:
    """Yield the bytes of a file or of standard input, block by block.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        if name == "-":
            while block := sys.stdin.buffer.read(_BLOCK):
                yield block
            return
        with Path(name).open("rb") as file:
            while block := file.read(_BLOCK):
                yield block
    except OSError as error:
        raise InputError(
            f"cannot read `{name}`: {error.strerror or error}",
            help="give a file, or - and the text on standard input",
        ) from error


def _no_error(explanation: Explanation) -> InputError:
    looks = explanation.text.looks_like
    hint = (
        f"it looks like an error of {looks}, which this command does not explain"
        if looks
        else "paste the whole message, with `code` and `message`, and the lines around it"
    )
    return InputError(f"`{explanation.name}` holds no error of Azure", help=hint)


def _now(params: Params) -> datetime:
    now = text(params, "now")
    return parse_time(now, "--now") if now else datetime.now(UTC)


def _from_ledger(params: Params) -> None:
    if text(params, "file") or text(params, "record"):
        raise UsageError("`--from-ledger` reads a ledger and nothing else")
    output = output_settings(params, tuple(LEDGER_FORMATS), "console")
    summary = api.sum_up_ledger(Path(text(params, "from_ledger") or ""))
    for destination in output.destinations:
        write(
            LEDGER_FORMATS[destination.format].render(summary, output.view(destination)),
            destination,
        )
