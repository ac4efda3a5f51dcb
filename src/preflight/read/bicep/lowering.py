"""What the parts of the lowering of one file share: names, places, and each other.

One `Lowering` lowers the declarations of one file for one template: those of the file itself, or
those that are imported from it into another one's template.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from preflight.errors import LimitExceeded
from preflight.expression.ast import Node
from preflight.model.source import Span
from preflight.model.template import DeploymentScope
from preflight.model.value import JsonValue
from preflight.read.bicep import nodes, syntax
from preflight.read.bicep.inlining import Inlining
from preflight.read.bicep.locals import NO_LOCALS, Locals
from preflight.read.bicep.lower_access import AccessLowering
from preflight.read.bicep.lower_call import NAMESPACES, CallLowering
from preflight.read.bicep.lower_expression import ExpressionLowering
from preflight.read.bicep.lower_scope import ScopeLowering
from preflight.read.bicep.lower_type import TypeLowering
from preflight.read.bicep.lower_value import ValueLowering
from preflight.read.bicep.resolve_type import TypeResolution
from preflight.read.bicep.signature import Signature
from preflight.read.bicep.suggest import did_you_mean
from preflight.read.bicep.symbols import (
    BicepFile,
    ExtensionSymbol,
    ImportedSymbol,
    ModuleSymbol,
    ResourceSymbol,
    WildcardSymbol,
)
from preflight.read.json_strings import shown

if TYPE_CHECKING:
    from preflight.read.bicep.builder import TemplateBuilder

T = TypeVar("T")
_MOST_LINKS = 20
_VARIABLE_DEPTH = 40
"""Inlined variables that may stand inside each other."""
_MOST_INLINED = 20_000
"""Times that variables of one file may be inlined into each other."""


class Lowering:
    """Lowers one file's declarations for one template."""

    def __init__(
        self, file: BicepFile, builder: TemplateBuilder, *, here: Span | None = None
    ) -> None:
        """`here` is the place that all nodes get: that of an import in the template's own file."""
        self.file = file
        self.builder = builder
        self.here = here
        self._inlined = 0
        self._inlined_below = 0
        self._constants = 0
        self.inlining = Inlining(file)
        self.expressions = ExpressionLowering(self)
        self.calls = CallLowering(self)
        self.access = AccessLowering(self)
        self.scopes = ScopeLowering(self)
        self.types = TypeLowering(self)
        self.type_names = TypeResolution(self)
        self.values = ValueLowering(self)
        self.loads = builder.program.loads.names

    @property
    def symbolic(self) -> bool:
        """Whether the template calls its resources by symbols."""
        return self.builder.symbolic

    @property
    def is_imported(self) -> bool:
        """Whether the declarations go into another file's template."""
        return self.here is not None

    def span(self, node: syntax.Expression | syntax.Type | syntax.Name) -> Span:
        """Return where a node stands in the template's own file."""
        return self.here or Span(node.start, node.end)

    def symbol(self, expression: syntax.Name, names: Locals) -> Node:
        """Lower a name that the file declares.

        Raises `InputError` for a name that is not declared, or is no value.
        """
        del names
        span, name = self.span(expression), expression.name
        found = self.file.named(expression)
        match found:
            case syntax.Parameter() | syntax.Assignment():
                return nodes.call("parameters", nodes.text(name, span), span=span)
            case syntax.Variable():
                return self._variable(found, span)
            case ResourceSymbol() | ModuleSymbol():
                return self.access.whole(expression, NO_LOCALS)
            case ImportedSymbol():
                emitted = self.builder.imported_variable(self, found.target, found.name, expression)
                if emitted is None:
                    return self.builder.unknown(self, found.target, found.name, expression)
                return nodes.call("variables", nodes.text(emitted, span), span=span)
            case ExtensionSymbol():
                return nodes.call("extensions", nodes.text(name, span), span=span)
            case syntax.TypeDeclaration() | syntax.Function() | WildcardSymbol():
                raise self.file.error(f"`{shown(name)}` is no value", expression)
            case None:
                raise self._undeclared(expression)

    def _undeclared(self, expression: syntax.Name) -> Exception:
        name = expression.name
        if name in NAMESPACES:
            return self.file.error(f"`{shown(name)}` is no value", expression)
        return self.file.error(
            f"the name `{shown(name)}` is not declared",
            expression,
            did_you_mean(name, self.file.symbols),
        )

    def _variable(self, variable: syntax.Variable, span: Span) -> Node:
        if self.is_imported:
            emitted = self.builder.migrated_variable(self.file, variable)
            return nodes.call("variables", nodes.text(emitted, span), span=span)
        if not self.is_inlined(variable):
            return nodes.call("variables", nodes.text(variable.name.name, span), span=span)
        return self.within(variable, lambda: self.expressions.node(variable.value, NO_LOCALS))

    def within(self, variable: syntax.Variable, lower: Callable[[], T]) -> T:
        """Lower the value of a variable where it is used; raises `InputError` in a circle."""
        if self._inlined >= _VARIABLE_DEPTH:
            raise self.file.error(
                f"the variable `{shown(variable.name.name)}` refers to itself", variable.name
            )
        self._inlined += 1
        self._inlined_below += self._inlined > 1
        if self._inlined_below > _MOST_INLINED:
            raise LimitExceeded(
                f"variables with run-time values use each other more than {_MOST_INLINED:,} times",
                help="use each of them less often",
                where=self.file.place(variable.name),
            )
        try:
            return lower()
        finally:
            self._inlined -= 1

    def is_inlined(self, variable: syntax.Variable) -> bool:
        """Whether a variable reads run-time state, so that its value stands at each use."""
        return self.inlining.variable(variable)

    def is_hidden(self, symbol: ResourceSymbol) -> bool:
        """Whether an `existing` resource has a run-time name, so that it is not declared."""
        return self.inlining.resource(symbol)

    def is_hidden_symbol(self, symbol: ResourceSymbol | ModuleSymbol) -> bool:
        """Whether a symbol is an `existing` resource that is not declared."""
        return isinstance(symbol, ResourceSymbol) and self.inlining.resource(symbol)

    def constant_number(self, expression: syntax.Expression) -> JsonValue:
        """Return a number that a decorator gives, negative ones included."""
        if isinstance(expression, syntax.Unary) and expression.operator == "-":
            value = self.constant(expression.operand)  # type: ignore[arg-type]
            return -value if isinstance(value, int) else value
        return self.constant(expression)

    def variable(
        self, expression: syntax.Expression | syntax.Type, names: Locals
    ) -> syntax.Variable | None:
        """Return the variable that an expression names, if it does."""
        if not isinstance(expression, syntax.Name) or expression.name in names.nodes:
            return None
        found = self.file.named(expression)
        return found if isinstance(found, syntax.Variable) else None

    def constant(self, expression: syntax.Expression) -> JsonValue:
        """Return the value of a constant.

        Raises `InputError` for an expression that is known only when the template is deployed.
        """
        current: syntax.Expression | syntax.Type = expression
        for _ in range(_MOST_LINKS):
            if isinstance(current, syntax.Group | syntax.NonNull):
                current = current.inner if isinstance(current, syntax.Group) else current.target
            elif (found := self.variable(current, NO_LOCALS)) is not None:
                current = found.value
            else:
                break
        if isinstance(current, syntax.Literal):
            return current.value
        if isinstance(current, syntax.Text):
            self._constants += 1
            try:
                if self._constants > _MOST_LINKS:
                    raise self.file.error("the constant is made of too many others", expression)
                holes = [self.constant(hole) for hole in current.holes]
            finally:
                self._constants -= 1
            if all(isinstance(hole, str | int) and not isinstance(hole, bool) for hole in holes):
                rest = "".join(
                    f"{hole}{piece}"
                    for hole, piece in zip(holes, current.segments[1:], strict=True)
                )
                return current.segments[0] + rest
        raise self.file.error("the value must be known when the file is compiled", expression)

    def condition(self, symbol: ResourceSymbol | ModuleSymbol, names: Locals) -> Node | None:
        """Return the condition of a resource or module, those of resources around it included."""
        if isinstance(symbol, ModuleSymbol):
            tests: tuple[syntax.Expression, ...] = (symbol.condition,) if symbol.condition else ()
        else:
            tests = symbol.conditions
        made: Node | None = None
        for test in tests:
            node = self.expressions.node(test, names)
            made = node if made is None else nodes.call("and", made, node, span=node.span)
        return made

    def loop_source(self, loop: syntax.Loop, names: Locals) -> Node:
        """Lower what a loop runs over; raises `InputError` for all resources of another loop."""
        source: syntax.Expression | syntax.Type = loop.source
        while isinstance(source, syntax.Group):
            source = source.inner
        if isinstance(source, syntax.Name) and source.name not in names.nodes:
            found = self.file.named(source)
            if isinstance(found, ResourceSymbol | ModuleSymbol) and found.is_collection:
                raise self.file.error(
                    f"a loop cannot run over all that `{shown(source.name)}` stands for",
                    source,
                    "run over what that loop runs over, and use an index; or use map()",
                )
        return self.expressions.node(loop.source, names)

    def imported_member(self, expression: syntax.PropertyAccess, names: Locals) -> Node | None:
        """Lower `wildcard.variable`; None where no wildcard import is named."""
        target = expression.target
        if not isinstance(target, syntax.Name) or target.name in names.nodes:
            return None
        found = self.file.symbols.get(target.name)
        if not isinstance(found, WildcardSymbol):
            return None
        span, name = self.span(expression), expression.name.name
        emitted = self.builder.imported_variable(self, found.target, name, expression)
        if emitted is None:
            return self.builder.unknown(self, found.target, name, expression)
        return nodes.call("variables", nodes.text(emitted, span), span=span)

    def signature(self, symbol: ModuleSymbol) -> Signature | None:
        """Return what a module takes and gives; None where it is not at hand."""
        return self.builder.program.signature(symbol.target)

    def require_output(self, symbol: ModuleSymbol, name: syntax.Name) -> None:
        """Raise `InputError` where a module has no such output."""
        signature = self.signature(symbol)
        if signature is None or name.name in signature.outputs:
            return
        raise self.file.error(
            f"the module `{shown(symbol.name)}` has no output `{shown(name.name)}`",
            name,
            did_you_mean(name.name, signature.outputs),
        )

    def is_secure_output(self, symbol: ModuleSymbol, name: str) -> bool:
        """Whether an output of a module is secure."""
        signature = self.signature(symbol)
        return signature is not None and name in signature.secure_outputs

    def has_secure_outputs(self, symbol: ModuleSymbol) -> bool:
        """Whether a module has any secure output."""
        signature = self.signature(symbol)
        return signature is not None and bool(signature.secure_outputs)

    @property
    def in_group(self) -> bool:
        """Whether the file deploys to a resource group."""
        return self.file.scope is DeploymentScope.RESOURCE_GROUP
