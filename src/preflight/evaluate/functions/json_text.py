"""JSON text of values, and the function `json`.

Compact text as the engine prints it: no blanks, `True` only outside containers, floats with a
point or exponent, and the two line separators of Unicode escaped.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from preflight.evaluate.functions.json_reader import JsonProblem, read_json
from preflight.evaluate.functions.number_text import float_text
from preflight.evaluate.functions.registry import STRING, Call, Function
from preflight.model.value import Value

_NEEDS_ESCAPE = re.compile('[\0-\x1f"\\\\\x85\u2028\u2029]')
_CHARACTERS_PER_STEP = 1
_PIECES_PER_STEP = 2
_SHORT_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
}


class _Text(NamedTuple):
    """Text that is already JSON."""

    text: str


_Item: TypeAlias = "Value | _Text"


def json_pieces(value: Value) -> Iterator[str]:
    """Yield the JSON text of a known value piece by piece; no recursion, so depth is free.

    The caller adds up the lengths and stops when it has too much: a value that holds one array
    many times prints longer than it is.
    """
    stack: list[_Item] = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, _Text):
            yield item.text
        elif isinstance(item, list):
            stack.extend(reversed(_array_items(item)))
        elif isinstance(item, dict):
            stack.extend(reversed(_object_items(item)))
        else:
            yield _scalar(item)


def bounded_json(value: Value, call: Call) -> str:
    """Return the JSON text of a known value, no longer than a value may be."""
    pieces: list[str] = []
    size = 0
    for piece in json_pieces(value):
        pieces.append(piece)
        size += len(piece)
        call.reserve(size)
    call.spend(len(pieces) // _PIECES_PER_STEP)
    return "".join(pieces)


def _array_items(array: list[Value]) -> list[_Item]:
    items: list[_Item] = [_Text("[")]
    for index, value in enumerate(array):
        if index:
            items.append(_Text(","))
        items.append(value)
    return [*items, _Text("]")]


def _object_items(mapping: dict[str, Value]) -> list[_Item]:
    items: list[_Item] = [_Text("{")]
    for index, (key, value) in enumerate(mapping.items()):
        comma = "," if index else ""
        items += (_Text(f"{comma}{quote(key)}:"), value)
    return [*items, _Text("}")]


def _scalar(value: Value) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return _float(value)
        case str():
            return quote(value)
        case _:
            raise TypeError("only known values have a JSON text")


def _float(value: float) -> str:
    text = float_text(value)
    if not math.isfinite(value):
        return f'"{text}"'
    return text if "." in text or "E" in text else text + ".0"


def quote(text: str) -> str:
    """Return a JSON string literal."""
    return '"' + _NEEDS_ESCAPE.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return _SHORT_ESCAPES.get(character) or f"\\u{ord(character):04x}"


def _json(call: Call) -> Value:
    call.spend(len(call.text(0)) // _CHARACTERS_PER_STEP)
    try:
        value = read_json(call.text(0))
    except JsonProblem as problem:
        raise call.problem(
            f"the text is not JSON: {problem}", help="pass one complete JSON value"
        ) from problem
    return value


FUNCTIONS: tuple[Function, ...] = (Function("json", _json, (STRING,)),)
