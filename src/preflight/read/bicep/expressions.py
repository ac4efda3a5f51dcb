"""Tokens → expressions, by recursive descent and a table of precedences.

    expression = binary [NL* "?" expression NL* ":" expression]
    binary     = unary (OPERATOR unary)*                      by precedence, left to right
    unary      = ["!" | "-"] member
    member     = primary ("." ["?"] NAME [arguments] | "[" ["?"] ["^"] expression "]"
                 | "::" NAME | "!")*
    primary    = literal | string | object | array | loop | call | lambda | NAME
                 | "(" expression ")"
    arguments  = "(" NL* [expression ("," NL* expression)*] NL* ")"
    lambda     = (NAME | "(" names ")") "=>" NL* expression

Strings, objects, arrays and loops are parsed in literals.py. Arrays and objects do not stand in the
holes of a string, the bodies of lambdas apart.

Source of the grammar: Azure/bicep, docs/grammar.md and src/Bicep.Core/Parsing/BaseParser.cs.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Mapping
from typing import NoReturn

from preflight.errors import LimitExceeded
from preflight.read.bicep.cursor import LEVEL, TooDeep
from preflight.read.bicep.lexer import LEFT, NAME, NEWLINE, NUMBER, TEXT, WORD
from preflight.read.bicep.literals import LiteralParser
from preflight.read.bicep.syntax import (
    Array,
    Binary,
    Call,
    ChildAccess,
    Expression,
    Group,
    IndexAccess,
    Lambda,
    Literal,
    Loop,
    MethodCall,
    Name,
    NonNull,
    Object,
    PropertyAccess,
    Ternary,
    Unary,
)

PRECEDENCE = {
    "*": 100,
    "/": 100,
    "%": 100,
    "+": 90,
    "-": 90,
    "<": 80,
    "<=": 80,
    ">": 80,
    ">=": 80,
    "==": 70,
    "!=": 70,
    "=~": 70,
    "!~": 70,
    "&&": 50,
    "||": 40,
    "??": 30,
}
"""Operators bind the tighter, the larger the number; equal ones from left to right."""

MAX_ROW = 1_000
"""Operators in a row: no more than some hundred can be evaluated, and each takes time."""
LARGEST_INTEGER = 2**64 - 1
_DIGITS = len(str(LARGEST_INTEGER))
_WORDS = {"true": True, "false": False, "null": None}
_MEMBER_MARKS = frozenset({".", "[", "::", "!"})
_DECLARING = frozenset(
    {"assert", "import", "metadata", "module", "output", "param", "resource", "type", "var"}
)


class ExpressionParser(LiteralParser, ABC):
    """Parses values."""

    __slots__ = ()

    def expression(self) -> Expression:
        """Parse `expression = binary [NL* "?" expression NL* ":" expression]`."""
        self._enter()
        node = self._binary(0)
        kinds, at = self._kinds, self._at
        if kinds[at] == "?" or (kinds[at] == NEWLINE and kinds[at + 1] == "?"):
            self._newlines()
            self._at += 1
            yes = self.expression()
            if kinds[self._at] == NEWLINE and kinds[self._at + 1] == ":":
                self._at += 1
            self._take(":")
            self._depth -= LEVEL
            self._enter(1)
            no = self.expression()
            node = Ternary(node, yes, no, node.start, no.end)
            self._depth += LEVEL - 1
        self._depth -= LEVEL
        return node

    def _binary(self, least: int) -> Expression:
        """Parse `binary = unary (OPERATOR unary)*`, operators binding tighter than `least`."""
        kind = self._kinds[self._at]
        left = self._unary() if kind in {"!", "-"} else self._member()
        row = 0
        while (precedence := PRECEDENCE.get(self._kinds[self._at], 0)) > least:
            operator = self._kinds[self._at]
            self._at += 1
            self._enter(1)
            right = self._binary(precedence)
            self._depth -= 1
            left = Binary(operator, left, right, left.start, right.end)
            row += 1
            if row > MAX_ROW:
                self._refuse_row(left.start)
        return left

    def _refuse_row(self, start: int) -> NoReturn:
        problem = LimitExceeded(
            f"more than {MAX_ROW:,} operators stand in a row",
            help="move parts of it into variables",
        )
        raise TooDeep(problem, start)

    def _unary(self) -> Unary:
        """Parse `unary = ["!" | "-"] member`."""
        at = self._at
        self._at = at + 1
        operand = self._member()
        return Unary(self._kinds[at], operand, self._starts[at], operand.end)

    def _member(self) -> Expression:
        """Parse a primary and the accesses after it."""
        node = self._primary()
        kinds = self._kinds
        while (kind := kinds[self._at]) in _MEMBER_MARKS:
            self._at += 1
            if kind == ".":
                node = self._property(node)
            elif kind == "[":
                node = self._index(node)
            elif kind == "!":
                node = NonNull(node, node.start, self._end())
            else:
                name = self._name("the name of a nested resource")
                node = ChildAccess(node, name, node.start, name.end)
        return node

    def _property(self, target: Expression) -> Expression:
        """Parse `"." ["?"] NAME [arguments]`, the dot being taken."""
        safe = self._kinds[self._at] == "?"
        if safe:
            self._at += 1
        name = self._name("the name of a property or function")
        if self._kinds[self._at] != "(":
            return PropertyAccess(target, name, safe, target.start, name.end)
        if safe:
            self._refuse("`.?` cannot call a function", "write `.` in its place", at=name.start)
        arguments = self._arguments()
        return MethodCall(target, name, arguments, target.start, self._end())

    def _index(self, target: Expression) -> IndexAccess:
        """Parse `"[" ["?"] ["^"] expression "]"`, the bracket being taken."""
        safe = self._kinds[self._at] == "?"
        if safe:
            self._at += 1
        from_end = self._kinds[self._at] == "^"
        if from_end:
            self._at += 1
        if self._kinds[self._at] == "]":
            self._refuse("the brackets hold no index", "write an index or a property name")
        key = self.expression()
        self._take("]")
        return IndexAccess(target, key, safe, from_end, target.start, self._end())

    def _primary(self) -> Expression:
        parse = _PRIMARY.get(self._kinds[self._at])
        return self._fail("a value") if parse is None else parse(self)

    def word(self) -> Literal:
        """Parse `true`, `false` or `null`."""
        at = self._at
        self._at = at + 1
        return Literal(_WORDS[self._texts[at]], self._starts[at], self._end())

    def braces(self) -> Object:
        """Parse an object as a value."""
        self._require_outside()
        return self.object()

    def brackets(self) -> Array | Loop:
        """Parse an array or a loop."""
        self._require_outside()
        kinds, ahead = self._kinds, self._at + 1
        if kinds[ahead] == NEWLINE:
            ahead += 1
        if self._texts[ahead] == "for" and kinds[ahead] == NAME:
            return self.loop()
        return self._array()

    def _require_outside(self) -> None:
        if self._in_hole:
            advice = "move it into a variable"
            self._refuse("arrays and objects cannot stand inside a string", advice)

    def number(self) -> Literal:
        """Parse an integer."""
        at, digits = self._at, self._texts[self._at]
        self._at = at + 1
        significant = digits.lstrip("0") or "0"
        value = int(significant) if len(significant) <= _DIGITS else LARGEST_INTEGER + 1
        if value > LARGEST_INTEGER:
            self._refuse("the integer does not fit into 64 bits", at=self._starts[at])
        return Literal(value, self._starts[at], self._end())

    def named(self) -> Expression:
        """Parse `NAME`, `NAME arguments` or `NAME "=>" expression`."""
        at = self._at
        self._at = at + 1
        start = self._starts[at]
        text = self._texts[at]
        name = Name(text, start, start + len(text))
        kind = self._kinds[self._at]
        if kind == "(":
            arguments = self._arguments()
            return Call(name, arguments, start, self._end())
        if kind == "=>":
            return self._lambda((name,), start)
        return name

    def _arguments(self) -> tuple[Expression, ...]:
        """Parse `arguments = "(" NL* [expression ("," NL* expression)*] NL* ")"`."""
        self._at += 1
        self._newlines()
        if self._kinds[self._at] == ")":
            self._at += 1
            return ()
        arguments = [self.expression()]
        while self._kinds[self._at] != ")":
            self._argument_separator(")")
            if self._kinds[self._at] != ")":
                arguments.append(self.expression())
            elif self._kinds[self._at - 1] == "," or self._kinds[self._at - 2] == ",":
                self._refuse("the last argument is followed by a comma", "remove the comma")
        self._at += 1
        return tuple(arguments)

    def _lambda(self, parameters: tuple[Name, ...], start: int) -> Lambda:
        """Parse `"=>" NL* expression`."""
        self._at += 1
        if self._kinds[self._at] == NEWLINE and self._texts[self._at + 1] not in _DECLARING:
            self._at += 1
        around, self._in_hole = self._in_hole, False
        body = self.expression()
        self._in_hole = around
        return Lambda(parameters, body, start, body.end)

    def parentheses(self) -> Expression:
        """Parse `"(" expression ")"`, or the parameters of a lambda."""
        opening = self._at
        start = self._starts[opening]
        items = self._parenthesised()
        end = self._end()
        if self._kinds[self._at] == "=>":
            names = tuple(item for item in items if isinstance(item, Name))
            if len(names) != len(items):
                self._refuse("the parameters of a lambda are names", at=start)
            return self._lambda(names, start)
        self._require_one(items, opening)
        return Group(items[0], start, end)


_PRIMARY: Mapping[str, Callable[[ExpressionParser], Expression]] = {
    NAME: ExpressionParser.named,
    TEXT: ExpressionParser.text,
    LEFT: ExpressionParser.text,
    "{": ExpressionParser.braces,
    "[": ExpressionParser.brackets,
    "(": ExpressionParser.parentheses,
    WORD: ExpressionParser.word,
    NUMBER: ExpressionParser.number,
}
