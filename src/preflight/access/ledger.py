"""The ledger's file: one JSON line per denial, appended, never rewritten."""

from __future__ import annotations

import json
from collections.abc import Iterable
from os import SEEK_END
from pathlib import Path

from preflight.errors import InputError, UsageError
from preflight.model.ledger import LedgerLine
from preflight.model.source import Place, SourceFile
from preflight.model.value import JsonValue

LARGEST = 64_000_000
"""Bytes of a ledger that are read."""
LONGEST = 4_000
"""Characters of one value that are kept in a line."""


def append_lines(path: Path, lines: Iterable[LedgerLine]) -> None:
    """Append lines; the file is made where it is missing.

    Raises:
        UsageError: the file cannot be written.
    """
    if path.is_symlink():
        # A checkout could have put it there to have a file elsewhere written.
        raise UsageError(f"`{path}` is a link", help="name the file itself")
    text = "".join(json.dumps(_bounded(line), ensure_ascii=True) + "\n" for line in lines)
    try:
        with path.open("ab") as file:
            file.write((_line_end(path) + text).encode())
    except OSError as error:
        raise UsageError(f"cannot write `{path}`: {error.strerror or error}") from error


def _line_end(path: Path) -> str:
    """Return the line break that the last line lacks: its program was stopped, or an editor."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        if file.seek(0, SEEK_END) == 0:
            return ""
        file.seek(-1, SEEK_END)
        return "" if file.read(1) == b"\n" else "\n"


def _bounded(line: LedgerLine) -> dict[str, JsonValue]:
    return {
        key: value[:LONGEST] if isinstance(value, str) else value
        for key, value in line.to_dict().items()
    }


def read_lines(path: Path) -> tuple[LedgerLine, ...]:
    """Read a ledger; empty lines are passed over.

    Raises:
        InputError: the file cannot be read, or a line is no denial (with its place).
    """
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"`{path}` has more than {LARGEST:,} bytes")
        text = path.read_bytes().decode("utf-8", "replace")
    except OSError as error:
        raise InputError(f"cannot read `{path}`: {error.strerror or error}") from error
    source = SourceFile(str(path), text)
    found: list[LedgerLine] = []
    offset = 0
    for line in text.split("\n"):
        if line.strip():
            found.append(_line(line, Place(source=source, offset=offset)))
        offset += len(line) + 1
    return tuple(found)


def _line(text: str, place: Place) -> LedgerLine:
    try:
        row: JsonValue = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError("the line is no JSON", where=place, help=_HELP) from error
    match row:
        case {"at": str(at), "action": str(action)} if isinstance(row, dict):
            return LedgerLine(
                at=at,
                caller=_text(row, "caller"),
                action=action,
                scope=_text(row, "scope"),
                correlation_id=_text(row, "correlationId"),
                minimal_role=_text(row, "minimalRole"),
            )
        case _:
            raise InputError("the line is no denial on record", where=place, help=_HELP)


_HELP = "a ledger is what `preflight explain --record FILE` writes"


def _text(row: dict[str, JsonValue], key: str) -> str | None:
    value = row.get(key)
    return value if isinstance(value, str) and value else None
