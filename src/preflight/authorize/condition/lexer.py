"""Text of a condition → tokens.

The traps are GUIDs that begin with a digit or have no dashes (they look like numbers) and
attribute texts, which hold `$ & < > . / :` and blanks.
"""

from __future__ import annotations

import enum
import re
from typing import NamedTuple

from preflight.errors import SyntaxProblem
from preflight.model.source import Span

MAXIMUM_BYTES = 8 * 1024
"""The longest condition that Azure accepts (Azure RBAC limits, "Condition": 8 KB)."""


class TokenKind(enum.Enum):
    """The kinds of token, as messages name them."""

    OPEN = "`(`"
    CLOSE = "`)`"
    OPEN_SET = "`{`"
    CLOSE_SET = "`}`"
    COMMA = "`,`"
    COLON = "`:`"
    NOT = "`NOT`"
    AND = "`AND`"
    OR = "`OR`"
    STRING = "a string"
    ATTRIBUTE = "an attribute"
    WORD = "a word"
    END = "the end of the condition"


class Token(NamedTuple):
    """One token.

    `value` is the content of a string, the source of an attribute, or the text itself; `name`
    is the text between the brackets of an attribute.
    """

    kind: TokenKind
    value: str
    span: Span
    name: str = ""


_MARKS = {
    "(": TokenKind.OPEN,
    ")": TokenKind.CLOSE,
    "{": TokenKind.OPEN_SET,
    "}": TokenKind.CLOSE_SET,
    ",": TokenKind.COMMA,
    ":": TokenKind.COLON,
    "!": TokenKind.NOT,
    "&&": TokenKind.AND,
    "||": TokenKind.OR,
}
_KEYWORDS = {"not": TokenKind.NOT, "and": TokenKind.AND, "or": TokenKind.OR}
_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)"
    r"|(?P<mark>&&|\|\||[(){},:!])"
    r"|'(?P<string>[^']*)'"
    r"|@(?P<source>[A-Za-z]+)\[(?P<name>[^\[\]{}'\"\r\n]*)\]"
    r"|(?P<word>-?[A-Za-z0-9_][A-Za-z0-9_.-]*)"
)


def tokenize(text: str) -> list[Token]:
    """Split a condition into tokens; the last one is always `END`.

    Raises `SyntaxProblem` at the first character that begins no token, and for text over 8 KB.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAXIMUM_BYTES:
        raise SyntaxProblem(
            f"the condition is longer than {MAXIMUM_BYTES} bytes", offset=min(len(text), 8192)
        )
    tokens: list[Token] = []
    offset = 0
    while offset < len(text):
        found = _TOKEN.match(text, offset)
        if found is None:
            raise _unexpected(text, offset)
        span = Span(offset, found.end())
        offset = span.end
        if found.lastgroup != "space":
            tokens.append(_token(found, span))
    tokens.append(Token(TokenKind.END, "", Span(len(text), len(text))))
    return tokens


def _token(found: re.Match[str], span: Span) -> Token:
    if found["mark"] is not None:
        return Token(_MARKS[found["mark"]], found["mark"], span)
    if found["string"] is not None:
        return _string(found["string"], span)
    if found["source"] is not None:
        if not found["name"].strip():
            raise SyntaxProblem("the attribute has no name", offset=span.start)
        return Token(TokenKind.ATTRIBUTE, found["source"], span, found["name"].strip())
    word = found["word"]
    return Token(_KEYWORDS.get(word.lower(), TokenKind.WORD), word, span)


def _string(content: str, span: Span) -> Token:
    # Whether a backslash escapes a quote is documented nowhere; a guess could end the string at
    # another place than Azure does.
    if content.endswith("\\"):
        raise SyntaxProblem("a backslash before the closing quote is ambiguous", offset=span.start)
    return Token(TokenKind.STRING, content, span)


def _unexpected(text: str, offset: int) -> SyntaxProblem:
    character = text[offset]
    message = {
        "'": "the string has no closing quote",
        '"': "strings stand in single quotes",
        "@": "the attribute is not of the form `@Source[name]`",
    }.get(character, f"unexpected character `{character}`")
    return SyntaxProblem(message, offset=offset)
