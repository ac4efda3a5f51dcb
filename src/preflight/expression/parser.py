"""Tokens → syntax tree, by recursive descent.

    expression = "[" node "]"
    node       = STRING | INTEGER | call suffix*
    call       = NAME ["." NAME] "(" [node ("," node)*] ")"
    suffix     = "." NAME | "[" node "]"

Source of the grammar: the deployment engine itself; literals take no suffix, and there are no
parentheses for grouping.
"""

from __future__ import annotations

from collections.abc import Iterator

from preflight.errors import LimitExceeded, SyntaxProblem
from preflight.expression.ast import (
    Expression,
    FunctionCall,
    IndexAccess,
    Literal,
    Node,
    ParsedText,
    PropertyAccess,
)
from preflight.expression.lexer import Token, TokenKind, tokenize
from preflight.model.source import Span

MAX_LENGTH = 81_920
"""ARM's limit for what stands between the brackets, in characters. Source: the deployment engine;
the documented limit of 24,576 is an older one."""
MAX_NESTING = 150
"""Our limit for calls inside calls, so that no input exhausts the stack."""


def is_expression(text: str) -> bool:
    """Whether a template string is an expression: in brackets, and not escaped by `[[`."""
    return text.startswith("[") and text.endswith("]") and not text.startswith("[[")


def literal_text(text: str) -> str:
    """Return what a template string that is no expression stands for: `[[x]` is `[x]`."""
    return text[1:] if text.startswith("[[") and text.endswith("]") else text


def parse(text: str) -> Expression:
    """Parse a whole string value, brackets included.

    Raises `SyntaxProblem` with the offset in `text`, and `LimitExceeded` for an expression that
    is too long or nested too deeply.
    """
    if not is_expression(text):
        raise SyntaxProblem("an expression stands in brackets", help="write [name(…)]")
    length = len(text) - len("[]")
    if length > MAX_LENGTH:
        raise LimitExceeded(
            f"the expression has {length:,} characters; ARM allows {MAX_LENGTH:,}",
            help="move parts of it into variables",
        )
    tokens = iter(tokenize(text, 1, len(text) - 1))
    return Expression(text, _Parser(tokens).parse())


class ExpressionCache:
    """Parses each text once; belongs to one evaluation."""

    def __init__(self) -> None:
        """Start empty."""
        self._parsed: dict[str, Expression] = {}

    def parse(self, text: str) -> Expression:
        """Return the parsed expression; raises what `parse` raises."""
        if isinstance(text, ParsedText):
            return Expression(text, text.root)
        found = self._parsed.get(text)
        if found is None:
            found = self._parsed[text] = parse(text)
        return found


class _Parser:
    """One pass over the tokens; `_next` is the token to look at."""

    def __init__(self, tokens: Iterator[Token]) -> None:
        self._tokens = tokens
        self._next = next(tokens)
        self._depth = 0

    def parse(self) -> Node:
        node = self._node()
        if self._next.kind is not TokenKind.END:
            raise self._expected("the end of the expression")
        return node

    def _advance(self) -> Token:
        token = self._next
        self._next = next(self._tokens, token)
        return token

    def _take(self, kind: TokenKind) -> Token:
        if self._next.kind is not kind:
            raise self._expected(kind.value)
        return self._advance()

    def _expected(self, what: str) -> SyntaxProblem:
        token = self._next
        found = f"`{token.value}`" if token.kind is TokenKind.NAME else token.kind.value
        return SyntaxProblem(f"expected {what}, found {found}", offset=token.span.start)

    def _node(self) -> Node:
        """Parse `node = STRING | INTEGER | call suffix*`."""
        kind = self._next.kind
        if kind is TokenKind.STRING or kind is TokenKind.INTEGER:
            token = self._advance()
            return Literal(token.value, token.span)
        if kind is not TokenKind.NAME:
            raise self._expected("a function, a string or an integer")
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise LimitExceeded(
                f"the expression nests more than {MAX_NESTING} calls",
                help="move parts of it into variables",
            )
        node = self._suffixes(self._call())
        self._depth -= 1
        return node

    def _suffixes(self, node: Node) -> Node:
        """Parse `suffix* = ("." NAME | "[" node "]")*`."""
        while True:
            if self._next.kind is TokenKind.DOT:
                self._advance()
                name = self._take(TokenKind.NAME)
                node = PropertyAccess(node, str(name.value), name.span)
            elif self._next.kind is TokenKind.OPEN_INDEX:
                start = self._advance().span.start
                key = self._node()
                end = self._take(TokenKind.CLOSE_INDEX).span.end
                node = IndexAccess(node, key, Span(start, end))
            else:
                return node

    def _call(self) -> FunctionCall:
        """Parse `call = NAME ["." NAME] "(" [node ("," node)*] ")"`."""
        first = self._advance()
        namespace, name = "", first
        if self._next.kind is TokenKind.DOT:
            self._advance()
            namespace, name = str(first.value), self._take(TokenKind.NAME)
        span = Span(first.span.start, name.span.end)
        self._take(TokenKind.OPEN)
        arguments: list[Node] = []
        if self._next.kind is not TokenKind.CLOSE:
            arguments.append(self._node())
            while self._next.kind is TokenKind.COMMA:
                self._advance()
                arguments.append(self._node())
        self._take(TokenKind.CLOSE)
        text = str(name.value)
        key = f"{namespace}.{text}".lower() if namespace else text.lower()
        return FunctionCall(namespace, text, key, tuple(arguments), span)
