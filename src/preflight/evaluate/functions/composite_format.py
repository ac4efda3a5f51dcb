"""Composite format strings: `{index[,width][:specifier]}` between literal text.

Source: .NET documentation, 'Composite formatting'; the exact grammar is that of the engine:
blanks are allowed behind index, comma and width, a brace in the text is doubled, and a specifier
reaches to the next `}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

from preflight.evaluate.functions.json_text import json_pieces
from preflight.evaluate.functions.number_digits import Number
from preflight.evaluate.functions.number_text import (
    INT64_MAX,
    INT64_MIN,
    InvalidFormat,
    Specifier,
    format_number,
    parse_specifier,
)
from preflight.evaluate.functions.utf16 import unit_length
from preflight.model.value import PartialText, Unknown, Value

Piece: TypeAlias = str | Unknown | PartialText

LONGEST_RESULT = 131_072
"""Most characters that ARM lets `format`, `concat`, `join`, `replace` and `base64` return."""

_MOST = 1_000_000
"""Indexes and widths stop growing here; further digits are an error."""

_TEXT = re.compile(r"[^{}]+")
_HOLE = re.compile(
    r"\{(?P<index>[0-9]+) *(?:, *(?P<left>-?)(?P<width>[0-9]+) *)?(?::(?P<specifier>[^{}]*))?\}"
)


class FormatProblem(ValueError):
    """A format string that .NET refuses; the text says why."""


class Hole(NamedTuple):
    """One place for an argument; a negative width aligns left."""

    argument: int
    width: int
    specifier: str


def parse_format(text: str) -> Iterator[str | Hole]:
    """Yield literal text and holes in order; raises `FormatProblem`."""
    position = 0
    while position < len(text):
        if literal := _TEXT.match(text, position):
            yield literal[0]
            position = literal.end()
        elif text[position : position + 2] in {"{{", "}}"}:
            yield text[position]
            position += 2
        elif hole := _HOLE.match(text, position):
            yield _hole(hole)
            position = hole.end()
        else:
            raise FormatProblem(f"`{text[position : position + 40]}` is not a format item")


def _hole(match: re.Match[str]) -> Hole:
    width = _bounded(match["width"] or "0")
    return Hole(
        _bounded(match["index"]), -width if match["left"] else width, match["specifier"] or ""
    )


def _bounded(digits: str) -> int:
    number = 0
    for place, digit in enumerate(digits):
        if number >= _MOST and place:
            raise FormatProblem(f"the number `{digits[:20]}` in a format item is too large")
        number = number * 10 + int(digit)
    return number


def render(text: str, arguments: Sequence[Value]) -> Iterator[Piece]:
    """Yield the pieces of a format string with its arguments filled in.

    Raises `FormatProblem` where .NET refuses the format, and before anything longer than
    `LONGEST_RESULT` is built.
    """
    length = 0
    for item in parse_format(text):
        piece = item if isinstance(item, str) else _fill(item, arguments)
        length += unit_length(piece) if isinstance(piece, str) else 0
        if length > LONGEST_RESULT:
            raise _too_long()
        yield piece


def _fill(hole: Hole, arguments: Sequence[Value]) -> Piece:
    if hole.argument >= len(arguments):
        raise FormatProblem(
            f"the format item {{{hole.argument}}} has no argument: there are {len(arguments)}"
        )
    if abs(hole.width) > LONGEST_RESULT:
        raise _too_long()
    piece = value_text(arguments[hole.argument], hole.specifier)
    if isinstance(piece, str):
        missing = " " * (abs(hole.width) - unit_length(piece))
        return piece + missing if hole.width < 0 else missing + piece
    return _pad_unknown(piece, hole.width)


def _pad_unknown(piece: Unknown | PartialText, width: int) -> Unknown | PartialText:
    """Keep known text only where padding cannot get into it."""
    if width == 0 or isinstance(piece, Unknown):
        return piece
    known = sum(unit_length(part) for part in piece.parts if isinstance(part, str))
    return piece if known >= abs(width) else piece.unknown


def value_text(value: Value, specifier: str) -> Piece:
    """Return one value as text; specifiers matter to numbers only.

    Raises `FormatProblem` for a specifier that .NET refuses.
    """
    match value:
        case bool():
            return str(value)
        case int() | float():
            return _number(value, specifier)
        case None:
            return ""
        case str() | Unknown() | PartialText():
            return value
        case _:
            return _quoted(value)


def _quoted(value: Value) -> str:
    """Return the JSON text of an array or object with single quotes, as `format` shows it."""
    pieces: list[str] = []
    length = 0
    for piece in json_pieces(value):
        pieces.append(piece)
        length += len(piece)
        if length > LONGEST_RESULT:
            raise _too_long()
    return "".join(pieces).replace('"', "'")


def _number(value: Number, specifier: str) -> str:
    try:
        parsed = parse_specifier(specifier)
        if parsed and (parsed.precision or 0) > LONGEST_RESULT and _pads(value, parsed):
            raise _too_long()
        return format_number(value, specifier)
    except InvalidFormat as problem:
        raise FormatProblem(f"`{specifier[:40]}` is not a number format") from problem


def _pads(value: Number, specifier: Specifier) -> bool:
    """Tell whether the result is at least as long as the precision says."""
    big = isinstance(value, int) and not INT64_MIN <= value <= INT64_MAX
    return specifier.kind not in "GR" or big


def _too_long() -> FormatProblem:
    return FormatProblem(f"the result has more than {LONGEST_RESULT:,} characters")
