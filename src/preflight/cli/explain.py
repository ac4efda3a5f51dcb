"""`preflight explain`: a denial that somebody pastes, and its answer."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
from click.core import ParameterSource

from preflight import api
from preflight.api.denial_evidence import Evidence
from preflight.cli.deadline import deadline
from preflight.cli.live import live_settings
from preflight.cli.options import (
    ACCESS,
    EXPLAIN,
    INPUT,
    LIMITS,
    LIVE,
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
from preflight.cli.times import parse_duration, parse_time
from preflight.errors import InputError, UsageError
from preflight.model.explanation import DenialKind, ErrorText, Explanation
from preflight.model.requirement import Derivation
from preflight.model.scope import Scope
from preflight.report.explanation import EXPLANATION_FORMATS
from preflight.report.ledger import LEDGER_FORMATS

_BLOCK = 1_048_576
_FILE = click.Argument(["file"], required=False, metavar="[FILE|-]")


@click.command(
    "explain",
    short_help="Explain a denial from any log.",
    params=parameters_of(_FILE, EXPLAIN, ACCESS, LIVE, INPUT, PLACE, ROLLOUT, OUTPUT, LIMITS),
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
    if explanation.text.kind is DenialKind.NONE and not text(params, "since"):
        raise _no_error(explanation)
    ledger = text(params, "record")
    if ledger:
        api.record_denials(explanation, Path(ledger), at=_now(params))


def _explained(params: Params) -> Explanation:
    if text(params, "since"):
        return _recent(params)
    name = text(params, "file") or "-"
    said = api.read_log(_blocks(name))
    background = api.Background(
        evidence=_evidence(params),
        derivation=_derivation(params, said),
    )
    explanation = api.explain_error(said, "stdin" if name == "-" else name, background)
    evidence = background.evidence
    if evidence is None or isinstance(evidence, api.SnapshotEvidence):
        return explanation
    from preflight.api import live_denials  # noqa: PLC0415 - offline answers load no connection

    assert isinstance(evidence, live_denials.LiveEvidence)  # noqa: S101 - there are two kinds
    return live_denials.with_operations(evidence.session, explanation, _now(params))


def _recent(params: Params) -> Explanation:
    """Explain what the Activity Log holds; the evidence is a snapshot or the tenant itself."""
    if text(params, "file") or text(params, "source"):
        raise UsageError("`--since` reads the Activity Log, not a text or a template")
    from preflight.api import live, live_denials  # noqa: PLC0415 - only a live answer connects

    settings = live_settings(params)
    session = live.open_live(settings)
    signed_in = live.signed_in_subscription(session, settings)
    place = scope_of(params) or (f"/subscriptions/{signed_in}" if signed_in else None)
    if place is None:
        raise UsageError("`--since` needs a place", help="give --scope or --subscription")
    evidence = _snapshot(params) or live_denials.LiveEvidence(
        session=session, settings=gate_settings(params)
    )
    since = _now(params) - parse_duration(text(params, "since") or "1h", "--since")
    return live_denials.explain_recent(
        session, Scope(place), since, api.Background(evidence=evidence)
    )


def _snapshot(params: Params) -> api.SnapshotEvidence | None:
    files = texts(params, "access")
    if not files:
        return None
    access = api.load_access(files, scope=scope_of(params))
    return api.SnapshotEvidence(access=access, settings=gate_settings(params))


def _evidence(params: Params) -> Evidence | None:
    """Return the evidence in files, or where `--auth` is given the live tenant; else none."""
    snapshot = _snapshot(params)
    if snapshot is not None or not _is_live():
        return snapshot
    from preflight.api import live  # noqa: PLC0415 - offline answers load nothing that connects
    from preflight.api.live_denials import LiveEvidence  # noqa: PLC0415 - the same

    session = live.open_live(live_settings(params))
    return LiveEvidence(session=session, settings=gate_settings(params))


def _is_live() -> bool:
    """Whether `--auth` was given: nobody is signed in to Azure without being asked."""
    source = click.get_current_context().get_parameter_source("auth")
    return source not in {ParameterSource.DEFAULT, None}


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
        f"it looks like {looks}"
        if looks in api.NO_TEXT
        else f"it looks like an error of {looks}, which this command does not explain"
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
