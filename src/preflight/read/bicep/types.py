"""Tokens → types.

    type     = ["|"] unary ([NL] "|" unary)*
    unary    = ["!" | "-"] member ("?" | "!")*
    member   = primary ("[]" | "[*]" | "[" expression "]" | ".*" | "." NAME [generic])*
    primary  = literal | string | object | tuple | "(" type ")" | NAME [generic]
    generic  = "<" type ("," type)* ">"

Source of the grammar: Azure/bicep, docs/grammar.md and src/Bicep.Core/Parsing/BaseParser.cs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from preflight.read.bicep.cursor import LEVEL
from preflight.read.bicep.expressions import ExpressionParser
from preflight.read.bicep.lexer import LEFT, NAME, NEWLINE, NUMBER, TEXT, WORD
from preflight.read.bicep.syntax import (
    ArrayType,
    Decorator,
    Group,
    IndexAccess,
    ItemsAccess,
    Name,
    NonNull,
    NullableType,
    ObjectType,
    PropertyAccess,
    ResourceType,
    RestAccess,
    Text,
    TupleType,
    Type,
    TypeCall,
    TypeItem,
    TypeMember,
    Unary,
    UnionType,
)


class TypeParser(ExpressionParser):
    """Parses types, and values."""

    __slots__ = ()

    def declared_type(self, *, output: bool = False) -> Type:
        """Parse `"resource" string | type`; an output may leave out the string."""
        if not self._is_word("resource") or self._kinds[self._at + 1] == "<":
            return self.type()
        start = self._starts[self._at]
        self._at += 1
        if output and self._kinds[self._at] not in {TEXT, LEFT}:
            return ResourceType(None, start, self._end())
        specification = self.text()
        return ResourceType(specification, start, specification.end)

    def type(self) -> Type:
        """Parse `type = ["|"] unary ([NL] "|" unary)*`."""
        self._enter()
        start = self._starts[self._at]
        leading = self._union_mark()
        members = [self._unary_type()]
        while self._union_mark():
            members.append(self._unary_type())
        self._depth -= LEVEL
        if len(members) == 1 and not leading:
            return members[0]
        return UnionType(tuple(members), start, members[-1].end)

    def _union_mark(self) -> bool:
        """Take a `|`, on the next line too."""
        kinds, at = self._kinds, self._at
        if kinds[at] == "|":
            self._at = at + 1
        elif kinds[at] == NEWLINE and kinds[at + 1] == "|":
            self._at = at + 2
        else:
            return False
        return True

    def _unary_type(self) -> Type:
        """Parse `unary = ["!" | "-"] member ("?" | "!")*`."""
        at = self._at
        kind = self._kinds[at]
        node: Type
        if kind in {"!", "-"}:
            self._at = at + 1
            operand = self._member_type()
            node = Unary(kind, operand, self._starts[at], operand.end)
        else:
            node = self._member_type()
        while (kind := self._kinds[self._at]) in {"?", "!"}:
            self._at += 1
            if kind == "?":
                node = NullableType(node, node.start, self._end())
            else:
                node = NonNull(node, node.start, self._end())
        return node

    def _member_type(self) -> Type:
        """Parse a primary type and the accesses after it."""
        node = self._primary_type()
        depth = self._depth
        while (kind := self._kinds[self._at]) in {".", "["}:
            self._enter()
            self._at += 1
            node = self._type_index(node) if kind == "[" else self._type_property(node)
        self._depth = depth
        return node

    def _type_index(self, target: Type) -> Type:
        """Parse `"[" ["*" | expression] "]"`, the bracket being taken."""
        kind = self._kinds[self._at]
        if kind == "]":
            self._at += 1
            return ArrayType(target, target.start, self._end())
        if kind == "*":
            self._at += 1
            self._take("]")
            return ItemsAccess(target, target.start, self._end())
        key = self.expression()
        self._take("]")
        return IndexAccess(
            target, key, safe=False, from_end=False, start=target.start, end=self._end()
        )

    def _type_property(self, target: Type) -> Type:
        """Parse `"*" | NAME [generic]`, the dot being taken."""
        if self._kinds[self._at] == "*":
            self._at += 1
            return RestAccess(target, target.start, self._end())
        name = self._name("the name of a property or type")
        if self._kinds[self._at] == "<":
            return TypeCall(target, name, self._generic(), target.start, self._end())
        return PropertyAccess(target, name, safe=False, start=target.start, end=name.end)

    def _generic(self) -> tuple[Type, ...]:
        """Parse `generic = "<" NL* type ("," NL* type)* NL* ">"`."""
        self._at += 1
        self._newlines()
        arguments: list[Type] = []
        while self._kinds[self._at] != ">":
            arguments.append(self.type())
            self._argument_separator(">")
        self._at += 1
        return tuple(arguments)

    def _primary_type(self) -> Type:
        parse = _PRIMARY.get(self._kinds[self._at])
        return self._fail("a type") if parse is None else parse(self)

    def named_type(self) -> Name | TypeCall:
        """Parse `NAME [generic]`."""
        name = self._name()
        if self._kinds[self._at] == "<":
            return TypeCall(None, name, self._generic(), name.start, self._end())
        return name

    def parenthesised_type(self) -> Group:
        """Parse `"(" type ")"`."""
        start = self._starts[self._at]
        self._at += 1
        inner = self.type()
        self._take(")")
        return Group(inner, start, self._end())

    def object_type(self) -> ObjectType:
        """Parse `"{" NL* [member ((NL | ",") member)*] NL* "}"`."""
        start = self._starts[self._at]
        self._at += 1
        self._newlines()
        members: list[TypeMember] = []
        while self._kinds[self._at] != "}":
            members.append(self._type_member())
            self._separator("}")
        self._at += 1
        return ObjectType(tuple(members), start, self._end())

    def _type_member(self) -> TypeMember:
        """Parse `member = decorator* (NAME | string | "*") ":" type`."""
        start = self._starts[self._at]
        decorators = self.decorators()
        kind = self._kinds[self._at]
        key: Name | Text | None = None
        if kind == NAME:
            key = self._name()
        elif kind in {TEXT, LEFT}:
            key = self.text()
        elif kind == "*":
            self._at += 1
        else:
            self._fail("the name of a property, `*` or `}`")
        self._take(":")
        value = self.type()
        return TypeMember(decorators, key, value, start, value.end)

    def tuple_type(self) -> TupleType:
        """Parse `"[" NL* [item ((NL | ",") item)*] NL* "]"`."""
        start = self._starts[self._at]
        self._at += 1
        self._newlines()
        items: list[TypeItem] = []
        while self._kinds[self._at] != "]":
            begin = self._starts[self._at]
            decorators = self.decorators()
            inner = self.type()
            items.append(TypeItem(decorators, inner, begin, inner.end))
            self._separator("]")
        self._at += 1
        return TupleType(tuple(items), start, self._end())

    def decorators(self) -> tuple[Decorator, ...]:
        """Parse `(decorator NL)*`."""
        if self._kinds[self._at] != "@":
            return ()
        found: list[Decorator] = []
        while self._kinds[self._at] == "@":
            found.append(self._decorator())
            self._take(NEWLINE, "a new line after the decorator")
        return tuple(found)

    def _decorator(self) -> Decorator:
        """Parse `decorator = "@" NAME ("." NAME)* [arguments]`."""
        start = self._starts[self._at]
        self._at += 1
        path = [self._name("the name of a decorator").name]
        while self._kinds[self._at] == ".":
            self._at += 1
            path.append(self._name("the name of a decorator").name)
        arguments = self._arguments() if self._kinds[self._at] == "(" else None
        return Decorator(tuple(path), arguments, start, self._end())


_PRIMARY: Mapping[str, Callable[[TypeParser], Type]] = {
    NAME: TypeParser.named_type,
    TEXT: TypeParser.text,
    LEFT: TypeParser.text,
    "{": TypeParser.object_type,
    "[": TypeParser.tuple_type,
    "(": TypeParser.parenthesised_type,
    WORD: TypeParser.word,
    NUMBER: TypeParser.number,
}
