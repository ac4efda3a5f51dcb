"""Tokens of a condition → syntax tree, by recursive descent."""

from __future__ import annotations

from preflight.authorize.condition.ast import (
    ActionMatches,
    Attribute,
    AttributeSource,
    Chain,
    Compare,
    Condition,
    Constant,
    Exists,
    Joiner,
    Node,
    Not,
    Operand,
    SubOperationMatches,
)
from preflight.authorize.condition.lexer import Token, TokenKind, tokenize
from preflight.authorize.condition.operators import (
    OPERATORS,
    QUANTIFIERS,
    Family,
    Operator,
    Quantifier,
    Scalar,
    guid_of,
    integer_of,
    ticks_of,
)
from preflight.authorize.condition.request import attribute_key
from preflight.errors import SyntaxProblem
from preflight.model.action import ActionPattern
from preflight.model.source import Span

MAXIMUM_DEPTH = 64
"""Parentheses inside each other; real conditions use fewer than ten."""

_SOURCES = {source.value.lower(): source for source in AttributeSource}
_JOINERS = {TokenKind.AND: Joiner.AND, TokenKind.OR: Joiner.OR}


def parse(text: str) -> Condition:
    """Parse a condition.

    Raises `SyntaxProblem`, its offset inside the text, for whatever Azure would not accept or
    this grammar cannot read; a condition is never read in part.
    """
    parser = _Parser(tokenize(text))
    root = parser.condition(0)
    parser.expect(TokenKind.END)
    return Condition(root, text)


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._tokens[self._at]
        if token.kind is not TokenKind.END:
            self._at += 1
        return token

    def expect(self, kind: TokenKind) -> Token:
        """Take a token of one kind or refuse."""
        if self._next.kind is not kind:
            raise _unexpected(self._next, kind.value)
        return self._take()

    def condition(self, depth: int) -> Node:
        """`condition := unary (("AND" | "&&" | "OR" | "||") unary)*`."""
        if depth > MAXIMUM_DEPTH:
            raise SyntaxProblem(
                f"more than {MAXIMUM_DEPTH} parentheses stand inside each other",
                offset=self._next.span.start,
            )
        operands = [self._unary(depth)]
        joiners: list[Joiner] = []
        while (joiner := _JOINERS.get(self._next.kind)) is not None:
            self._take()
            joiners.append(joiner)
            operands.append(self._unary(depth))
        if not joiners:
            return operands[0]
        span = Span(operands[0].span.start, operands[-1].span.end)
        return Chain(tuple(operands), tuple(joiners), span)

    def _unary(self, depth: int) -> Node:
        """`unary := ("NOT" | "!")* primary`."""
        starts: list[int] = []
        while self._next.kind is TokenKind.NOT:
            starts.append(self._take().span.start)
        node = self._primary(depth)
        # Two negations are none, also in three-valued logic: a long row of them stays shallow.
        if len(starts) % 2:
            node = Not(node, Span(starts[-1], node.span.end))
        return node

    def _primary(self, depth: int) -> Node:
        """`primary := "(" condition ")" | function | "Exists" attribute | comparison`."""
        token = self._next
        if token.kind is TokenKind.OPEN:
            self._take()
            node = self.condition(depth + 1)
            self.expect(TokenKind.CLOSE)
            return node
        if token.kind is TokenKind.WORD:
            match token.value.lower():
                case "actionmatches" | "suboperationmatches":
                    return self._function()
                case "exists":
                    self._take()
                    attribute = self._attribute(self.expect(TokenKind.ATTRIBUTE))
                    return Exists(attribute, Span(token.span.start, attribute.span.end))
                case _:
                    pass
        return self._comparison()

    def _function(self) -> Node:
        """`function := ("ActionMatches" | "SubOperationMatches") "{" string "}"`."""
        name = self._take()
        self.expect(TokenKind.OPEN_SET)
        argument = self.expect(TokenKind.STRING)
        span = Span(name.span.start, self.expect(TokenKind.CLOSE_SET).span.end)
        if not argument.value.strip():
            raise SyntaxProblem(f"`{name.value}` names nothing", offset=argument.span.start)
        if name.value.lower() == "actionmatches":
            return ActionMatches(ActionPattern(argument.value), span)
        return SubOperationMatches(argument.value.strip(), span)

    def _comparison(self) -> Node:
        """`comparison := operand operator operand`."""
        left = self._operand_tokens()
        quantifier, operator = self._operator()
        right = self._operand_tokens()
        one = self._operand(left, operator, quantifier)
        other = self._operand(right, operator, quantifier)
        return Compare(one, operator, quantifier, other, Span(one.span.start, other.span.end))

    def _operand_tokens(self) -> list[Token]:
        """`operand := attribute | literal | "{" literal ("," literal)* "}"`; typed later."""
        token = self._next
        if token.kind in {TokenKind.ATTRIBUTE, TokenKind.STRING, TokenKind.WORD}:
            return [self._take()]
        if token.kind is not TokenKind.OPEN_SET:
            raise _unexpected(token, "an attribute or a value")
        tokens = [self._take(), self._literal()]
        while self._next.kind is TokenKind.COMMA:
            self._take()
            tokens.append(self._literal())
        tokens.append(self.expect(TokenKind.CLOSE_SET))
        return tokens

    def _literal(self) -> Token:
        if self._next.kind not in {TokenKind.STRING, TokenKind.WORD}:
            raise _unexpected(self._next, "a value")
        return self._take()

    def _operator(self) -> tuple[Quantifier | None, Operator]:
        """`operator := [quantifier ":"] comparison`."""
        word = self.expect(TokenKind.WORD)
        quantifier = None
        if self._next.kind is TokenKind.COLON:
            quantifier = QUANTIFIERS.get(word.value.lower())
            if quantifier is None:
                raise SyntaxProblem(f"unknown set operator `{word.value}`", offset=word.span.start)
            self._take()
            word = self.expect(TokenKind.WORD)
        operator = OPERATORS.get(word.value.lower())
        if operator is None:
            raise SyntaxProblem(f"unknown operator `{word.value}`", offset=word.span.start)
        if quantifier is not None and not operator.takes_sets:
            raise SyntaxProblem(f"`{operator.name}` compares no sets", offset=word.span.start)
        return quantifier, operator

    def _operand(
        self, tokens: list[Token], operator: Operator, quantifier: Quantifier | None
    ) -> Operand:
        """Give an operand the operator's type; refuse several values without a set operator."""
        if tokens[0].kind is TokenKind.ATTRIBUTE:
            return self._attribute(tokens[0])
        literals = tokens[1:-1] if tokens[0].kind is TokenKind.OPEN_SET else tokens
        if quantifier is None and len(literals) > 1:
            raise SyntaxProblem(
                f"several values need a set operator such as `ForAnyOfAnyValues:{operator.name}`",
                offset=tokens[0].span.start,
            )
        span = Span(tokens[0].span.start, tokens[-1].span.end)
        return Constant(tuple(_scalar(token, operator.family) for token in literals), span)

    @staticmethod
    def _attribute(token: Token) -> Attribute:
        source = _SOURCES.get(token.value.lower())
        if source is None:
            raise SyntaxProblem(
                f"unknown attribute source `{token.value}`", offset=token.span.start
            )
        return Attribute(source, token.name, attribute_key(token.name), token.span)


def _scalar(token: Token, family: Family) -> Scalar:
    value: Scalar | None = None
    quoted = token.kind is TokenKind.STRING
    match family:
        case Family.STRING:
            value = token.value if quoted else None
        case Family.DATE_TIME:
            value = ticks_of(token.value) if quoted else None
        case Family.NUMERIC:
            value = None if quoted else integer_of(token.value)
        case Family.GUID:
            value = None if quoted else guid_of(token.value)
        case Family.BOOL:
            value = None if quoted else {"true": True, "false": False}.get(token.value.lower())
    if value is None:
        raise SyntaxProblem(
            f"`{token.value}` is not {family.value}, which the operator compares",
            offset=token.span.start,
        )
    return value


def _unexpected(token: Token, wanted: str) -> SyntaxProblem:
    found = f"`{token.value}`" if token.value else token.kind.value
    return SyntaxProblem(f"expected {wanted} but found {found}", offset=token.span.start)
