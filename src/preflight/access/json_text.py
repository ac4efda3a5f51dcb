"""A JSON file of evidence → values, and the place of a value where one has to be named.

Strict on purpose: a member that stands twice could hide a list, so it is refused.
"""

from __future__ import annotations

import codecs
import json
import os
import stat
from collections import Counter
from collections.abc import Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import TypeAlias

from preflight.errors import AccessError
from preflight.model.source import Place, SourceFile
from preflight.model.value import JsonValue

MAXIMUM_BYTES = 64_000_000
"""The largest file that is read (docs/explanation/security.md)."""

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NONBLOCK", 0)
)
"""O_NONBLOCK: opening a pipe returns at once."""

MAXIMUM_VALUES = 4_000_000
"""Most values in one file, counted by their punctuation: bounds memory before anything is read.
A hundred thousand role assignments have half as many."""

Step: TypeAlias = "str | int"
_BLANK = " \t\r\n"
_UNICODE_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class _Duplicate(ValueError):
    """A member stands twice in one object."""


class Document:
    """One parsed file. `name` is what messages call it."""

    def __init__(self, name: str, text: str) -> None:
        """Parse the text.

        Raises:
            AccessError: the text is no JSON, nested too deeply or too large, or a member stands
                twice.
        """
        self.name = name
        self.text = text
        if text.count(",") + text.count("{") + text.count("[") > MAXIMUM_VALUES:
            raise AccessError(
                f"`{name}` holds more than {MAXIMUM_VALUES:,} values",
                help="collect the evidence of fewer scopes",
            )
        try:
            self.value: JsonValue = json.loads(
                text, object_pairs_hook=_object, parse_constant=_no_constant
            )
        except json.JSONDecodeError as error:
            raise self.error(
                f"the file is no JSON: {error.msg}",
                offset=error.pos,
                advice="give it as it was exported; JSON has no comments and no trailing commas",
            ) from error
        except RecursionError as error:
            raise self.error("the file is nested too deeply") from error
        except ValueError as error:
            raise self.error(f"the file is refused: {error}") from error

    def error(
        self,
        message: str,
        *,
        path: Sequence[Step] = (),
        offset: int | None = None,
        advice: str = "",
    ) -> AccessError:
        """Return an error that names the place of a value, or of an offset."""
        at = self._offset(path) if offset is None else offset
        place = Place(source=SourceFile(self.name, self.text), offset=at)
        return AccessError(message, help=advice, where=place)

    def _offset(self, path: Sequence[Step]) -> int:
        """Return where the value at a path begins (its key, for a member)."""
        decoder = json.JSONDecoder()
        shown = at = _skip(self.text, 0)
        for step in path:
            found = _member(self.text, at, step, decoder)
            if found is None:
                return shown
            shown, at = found
        return shown


class AnswerDocument(Document):
    """What a service answered: errors name the place in it and quote none of it.

    It may hold a token: the issuer's own, or one that a proxy gives back.
    """

    def error(
        self,
        message: str,
        *,
        path: Sequence[Step] = (),
        offset: int | None = None,
        advice: str = "",
    ) -> AccessError:
        """Return an error that names the call, and the offset or JSON pointer."""
        pointer = "".join(f"/{step}" for step in path)
        found = f"offset {offset}" if offset is not None else f"`{pointer}`" if pointer else ""
        at = f" at {found}" if found else ""
        return AccessError(f"{self.name}{at}: {message}", help=advice)


def read_document(path: str | PathLike[str]) -> Document:
    """Read one file.

    Raises:
        AccessError: the file cannot be read, is too large, or is no JSON.
    """
    name = fspath(path).replace("\\", "/")
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):
            # A pipe that nobody writes to would be read forever.
            raise AccessError(
                f"cannot read `{name}`: it is no regular file",
                help="save the evidence in a file first",
            )
        with os.fdopen(os.open(path, _FLAGS), "rb") as file:
            data = file.read(MAXIMUM_BYTES + 1)
    except (OSError, ValueError) as error:
        strerror = error.strerror if isinstance(error, OSError) else None
        reason = strerror or "it cannot be opened"
        raise AccessError(
            f"cannot read `{name}`: {reason}", help="name a snapshot file with `--access FILE`"
        ) from error
    if len(data) > MAXIMUM_BYTES:
        raise AccessError(
            f"`{name}` is larger than {MAXIMUM_BYTES // 1_000_000} MB",
            help="collect the evidence of fewer scopes",
        )
    return Document(name, _text(data, name))


def _text(data: bytes, name: str) -> str:
    """Decode UTF-8, or the UTF-16 that a redirect in Windows PowerShell writes."""
    encoding = next((name for mark, name in _UNICODE_MARKS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise AccessError(f"`{name}` is no {encoding} text", help="save it as UTF-8") from error


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise _Duplicate(f"the member `{twice}` stands twice in one object")
    return found


def _no_constant(text: str) -> JsonValue:
    raise ValueError(f"`{text}` is no JSON value")


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANK:
        at += 1
    return at


def _member(text: str, at: int, step: Step, decoder: json.JSONDecoder) -> tuple[int, int] | None:
    """Return where a member or item of the value at an offset begins: (to show, value)."""
    closing = "}" if isinstance(step, str) else "]"
    at, number = _skip(text, at + 1), 0
    while at < len(text) and text[at] != closing:
        shown, key = at, None
        if isinstance(step, str):
            key, at = decoder.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        if step == (key if isinstance(step, str) else number):
            return shown, at
        _, at = decoder.raw_decode(text, at)
        at = _skip(text, at)
        at = _skip(text, at + 1) if text[at : at + 1] == "," else at
        number += 1
    return None
