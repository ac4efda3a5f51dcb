"""JSON as ARM's own reader takes it, keeping where every node stands.

One pass over the text with an explicit stack: no recursion, linear time. Beside standard JSON it
reads what the official engine was seen to read: comments, line breaks and control characters in
strings, a comma after the last item, single quotes, and bare property names; each of the last
three is noted. Where a property is given twice the last one counts, as in the engine.

Every pattern below is possessive or anchored by distinct characters, so that no text can make
it backtrack; and groups have few rounds, each of which would cost memory. What has more is read
token by token.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from preflight.errors import LimitExceeded, SyntaxProblem
from preflight.model.source import NodeSpan, Place, SourceFile
from preflight.model.value import JsonValue
from preflight.read.json_strings import BadEscape, escape_pointer, resolve_escapes, shown
from preflight.read.runs import end_of_run

DEPTH_LIMIT = 128
"""Deepest nesting that is read; the official engine stops at 64."""

_ROUNDS = "{0,2000}"
_SKIP = rf"(?>\s*+(?:(?://[^\n]*+|/\*(?>.*?\*/))\s*+){_ROUNDS})"
_TEXT = rf'[^"\\]*+(?>(?:\\.[^"\\]*+){_ROUNDS})'
_SCALAR = r"(-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?|true|false|null)(?![\w.+-])"
_COMMA = rf"(?:{_SKIP}(,))?"
_ITEM = rf'(?:"({_TEXT})"{_COMMA}|{_SCALAR}{_COMMA}|([\[{{]))'

# Groups: (key,) text, comma behind it, scalar, comma behind it, opening bracket.
_MEMBER = re.compile(rf'{_SKIP}"({_TEXT})"{_SKIP}:{_SKIP}{_ITEM}', re.DOTALL).match
_ELEMENT = re.compile(rf"{_SKIP}{_ITEM}", re.DOTALL).match
_SKIPPED = re.compile(_SKIP, re.DOTALL)

_INSIDE = {
    '"': re.compile(_TEXT, re.DOTALL),
    "'": re.compile(rf"[^'\\]*+(?>(?:\\.[^'\\]*+){_ROUNDS})", re.DOTALL),
}
"""What stands in quotes, by the quote."""
_BARE_KEY = re.compile(r"[A-Za-z_$][\w$]*+").match
_SCALAR_TOKEN = re.compile(_SCALAR).match
_WORD = re.compile(r"[\w.+-]{1,40}").match
_TOLERATED = {
    "bare-property-name": "the property name `{name}` is not quoted: no standard JSON",
    "duplicate-key": "the property `{name}` is given twice in one object: the last one counts",
    "single-quotes": "single quotes are no standard JSON",
    "trailing-comma": "a comma behind the last item is no standard JSON",
}
_LENIENCIES = 1_000
_CONSTANTS: dict[str, JsonValue] = {"true": True, "false": False, "null": None}


class Leniency(NamedTuple):
    """Something that ARM reads although it is no standard JSON."""

    code: str
    message: str
    offset: int


class Scan(NamedTuple):
    """A text that was read: its value, the span of every node, and what was tolerated."""

    value: JsonValue
    spans: Mapping[str, NodeSpan]
    leniencies: tuple[Leniency, ...]


class JsonIndex:
    """Finds the nodes of a JSON text that is known to parse; scans it when first asked."""

    def __init__(self, text: str, start: int = 0) -> None:
        """Keep the text; JSON begins at `start`."""
        self._text = text
        self._start = start

    @cached_property
    def _spans(self) -> Mapping[str, NodeSpan]:
        return scan(self._text, "", start=self._start).spans

    def spans(self) -> Mapping[str, NodeSpan]:
        """Return JSON pointer → span of that node."""
        return self._spans


def scan(text: str, name: str, *, start: int = 0) -> Scan:
    """Read a JSON text; `name` is the file's name for messages, `start` where JSON begins.

    Raises:
        SyntaxProblem: the text is no JSON, with the offset of the place.
        LimitExceeded: it is nested deeper than `DEPTH_LIMIT`.
    """
    return _Scanner(text, name, start).run()


class _Frame:
    """A container that is still open."""

    __slots__ = ("key_at", "members", "opened_at", "pointer", "prefix", "separated")

    def __init__(
        self,
        members: list[JsonValue] | dict[str, JsonValue],
        *,
        pointer: str,
        key_at: int,
        opened_at: int,
    ) -> None:
        self.members = members
        self.pointer = pointer
        self.prefix = pointer + "/"
        self.key_at = key_at
        self.opened_at = opened_at
        self.separated = True
        """Whether another item may follow: at the start, and behind a comma."""


class _Scanner:
    """One run over a text.

    `_frames` is the stack of open containers, `_position` where reading goes on. Rule: whenever a
    container is on top, `_position` is at the start of its next item or its end.
    """

    def __init__(self, text: str, name: str, start: int) -> None:
        self._text = text
        self._name = name
        self._position = start
        self._frames: list[_Frame] = []
        self._spans: dict[str, NodeSpan] = {}
        self._leniencies: list[Leniency] = []

    def run(self) -> Scan:
        """Read the whole text: `value`, and nothing behind it."""
        start = self._blank(self._position)
        # The root is read as the only item of a list.
        holder: list[JsonValue] = []
        outside = _Frame(holder, pointer="", key_at=start, opened_at=start)
        self._position = self._value(outside, key="", pointer="", key_at=start, at=start)
        while self._frames:
            frame = self._frames[-1]
            if isinstance(frame.members, dict):
                self._object(frame, frame.members)
            else:
                self._array(frame, frame.members)
        end = self._blank(self._position)
        if end < len(self._text):
            raise self._problem("there is text behind the end of the JSON value", end)
        return Scan(holder[0], self._spans, tuple(self._leniencies))

    def _object(self, frame: _Frame, members: dict[str, JsonValue]) -> None:
        """Read members up to the end or a nested container.

        `"{" [ member { "," member } [ "," ] ] "}"`
        """
        text, spans, prefix = self._text, self._spans, frame.prefix
        while frame.separated and (match := _MEMBER(text, self._position)):
            key, string, comma, scalar, scalar_comma, _ = match.groups()
            key_at = match.start(1) - 1
            if "\\" in key:
                key = self._unescape(key, key_at + 1)
            if key in members:
                self._tolerate("duplicate-key", key_at, key)
            pointer = prefix + (escape_pointer(key) if "/" in key or "~" in key else key)
            if string is not None:
                at = match.start(2)
                members[key] = self._unescape(string, at) if "\\" in string else string
                spans[pointer] = NodeSpan(key_at, at - 1, match.end(2) + 1)
                frame.separated = comma is not None
            elif scalar is not None:
                at = match.start(4)
                members[key] = self._scalar(scalar, at)
                spans[pointer] = NodeSpan(key_at, at, match.end(4))
                frame.separated = scalar_comma is not None
            else:
                self._open(frame, key=key, pointer=pointer, key_at=key_at, at=match.start(6))
                return
            self._position = match.end()
        self._close(frame)

    def _array(self, frame: _Frame, members: list[JsonValue]) -> None:
        """Read items up to the end or a nested container.

        `"[" [ value { "," value } [ "," ] ] "]"`
        """
        text, spans, prefix = self._text, self._spans, frame.prefix
        while frame.separated and (match := _ELEMENT(text, self._position)):
            string, comma, scalar, scalar_comma, _ = match.groups()
            pointer = f"{prefix}{len(members)}"
            if string is not None:
                at = match.start(1)
                members.append(self._unescape(string, at) if "\\" in string else string)
                spans[pointer] = NodeSpan(at - 1, at - 1, match.end(1) + 1)
                frame.separated = comma is not None
            elif scalar is not None:
                at = match.start(3)
                members.append(self._scalar(scalar, at))
                spans[pointer] = NodeSpan(at, at, match.end(3))
                frame.separated = scalar_comma is not None
            else:
                at = match.start(5)
                self._open(frame, key="", pointer=pointer, key_at=at, at=at)
                return
            self._position = match.end()
        self._close(frame)

    def _open(self, frame: _Frame, *, key: str, pointer: str, key_at: int, at: int) -> None:
        """Put a new container on top; it becomes an item of `frame`."""
        if len(self._frames) >= DEPTH_LIMIT:
            raise LimitExceeded(
                f"the JSON is nested deeper than {DEPTH_LIMIT} levels",
                help="ARM reads 64 levels; flatten the value",
                where=self._place(at),
            )
        members: list[JsonValue] | dict[str, JsonValue] = [] if self._text[at] == "[" else {}
        _put(frame, key, members)
        frame.separated = False
        self._frames.append(_Frame(members, pointer=pointer, key_at=key_at, opened_at=at))
        self._position = at + 1

    def _close(self, frame: _Frame) -> None:
        """Take the top container off at its end, or read an item that no fast pattern takes."""
        at = self._position = self._blank(self._position)
        mark = self._text[at : at + 1]
        if mark == "," and not frame.separated:
            self._separate(frame)
            return
        if mark != ("}" if isinstance(frame.members, dict) else "]"):
            self._item(frame)
            return
        end = at + 1
        if frame.separated and frame.members:
            self._tolerate("trailing-comma", at)
        self._spans[frame.pointer] = NodeSpan(frame.key_at, frame.opened_at, end)
        self._frames.pop()
        self._position = end
        if self._frames:
            self._separate(self._frames[-1])

    def _separate(self, frame: _Frame) -> None:
        """Read the comma behind an item, if there is one."""
        at = self._blank(self._position)
        frame.separated = self._text.startswith(",", at)
        if frame.separated:
            self._position = at + 1

    def _item(self, frame: _Frame) -> None:
        """Read one item token by token: with what is not standard JSON, or to say what is wrong."""
        at = self._blank(self._position)
        if not frame.separated:
            raise self._unexpected(at, "a comma or the end of the " + _kind(frame))
        if isinstance(frame.members, dict):
            key_at, key, at = self._key(at, frame.members)
            pointer = frame.prefix + escape_pointer(key)
        else:
            key_at, key, pointer = at, "", f"{frame.prefix}{len(frame.members)}"
        open_before = len(self._frames)
        self._position = self._value(frame, key=key, pointer=pointer, key_at=key_at, at=at)
        if len(self._frames) == open_before:
            self._separate(frame)

    def _key(self, at: int, members: dict[str, JsonValue]) -> tuple[int, str, int]:
        """Read a property name and its colon; return its offset, itself, and where its value is."""
        token = self._quoted(at)
        if token:
            key = self._string(token, at)
        elif match := _BARE_KEY(self._text, at):
            key = token = match[0]
            self._tolerate("bare-property-name", at, token)
        else:
            raise self._unexpected(at, "a property name in double quotes or the end of the object")
        if key in members:
            self._tolerate("duplicate-key", at, key)
        colon = self._blank(at + len(token))
        if self._text[colon : colon + 1] != ":":
            raise self._unexpected(colon, f"a colon behind the property name `{shown(key)}`")
        return at, key, self._blank(colon + 1)

    def _value(self, frame: _Frame, *, key: str, pointer: str, key_at: int, at: int) -> int:
        """Read `object | array | string | scalar`; return where it ends, or begins inside."""
        if self._text[at : at + 1] in {"{", "["}:
            self._open(frame, key=key, pointer=pointer, key_at=key_at, at=at)
            return self._position
        value: JsonValue
        token = self._quoted(at)
        if token:
            value = self._string(token, at)
        elif match := _SCALAR_TOKEN(self._text, at):
            token = match[0]
            value = self._scalar(token, at)
        else:
            raise self._unexpected(at, "a value")
        _put(frame, key, value)
        end = at + len(token)
        self._spans[pointer] = NodeSpan(key_at, at, end)
        return end

    def _quoted(self, at: int) -> str:
        """Return the quoted token at an offset; empty where there is none, or it has no end."""
        quote = self._text[at : at + 1]
        if quote not in _INSIDE:
            return ""
        end = end_of_run(_INSIDE[quote], self._text, at + 1)
        return self._text[at : end + 1] if self._text.startswith(quote, end) else ""

    def _string(self, token: str, at: int) -> str:
        """Return the text of a quoted token."""
        if token[0] == "'":
            self._tolerate("single-quotes", at)
        return self._unescape(token[1:-1], at + 1)

    def _unescape(self, raw: str, at: int) -> str:
        """Resolve the escape sequences of a string whose text begins at `at`."""
        try:
            return resolve_escapes(raw)
        except BadEscape as bad:
            message = "this backslash begins no escape sequence of JSON"
            raise self._problem(message, at + bad.offset) from bad

    def _tolerate(self, code: str, at: int, name: str = "") -> None:
        """Remember what is no standard JSON, up to a limit: a file may hold millions of it."""
        if len(self._leniencies) < _LENIENCIES:
            message = _TOLERATED[code].format(name=shown(name))
            self._leniencies.append(Leniency(code, message, at))

    def _scalar(self, token: str, at: int) -> JsonValue:
        """Return the value of a number, `true`, `false` or `null`."""
        if token in _CONSTANTS:
            return _CONSTANTS[token]
        try:
            number = float(token) if set(token) & set(".eE") else int(token)
        except ValueError as error:
            # CPython converts at most 4,300 digits.
            raise self._problem("the number has too many digits", at) from error
        if isinstance(number, float) and not math.isfinite(number):
            raise self._problem("the number is too large", at)
        return number

    def _blank(self, position: int) -> int:
        """Return where the next token begins: behind white space and comments."""
        return end_of_run(_SKIPPED, self._text, position)

    def _unexpected(self, at: int, wanted: str) -> SyntaxProblem:
        """Say what stands at a place where something else belongs."""
        text = self._text
        if at >= len(text):
            inside = f" inside the {_kind(self._frames[-1])}" if self._frames else ""
            begun = f" that begins in line {self._line()}" if self._frames else ""
            return self._problem(f"the text ends{inside}{begun}: {wanted} is missing", at)
        if text.startswith("/*", at):
            return self._problem("the comment has no end", at)
        token = self._quoted(at)
        if not token and text[at] in _INSIDE:
            return self._problem("the string has no end", at)
        word = _WORD(text, at)
        found = shown(token or (word[0] if word else text[at]))
        lower = found.lower()
        advice = f"write `{lower}`" if lower in _CONSTANTS and lower != found else ""
        return self._problem(f"found `{found}` where {wanted} belongs", at, advice=advice)

    def _line(self) -> int:
        """Return the line in which the top container begins."""
        return self._text.count("\n", 0, self._frames[-1].opened_at) + 1

    def _problem(self, message: str, at: int, *, advice: str = "") -> SyntaxProblem:
        return SyntaxProblem(message, offset=at, help=advice, where=self._place(at))

    def _place(self, at: int) -> Place:
        """Return a place that needs no index: this text has none yet."""
        return Place(source=SourceFile(self._name, self._text), offset=at)


def _kind(frame: _Frame) -> str:
    return "object" if isinstance(frame.members, dict) else "array"


def _put(frame: _Frame, key: str, value: JsonValue) -> None:
    if isinstance(frame.members, dict):
        frame.members[key] = value
    else:
        frame.members.append(value)
