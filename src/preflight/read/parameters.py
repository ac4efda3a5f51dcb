"""Parameter arguments → parameter values, the way `az deployment` takes them.

Source: Azure CLI, command_modules/resource (parameters of `az deployment`) and its treatment of
`@FILE` in every argument. In order: an argument that begins with `@`, or whose value does, stands
for that file's text; an argument is a file if there is one of that name, else a JSON object, else
KEY=VALUE. A value is read by the declared type: JSON for objects and arrays, a whole number for
int, `true` or anything else for bool, text otherwise. Later arguments overrule earlier ones.

Two things differ: nothing is downloaded, and names compare without case, as in ARM (`az` heeds
case in KEY=VALUE only).
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from preflight.errors import InputError, UsageError
from preflight.model.source import Place
from preflight.model.template import Note, ParameterValue
from preflight.model.value import JsonValue
from preflight.read.bicep_files import used_template
from preflight.read.bicep_params import read_bicep_parameters
from preflight.read.bicep_source import read_bicep
from preflight.read.decode import decode
from preflight.read.front_end import ReadOptions, ReadResult
from preflight.read.json_document import Document, parse_json
from preflight.read.json_strings import shown
from preflight.read.parameter_file import (
    ParameterSet,
    read_parameter_document,
    read_parameter_mapping,
)
from preflight.read.root import resolved
from preflight.read.typed_value import typed_value


def read_parameters(
    arguments: Sequence[str | Mapping[str, JsonValue]], found: ReadResult, options: ReadOptions
) -> tuple[Mapping[str, ParameterValue], tuple[Note, ...]]:
    """Return the values that are given for a template's parameters, by name as given.

    `arguments` are what `-p` takes, in order, and Python mappings: a parameter file's content, or
    name → value. They overrule the values that a `.bicepparam` source brings along.

    Raises:
        InputError: a file cannot be read or is no parameter file.
        ParameterProblem: a value cannot be read as the declared type.
        UsageError: a `.bicepparam` belongs to another template.
    """
    collected = _Arguments(found=found, options=options)
    collected.merge(ParameterSet(values=found.parameters))
    for argument in arguments:
        if isinstance(argument, str):
            collected.add(argument)
        else:
            collected.merge(read_parameter_mapping(argument))
    return dict(collected.values.values()), tuple(collected.notes)


@dataclass(slots=True, kw_only=True)
class _Arguments:
    """Collects values; the key is the folded name."""

    found: ReadResult
    options: ReadOptions
    values: dict[str, tuple[str, ParameterValue]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def merge(self, more: ParameterSet) -> None:
        """Put values over the earlier ones."""
        self.notes.extend(more.notes)
        for name, value in more.values.items():
            self.values[name.lower()] = (name, value)

    def add(self, argument: str) -> None:
        """Take one argument in the order that `az` tries."""
        key, equals, value = argument.partition("=")
        if equals:
            argument = f"{key}={self._expanded(value, key=key)}"
        elif argument.startswith("@"):
            argument = self._expanded(argument, key="")
        parts = self._file(argument) or self._object(argument) or self._pair(argument)
        self.merge(parts)

    def _expanded(self, text: str, *, key: str) -> str:
        """Replace `@FILE` by the file's text; where there is no such file it stays as it is."""
        if len(text) < 2 or not text.startswith("@"):  # noqa: PLR2004 - the mark and a name
            return text
        if text == "@-":
            return self._text(self.options.read_stdin(), "stdin").rstrip("\r\n")
        path = Path(os.path.expanduser(text[1:]))  # noqa: PTH111 - pathlib raises for unknown users
        if not _is_file(str(path)):
            # The value may be a secret that begins with `@`, so it is not in the note.
            argument = f"`{shown(key)}=@…`" if key else "an argument `@…`"
            message = f"{argument} names no file that exists: it is taken as text, as `az` does"
            self.notes.append(Note(code="no-such-file", message=message))
            return text
        data = self.found.files.read(path)
        return self._text(data, path.as_posix()).rstrip("\r\n")

    def _text(self, data: bytes, name: str) -> str:
        try:
            return decode(data, name)
        except InputError:
            # `az` passes on bytes that are no text in base64.
            return base64.b64encode(data).decode("ascii")

    def _file(self, argument: str) -> ParameterSet | None:
        if not _is_file(argument):
            return None
        path = Path(argument)
        if path.suffix.lower() == ".bicepparam":
            return self._bicep_parameters(path)
        name = self.found.files.name(path)
        text = self.found.files.text(path, name)
        with _unquoted():
            return read_parameter_document(_private(parse_json(text, name)))

    def _bicep_parameters(self, path: Path) -> ParameterSet:
        files = self.found.files
        name = files.name(path)
        used = used_template(files.text(path, name))
        if used is not None and not self._is_source(path.parent / used):
            raise UsageError(
                f"`{name}` is for the template `{shown(used)}`, not for `{self.found.source.name}`",
                help="give the .bicepparam alone as SOURCE, or one with `using none`",
            )
        reader = self.options.bicep_reader(files)
        found, notes = read_bicep(
            self.options.bicep,
            native=lambda: reader.parameters(path).parameters,
            compiled=lambda: read_bicep_parameters(path, files, self.options.compiler).parameters,
        )
        return replace(found, notes=(*notes, *found.notes))

    def _is_source(self, path: Path) -> bool:
        source = self.found.path
        return source is not None and resolved(path) == resolved(source)

    def _object(self, argument: str) -> ParameterSet | None:
        if not argument.lstrip().startswith("{"):
            return None
        with _unquoted():
            return read_parameter_document(_private(parse_json(argument, "-p")))

    def _pair(self, argument: str) -> ParameterSet:
        key, equals, text = argument.partition("=")
        if not equals or not key:
            raise InputError(
                f"there is no parameter file `{shown(argument)}`",
                help="check the path; a value is given as -p NAME=VALUE",
            )
        if "://" in key:
            raise UsageError(
                f"`{shown(argument)}` would have to be downloaded",
                help="nothing is fetched: save the file and name it",
            )
        value, notes = typed_value(key, text, self.found.template)
        return ParameterSet(values={key: ParameterValue(value=value)}, notes=notes)


def _private(document: Document) -> Document:
    """Mark a document of values: no message may show a line of it, secrets stand among them."""
    document.source.private = True
    return document


@contextmanager
def _unquoted() -> Iterator[None]:
    """Take the line of text out of an error about values."""
    try:
        yield
    except InputError as error:
        if isinstance(error.where, Place):
            error.where.source.private = True
        raise


def _is_file(name: str) -> bool:
    """Whether there is a regular file of that name; any text may be asked."""
    try:
        return os.path.isfile(name)  # noqa: PTH113 - pathlib raises for names that are too long
    except ValueError:
        return False
