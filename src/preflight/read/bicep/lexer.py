"""Text of a Bicep file → tokens.

One regular expression splits the text; only `}` needs to know more, for it may go on with the
string whose `${` it closes. Tokens are three parallel lists, because a file has tens of thousands
of them and objects would cost more than all the rest; `Token` is the view for a single one.

White space, comments and directives (`#disable-next-line` …) are no tokens. A run of line ends,
with the blank lines and comments inside it, is one token.

Source of the rules: Azure/bicep, src/Bicep.Core/Parsing/Lexer.cs; the official compiler.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from preflight.errors import SyntaxProblem
from preflight.model.source import Span
from preflight.read.runs import end_of_run

NEWLINE = "newline"
NAME = "name"
NUMBER = "number"
WORD = "word"
"""`true`, `false` and `null`, which are no names."""
TEXT = "text"
"""A whole string, in single or triple quotes."""
LEFT = "left"
"""A string up to its first `${`."""
MIDDLE = "middle"
RIGHT = "right"
"""What follows the last hole of a string."""
BAD = "bad"
"""Text that begins no token; `Tokens.problems` says why."""
END = "end"

MAX_TOKENS = 250_000
"""Most tokens of a file; the largest file of the public modules has 15,000."""
_PROBLEMS_KEPT = 1_000
"""Most problems that are told: far more than anybody is shown."""

# A repeated group keeps a mark for each round: what may come often is eaten in one, and what cannot
# be has few rounds, after which the lexer goes on where they ended. No run of one character is
# looked through from each of its characters.
_ROUNDS = 2_000
_BLANK = r"[ \t]++|//[^\r\n]*+|/\*(?>.*?\*/)[ \t]*+"
_BREAK = r"[ \t\r\n]*+"
_DIRECTIVE = (
    r"\#(?:disable-next-line|disable-diagnostics|restore-diagnostics)[ \t]++[A-Za-z0-9_-][^\r\n]*+"
)
_LINES = rf"(?>(?:(?://[^\r\n]*+|/\*(?>.*?\*/)|{_DIRECTIVE}){_BREAK}){{0,{_ROUNDS}}})"
_PIECE = (
    rf"(?>(?:[^'\\$\r\n]++|\\[^\r\n]|\$+?(?=\$\{{|[^$\{{]|\Z)){{0,{_ROUNDS}}})"
    r"(?>(?:(?P<closed>')|(?P<hole>\$\{))?)"
)
_TOKEN = re.compile(
    rf"(?>(?:{_BLANK}){{0,{_ROUNDS}}})(?:"
    r"(?P<name>[A-Za-z_][A-Za-z0-9_]*+)"
    rf"|(?P<newline>[\r\n]{_BREAK}"
    rf"{_LINES})"
    r"|(?P<mark>[(){\[\],@;+*%^]|/(?![*/])|:{1,2}|\.(?:\.\.)?|\?{1,2}|=[=~>]?|![=~]?|[<>]=?|&&|\|\|?|-)"
    r"|(?P<close>\})"
    rf"|(?P<string>'(?!''){_PIECE})"
    r"|(?P<number>[0-9]++)"
    r"|(?P<multi>\$*+''')"
    r"|(?P<end>\Z)"
    r"|(?P<comment>//[^\r\n]*+|/\*(?>.*?\*/))"
    r"|(?P<bad>/\*.*|\$++|.)"
    r")",
    re.DOTALL,
)
_OPENING = re.compile(rf"(?>(?:{_BLANK}|{_DIRECTIVE}){{0,{_ROUNDS}}})", re.DOTALL)
_MORE_LINES = re.compile(_LINES, re.DOTALL)
_REST = re.compile(_PIECE)
_WORDS = frozenset({"true", "false", "null"})
_FLAT = 1
"""How a hole of a string in single quotes is marked; of a multi-line one: 1 + its dollars."""

_MULTI = "'''"
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,8})\}|(.))", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", "$": "$"}
_KNOWN_ESCAPES = r"known are \\ \' \n \r \t \$ and \u{…}; write \\ for a backslash"
_LAST_CODE = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
_QUOTES = "end it with a single quote; a quote inside is \\', longer text stands between '''"
_ONE_LINE = "close it with `}`; an expression inside a string stays on one line"
_OPEN = "the multi-line string that starts here is not closed"
_NOT_CLOSED = "the string that starts here is not closed on its line"


class Token(NamedTuple):
    """One token with its text as written."""

    kind: str
    text: str
    span: Span


class LexicalProblem(NamedTuple):
    """Why a piece of text is no token."""

    message: str
    help: str
    offset: int


class Tokens(NamedTuple):
    """The tokens of a file: kind, text and start of each; the last one is `END`.

    The kind of a mark (`{`, `&&`, …) is the mark itself.
    """

    kinds: list[str]
    texts: list[str]
    starts: list[int]
    problems: list[LexicalProblem]

    def views(self) -> Iterator[Token]:
        """Yield the tokens one by one."""
        for kind, text, start in zip(self.kinds, self.texts, self.starts, strict=True):
            yield Token(kind, text, Span(start, start + len(text)))


def tokenize(text: str) -> Tokens:
    """Split a whole file; what begins no token becomes one of kind `BAD`, with a problem.

    Of a file with more than `MAX_TOKENS` only those are there, and the last one is not `END`.
    """
    tokens = Tokens([], [], [], [])
    lexer = _Lexer(text, tokens)
    position = end_of_run(_OPENING, text, 0)
    while position >= 0:
        position = lexer.run(position)
    return tokens


class _Lexer:
    """Holds what a `}` must know: which holes are open, and braces inside them."""

    def __init__(self, text: str, tokens: Tokens) -> None:
        self._text = text
        self._tokens = tokens
        self._holes: list[int] = []
        """For each open hole its mark, and 0 for each `{` inside one."""

    def run(self, position: int) -> int:
        """Add tokens until a string has to be gone on with; return where, -1 at the end."""
        kinds, texts, starts, _ = self._tokens
        holes = self._holes
        left = MAX_TOKENS - len(kinds)
        for match in islice(_TOKEN.finditer(self._text, position), max(left, 0)):
            kind = match.lastgroup or ""
            value = match[kind]
            start = match.end() - len(value)
            if kind == "name":
                if value in _WORDS:
                    kind = WORD
            elif kind == "mark":
                kind = value
                if holes and value == "{":
                    holes.append(0)
            elif kind != "number":
                position = self._other(kind, match, start)
                if position != match.end():
                    return position
                continue
            kinds.append(kind)
            texts.append(value)
            starts.append(start)
        return -1

    def _add(self, kind: str, start: int, end: int) -> int:
        self._tokens.kinds.append(kind)
        self._tokens.texts.append(self._text[start:end])
        self._tokens.starts.append(start)
        return end

    def _problem(self, message: str, offset: int, advice: str = "") -> str:
        if len(self._tokens.problems) < _PROBLEMS_KEPT:
            self._tokens.problems.append(LexicalProblem(message, advice, offset))
        return BAD

    def _other(self, kind: str, match: re.Match[str], start: int) -> int:
        """Add a token that needs a closer look; return where to go on."""
        end = match.end()
        if kind == "comment":
            return end
        if kind == "string":
            return self._string(match, start)
        if kind == "close":
            mark = self._holes.pop() if self._holes else 0
            return self._go_on(start, mark) if mark else self._add("}", start, end)
        if kind == "multi":
            return self._multi(start, end, end - start - len(_MULTI), whole=True)
        if kind in {"newline", "end"}:
            if self._holes:
                self._leave_holes(start)
            if end - start > _ROUNDS:
                end = end_of_run(_MORE_LINES, self._text, end)
            self._add(kind, start, end)
            return end if kind == NEWLINE else -1
        message, advice = _strange(match[kind])
        return self._add(self._problem(message, start, advice), start, end)

    def _string(self, match: re.Match[str], start: int) -> int:
        """Add a string: whole, up to its first hole, or not closed."""
        match = self._stopped(match)
        if match["closed"]:
            return self._add(TEXT, start, match.end())
        if match["hole"]:
            self._holes.append(_FLAT)
            return self._add(LEFT, start, match.end())
        return self._add(self._problem(_NOT_CLOSED, start, _QUOTES), start, match.end())

    def _stopped(self, match: re.Match[str]) -> re.Match[str]:
        """Read on in a string until something stops it; return the last part of it."""
        while not match["closed"] and not match["hole"]:
            more = _REST.match(self._text, match.end())
            if more is None or more.end() == match.end():
                break
            match = more
        return match

    def _leave_holes(self, offset: int) -> None:
        self._holes.clear()
        self._problem("the `${` of a string is not closed on its line", offset, _ONE_LINE)

    def _go_on(self, start: int, mark: int) -> int:
        """Read on in a string whose hole ends with the `}` at `start`."""
        if mark != _FLAT:
            return self._multi(start, start + 1, mark - _FLAT, whole=False)
        match = _REST.match(self._text, start + 1)
        match = match and self._stopped(match)
        end = match.end() if match else start + 1
        if match and match["hole"]:
            self._holes.append(mark)
            return self._add(MIDDLE, start, end)
        if match and match["closed"]:
            return self._add(RIGHT, start, end)
        return self._add(self._problem(_NOT_CLOSED, start, _QUOTES), start, end)

    def _multi(self, start: int, position: int, dollars: int, *, whole: bool) -> int:
        """Read a piece of a multi-line string, whose holes begin with that many dollars, if any."""
        hole = rf"(?<!\$)\${{{dollars},}}+\{{|" if dollars else ""
        stop = re.compile(rf"{hole}'{{3,}}").search(self._text, position)
        if stop is None:
            kind = self._problem(_OPEN, start)
            return self._add(kind, start, len(self._text))
        if stop[0].endswith("{"):
            self._holes.append(_FLAT + dollars)
            return self._add(LEFT if whole else MIDDLE, start, stop.end())
        return self._add(TEXT if whole else RIGHT, start, stop.end())


def _strange(value: str) -> tuple[str, str]:
    """Say what is wrong with text that begins no token."""
    if value.startswith("/*"):
        return "the comment that starts here is not closed", "end it with */"
    if value == "#":
        return (
            "`#` begins no directive",
            "write it like #disable-next-line CODE; a comment begins with //",
        )
    if value == '"':
        return "a double quote begins no string", "strings stand in single quotes: 'text'"
    return f"the character `{value[0]}` is not expected here", ""


def cooked(raw: str) -> str:
    """Return what a piece of a string between its quotes stands for, escapes resolved.

    Raises `SyntaxProblem` with the offset in `raw` for an escape that Bicep does not know.
    """
    return _ESCAPE.sub(_unescape, raw) if "\\" in raw else raw


def _unescape(match: re.Match[str]) -> str:
    code, character = match.groups()
    if code is not None and int(code, 16) <= _LAST_CODE:
        point = int(code, 16)
        return "\ufffd" if point in _SURROGATES else chr(point)
    if character in _ESCAPES:
        return _ESCAPES[character]
    raise SyntaxProblem(
        f"`{match[0]}` is no escape sequence", offset=match.start(), help=_KNOWN_ESCAPES
    )
