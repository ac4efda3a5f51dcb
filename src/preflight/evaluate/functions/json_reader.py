"""JSON as the deployment engine reads it from text: a lenient reader.

It accepts comments, single quotes, bare keys, trailing and repeated commas, hexadecimal and octal
integers, `NaN`, `Infinity` and `undefined`, stops behind the first value, and forgives missing
closing brackets behind a complete value. Of several equal keys the last one wins and moves to the
end. Source: Json.NET, the reader inside the engine; settled by asking the engine.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from preflight.evaluate.functions.characters import WHITE_SPACE, is_letter_or_digit
from preflight.evaluate.functions.json_number import read_number
from preflight.model.value import Value

DEEPEST = 512
"""How deep arrays and objects may nest."""

_BLANK = re.compile(f"[\0{WHITE_SPACE}]*")
_COMMENT = re.compile(r"//(?=.)[^\r\n]*|/\*.*?\*/", re.DOTALL)
_NUMBER = re.compile(r"[-.0-9][-+.0-9a-fA-FxX]*")
_NUMBER_END = re.compile(rf"[{WHITE_SPACE},}}\])/]|\Z")
_WORD_END = re.compile(rf"[\0{WHITE_SPACE},}}\]]|/[/*]|\Z")
_STRINGS = {quote: re.compile(rf"[^\\{quote}]*") for quote in "\"'"}
_HEX4 = re.compile(r"[0-9a-fA-F]{4}")

_WORDS: tuple[tuple[str, Value], ...] = (
    ("true", True),
    ("false", False),
    ("null", None),
    ("undefined", None),
    ("NaN", float("nan")),
    ("Infinity", float("inf")),
    ("-Infinity", float("-inf")),
)
_ESCAPES = dict(zip("btnfr\\\"'/", "\b\t\n\f\r\\\"'/", strict=True))
_REPLACEMENT = "\ufffd"

_Step: TypeAlias = "Callable[[], _Step | None]"


class JsonProblem(ValueError):
    """Text that the reader does not accept; the message says what is wrong and where."""


def read_json(text: str) -> Value:
    """Return the first JSON value in a text; linear in its length.

    Raises `JsonProblem` when there is none or it is not well formed.
    """
    return _Reader(text).read()


class _Reader:
    """One pass over the text; open containers stand on a stack, so depth costs no recursion."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.root: Value = None
        self.open: list[list[Value] | dict[str, Value]] = []
        self.keys: list[str] = []
        """The key being read in each open object."""
        self.closed = False
        """Whether the last thing read was a closing bracket."""

    def read(self) -> Value:
        step: _Step | None = self._value
        while step is not None:
            step = step()
        return self.root

    # Steps: each reads one thing and returns what may follow.

    def _value(self) -> _Step | None:
        match self._peek():
            case "":
                return None
            case "[":
                self.at += 1
                return self._push([], self._value)
            case "{":
                self.at += 1
                self.keys.append("")
                return self._push({}, self._key)
            case "]":
                return self._close(list)
            case ",":
                # A value left out is null; the comma is read by the next step.
                self._put(None)
            case '"' | "'" as quote:
                self._put(self._string(quote))
            case _:
                self._put(self._word_or_number())
        return self._more

    def _key(self) -> _Step | None:
        first = self._peek()
        if not first:
            return None
        if first == "}":
            return self._close(dict)
        if first in _STRINGS:
            self.keys[-1] = self._string(first)
        else:
            self.keys[-1] = self._bare_key()
        self._skip_blank()
        if not self.text.startswith(":", self.at):
            raise self._problem("expected `:`")
        self.at += 1
        return self._value

    def _more(self) -> _Step | None:
        if not self.open:
            return None
        self._skip_comments()
        if self.at >= len(self.text):
            return None
        inside = type(self.open[-1])
        match self.text[self.at]:
            case "]":
                return self._close(list)
            case "}":
                return self._close(dict)
            case ",":
                self.at += 1
                return self._value if inside is list else self._key
            case _:
                pass
        raise self._problem("expected `,` or a closing bracket")

    # Containers

    def _push(self, container: list[Value] | dict[str, Value], then: _Step) -> _Step:
        if isinstance(container, dict):
            key = self.keys.pop()
            self._put(container)
            self.keys.append(key)
        else:
            self._put(container)
        self.open.append(container)
        if len(self.open) > DEEPEST:
            raise self._problem(f"nested deeper than {DEEPEST} levels")
        return then

    def _put(self, value: Value) -> None:
        self.closed = False
        if not self.open:
            self.root = value
            return
        parent = self.open[-1]
        if isinstance(parent, list):
            parent.append(value)
        else:
            parent.pop(self.keys[-1], None)
            parent[self.keys[-1]] = value

    def _close(self, kind: type) -> _Step:
        if not self.open or type(self.open[-1]) is not kind:
            raise self._problem("the closing bracket has no partner")
        self.at += 1
        self.closed = True
        if isinstance(self.open.pop(), dict):
            self.keys.pop()
        return self._more

    # Scalars

    def _string(self, quote: str) -> str:
        self.at += 1
        pieces: list[str] = []
        while True:
            plain = _STRINGS[quote].match(self.text, self.at)
            assert plain is not None  # noqa: S101 - the pattern matches the empty string too
            pieces.append(plain[0])
            self.at = plain.end()
            if self.at >= len(self.text):
                raise self._problem("the string has no end")
            self.at += 1
            if self.text[self.at - 1] == quote:
                return "".join(pieces)
            pieces.append(self._escape())

    def _escape(self) -> str:
        kind = self.text[self.at : self.at + 1]
        self.at += 1
        if kind == "u":
            return self._unicode()
        if kind not in _ESCAPES:
            raise self._problem("unknown escape in a string")
        return _ESCAPES[kind]

    def _unicode(self) -> str:
        out = ""
        unit = self._hex4()
        while "\ud800" <= unit <= "\udbff" and self.text.startswith("\\u", self.at):
            self.at += 2
            following = self._hex4()
            if "\udc00" <= following <= "\udfff":
                pair = 0x10000 + (ord(unit) - 0xD800) * 0x400 + ord(following) - 0xDC00
                return out + chr(pair)
            out += _REPLACEMENT
            unit = following
        return out + (_REPLACEMENT if "\ud800" <= unit <= "\udfff" else unit)

    def _hex4(self) -> str:
        digits = _HEX4.match(self.text, self.at)
        if digits is None:
            raise self._problem(r"expected four hexadecimal digits behind `\u`")
        self.at += 4
        return chr(int(digits[0], 16))

    def _bare_key(self) -> str:
        start = self.at
        while self.at < len(self.text) and _is_bare(self.text[self.at]):
            self.at += 1
        if start == self.at:
            raise self._problem("expected a key")
        return self.text[start : self.at]

    def _word_or_number(self) -> Value:
        for word, value in _WORDS:
            if self.text.startswith(word, self.at):
                self._end_scalar(len(word), _WORD_END)
                return value
        number = _NUMBER.match(self.text, self.at)
        if number is None:
            raise self._problem("expected a JSON value")
        self._end_scalar(len(number[0]), _NUMBER_END)
        value = read_number(number[0])
        if value is None:
            raise self._problem("expected a number")
        return value

    def _end_scalar(self, length: int, end: re.Pattern[str]) -> None:
        self.at += length
        if end.match(self.text, self.at) is None:
            raise self._problem("unexpected character behind a value")

    # Position

    def _peek(self) -> str:
        """Skip blanks and comments; return the next character.

        An empty text is a forgiven end: behind a comma that follows a closing bracket, directly
        inside the outermost container.
        """
        self._skip_comments()
        if self.at < len(self.text):
            return self.text[self.at]
        if self.closed and len(self.open) == 1:
            return ""
        raise self._problem("unexpected end")

    def _skip_comments(self) -> None:
        self._skip_blank()
        while self.text.startswith("/", self.at):
            comment = _COMMENT.match(self.text, self.at)
            if comment is None:
                raise self._problem("the comment is not complete")
            self.at = comment.end()
            self.closed = False
            self._skip_blank()

    def _skip_blank(self) -> None:
        if blank := _BLANK.match(self.text, self.at):
            self.at = blank.end()

    def _problem(self, what: str) -> JsonProblem:
        return JsonProblem(f"{what} at character {self.at + 1}")


def _is_bare(character: str) -> bool:
    return character in "_$" or is_letter_or_digit(character)
