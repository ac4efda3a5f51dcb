"""Expressions of Bicep → expressions of templates.

Each construct becomes what the official compiler makes of it, so that one evaluator serves both
languages. Spans stay those of the Bicep file.

Source: Azure/bicep, src/Bicep.Core/Emit/ExpressionConverter.cs (which template function stands for
which construct); the official compiler's output.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias, cast

from preflight.errors import LimitExceeded
from preflight.expression.ast import FunctionCall, Literal, Node
from preflight.model.source import Place, Span
from preflight.read.bicep import nodes, syntax
from preflight.read.bicep.locals import Locals
from preflight.read.bicep.module_values import modules_of
from preflight.read.bicep.symbols import ModuleSymbol, key_text
from preflight.read.json_strings import shown

if TYPE_CHECKING:
    from preflight.read.bicep.lowering import Lowering

MAX_DEPTH = 110
"""Calls and accesses inside each other that one expression may have."""

_BINARY = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "div",
    "%": "mod",
    "<": "less",
    "<=": "lessOrEquals",
    ">": "greater",
    ">=": "greaterOrEquals",
    "&&": "and",
    "||": "or",
    "??": "coalesce",
}
SAFE_FUNCTIONS = frozenset({"tryget", "tryindexfromend"})
_OVER_ITEMS = frozenset({"filter", "groupBy", "map", "reduce", "sort", "toObject"})
"""Functions whose lambdas get the items of their first argument."""


class ExpressionLowering:
    """Lowers the expressions of one file for one template."""

    __slots__ = ("_depth", "_low")

    def __init__(self, low: Lowering) -> None:
        """Lower with the names of `low`."""
        self._low = low
        self._depth = 0

    def node(self, expression: syntax.Expression | syntax.Type, names: Locals) -> Node:
        """Return the node of an expression; `names` are the local variables around it.

        Raises:
            InputError: a name is not declared, or the expression is not allowed there.
            LimitExceeded: it nests too deeply.
        """
        lower = cast("_Lower | None", _LOWER.get(type(expression)))
        if lower is None:
            raise self._low.file.error("a value is expected here", expression)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise LimitExceeded(
                f"the expression nests more than {MAX_DEPTH} calls",
                help="move parts of it into variables",
                where=Place(source=self._low.file.source, offset=expression.start),
            )
        try:
            return lower(self, expression, names)
        finally:
            self._depth -= 1

    def literal(self, expression: syntax.Literal, names: Locals) -> Node:
        """Lower an integer, a boolean or null."""
        del names
        value = expression.value
        if isinstance(value, int) and value > LARGEST_SIGNED:
            raise self._low.file.error("the integer does not fit into 64 bits", expression)
        return nodes.constant(value, self._low.span(expression))

    def text(self, expression: syntax.Text, names: Locals) -> Node:
        """Lower a string: `format('a{0}', b)` where it has holes."""
        span = self._low.span(expression)
        if not expression.holes:
            return Literal(expression.segments[0], span)
        holes = [self.node(hole, names) for hole in expression.holes]
        pieces = [piece.replace("{", "{{").replace("}", "}}") for piece in expression.segments]
        pattern = pieces[0] + "".join(f"{{{n}}}{piece}" for n, piece in enumerate(pieces[1:]))
        return nodes.formatted(pattern, *holes, span=span)

    def group(self, expression: syntax.Group, names: Locals) -> Node:
        """Lower parentheses, which leave nothing behind."""
        return self.node(expression.inner, names)

    def non_null(self, expression: syntax.NonNull, names: Locals) -> Node:
        """Lower `!`, which leaves nothing behind."""
        return self.node(expression.target, names)

    def array(self, expression: syntax.Array, names: Locals) -> Node:
        """Lower an array: `createArray()`, or `flatten()` of parts where it spreads others."""
        span = self._low.span(expression)
        parts: list[Node] = []
        items: list[Node] = []
        spread = False
        for item in expression.items:
            if not isinstance(item, syntax.Spread):
                items.append(self.node(item, names))
                continue
            spread = True
            if items:
                parts.append(nodes.call("createArray", *items, span=span))
                items = []
            parts.append(self.node(item.value, names))
        if not spread:
            return nodes.call("createArray", *items, span=span)
        if items:
            parts.append(nodes.call("createArray", *items, span=span))
        whole = nodes.call("createArray", *parts, span=span)
        return nodes.call("flatten", whole, span=span)

    def object(self, expression: syntax.Object, names: Locals) -> Node:
        """Lower an object: `createObject()`, or `shallowMerge()` where it spreads others."""
        span = self._low.span(expression)
        parts: list[Node] = []
        members: list[Node] = []
        spread = False
        keys: set[str] = set()
        for member in expression.members:
            if isinstance(member, syntax.Property):
                key = key_text(member)
                if key in keys:
                    raise self._low.file.error(f"`{shown(key)}` is there twice", member)
                keys.update([] if key is None else [key])
                members.append(self._key(member, names))
                members.append(self.node(member.value, names))
            elif isinstance(member, syntax.Spread):
                spread = True
                if members:
                    parts.append(nodes.call("createObject", *members, span=span))
                    members = []
                parts.append(self.node(member.value, names))
        if not spread:
            return nodes.call("createObject", *members, span=span)
        if members:
            parts.append(nodes.call("createObject", *members, span=span))
        whole = nodes.call("createArray", *parts, span=span)
        return nodes.call("shallowMerge", whole, span=span)

    def _key(self, member: syntax.Property, names: Locals) -> Node:
        key = member.key
        if isinstance(key, syntax.Name):
            return Literal(key.name, self._low.span(key))
        return self.text(key, names)

    def unary(self, expression: syntax.Unary, names: Locals) -> Node:
        """Lower `!a` and `-a`."""
        span = self._low.span(expression)
        operand = expression.operand
        if expression.operator == "-" and isinstance(operand, syntax.Literal):
            value = operand.value
            if isinstance(value, int) and not isinstance(value, bool):
                if value > LARGEST_SIGNED + 1:
                    raise self._low.file.error("the integer does not fit into 64 bits", expression)
                return nodes.constant(-value, span)
        inner = self.node(operand, names)
        if expression.operator == "!":
            return nodes.call("not", inner, span=span)
        return nodes.call("sub", Literal(0, span), inner, span=span)

    def binary(self, expression: syntax.Binary, names: Locals) -> Node:
        """Lower an operator with two sides; a row of them on the left needs no recursion."""
        row = [expression]
        while isinstance(row[-1].left, syntax.Binary):
            row.append(row[-1].left)
        made = self.node(row[-1].left, names)
        for step in reversed(row):
            made = self._operation(step, made, self.node(step.right, names))
        return made

    def _operation(self, expression: syntax.Binary, left: Node, right: Node) -> Node:
        span = self._low.span(expression)
        operator = expression.operator
        if operator in _BINARY:
            return nodes.call(_BINARY[operator], left, right, span=span)
        if operator in {"=~", "!~"}:
            left = nodes.call("toLower", left, span=span)
            right = nodes.call("toLower", right, span=span)
        equal = nodes.call("equals", left, right, span=span)
        return equal if operator in {"=~", "=="} else nodes.call("not", equal, span=span)

    def ternary(self, expression: syntax.Ternary, names: Locals) -> Node:
        """Lower `a ? b : c`."""
        parts = (expression.test, expression.yes, expression.no)
        made = [self.node(part, names) for part in parts]
        return nodes.call("if", *made, span=self._low.span(expression))

    def name(self, expression: syntax.Name, names: Locals) -> Node:
        """Lower a name: a local variable, or what the file declares."""
        found = names.nodes.get(expression.name)
        if found is not None:
            return nodes.respanned(found, self._low.span(expression))
        return self._low.symbol(expression, names)

    def child(self, expression: syntax.ChildAccess, names: Locals) -> Node:
        """Lower a nested resource as a whole."""
        return self._low.access.whole(expression, names)

    def property(self, expression: syntax.PropertyAccess, names: Locals) -> Node:
        """Lower `a.b` and `a.?b`."""
        special = self._low.access.property(expression, names)
        if special is not None:
            return special
        span = self._low.span(expression.name)
        base = self.node(expression.target, names)
        key = Literal(expression.name.name, span)
        chained = self._is_access(expression.target)
        return self.accessed(base, key, safe=expression.safe, chained=chained, span=span)

    def index(self, expression: syntax.IndexAccess, names: Locals) -> Node:
        """Lower `a[b]` in all its forms."""
        key = expression.key
        constant = key.plain if isinstance(key, syntax.Text) else None
        if constant is not None and not expression.from_end:
            name = syntax.Name(constant, key.start, key.end)
            access = syntax.PropertyAccess(
                expression.target, name, expression.safe, expression.start, expression.end
            )
            return self.property(access, names)
        special = self._low.access.element(expression, names)
        if special is not None:
            return special
        span = self._low.span(expression)
        base = self.node(expression.target, names)
        accessor = self.node(key, names)
        chained = self._is_access(expression.target)
        if not expression.from_end:
            return self.accessed(base, accessor, safe=expression.safe, chained=chained, span=span)
        if expression.safe:
            return nodes.call("tryIndexFromEnd", base, accessor, span=span)
        if chained and is_safe_call(base):
            marks = (Literal("value", span), accessor, Literal("fromEnd", span))
            true = nodes.call("true", span=span)
            from_end = nodes.call("createObject", *marks, true, span=span)
            return extended(base, from_end)
        return nodes.call("indexFromEnd", base, accessor, span=span)

    def accessed(self, base: Node, key: Node, *, safe: bool, chained: bool, span: Span) -> Node:
        """Return an access; behind a safe one in the same chain it joins that."""
        if safe:
            return nodes.call("tryGet", base, key, span=span)
        if chained and is_safe_call(base):
            return extended(base, key)
        return nodes.item(base, key, span)

    def _is_access(self, expression: syntax.Expression | syntax.Type) -> bool:
        """Whether an access on it goes on with its chain; parentheses end one."""
        while True:
            if isinstance(expression, syntax.PropertyAccess | syntax.IndexAccess):
                return True
            if isinstance(expression, syntax.NonNull):
                expression = expression.target
            elif isinstance(expression, syntax.Call) and expression.name.name == "any":
                if len(expression.arguments) != 1:
                    return False
                expression = expression.arguments[0]
            else:
                return False

    def call(self, expression: syntax.Call, names: Locals) -> Node:
        """Lower `f(…)`."""
        return self._low.calls.function(expression, names)

    def method(self, expression: syntax.MethodCall, names: Locals) -> Node:
        """Lower `a.f(…)`."""
        return self._low.calls.method(expression, names)

    def arguments(
        self, name: str, arguments: tuple[syntax.Expression, ...], names: Locals
    ) -> list[Node]:
        """Lower the arguments of a function; lambdas see what they are given."""
        module: ModuleSymbol | None = None
        if name in _OVER_ITEMS and arguments:
            module = self._module_items(arguments[0], names)
        made: list[Node] = []
        for argument in arguments:
            inner: syntax.Expression | syntax.Type = argument
            while isinstance(inner, syntax.Group):
                inner = inner.inner
            if isinstance(inner, syntax.Lambda):
                made.append(self._lambda(inner, names, module))
            else:
                made.append(self.node(argument, names))
        return made

    def _module_items(self, expression: syntax.Expression, names: Locals) -> ModuleSymbol | None:
        """Return the module whose deployments an array consists of, if it does."""
        while isinstance(expression, syntax.Call) and expression.name.name in {"filter", "sort"}:
            if not expression.arguments:
                return None
            expression = expression.arguments[0]
        return modules_of(self._low.file, expression, names)

    def _lambda(
        self, expression: syntax.Lambda, names: Locals, module: ModuleSymbol | None
    ) -> FunctionCall:
        span = self._low.span(expression)
        parameters = [Literal(item.name, self._low.span(item)) for item in expression.parameters]
        added: dict[str, Node] = {
            str(item.value): nodes.call("lambdaVariables", item, span=item.span)
            for item in parameters
        }
        modules: Mapping[str, ModuleSymbol] = dict.fromkeys(added, module) if module else {}
        body = self.node(expression.body, names.with_names(added, modules))
        return nodes.call("lambda", *parameters, body, span=span)

    def lonely_lambda(self, expression: syntax.Lambda, names: Locals) -> Node:
        """Refuse a lambda that is no argument."""
        del names
        raise self._low.file.error("a lambda stands only as an argument of a function", expression)

    def loop(self, expression: syntax.Loop, names: Locals) -> Node:
        """Refuse a loop inside an expression."""
        del names
        raise self._low.file.error(
            "a loop cannot stand here",
            expression,
            "loops are values of variables, outputs, resources, modules and properties of these"
            " two, not inside each other; elsewhere use map()",
        )


LARGEST_SIGNED = 2**63 - 1


def is_safe_call(node: Node) -> bool:
    """Whether a node is `tryGet(…)` or its sibling, which further accesses can join."""
    return isinstance(node, FunctionCall) and node.key in SAFE_FUNCTIONS


def extended(node: Node, *arguments: Node) -> Node:
    """Add arguments to a call."""
    if not isinstance(node, FunctionCall):
        return node
    return node._replace(arguments=(*node.arguments, *arguments))


_Lower: TypeAlias = "Callable[[ExpressionLowering, syntax.Expression | syntax.Type, Locals], Node]"
_LOWER = {
    syntax.Literal: ExpressionLowering.literal,
    syntax.Text: ExpressionLowering.text,
    syntax.Group: ExpressionLowering.group,
    syntax.NonNull: ExpressionLowering.non_null,
    syntax.Array: ExpressionLowering.array,
    syntax.Object: ExpressionLowering.object,
    syntax.Unary: ExpressionLowering.unary,
    syntax.Binary: ExpressionLowering.binary,
    syntax.Ternary: ExpressionLowering.ternary,
    syntax.Name: ExpressionLowering.name,
    syntax.ChildAccess: ExpressionLowering.child,
    syntax.PropertyAccess: ExpressionLowering.property,
    syntax.IndexAccess: ExpressionLowering.index,
    syntax.Call: ExpressionLowering.call,
    syntax.MethodCall: ExpressionLowering.method,
    syntax.Lambda: ExpressionLowering.lonely_lambda,
    syntax.Loop: ExpressionLowering.loop,
}
