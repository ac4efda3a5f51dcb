"""Tokens → strings, objects, arrays and loops, and the bodies of declarations.

    string = TEXT | LEFT expression (MIDDLE expression)* RIGHT
    object = "{" NL* [member ((NL | ",") member)*] NL* "}"
    member = (NAME | string) ":" expression | "..." expression
    array  = "[" NL* [item ((NL | ",") item)*] NL* "]"
    loop   = "[" NL* "for" variables "in" expression ":" body NL* "]"
    body   = object | "if" "(" expression ")" object

Source of the grammar: Azure/bicep, docs/grammar.md and src/Bicep.Core/Parsing/BaseParser.cs.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from preflight.read.bicep.cursor import Cursor
from preflight.read.bicep.lexer import LEFT, MIDDLE, NAME, NEWLINE, NUMBER, RIGHT, TEXT, WORD
from preflight.read.bicep.syntax import (
    Array,
    Condition,
    Expression,
    Loop,
    Name,
    Object,
    Property,
    Resource,
    Spread,
    Text,
)

_WHOLE = "'''"


class LiteralParser(Cursor, ABC):
    """Parses what is written out in brackets, braces and quotes."""

    __slots__ = ()

    @abstractmethod
    def expression(self) -> Expression:
        """Parse any value."""

    def text(self) -> Text:
        """Parse a string, with its holes."""
        at = self._at
        kind, raw, start = self._kinds[at], self._texts[at], self._starts[at]
        if kind not in {TEXT, LEFT}:
            self._fail("a string")
        self._at = at + 1
        if kind == TEXT and not raw.startswith((_WHOLE, "$")):
            return Text((self._cooked(at, 1, 1),), (), start, start + len(raw))
        dollars = len(raw) - len(raw.lstrip("$"))
        multi = dollars > 0 or raw.startswith(_WHOLE)
        if kind == TEXT:
            return Text((_multi(raw[dollars + 3 : -3]),), (), start, start + len(raw))
        return self._interpolated(start, dollars if multi else 0)

    def _interpolated(self, start: int, dollars: int) -> Text:
        """Parse the holes and pieces after the first `${`."""
        before = dollars + 3 if dollars else 1
        after = dollars + 1 if dollars else 2
        segments = [self._segment(self._at - 1, (before, after), dollars)]
        holes: list[Expression] = []
        around, self._in_hole = self._in_hole, True
        while True:
            holes.append(self.expression())
            kind = self._kinds[self._at]
            if kind not in {MIDDLE, RIGHT}:
                self._fail("`}` at the end of the part inside the string")
            self._at += 1
            last = kind == RIGHT
            closing = 3 if dollars else 1
            ends = (1, closing if last else after)
            segments.append(self._segment(self._at - 1, ends, dollars))
            if last:
                break
        self._in_hole = around
        if dollars:
            segments[0] = _multi(segments[0])
        return Text(tuple(segments), tuple(holes), start, self._end())

    def _segment(self, at: int, ends: tuple[int, int], dollars: int) -> str:
        raw = self._texts[at]
        if dollars:
            return raw[ends[0] : len(raw) - ends[1]]
        return self._cooked(at, *ends)

    def object(self, *, resources: bool = False) -> Object:
        """Parse `object = "{" NL* [member ((NL | ",") member)*] NL* "}"`."""
        start = self._starts[self._at]
        self._take("{")
        members: list[Property | Spread | Resource] = []
        kinds = self._kinds
        if kinds[self._at] == NEWLINE:
            self._at += 1
        while kinds[self._at] != "}":
            if resources and self._declares():
                members.append(self._nested_resource())
            else:
                members.append(self._object_member())
            self._separator("}")
        self._at += 1
        return Object(tuple(members), start, self._end())

    def _declares(self) -> bool:
        """Whether a nested resource stands next, and no property called `resource`."""
        if self._kinds[self._at] == "@":
            return True
        return self._is_word("resource") and self._kinds[self._at + 1] == NAME

    @abstractmethod
    def _nested_resource(self) -> Resource:
        """Parse a resource inside another one's body; decorators may stand before it."""

    def _object_member(self) -> Property | Spread:
        """Parse `member = (NAME | string) ":" expression | "..." expression`."""
        kind, at = self._kinds[self._at], self._at
        if kind == NAME:
            self._at = at + 1
            start = self._starts[at]
            text = self._texts[at]
            key: Name | Text = Name(text, start, start + len(text))
        elif kind == "...":
            return self._spread()
        elif kind in {TEXT, LEFT}:
            key = self.text()
        else:
            self._fail("the name of a property or `}`", _key_advice(kind))
        if self._kinds[self._at] != ":":
            self._fail("`:` after the name of a property")
        self._at += 1
        value = self.expression()
        return Property(key, value, key.start, value.end)

    def _spread(self) -> Spread:
        start = self._starts[self._at]
        self._at += 1
        value = self.expression()
        return Spread(value, start, value.end)

    def _array(self) -> Array:
        """Parse `array = "[" NL* [item ((NL | ",") item)*] NL* "]"`."""
        start = self._starts[self._at]
        self._at += 1
        self._newlines()
        items: list[Expression | Spread] = []
        while self._kinds[self._at] != "]":
            spread = self._kinds[self._at] == "..."
            items.append(self._spread() if spread else self.expression())
            self._separator("]")
        self._at += 1
        return Array(tuple(items), start, self._end())

    def loop(self, *, body: bool = False, resources: bool = False) -> Loop:
        """Parse `"[" NL* "for" variables "in" expression ":" body NL* "]"`.

        With `body` it is the body of a resource or module: an object or a condition.
        """
        start = self._starts[self._at]
        self._take("[")
        self._newlines()
        self._keyword("for")
        item, counter = self._loop_variables()
        self._keyword("in")
        source = self.expression()
        self._take(":")
        inner = self.declared_body(resources=resources) if body else self.expression()
        self._newlines()
        self._take("]")
        return Loop(item, counter, source, inner, start, self._end())

    def _loop_variables(self) -> tuple[Name, Name | None]:
        """Parse `NAME | "(" NAME "," NAME ")"`."""
        if self._kinds[self._at] != "(":
            return self._name("a loop variable or `(`"), None
        self._at += 1
        item = self._name("a loop variable")
        self._take(",")
        counter = self._name("a name for the index")
        self._take(")")
        return item, counter

    def declared_body(self, *, resources: bool) -> Object | Condition:
        """Parse `body = object | "if" "(" expression ")" object`."""
        if not self._is_word("if"):
            if self._kinds[self._at] != "{":
                self._fail("`{` or `if`")
            return self.object(resources=resources)
        start = self._starts[self._at]
        self._at += 1
        if self._kinds[self._at] != "(":
            self._fail("`(` after `if`")
        opening = self._at
        tests = self._parenthesised()
        self._require_one(tests, opening)
        body = self.object(resources=resources)
        return Condition(tests[0], body, start, body.end)

    def _require_one(self, items: list[Expression], opening: int) -> None:
        """Refuse parentheses, begun by token `opening`, that hold anything but one value.

        The official compiler counts a new line beside the value as a second one.
        """
        kinds = self._kinds
        if len(items) != 1:
            self._refuse("parentheses hold exactly one value", at=self._starts[opening])
        if kinds[opening + 1] == NEWLINE or kinds[self._at - 2] == NEWLINE:
            advice = "write the parentheses and their value without line breaks between them"
            self._refuse(
                "a new line stands beside the parentheses", advice, at=self._starts[opening]
            )

    def _parenthesised(self) -> list[Expression]:
        self._at += 1
        self._newlines()
        items: list[Expression] = []
        while self._kinds[self._at] != ")":
            items.append(self.expression())
            self._newlines()
            if self._kinds[self._at] != ",":
                break
            self._at += 1
            self._newlines()
        self._take(")")
        return items


def _multi(content: str) -> str:
    """Drop the line end after the opening quotes."""
    return content.removeprefix("\r").removeprefix("\n")


def _key_advice(kind: str) -> str:
    return "put the name into quotes" if kind in {WORD, NUMBER} else ""
