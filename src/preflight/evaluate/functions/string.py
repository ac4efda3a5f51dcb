"""The string functions.

Source: ARM template functions, "String"; corner cases from the deployment engine. Text of which
parts are unknown keeps the known ones wherever the result does not depend on the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from preflight.evaluate.functions.characters import WHITE_SPACE, to_lower, to_upper
from preflight.evaluate.functions.collation import effort, ends_with, starts_with
from preflight.evaluate.functions.composite_format import (
    LONGEST_RESULT,
    FormatProblem,
    Piece,
    render,
)
from preflight.evaluate.functions.json_text import bounded_json
from preflight.evaluate.functions.registry import (
    ANY,
    ARRAY,
    BOOL,
    INT,
    OBJECT,
    STRING,
    Call,
    Checked,
    Function,
    Opens,
    kind_name,
)
from preflight.evaluate.functions.utf16 import from_units, to_units, unit_length
from preflight.evaluate.values import bare, scalar_text
from preflight.model.value import PartialText, Unknown, Value, first_unknown, join_text

_MOST_PADDING = 16
_COMPARISONS_PER_STEP = 256
_FORMAT_PER_STEP = 2
_STEPS_PER_ITEM = 2


def parts_of(value: Piece) -> tuple[str | Unknown, ...]:
    """Return the parts of a text, none of them with a secure value behind it."""
    parts = value.parts if isinstance(value, PartialText) else (value,)
    return tuple(part if isinstance(part, str) else bare(part) for part in parts)


def short(call: Call, parts: Iterable[Piece]) -> Piece:
    """Join text that ARM does not let grow past `LONGEST_RESULT`; the known part counts."""
    result = join_text(part for piece in parts for part in parts_of(piece))
    if (
        sum(unit_length(part) for part in parts_of(result) if isinstance(part, str))
        > LONGEST_RESULT
    ):
        raise call.problem(f"the result has more than {LONGEST_RESULT:,} characters")
    return result


def _by_part(change: Callable[[str], str]) -> Callable[[Call], Value]:
    """Make a function that changes each known part of a text for itself."""

    def run(call: Call) -> Value:
        return join_text(change(p) if isinstance(p, str) else p for p in parts_of(call.part(0)))

    return run


def _format(call: Call) -> Value:
    """Fill in a composite format string; what is unknown stays open where it stands."""
    text = call.values[0]
    unknown = first_unknown([*call.values])
    call.spend(len(text) // _FORMAT_PER_STEP if isinstance(text, str) else 0)
    try:
        if isinstance(text, str):
            result = join_text(iter([*render(text, [_open_text(v) for v in call.values[1:]])]))
            # The engine leaves the call open for an unknown argument that the format never shows.
            return bare(unknown) if unknown is not None and isinstance(result, str) else result
        problem = call.problem(f"argument 1 must be a string, not {kind_name(text)}")
    except FormatProblem as refused:
        problem = call.problem(
            str(refused), help="a format item is `{index[,width][:format]}`; double other braces"
        )
    # The engine looks at the format only once it knows every argument, at its kind where none is
    # itself unknown.
    whole = any(isinstance(value, Unknown | PartialText) for value in call.values)
    if unknown is not None and (whole or isinstance(text, str)):
        return bare(unknown)
    raise problem


def _open_text(value: Value) -> Value:
    """Return an argument that is wholly known, text of which parts are not, or an unknown."""
    if isinstance(value, PartialText):
        return PartialText(parts_of(value))
    unknown = first_unknown(value)
    return value if unknown is None else bare(unknown)


def _join(call: Call) -> Value:
    unknown = call.values[0]
    if isinstance(unknown, Unknown | PartialText):
        return _open_text(unknown)
    fits = all(isinstance(item, str | int | Unknown | PartialText) for item in call.array(0))
    if not isinstance(call.values[1], str) and (not fits or len(call.array(0)) <= 1):
        # The engine looks at the items only once it knows what goes between them.
        return _open_text(call.values[1])
    call.spend(_STEPS_PER_ITEM * len(call.array(0)))
    pieces: list[Piece] = []
    for index, item in enumerate(call.array(0)):
        if not isinstance(item, str | int | Unknown | PartialText):
            raise call.problem(
                f"item {index} is of kind {kind_name(item)}",
                help="it joins strings, integers and booleans",
            )
        pieces += (call.part(1), scalar_text(item) if isinstance(item, int) else item)
    return short(call, pieces[1:])


def _string(call: Call) -> Value:
    value = call.values[0]
    if isinstance(value, PartialText):
        return _open_text(value)
    unknown = first_unknown(value)
    if unknown is not None:
        return bare(unknown)
    return scalar_text(value) if isinstance(value, str | int) else bounded_json(value, call)


def _pad_left(call: Call) -> Value:
    source, width, fill = call.values[0], call.integer(1), call.text(2, " ")
    if not 0 < width <= _MOST_PADDING:
        raise call.problem(f"the width must be from 1 to {_MOST_PADDING}, not {width}")
    if unit_length(fill) != 1:
        raise call.problem("the padding must be one character")
    text = scalar_text(source) if isinstance(source, str | int) else ""
    return fill * (width - unit_length(text)) + text


def _replace(call: Call) -> Value:
    text, old, new = call.text(0), call.text(1), call.text(2)
    if not old:
        raise call.problem("the text to replace is empty")
    growth = text.count(old) * (unit_length(new) - unit_length(old))
    if unit_length(text) + growth > LONGEST_RESULT:
        raise call.problem(f"the result has more than {LONGEST_RESULT:,} characters")
    return text.replace(old, new)


def _split(call: Call) -> Value:
    """Cut at every delimiter; of several that begin at one place the first one listed counts."""
    text, delimiters = call.text(0), call.values[1]
    if isinstance(delimiters, list):
        pieces = _split_at_any(call, text, delimiters)
        unknown = first_unknown(delimiters)
        return [*pieces] if unknown is None else bare(unknown)
    delimiter = call.text(1)
    return [*text.split(delimiter)] if delimiter else [text]


def _split_at_any(call: Call, text: str, delimiters: list[Value]) -> list[str]:
    known: list[str] = []
    for index, delimiter in enumerate(delimiters):
        if isinstance(delimiter, Unknown | PartialText):
            continue
        if not isinstance(delimiter, str):
            raise call.problem(f"delimiter {index} must be a string, not {kind_name(delimiter)}")
        known.append(delimiter)
    call.spend(len(text) * len(known) // _COMPARISONS_PER_STEP)
    if not known:
        return re.split(f"[{WHITE_SPACE}]", text)
    alternatives = "|".join(re.escape(delimiter) for delimiter in known if delimiter)
    return re.split(alternatives, text) if alternatives else [text]


def _substring(call: Call) -> Value:
    units = to_units(call.text(0))
    start = call.integer(1)
    length = call.integer(2, len(units) - start)
    if not (0 <= start <= len(units) and 0 <= length <= len(units) - start):
        raise call.problem(
            f"{length} characters from {start} on do not lie inside a text of {len(units)}"
        )
    return from_units(units[start : start + length])


def _trim(call: Call) -> Value:
    parts = [*parts_of(call.part(0))]
    if isinstance(parts[0], str):
        parts[0] = parts[0].lstrip(WHITE_SPACE)
    if isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip(WHITE_SPACE)
    return join_text(iter(parts))


def _starts_with(call: Call) -> Value:
    call.spend(effort(call.text(0), call.text(1)))
    return starts_with(call.text(0), call.text(1))


def _ends_with(call: Call) -> Value:
    call.spend(effort(call.text(0), call.text(1)))
    return ends_with(call.text(0), call.text(1))


FUNCTIONS: tuple[Function, ...] = (
    Function("endsWith", _ends_with, (STRING, STRING), reveals=True),
    Function("format", _format, (ANY,), rest=ANY, opens=Opens.SELF),
    Function("join", _join, (ARRAY, STRING), opens=Opens.SELF),
    Function(
        "padLeft",
        _pad_left,
        (STRING | INT, INT, STRING),
        optional=1,
        checked=Checked.TOGETHER,
    ),
    Function("replace", _replace, (STRING, STRING, STRING)),
    Function("split", _split, (STRING, STRING | ARRAY), opens=Opens.CONTAINER),
    Function("startsWith", _starts_with, (STRING, STRING), reveals=True),
    Function("string", _string, (STRING | INT | BOOL | ARRAY | OBJECT,), opens=Opens.SELF),
    Function("substring", _substring, (STRING, INT, INT), optional=1, checked=Checked.TOGETHER),
    Function("toLower", _by_part(to_lower), (STRING,), opens=Opens.TEXT),
    Function("toUpper", _by_part(to_upper), (STRING,), opens=Opens.TEXT),
    Function("trim", _trim, (STRING,), opens=Opens.TEXT),
)
