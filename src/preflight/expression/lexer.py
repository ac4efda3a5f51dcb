"""Text of an expression → tokens.

The lexical rules are those of the deployment engine, found by asking it: string literals in
single quotes with `''` for a quote, signed decimal integers of 64 bits, identifiers of letters,
decimal digits, `_` and `$` (basic plane only), the marks `( ) [ ] , .`, and white space as .NET
defines it. There are no comments, no operators and no fractions. In a literal that is not the
whole expression the engine halves quotes twice: four of them are one quote too.
"""

from __future__ import annotations

import enum
import re
from typing import NamedTuple

from preflight.errors import SyntaxProblem
from preflight.model.source import Span

LARGEST_INTEGER = 2**63 - 1
_SHOWN = 40
_LAST_OF_BASIC_PLANE = "\uffff"


class TokenKind(enum.Enum):
    """The kinds of token."""

    STRING = "a string"
    INTEGER = "an integer"
    NAME = "a name"
    OPEN = "`(`"
    CLOSE = "`)`"
    OPEN_INDEX = "`[`"
    CLOSE_INDEX = "`]`"
    COMMA = "`,`"
    DOT = "`.`"
    END = "the end of the expression"


class Token(NamedTuple):
    """One token; `value` is the content of a string, the number, or the text itself."""

    kind: TokenKind
    value: str | int
    span: Span


_MARKS = {
    "(": TokenKind.OPEN,
    ")": TokenKind.CLOSE,
    "[": TokenKind.OPEN_INDEX,
    "]": TokenKind.CLOSE_INDEX,
    ",": TokenKind.COMMA,
    ".": TokenKind.DOT,
}
# White space is spelled out: Python's `\s` has the information separators too, .NET has not.
_TOKEN = re.compile(
    r"(?P<space>[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+)"
    r"|(?P<string>'[^']*+(?>(?:''[^']*+)*)')"
    r"|(?P<name>[^\W\d$][\w$]*|\$[\w$]*)"
    r"|(?P<number>[+-]?[0-9]+(?P<fraction>\.[0-9]+)?)"
    r"|(?P<mark>[()\[\],.])"
)


def tokenize(text: str, start: int, end: int) -> list[Token]:
    """Split `text[start:end]` into tokens; offsets count from the start of `text`.

    The last token is always `END`. Raises `SyntaxProblem` at the first character that begins no
    token.
    """
    tokens: list[Token] = []
    offset = start
    while offset < end:
        found = _TOKEN.match(text, offset, end)
        if found is None:
            raise _unexpected(text, offset)
        kind, span = found.lastgroup, Span(offset, found.end())
        offset = span.end
        if kind == "mark":
            tokens.append(Token(_MARKS[found[0]], found[0], span))
        elif kind == "string":
            tokens.append(Token(TokenKind.STRING, found[0][1:-1].replace("''", "'"), span))
        elif kind == "name":
            tokens.append(Token(TokenKind.NAME, _checked_name(found[0], span), span))
        elif kind != "space":
            tokens.append(Token(TokenKind.INTEGER, _integer(found, span), span))
    if len(tokens) > 1 and "''" in text:
        tokens = [_halved(token) if token.kind is TokenKind.STRING else token for token in tokens]
    tokens.append(Token(TokenKind.END, "", Span(end, end)))
    return tokens


def _halved(token: Token) -> Token:
    return token._replace(value=str(token.value).replace("''", "'"))


def _checked_name(name: str, span: Span) -> str:
    """Refuse what a regular expression calls a word but the engine does not."""
    if not name.isascii():
        for index, character in enumerate(name):
            letter = character.isalpha() and character <= _LAST_OF_BASIC_PLANE
            if not (letter or character in "_$" or (index and character.isdecimal())):
                raise _unexpected(name, index, shift=span.start)
    return name


def _integer(found: re.Match[str], span: Span) -> int:
    if found["fraction"]:
        raise SyntaxProblem(
            f"`{_cut(found[0])}` is not an integer",
            offset=span.start,
            help="write json('1.5') or float('1.5') for a number with a fraction",
        )
    digits = found["number"].lstrip("+-").lstrip("0")
    value = int(digits or "0") if len(digits) <= len(str(LARGEST_INTEGER)) else LARGEST_INTEGER + 2
    if found["number"].startswith("-"):
        value = -value
    if not -LARGEST_INTEGER - 1 <= value <= LARGEST_INTEGER:
        raise SyntaxProblem(
            f"the integer `{_cut(found[0])}` does not fit into 64 bits", offset=span.start
        )
    return value


def _unexpected(text: str, offset: int, *, shift: int = 0) -> SyntaxProblem:
    if text[offset] == "'":
        return SyntaxProblem(
            "the string that starts here is not closed",
            offset=offset + shift,
            help="strings stand in single quotes; write '' for a quote inside one",
        )
    return SyntaxProblem(
        f"the character `{text[offset]}` is not expected in an expression", offset=offset + shift
    )


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
