"""The messages of the Bicep compiler, with their places: as notes, or as the reason of a failure.

Each line is `FILE(LINE,COLUMN) : LEVEL CODE: TEXT [LINK]`. Source: Azure/bicep, the CLI's default
diagnostics format and the codes BCP190 (not restored) and BCP258 (parameters without a value).
"""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from preflight.errors import InputError
from preflight.model.source import Place, SourceFile
from preflight.model.template import Note
from preflight.read.json_strings import shown
from preflight.read.root import Files

_MESSAGE = re.compile(
    r"^(?P<file>[^\n]{1,4096}?)\((?P<line>[0-9]{1,7}),(?P<column>[0-9]{1,7})\) : "
    r"(?P<level>Error|Warning|Info) (?P<code>[\w-]{1,100}): (?P<text>[^\n]*)$"
)
_LINK = re.compile(r" ?\[https://[^\]\s]*\]$")
_QUOTED_NAME = re.compile(r'"([A-Za-z_]\w*)"')
_NOT_RESTORED = "BCP190"
_UNASSIGNED = "BCP258"
_NOTES_KEPT = 50
_ERRORS_SHOWN = 5
_LINES = 10_000
_LINE_LENGTH = 8_192
_TEXT_LENGTH = 400

NONE_FOUND = (
    "install one (`az bicep install`), name it with --bicep cli=PATH, or compile the file to "
    "JSON and check that"
)
"""What to do where there is no compiler."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompilerMessage:
    """One message; `level` is `error`, `warning` or `info`, line and column count from 1."""

    file: str
    line: int
    column: int
    level: str
    code: str
    text: str


def parse_messages(data: bytes) -> tuple[CompilerMessage, ...]:
    """Return the messages among what the compiler wrote; other lines are left out."""
    lines = data.decode("utf-8", "replace").splitlines()[:_LINES]
    found = (_MESSAGE.match(line) for line in lines if len(line) <= _LINE_LENGTH)
    return tuple(_message(match) for match in found if match)


def _message(match: re.Match[str]) -> CompilerMessage:
    text = _LINK.sub("", match["text"]).rstrip(".")
    return CompilerMessage(
        file=match["file"],
        line=max(1, int(match["line"])),
        column=max(1, int(match["column"])),
        level=match["level"].lower(),
        code=match["code"],
        text=shown(text, _TEXT_LENGTH),
    )


class CompilerFailure(InputError):
    """The compiler refused a file; `errors` are its messages of level error."""

    def __init__(
        self,
        message: str,
        *,
        errors: tuple[CompilerMessage, ...] = (),
        help: str = "",
        where: Place | None = None,
    ) -> None:
        """Keep the errors beside the parts of a message."""
        super().__init__(message, help=help, where=where)
        self.errors = errors

    @property
    def unassigned(self) -> tuple[str, ...]:
        """Parameters without a value, if that is all the compiler complains about."""
        if any(error.code != _UNASSIGNED for error in self.errors):
            return ()
        names = [_QUOTED_NAME.findall(error.text) for error in self.errors]
        return tuple(name for found in names for name in found)


class CompilerReport:
    """What the compiler said about one file, with places; each file's text is read once."""

    def __init__(self, data: bytes, path: Path, files: Files) -> None:
        """Keep what it wrote while it compiled `path`."""
        self._data = data
        self._messages = parse_messages(data)
        self._path = path
        self._files = files
        self._sources: dict[str, SourceFile] = {}

    def notes(self) -> tuple[Note, ...]:
        """Return the messages of a file that compiled."""
        return tuple(
            Note(
                code="compiler-message",
                message=f"{message.text} ({message.code})",
                origin=self._place(message),
            )
            for message in self._messages[:_NOTES_KEPT]
        )

    def failure(self, code: int, *, az: bool) -> CompilerFailure:
        """Return the error for a file that did not."""
        errors = [message for message in self._messages if message.level == "error"]
        if not errors:
            return self._silent_failure(code, az=az)
        missing = [error for error in errors if error.code == _NOT_RESTORED]
        first = missing[0] if missing else errors[0]
        others = [error for error in errors if error is not first]
        advice = [_restore_command(self._path, az=az)] if missing else []
        advice += [f"also {self._label(error)}" for error in others[:_ERRORS_SHOWN]]
        if len(others) > _ERRORS_SHOWN:
            advice.append(f"and {len(others) - _ERRORS_SHOWN} more")
        return CompilerFailure(
            f"{first.text} ({first.code})",
            errors=tuple(errors),
            help="; ".join(advice),
            where=self._place(first),
        )

    def _silent_failure(self, code: int, *, az: bool) -> CompilerFailure:
        said = self._data.decode("utf-8", "replace").strip() or "it gave no reason"
        name = self._files.name(self._path)
        lines = said.splitlines()
        message = f"the Bicep compiler ended with code {code} for `{name}`: {shown(lines[0], 300)}"
        return CompilerFailure(message, help=NONE_FOUND if az and "find" in said.lower() else "")

    def _label(self, message: CompilerMessage) -> str:
        place = f"{self._files.name(Path(message.file))}:{message.line}:{message.column}"
        return f"{place}: {message.text} ({message.code})"

    def _place(self, message: CompilerMessage) -> Place:
        source = self._source(message)
        lines = source.text.split("\n", message.line)
        before = sum(len(line) + 1 for line in lines[: message.line - 1])
        return Place(source=source, offset=before + message.column - 1)

    def _source(self, message: CompilerMessage) -> SourceFile:
        """Return the file that a message is about, with its text if it lies inside the root."""
        if message.file not in self._sources:
            path = Path(message.file)
            name = self._files.name(path)
            # Cached modules lie elsewhere; blank lines keep the position.
            text = "\n" * (message.line - 1) + " " * message.column
            if self._files.inside(path) and os.path.isfile(path):  # noqa: PTH113 - pathlib raises where a name is too long
                text = self._files.text(path, name)
            self._sources[message.file] = SourceFile(name, text)
        return self._sources[message.file]


def _restore_command(path: Path, *, az: bool) -> str:
    target = shlex.quote(path.as_posix())
    command = f"az bicep restore --file {target}" if az else f"bicep restore {target}"
    return f"preflight restores no modules: run `{command}` first"
