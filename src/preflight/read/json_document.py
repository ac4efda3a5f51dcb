"""A JSON file: its value, its source, and what was noticed while it was read.

Most files are standard JSON, so `json.loads` reads them first and positions are computed only when
a message or a report needs one. What it refuses, and what must be pointed at, goes through
`json_spans.scan`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from preflight.errors import InputError, LimitExceeded
from preflight.model.source import NodeSpan, Place, SourceFile
from preflight.model.template import Note
from preflight.model.value import JsonValue
from preflight.read.json_spans import DEPTH_LIMIT, JsonIndex, Leniency, scan
from preflight.read.json_strings import mend

VALUE_LIMIT = 500_000
"""Most values in one file, counted by their punctuation: bounds memory before anything is read.
ARM takes templates of 4 MB, which hold a fraction of that."""

NOTES_SHOWN = 5
"""How many notes of one kind a file gives; a minified file could give thousands."""

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class _NotStandardError(ValueError):
    """Standard JSON would have no such thing: read the text again, with positions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A JSON text that was read; `notes` are what was tolerated in it."""

    value: JsonValue
    source: SourceFile
    notes: tuple[Note, ...] = ()


class _KnownSpans:
    """A `SpanIndex` whose spans are there already."""

    def __init__(self, spans: Mapping[str, NodeSpan]) -> None:
        self._spans = spans

    def spans(self) -> Mapping[str, NodeSpan]:
        """Return JSON pointer → span of that node."""
        return self._spans


def parse_json(text: str, name: str, *, start: int = 0) -> Document:
    """Read a JSON text of the file `name`; JSON begins at offset `start`.

    Raises:
        SyntaxProblem: the text is no JSON, with its place.
        LimitExceeded: it holds more values, or is nested deeper, than is read.
    """
    values = text.count(",") + text.count("{") + text.count("[")
    if values > VALUE_LIMIT:
        raise LimitExceeded(
            f"the file holds more than {VALUE_LIMIT:,} values",
            help="split the deployment",
            where=Place(source=SourceFile(name, text)),
        )
    try:
        value = _standard(text[start:] if start else text)
    except (ValueError, RecursionError):
        # Not an error yet: ARM reads more than standard JSON, and the scanner knows positions.
        return _scanned(text, name, start)
    return Document(value=value, source=SourceFile(name, text, JsonIndex(text, start)))


def document_of(value: JsonValue, name: str) -> Document:
    """Make a document of a parsed object; its text is how JSON would print it.

    Raises:
        InputError: the object is no JSON (other types, a cycle), or larger than is read.
    """
    _require_json(value, name)
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return Document(value=value, source=SourceFile(name, text, JsonIndex(text)))


def _standard(text: str) -> JsonValue:
    """Read standard JSON (line breaks and control characters in strings too)."""
    value: JsonValue = json.loads(
        text,
        strict=False,
        object_pairs_hook=_distinct,
        parse_constant=_refuse,
        parse_float=_finite,
    )
    if _deeper_than(value, DEPTH_LIMIT):
        raise _NotStandardError
    return _mended(value) if _SURROGATE.search(text) else value


def _scanned(text: str, name: str, start: int) -> Document:
    found = scan(text, name, start=start)
    source = SourceFile(name, text, _KnownSpans(found.spans))
    return Document(value=found.value, source=source, notes=_notes(found.leniencies, source))


def _notes(leniencies: tuple[Leniency, ...], source: SourceFile) -> tuple[Note, ...]:
    notes: list[Note] = []
    plain = SourceFile(source.name, source.text)
    counts: dict[str, int] = {}
    for code, message, offset in leniencies:
        counts[code] = counts.get(code, 0) + 1
        if counts[code] <= NOTES_SHOWN:
            place = Place(source=plain, offset=offset)
            notes.append(Note(code=code, message=message, origin=place))
    return tuple(notes)


def _distinct(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _NotStandardError
    return members


def _refuse(constant: str) -> JsonValue:
    raise _NotStandardError(constant)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _NotStandardError(digits)
    return number


def _deeper_than(value: JsonValue, limit: int) -> bool:
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(limit):
        if not level:
            return False
        level = [
            item
            for container in level
            for item in (container.values() if isinstance(container, dict) else container)
            if isinstance(item, (dict, list))
        ]
    return bool(level)


def _mended(value: JsonValue) -> JsonValue:
    """Mend every string; recursion is bounded by the depth limit."""
    if isinstance(value, str):
        return mend(value)
    if isinstance(value, list):
        return [_mended(item) for item in value]
    if isinstance(value, dict):
        return {mend(key): _mended(item) for key, item in value.items()}
    return value


def _require_json(value: JsonValue, name: str) -> None:
    """Check a parsed object: types, depth (a cycle is endless depth) and size."""
    level: list[object] = [value]
    seen = 0
    for _ in range(DEPTH_LIMIT + 1):
        deeper: list[object] = []
        for item in level:
            deeper.extend(_children(item, name))
        seen += len(deeper)
        if seen > VALUE_LIMIT:
            raise LimitExceeded(f"`{name}` holds more than {VALUE_LIMIT:,} values")
        if not deeper:
            return
        level = deeper
    raise LimitExceeded(f"`{name}` is nested deeper than {DEPTH_LIMIT} levels, or in itself")


def _children(item: object, name: str) -> list[object]:
    if isinstance(item, dict):
        if not all(isinstance(key, str) for key in item):
            raise InputError(f"`{name}` has a property name that is no text")
        return list(item.values())
    if isinstance(item, list):
        return item
    finite = not isinstance(item, float) or math.isfinite(item)
    if finite and (item is None or isinstance(item, (bool, int, float, str))):
        return []
    raise InputError(f"`{name}` holds a {type(item).__name__}, which is no JSON value")
