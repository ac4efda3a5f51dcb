"""Reports → files and stdout."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from preflight.cli.options import Params, flag, number, text, texts
from preflight.cli.place import default_detail, link_base, place, speaks_utf8, use_colour
from preflight.errors import UsageError
from preflight.model.outcome import Detail
from preflight.report.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """One rendering: a format's name and the file it goes to (None: stdout)."""

    format: str
    file: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputSettings:
    """Where reports go and how much they show."""

    destinations: tuple[Destination, ...]
    detail: Detail
    max_chars: int
    verbosity: int
    """-1 quiet, 0 normal, 1 and 2 verbose."""
    width: int
    place: str
    colour: bool
    utf8: bool
    link_base: str

    def view(self, destination: Destination) -> View:
        """Return how one destination shows a report: files are plain, whole and UTF-8."""
        to_stdout = destination.file is None
        return View(
            detail=self.detail,
            verbosity=self.verbosity,
            width=self.width,
            colour=self.colour and to_stdout,
            utf8=self.utf8 or not to_stdout,
            place=self.place if to_stdout else "plain",
            max_chars=self.max_chars,
            link_base=self.link_base,
        )


def output_settings(params: Params, known: Sequence[str], default: str) -> OutputSettings:
    """Read the options OUTPUT; `known` are the formats of the command.

    Raises:
        UsageError: for an unknown format, or two of them for stdout.
    """
    detail = text(params, "detail")
    where = place()
    return OutputSettings(
        destinations=_destinations(params, known, default),
        detail=Detail(detail) if detail else default_detail(),
        max_chars=number(params, "max_chars"),
        verbosity=-1 if flag(params, "quiet") else number(params, "verbose"),
        width=min(_columns(), 140) if where == "terminal" else 120,
        place=where,
        colour=use_colour(text(params, "color") or "auto"),
        utf8=speaks_utf8(),
        link_base=link_base(),
    )


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):
        return 100


def _destinations(params: Params, known: Sequence[str], default: str) -> tuple[Destination, ...]:
    output = text(params, "output")
    found = [_destination(item, known) for item in texts(params, "formats") or (default,)]
    open_ended = [item for item in found if item.file is None]
    if len(open_ended) > 1:
        raise UsageError(
            f"only one format can go to {'`--output`' if output else 'stdout'}, not "
            + " and ".join(f"`{item.format}`" for item in open_ended),
            help="give the others a file: `--format junit=report.xml`",
        )
    if output and not open_ended:
        raise UsageError("`--output` is for a format without a file, and each has one")
    destinations = tuple(
        Destination(format=item.format, file=item.file or output) for item in found
    )
    files = [item.file for item in destinations if item.file]
    if len(files) != len(set(files)):
        raise UsageError("two formats would be written to the same file")
    if all(item.file for item in destinations) and default == "console" and not output:
        # Reports into files alone would leave the log empty: the console goes along.
        return (*destinations, Destination(format=default, file=None))
    return destinations


def _destination(item: str, known: Sequence[str]) -> Destination:
    name, equals, file = item.partition("=")
    if name not in known:
        raise UsageError(
            f"unknown format `{name}`", help=f"formats of this command: {', '.join(known)}"
        )
    if equals and not file:
        raise UsageError(f"`--format {name}=` names no file")
    return Destination(format=name, file=file or None)


def write(content: str, destination: Destination) -> None:
    """Write one rendering; the file is opened only now that there is something to write.

    Raises:
        UsageError: when the file cannot be written.
    """
    if destination.file is None:
        click.echo(content, nl=not content.endswith("\n"))
        return
    path = Path(destination.file)
    if path.is_symlink():
        # A checkout could have put it there to have a file elsewhere overwritten.
        raise UsageError(f"`{path}` is a link", help="name the file itself")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"cannot write `{path}`: {error.strerror or error}") from error
