"""Values of Bicep → JSON of a template, with the places of its nodes.

Objects, arrays and literals stay JSON; everything else becomes an expression in brackets. Loops in
properties become `copy` entries.

Source: Azure/bicep, src/Bicep.Core/Emit/ExpressionEmitter.cs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preflight.errors import InputError
from preflight.expression.ast import Literal, Node, ParsedText
from preflight.model.source import NodeSpan
from preflight.model.value import JsonValue
from preflight.read.bicep import nodes, syntax
from preflight.read.bicep.locals import NO_LOCALS, Locals
from preflight.read.bicep.symbols import key_text
from preflight.read.json_strings import escape_pointer, shown

if TYPE_CHECKING:
    from preflight.read.bicep.lowering import Lowering

_LONGEST_TEXT = 300
"""Most characters of an expression's source that are kept to be shown."""


class ValueLowering:
    """Lowers values of one file for one template."""

    __slots__ = ("_low", "loops")

    def __init__(self, low: Lowering) -> None:
        """Lower with the names of `low`."""
        self._low = low
        self.loops = False
        """Whether properties may be loops: in bodies of resources and modules, once."""

    def value(self, expression: syntax.Expression, names: Locals, pointer: str) -> JsonValue:
        """Return the JSON of a value that will stand at `pointer` of the template."""
        expression = self._unwrapped(expression)
        variable = self._low.variable(expression, names)
        if variable is not None and not self._low.is_imported and self._low.is_inlined(variable):
            return self._low.within(
                variable, lambda: self.value(variable.value, NO_LOCALS, pointer)
            )
        self.note(pointer, expression, expression)
        if isinstance(expression, syntax.Object) and not _spreads(expression.members):
            return self.members(expression.members, names, pointer)
        if isinstance(expression, syntax.Array) and not _spreads(expression.items):
            return [
                self.value(item, names, f"{pointer}/{number}")
                for number, item in enumerate(expression.items)
                if not isinstance(item, syntax.Spread)
            ]
        node = self._low.expressions.node(expression, names)
        if isinstance(expression, syntax.Literal):
            return expression.value
        operand = expression.operand if isinstance(expression, syntax.Unary) else None
        if isinstance(operand, syntax.Literal) and type(operand.value) is int:
            return -operand.value
        return self.written(node, expression)

    def _unwrapped(self, expression: syntax.Expression) -> syntax.Expression:
        """Return an expression without what leaves nothing behind: `(a)`, `a!`, `any(a)`."""
        current: syntax.Expression | syntax.Type = expression
        while True:
            if isinstance(current, syntax.Group):
                current = current.inner
            elif isinstance(current, syntax.NonNull):
                current = current.target
            elif (
                isinstance(current, syntax.Call)
                and current.name.name == "any"
                and len(current.arguments) == 1
                and "any" not in self._low.file.symbols
            ):
                current = current.arguments[0]
            else:
                return current  # type: ignore[return-value]

    def written(self, node: Node, expression: syntax.Expression | syntax.Name) -> JsonValue:
        """Return a node as it stands in JSON: a literal as itself, else in brackets."""
        if isinstance(node, Literal):
            return escaped(node.value) if isinstance(node.value, str) else node.value
        source = self._low.file.source.text[expression.start : expression.end]
        shown = " ".join(source[:_LONGEST_TEXT].split())
        return ParsedText.of(shown, node)

    def object_of(self, expression: syntax.Object, names: Locals, pointer: str) -> JsonValue:
        """Return an object without spreads: its loops first, as a `copy` array."""
        self.note(pointer, expression, expression)
        return self.members(expression.members, names, pointer)

    def members(
        self,
        members: tuple[syntax.Property | syntax.Spread | syntax.Resource, ...],
        names: Locals,
        pointer: str,
    ) -> dict[str, JsonValue]:
        """Return the properties of an object."""
        made: dict[str, JsonValue] = {}
        copies: list[JsonValue] = []
        for member in members:
            if not isinstance(member, syntax.Property):
                continue
            if isinstance(member.value, syntax.Loop):
                copies.append(self._property_loop(member, names, f"{pointer}/copy/{len(copies)}"))
                continue
            try:
                key = self.key(member, names)
                at = f"{pointer}/{escape_pointer(key)}"
                if key in made and key_text(member) is not None:
                    raise self._low.file.error(f"`{shown(key)}` is there twice", member)
                made[key] = self.value(member.value, names, at)
                self.note(at, member, member.value)
            except InputError as error:
                self._low.builder.problems.keep(error)
        return {"copy": copies, **made} if copies else made

    def key(self, member: syntax.Property, names: Locals) -> str:
        """Return the name of a property as it stands in JSON."""
        key = member.key
        text = key.name if isinstance(key, syntax.Name) else key.plain
        if text is None:
            made = self.written(self._low.expressions.node(member.key, names), key)
            return made if isinstance(made, str) else ""
        if text.lower() == "copy":
            span = self._low.span(key)
            return ParsedText.of(text, nodes.call("string", Literal(text, span), span=span))
        return escaped(text)

    def _property_loop(self, member: syntax.Property, names: Locals, pointer: str) -> JsonValue:
        loop = member.value
        key = member.key
        name = key.name if isinstance(key, syntax.Name) else key.plain
        if name is None or not isinstance(loop, syntax.Loop):
            raise self._low.file.error("a property with a loop has a fixed name", member)
        if not self.loops:
            self._low.expressions.node(loop, names)
        self.note(pointer, member, loop)
        return {"name": name, **self.loop(loop, names, pointer, name)}

    def loop(
        self, loop: syntax.Loop, names: Locals, pointer: str, name: str | None
    ) -> dict[str, JsonValue]:
        """Return `count` and `input` of a copy loop; `name` is that of its index."""
        span = self._low.span(loop)
        marks = () if name is None else (nodes.text(name, span),)
        index = nodes.call("copyIndex", *marks, span=span)
        source = self._low.loop_source(loop, names)
        count = nodes.call("length", source, span=self._low.span(loop.source))
        inner = names.with_loop(loop, source, index)
        self.note(f"{pointer}/count", loop.source, loop.source)
        around, self.loops = self.loops, False
        made = {
            "count": self.written(count, loop.source),
            "input": self._input(loop.body, inner, f"{pointer}/input"),
        }
        self.loops = around
        return made

    def _input(
        self, body: syntax.Expression | syntax.Condition, names: Locals, pointer: str
    ) -> JsonValue:
        if isinstance(body, syntax.Condition):
            raise self._low.file.error(
                "`if` stands only in the loops of resources and modules",
                body,
                "filter the array with filter(), or use `a ? b : c`",
            )
        self.note(pointer, body, body)
        if isinstance(body, syntax.Object) and not _spreads(body.members):
            return self.object_of(body, names, pointer)
        node = self._low.expressions.node(body, names)
        return self.written(nodes.as_call(node), body)

    def note(self, pointer: str, start: object, value: object) -> None:
        """Remember where the node at `pointer` stands."""
        first = getattr(start, "start", 0)
        begin, end = getattr(value, "start", first), getattr(value, "end", first)
        here = self._low.here
        span = NodeSpan(first, begin, end) if here is None else NodeSpan(*here, here.end)
        self._low.builder.spans[pointer] = span


def _spreads(items: tuple[object, ...]) -> bool:
    return any(isinstance(item, syntax.Spread) for item in items)


def escaped(text: str) -> str:
    """Return text as JSON of a template has it, where brackets begin an expression."""
    return f"[{text}" if text.startswith("[") and text.endswith("]") else text


def escaped_json(value: JsonValue) -> JsonValue:
    """Return data that is no template, so that no text in it counts as an expression."""
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, list):
        return [escaped_json(item) for item in value]
    if isinstance(value, dict):
        return {_data_key(key): escaped_json(item) for key, item in value.items()}
    return value


def _data_key(key: str) -> str:
    return escaped(key)
