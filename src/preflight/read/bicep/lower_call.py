"""Calls: functions of the language, of the user, of imports, and of resources.

Source: Azure/bicep, src/Bicep.Core/Semantics/Namespaces (what the compiler itself evaluates);
ExpressionConverter.cs (functions of resources).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from preflight.expression.ast import FunctionCall, Literal, Node
from preflight.model.value import JsonValue
from preflight.read.bicep import nodes, syntax
from preflight.read.bicep.function_names import FUNCTIONS, OF_AZURE
from preflight.read.bicep.locals import Locals
from preflight.read.bicep.suggest import did_you_mean
from preflight.read.bicep.symbols import (
    ImportedSymbol,
    WildcardSymbol,
)
from preflight.read.bicep.walk import walk_scoped
from preflight.read.json_strings import shown

if TYPE_CHECKING:
    from preflight.read.bicep.lowering import Lowering

NAMESPACES = frozenset({"az", "sys"})
_SCOPES = frozenset({"managementGroup", "resourceGroup", "subscription"})


class CallLowering:
    """Lowers the calls of one file for one template."""

    __slots__ = ("_low",)

    def __init__(self, low: Lowering) -> None:
        """Lower with the names of `low`."""
        self._low = low

    def function(self, call: syntax.Call, names: Locals) -> Node:
        """Lower `f(…)`: a user's function first, for it hides one of the language."""
        low, name = self._low, call.name.name
        found = low.file.symbols.get(name)
        if isinstance(found, syntax.Function):
            arguments = low.expressions.arguments("", call.arguments, names)
            namespace, called = low.builder.function(low.file, found)
            return nodes.user_call(namespace, called, tuple(arguments), low.span(call))
        if isinstance(found, ImportedSymbol):
            return self._imported(found.target, found.name, call, names)
        return self._builtin(call.name, call.arguments, names, call)

    def method(self, call: syntax.MethodCall, names: Locals) -> Node:
        """Lower `a.f(…)`: `a` is a namespace, an import, or a resource."""
        low, target = self._low, call.target
        if call.name.name == "reference" or _lists(call.name.name):
            self._require_no_lambda(call, names)
        if isinstance(target, syntax.Name) and target.name not in names.nodes:
            found = low.file.symbols.get(target.name)
            if isinstance(found, WildcardSymbol):
                return self._imported(found.target, call.name.name, call, names)
            if found is None and target.name in NAMESPACES:
                self._require_in(target.name, call.name)
                return self._builtin(call.name, call.arguments, names, call)
            if found is None and target.name == "this":
                return self._this(call)
        return low.access.method(call, names)

    def _require_in(self, namespace: str, name: syntax.Name) -> None:
        """Raise `InputError` for a function of the other namespace."""
        if name.name in FUNCTIONS and (name.name in OF_AZURE) != (namespace == "az"):
            other = "sys" if namespace == "az" else "az"
            raise self._low.file.error(
                f"`{namespace}` has no function `{name.name}`", name, f"write `{other}.{name.name}`"
            )

    def _this(self, call: syntax.MethodCall) -> Node:
        """Lower what asks for the state of the resource at hand before the deployment."""
        span = self._low.span(call)
        state = nodes.call("target", Literal("full", span), span=span)
        if call.name.name == "existingResource":
            return state
        if call.name.name == "exists":
            return nodes.call("not", nodes.call("empty", state, span=span), span=span)
        raise self._low.file.error(
            f"`this` has no function `{shown(call.name.name)}`",
            call.name,
            "it has `exists` and `existingResource`",
        )

    def _imported(
        self,
        target: object,
        name: str,
        call: syntax.Call | syntax.MethodCall,
        names: Locals,
    ) -> Node:
        low = self._low
        arguments = low.expressions.arguments("", call.arguments, names)
        found = low.builder.imported_function(low, target, name, call)
        if found is None:
            return low.builder.unknown(low, target, name, call)
        return nodes.user_call(found[0], found[1], tuple(arguments), low.span(call))

    def _builtin(
        self,
        name: syntax.Name,
        arguments: tuple[syntax.Expression, ...],
        names: Locals,
        call: syntax.Call | syntax.MethodCall,
    ) -> Node:
        low, word = self._low, name.name
        if word == "any" and len(arguments) == 1:
            return low.expressions.node(arguments[0], names)
        if word == "nameof" and len(arguments) == 1:
            return self._name_of(arguments[0])
        if word in low.loads:
            return self.loaded(word, arguments, call)
        if word not in FUNCTIONS and not _lists(word):
            raise self._unknown(name)
        if word == "reference" or _lists(word):
            self._require_no_lambda(call, names)
        made = low.expressions.arguments(word, arguments, names)
        if word in _SCOPES and arguments:
            # With arguments it only says where something is deployed; as a value it is empty.
            return nodes.call("createObject", span=low.span(call))
        return nodes.call(word, *made, span=low.span(call))

    def _require_no_lambda(self, call: syntax.Call | syntax.MethodCall, names: Locals) -> None:
        """Raise `InputError` for a lambda's variable in what asks for state inside a lambda."""
        around = {
            name
            for name, node in names.nodes.items()
            if isinstance(node, FunctionCall) and node.name == "lambdaVariables"
        }
        if not around:
            return
        for argument in call.arguments:
            for node, hidden in walk_scoped(argument):
                if isinstance(node, syntax.Name) and (node.name in hidden or node.name in around):
                    raise self._low.file.error(
                        f"`{call.name.name}()` cannot use `{shown(node.name)}`, "
                        "a lambda's variable",
                        node,
                        "use a loop in place of the lambda",
                    )

    def _unknown(self, name: syntax.Name) -> Exception:
        return self._low.file.error(
            f"unknown function `{shown(name.name)}`",
            name,
            did_you_mean(name.name, FUNCTIONS),
        )

    def _name_of(self, argument: syntax.Expression) -> Literal:
        """Return the last name of what is named."""
        target: syntax.Expression | syntax.Type = argument
        while isinstance(target, syntax.Group | syntax.NonNull):
            target = target.inner if isinstance(target, syntax.Group) else target.target
        span = self._low.span(argument)
        if isinstance(target, syntax.Name):
            return Literal(target.name, span)
        if isinstance(target, syntax.PropertyAccess | syntax.ChildAccess):
            return Literal(target.name.name, span)
        if isinstance(target, syntax.IndexAccess) and isinstance(target.key, syntax.Text):
            return Literal(target.key.plain or "", span)
        raise self._low.file.error("`nameof` takes a name", argument)

    def loaded(
        self, name: str, arguments: tuple[syntax.Expression, ...], call: syntax.Expression
    ) -> Node:
        """Lower what a file holds; arrays and objects become a variable of their own."""
        low = self._low
        value = self.load(name, arguments, call)
        span = low.span(call)
        if isinstance(value, str):
            return Literal(value, span)
        if value is None or isinstance(value, bool | int):
            return nodes.constant(value, span)
        if isinstance(value, float):
            return nodes.call("json", Literal(json.dumps(value), span), span=span)
        variable = low.builder.data(value, low.span(call))
        return nodes.call("variables", Literal(variable, span), span=span)

    def load(
        self, name: str, arguments: tuple[syntax.Expression, ...], call: syntax.Expression
    ) -> JsonValue:
        """Return what a `load…()` function reads; its arguments must be constants.

        Raises `InputError` where they are not, or the file cannot be read.
        """
        low = self._low
        constants = [low.constant(argument) for argument in arguments]
        return low.builder.program.loads.call(
            name, constants, importer=low.file.path, place=low.file.place(call)
        )


def _lists(name: str) -> bool:
    """Whether a name is one of the `list…` functions of resource providers."""
    return name.startswith("list")
