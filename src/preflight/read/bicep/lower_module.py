"""Modules → nested deployments.

Source: Azure/bicep, src/Bicep.Core/Emit/TemplateWriter.cs (EmitModule, EmitModuleParameters).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preflight.expression.ast import Literal, Node
from preflight.model.artifact import TemplateSpecVersion
from preflight.model.template import DeploymentScope, MissingTemplate
from preflight.model.value import JsonValue
from preflight.read.bicep import nodes, syntax
from preflight.read.bicep.decorators import decorator
from preflight.read.bicep.locals import NO_LOCALS, Locals
from preflight.read.bicep.lower_access import DEPLOYMENT_VERSION
from preflight.read.bicep.lower_name import DEPLOYMENT_TYPE
from preflight.read.bicep.suggest import did_you_mean
from preflight.read.bicep.symbols import (
    BicepFile,
    CompiledFile,
    ModuleSymbol,
    ResourceSymbol,
    key_text,
)
from preflight.read.json_strings import escape_pointer, shown

if TYPE_CHECKING:
    from preflight.read.bicep.lowering import Lowering

_SCOPES = {
    DeploymentScope.RESOURCE_GROUP: "a resource group",
    DeploymentScope.SUBSCRIPTION: "a subscription",
    DeploymentScope.MANAGEMENT_GROUP: "a management group",
    DeploymentScope.TENANT: "the tenant",
}
_ABOVE_SUBSCRIPTIONS = frozenset({DeploymentScope.MANAGEMENT_GROUP, DeploymentScope.TENANT})
_OWN_MEMBERS = frozenset({"dependsOn", "extensionConfigs", "name", "params", "scope"})


class ModuleLowering:
    """Lowers the modules of one file."""

    __slots__ = ("_low",)

    def __init__(self, low: Lowering) -> None:
        """Lower with the names of `low`."""
        self._low = low

    def module(
        self, symbol: ModuleSymbol, pointer: str, template: JsonValue
    ) -> dict[str, JsonValue]:
        """Return the deployment of a module; `template` is None where its file is missing."""
        low = self._low
        declaration = symbol.declaration
        names = low.access.names_of(symbol, None)
        body: dict[str, JsonValue] = {}
        low.values.loops = True
        if symbol.loop is not None:
            body["copy"] = self.copy(symbol.name, symbol, pointer)
        self.condition(symbol, names, pointer, body)
        body["type"] = DEPLOYMENT_TYPE
        body["apiVersion"] = DEPLOYMENT_VERSION
        name = symbol.get("name") or declaration.name
        members = tuple(
            member
            for member in symbol.body.members
            if not (isinstance(member, syntax.Property) and key_text(member) in _OWN_MEMBERS)
        )
        body.update(low.values.members(members, names, pointer))
        body["name"] = low.values.written(low.access.name_of(symbol, names), name)
        low.values.note(f"{pointer}/name", name, name)
        self._scope(symbol, names, pointer, body)
        body["properties"] = self._properties(symbol, names, pointer, template)
        low.values.note(pointer, declaration, declaration)
        low.values.loops = False
        return body

    def _scope(
        self, symbol: ModuleSymbol, names: Locals, pointer: str, body: dict[str, JsonValue]
    ) -> None:
        low = self._low
        where = symbol.get("scope") or symbol.declaration.name
        span = low.span(where)
        data = low.scopes.of_module(symbol, names)
        if data.resource is not None:
            raise low.file.error("a module cannot be deployed to this resource", where)
        self._require_scope(symbol, data.kind, where)
        for key, node in low.scopes.members(data, span).items():
            body[key] = low.values.written(node, where)
            low.values.note(f"{pointer}/{key}", where, where)
        if data.kind is not DeploymentScope.RESOURCE_GROUP:
            function = "resourceGroup" if low.in_group else "deployment"
            location = nodes.member(nodes.call(function, span=span), "location", span)
            body["location"] = low.values.written(location, where)

    def _require_scope(
        self, symbol: ModuleSymbol, kind: DeploymentScope, where: syntax.Expression
    ) -> None:
        """Refuse to deploy a module to another kind of scope than it is written for."""
        here = self._low.file.scope
        if kind is DeploymentScope.MANAGEMENT_GROUP and here not in _ABOVE_SUBSCRIPTIONS:
            raise self._low.file.error(
                f"a module cannot be deployed to a management group from {_SCOPES[here]}", where
            )
        target = symbol.target
        if isinstance(target, BicepFile) and target.scope is not kind:
            raise self._low.file.error(
                f"the module `{shown(symbol.name)}` is written for {_SCOPES[target.scope]}, "
                f"not for {_SCOPES[kind]}",
                where,
                "say with `scope:` where it goes",
            )

    def _properties(
        self, symbol: ModuleSymbol, names: Locals, pointer: str, template: JsonValue
    ) -> dict[str, JsonValue]:
        low = self._low
        properties: dict[str, JsonValue] = {
            "expressionEvaluationOptions": {"scope": "inner"},
            "mode": "Incremental",
        }
        given = symbol.get("params")
        self._check(symbol, given)
        if given is not None:
            at = f"{pointer}/properties/parameters"
            properties["parameters"] = self._parameters(given, names, at)
            low.values.note(at, given, given)
        path = symbol.declaration.path
        target = symbol.target
        if isinstance(target, MissingTemplate):
            properties["templateLink"] = {"uri": target.target}
            low.values.note(f"{pointer}/properties/templateLink", path, path)
        elif isinstance(target, CompiledFile) and isinstance(
            target.file.origin, TemplateSpecVersion
        ):
            properties["templateLink"] = {"id": target.file.origin.resource_id}
            low.values.note(f"{pointer}/properties/templateLink", path, path)
        else:
            properties["template"] = template
            low.values.note(f"{pointer}/properties/template", path, path)
        return properties

    def _check(self, symbol: ModuleSymbol, given: syntax.Expression | None) -> None:
        """Refuse parameters that a module does not declare, and those that it lacks."""
        low = self._low
        signature = low.signature(symbol)
        if given is not None and not isinstance(given, syntax.Object):
            raise low.file.error("`params` of a module is an object", given)
        members = () if given is None else given.members
        listed: set[str] = set()
        misspelled = False
        for member in members:
            name = key_text(member) if isinstance(member, syntax.Property) else None
            if name is None:
                raise low.file.error("the names of parameters are written out", member)
            if name.lower() in listed:
                twice = low.file.error(f"the parameter `{shown(name)}` is there twice", member)
                low.builder.problems.keep(twice)
            listed.add(name.lower())
            if signature is not None and name not in signature.parameters:
                unknown = low.file.error(
                    f"the module `{shown(symbol.name)}` has no parameter `{shown(name)}`",
                    member,
                    did_you_mean(name, signature.parameters),
                )
                low.builder.problems.keep(unknown)
                misspelled = True
        if signature is None or misspelled:
            return  # what seems to be missing may be there under the wrong name
        missing = [
            name
            for name, required in signature.parameters.items()
            if required and name.lower() not in listed
        ]
        if missing:
            names = ", ".join(f"`{shown(name)}`" for name in missing[:10])
            raise low.file.error(
                f"the module `{shown(symbol.name)}` needs a value for {names}",
                symbol.declaration.name,
                "give it in `params`",
            )

    def _parameters(
        self, given: syntax.Expression, names: Locals, pointer: str
    ) -> dict[str, JsonValue]:
        made: dict[str, JsonValue] = {}
        if not isinstance(given, syntax.Object):
            return made
        for member in given.members:
            name = key_text(member) if isinstance(member, syntax.Property) else None
            if name is None or not isinstance(member, syntax.Property):
                continue
            at = f"{pointer}/{escape_pointer(name)}"
            made[name] = self._parameter(member.value, names, at)
            self._low.values.note(at, member, member.value)
        return made

    def _parameter(self, value: syntax.Expression, names: Locals, pointer: str) -> JsonValue:
        low = self._low
        if isinstance(value, syntax.Loop):
            at = f"{pointer}/copy/0"
            return {"copy": [{"name": "value", **low.values.loop(value, names, at, "value")}]}
        inner = _bare(value)
        if isinstance(inner, syntax.Ternary) and self._has_secret(inner):
            return low.values.written(self._choice(inner, names), value)
        if isinstance(inner, syntax.MethodCall):
            secret = low.access.secret(inner, names)
            if secret is not None:
                return {"reference": self._reference(secret, inner)}
        if low.access.resource_at(value, names) is not None:
            # A module that takes a resource is given its ID.
            key = syntax.Name("id", value.start, value.end)
            value = syntax.PropertyAccess(value, key, safe=False, start=value.start, end=value.end)
        return {"value": low.values.value(value, names, f"{pointer}/value")}

    def _has_secret(self, value: syntax.Expression) -> bool:
        stack = [value]
        while stack:
            current = _bare(stack.pop())
            if isinstance(current, syntax.Ternary):
                stack += (current.yes, current.no)
            elif isinstance(current, syntax.MethodCall) and current.name.name == "getSecret":
                return True
        return False

    def _reference(self, secret: dict[str, Node], call: syntax.MethodCall) -> dict[str, JsonValue]:
        written = {key: self._low.values.written(node, call) for key, node in secret.items()}
        identifier = written.pop("id")
        return {"keyVault": {"id": identifier}, **written}

    def _choice(self, value: syntax.Expression, names: Locals) -> Node:
        """Return a choice between a secret and something else as a parameter's entry."""
        low = self._low
        inner = _bare(value)
        span = low.span(value)
        if isinstance(inner, syntax.Ternary):
            test = low.expressions.node(inner.test, names)
            yes, no = self._choice(inner.yes, names), self._choice(inner.no, names)
            return nodes.call("if", test, yes, no, span=span)
        secret = low.access.secret(inner, names) if isinstance(inner, syntax.MethodCall) else None
        if secret is None:
            node = low.expressions.node(value, names)
            return nodes.call("createObject", Literal("value", span), node, span=span)
        identifier = secret.pop("id")
        vault = nodes.call("createObject", Literal("id", span), identifier, span=span)
        parts: list[Node] = [Literal("keyVault", span), vault]
        for key, node in secret.items():
            parts += (Literal(key, span), node)
        made = nodes.call("createObject", *parts, span=span)
        return nodes.call("createObject", Literal("reference", span), made, span=span)

    def copy(
        self, name: str, symbol: ResourceSymbol | ModuleSymbol, pointer: str
    ) -> dict[str, JsonValue]:
        """Return the loop of a resource or module."""
        low, loop = self._low, symbol.loop
        if loop is None:
            return {}
        source = low.loop_source(loop, Locals({}, {}))
        count = nodes.call("length", source, span=low.span(loop.source))
        low.values.note(f"{pointer}/copy", loop, loop.source)
        low.values.note(f"{pointer}/copy/count", loop.source, loop.source)
        made: dict[str, JsonValue] = {
            "name": name,
            "count": low.values.written(count, loop.source),
        }
        found = decorator(symbol.declaration.decorators, "batchSize")
        if found is not None and found.arguments:
            size = low.values.value(found.arguments[0], NO_LOCALS, f"{pointer}/copy/batchSize")
            made |= {"mode": "serial", "batchSize": size}
        return made

    def condition(
        self,
        symbol: ResourceSymbol | ModuleSymbol,
        names: Locals,
        pointer: str,
        body: dict[str, JsonValue],
    ) -> None:
        """Add the condition of a resource or module, those around it included."""
        low = self._low
        tests: tuple[syntax.Expression, ...] = ()
        if isinstance(symbol, ResourceSymbol):
            tests = symbol.conditions
        elif symbol.condition is not None:
            tests = (symbol.condition,)
        if not tests:
            return
        at = f"{pointer}/condition"
        if len(tests) == 1:
            body["condition"] = low.values.value(tests[0], names, at)
            return
        node = low.condition(symbol, names)
        if node is not None:
            body["condition"] = low.values.written(node, tests[-1])
            low.values.note(at, tests[-1], tests[-1])


def _bare(value: syntax.Expression) -> syntax.Expression:
    """Return an expression without parentheses and `!`."""
    current: syntax.Expression | syntax.Type = value
    while isinstance(current, syntax.Group | syntax.NonNull):
        current = current.inner if isinstance(current, syntax.Group) else current.target
    return current  # type: ignore[return-value]
