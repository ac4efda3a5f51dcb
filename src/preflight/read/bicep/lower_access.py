"""Access to resources and modules: IDs, names, state and outputs.

Source: Azure/bicep, src/Bicep.Core/Emit/ExpressionConverter.cs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preflight.expression.ast import FunctionCall, Literal, Node
from preflight.model.source import Span
from preflight.read.bicep import nodes, syntax
from preflight.read.bicep.given_resource import given_resource
from preflight.read.bicep.locals import NO_LOCALS, Locals
from preflight.read.bicep.lower_expression import extended, is_safe_call
from preflight.read.bicep.lower_name import NameLowering
from preflight.read.bicep.module_values import module_of
from preflight.read.bicep.symbols import ModuleSymbol, ResourceSymbol, child_of
from preflight.read.bicep.walk import walk_scoped
from preflight.read.json_strings import shown

if TYPE_CHECKING:
    from preflight.read.bicep.lowering import Lowering

DEPLOYMENT_VERSION = "2025-04-01"
"""The version at which the compiler writes modules."""
SECURE_OUTPUTS = "listOutputsWithSecureValues"
_MOST_LINKS = 10


class AccessLowering(NameLowering):
    """Lowers what reads resources and modules of one file, for one template."""

    __slots__ = ()

    def resource_at(
        self, expression: syntax.Expression | syntax.Type, names: Locals
    ) -> tuple[ResourceSymbol, Locals] | None:
        """Return the one resource that an expression names, and the locals of its body."""
        found = self._find(expression, names)
        if found is None or not isinstance(found[0], ResourceSymbol):
            return None
        return found[0], self.names_of(found[0], found[1])

    def _find(
        self, expression: syntax.Expression | syntax.Type, names: Locals
    ) -> tuple[ResourceSymbol | ModuleSymbol, Node | None] | None:
        """Return the resource or module that an expression names, and the index, if it has one."""
        for _ in range(_MOST_LINKS):
            while isinstance(expression, syntax.NonNull | syntax.Group):
                expression = (
                    expression.inner if isinstance(expression, syntax.Group) else expression.target
                )
            if isinstance(expression, syntax.IndexAccess):
                return self._indexed(expression, names)
            symbol = self._symbol(expression, names)
            if isinstance(symbol, ResourceSymbol | ModuleSymbol):
                return symbol, None
            if not isinstance(symbol, syntax.Variable) or not self._low.is_inlined(symbol):
                return None
            expression, names = symbol.value, NO_LOCALS
        return None

    def _indexed(
        self, expression: syntax.IndexAccess, names: Locals
    ) -> tuple[ResourceSymbol | ModuleSymbol, Node | None] | None:
        symbol = self._symbol(expression.target, names)
        if not isinstance(symbol, ResourceSymbol | ModuleSymbol):
            return None
        if not symbol.is_collection:
            if isinstance(expression.key, syntax.Literal):
                message = f"`{shown(symbol.name)}` is no loop: it has no items"
                raise self._low.file.error(message, expression.key)
            return None
        if expression.safe or expression.from_end:
            return None
        for node, hidden in walk_scoped(expression.key):
            if isinstance(node, syntax.Name) and node.name not in hidden:
                _require_no_lambda(self._low, node, names)
        return symbol, self._low.expressions.node(expression.key, names)

    def _symbol(self, expression: syntax.Expression | syntax.Type, names: Locals) -> object:
        if isinstance(expression, syntax.Name):
            if expression.name in names.nodes:
                return None
            return self._low.file.named(expression)
        if isinstance(expression, syntax.ChildAccess):
            owner = self._find(expression.target, names)
            if owner is None or not isinstance(owner[0], ResourceSymbol):
                raise self._low.file.error("`::` follows the name of a resource", expression)
            return child_of(self._low.file, owner[0], expression.name)
        return None

    def symbol_of(self, expression: syntax.Expression) -> object:
        """Return the resource or module that a name or a `::` stands for."""
        return self._symbol(expression, NO_LOCALS)

    def property(self, expression: syntax.PropertyAccess, names: Locals) -> Node | None:
        """Lower `resource.x`, `module.x`, `module.outputs.x`, `import.x`; None for others."""
        output = self._output(expression, names)
        if output is not None:
            return output
        found = self._find(expression.target, names)
        if found is None:
            given = given_resource(self._low, expression, names)
            return given or self._low.imported_member(expression, names)
        symbol, index = found
        name, safe, span = expression.name.name, expression.safe, self._low.span(expression)
        if isinstance(symbol, ResourceSymbol):
            if symbol.is_collection and index is None and not self._inside(symbol, names):
                raise self._low.file.error(
                    f"`{shown(symbol.name)}` stands for several resources",
                    expression,
                    f"choose one: `{shown(symbol.name)}[0].{shown(name)}`",
                )
            return self._resource_property(symbol, index, name, safe=safe, span=span)
        if name == "outputs":
            return self._outputs(symbol, index, safe=safe, span=span, secure=None)
        if name == "name":
            made = self.name_of(symbol, self.names_of(symbol, index))
            return self._guarded(symbol, index, made, safe=safe)
        raise self._low.file.error(
            f"a module has no property `{shown(name)}`",
            expression.name,
            "it has `name` and `outputs`",
        )

    def _inside(self, symbol: ResourceSymbol, names: Locals) -> bool:
        """Whether a loop's own variables are in sight: then one of its resources is meant."""
        return symbol.loop is not None and symbol.loop.item.name in names.nodes and bool(names)

    def _output(self, expression: syntax.PropertyAccess, names: Locals) -> Node | None:
        """Lower `module.outputs.x`, also where the module is a lambda's variable."""
        outputs = expression.target
        if not isinstance(outputs, syntax.PropertyAccess) or outputs.name.name != "outputs":
            return None
        span = self._low.span(expression)
        name = Literal(expression.name.name, span)
        owner = outputs.target
        if isinstance(owner, syntax.Name) and owner.name in names.modules:
            base = self._low.expressions.node(outputs, names)
            return self._tail(base, [name, Literal("value", span)], safe=expression.safe)
        symbol, index = self._find(owner, names) or (None, None)
        if not isinstance(symbol, ModuleSymbol):
            if module_of(self._low.file, owner, names) is None:
                return None
            base = self._low.expressions.node(outputs, names)
            return self._tail(base, [name, Literal("value", span)], safe=expression.safe)
        if not expression.safe:
            self._low.require_output(symbol, expression.name)
        secure = self._low.is_secure_output(symbol, expression.name.name)
        base = self._outputs(symbol, index, safe=outputs.safe, span=span, secure=secure)
        tail = [name] if secure else [name, Literal("value", span)]
        return self._tail(base, tail, safe=expression.safe)

    def _tail(self, base: Node, tail: list[Literal], *, safe: bool) -> Node:
        if safe:
            for key in tail:
                base = nodes.call("tryGet", base, key, span=key.span)
            return base
        if is_safe_call(base):
            return extended(base, *tail)
        if isinstance(base, FunctionCall) and base.key == "if":
            return nodes.call("tryGet", base, *tail, span=base.span)
        for key in tail:
            base = nodes.item(base, key, key.span)
        return base

    def _outputs(
        self,
        symbol: ModuleSymbol,
        index: Node | None,
        *,
        safe: bool,
        span: Span,
        secure: bool | None,
    ) -> Node:
        """Lower `module.outputs`; secure ones are asked for by a function of their own."""
        if secure is None:
            secure = self._low.has_secure_outputs(symbol)
        if secure:
            target = (
                self.symbolic(symbol.name, index, span)
                if self._low.symbolic
                else self.module_id(symbol, self.names_of(symbol, index), span)
            )
            version = Literal(DEPLOYMENT_VERSION, span)
            made = nodes.call(SECURE_OUTPUTS, target, version, span=span)
            return self._guarded(symbol, index, made, safe=safe)
        base = self._module_state(symbol, index, span)
        if not safe:
            return nodes.member(base, "outputs", span)
        guarded = self._guarded(symbol, index, base, safe=True)
        return nodes.call("tryGet", guarded, Literal("outputs", span), span=span)

    def _module_state(self, symbol: ModuleSymbol, index: Node | None, span: Span) -> Node:
        whole = symbol.is_collection and index is None
        function = "references" if whole else "reference"
        if self._low.symbolic:
            return nodes.call(function, self.symbolic(symbol.name, index, span), span=span)
        if whole:
            return nodes.call(function, Literal(symbol.name, span), span=span)
        made = self.module_id(symbol, self.names_of(symbol, index), span)
        return nodes.call(function, made, Literal(DEPLOYMENT_VERSION, span), span=span)

    def _guarded(
        self, symbol: ResourceSymbol | ModuleSymbol, index: Node | None, made: Node, *, safe: bool
    ) -> Node:
        """Make a safe access null where the condition of what it reads is false."""
        if not safe:
            return made
        names = self.names_of(symbol, index)
        condition = self._low.condition(symbol, names)
        if condition is None:
            return made
        return nodes.call("if", condition, made, nodes.call("null", span=made.span), span=made.span)

    def _resource_property(
        self, symbol: ResourceSymbol, index: Node | None, name: str, *, safe: bool, span: Span
    ) -> Node:
        if name == "type":
            return Literal(symbol.type, span)
        if name == "apiVersion":
            return Literal(symbol.version or "", span)
        if name in {"id", "name"} and symbol.extension is None:
            names = self.names_of(symbol, index)
            made = self.id_of(symbol, names, span) if name == "id" else self.name_of(symbol, names)
            return self._guarded(symbol, index, nodes.respanned(made, span), safe=safe)
        return self._state_of(symbol, index, name, safe=safe, span=span)

    def _state_of(
        self, symbol: ResourceSymbol, index: Node | None, name: str, *, safe: bool, span: Span
    ) -> Node:
        """Lower what only the deployed resource knows."""
        if name == "properties" and not safe and symbol.extension is None:
            return self.state(symbol, index, span, full=False)
        base = self.state(symbol, index, span, full=True)
        if not safe:
            return nodes.member(base, name, span)
        guarded = self._guarded(symbol, index, base, safe=True)
        return nodes.call("tryGet", guarded, Literal(name, span), span=span)

    def state(self, symbol: ResourceSymbol, index: Node | None, span: Span, *, full: bool) -> Node:
        """Return `reference(…)` to a resource, `references(…)` to all of a loop."""
        whole = symbol.is_collection and index is None
        version = Literal(symbol.version or "", span)
        self._require_known(symbol, span)
        if self._low.symbolic:
            target = self.symbolic(symbol.key, index, span)
        elif whole:
            target = Literal(symbol.key, span)
        else:
            target = self.id_of(symbol, self.names_of(symbol, index), span)
        marks = (Literal("full", span),) if full else ()
        if symbol.extension is not None:
            return nodes.call("references" if whole else "reference", target, span=span)
        if whole:
            return nodes.call("references", target, *marks, span=span)
        if full or not self._low.symbolic:
            return nodes.call("reference", target, version, *marks, span=span)
        return nodes.call("reference", target, span=span)

    def _require_known(self, symbol: ResourceSymbol, span: Span) -> None:
        """Refuse to read an `existing` resource whose name is known only at run time."""
        if self._low.is_hidden(symbol):
            place = syntax.Name(symbol.name, span.start, span.end)
            raise self._low.file.error(
                f"the state of `{shown(symbol.name)}` cannot be read: what it is called is known"
                " only during the deployment",
                place,
                "read it in a module that is given the name as a parameter",
            )

    def whole(self, expression: syntax.Expression, names: Locals) -> Node:
        """Lower a resource or module as a whole."""
        found = self._find(expression, names)
        if found is None:
            raise self._low.file.error("a value is expected here", expression)
        symbol, index = found
        span = self._low.span(expression)
        if isinstance(symbol, ModuleSymbol):
            return self._module_state(symbol, index, span)
        return self.state(symbol, index, span, full=True)

    def element(self, expression: syntax.IndexAccess, names: Locals) -> Node | None:
        """Lower `resources[i]` and `modules[i]` as a whole; None for other elements."""
        if self._indexed(expression, names) is None:
            return None
        return self.whole(expression, names)

    def method(self, call: syntax.MethodCall, names: Locals) -> Node:
        """Lower `resource.list…()`; `getSecret()` stands only in the parameters of a module."""
        symbol, index = self._find(call.target, names) or (None, None)
        name = call.name.name
        if not isinstance(symbol, ResourceSymbol):
            raise self._low.file.error(f"unknown function `{shown(name)}`", call.name)
        if not name.startswith("list"):
            advice = "it is only a parameter's value of a module" if name == "getSecret" else ""
            raise self._low.file.error(
                f"a resource's function `{shown(name)}` cannot be called here", call.name, advice
            )
        span = self._low.span(call)
        self._require_known(symbol, span)
        if self._low.symbolic:
            target = self.symbolic(symbol.key, index, span)
        else:
            target = self.id_of(symbol, self.names_of(symbol, index), span)
        arguments = self._low.expressions.arguments(name, call.arguments, names)
        if not arguments:
            arguments = [Literal(symbol.version or "", span)]
        return nodes.call(name, target, *arguments, span=span)

    def secret(self, call: syntax.MethodCall, names: Locals) -> dict[str, Node] | None:
        """Return `id`, `secretName` and maybe `secretVersion` of `vault.getSecret(…)`."""
        if call.name.name != "getSecret" or not call.arguments:
            return None
        symbol, index = self._find(call.target, names) or (None, None)
        if not isinstance(symbol, ResourceSymbol):
            return None
        span = self._low.span(call)
        made = self.id_of(symbol, self.names_of(symbol, index), span)
        keys = ("secretName", "secretVersion")
        given = [self._low.expressions.node(item, names) for item in call.arguments]
        return {"id": made, **dict(zip(keys, given, strict=False))}


def _require_no_lambda(low: Lowering, name: syntax.Name, names: Locals) -> None:
    """Refuse a lambda's variable as the index of a loop's resources or modules."""
    found = names.nodes.get(name.name)
    if isinstance(found, FunctionCall) and found.name == "lambdaVariables":
        raise low.file.error(
            f"`{shown(name.name)}` is a lambda's variable: it cannot choose a resource or module",
            name,
            "use a loop in place of the lambda",
        )
