"""Where resources and modules stand: their scope, and the IDs that follow from it.

Source: Azure/bicep, src/Bicep.Core/Emit/ScopeHelper.cs (which function gives an ID at which scope).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from preflight.expression.ast import Literal, Node
from preflight.model.source import Span
from preflight.model.template import DeploymentScope
from preflight.read.bicep import nodes, syntax
from preflight.read.bicep.locals import Locals
from preflight.read.bicep.symbols import ModuleSymbol, ResourceSymbol
from preflight.read.json_strings import shown

if TYPE_CHECKING:
    from preflight.read.bicep.lowering import Lowering

_GROUP_TYPE = "microsoft.resources/resourcegroups"
_MANAGEMENT_GROUP_TYPE = "microsoft.management/managementgroups"
_ONLY_AT = {
    _GROUP_TYPE: DeploymentScope.SUBSCRIPTION,
    _MANAGEMENT_GROUP_TYPE: DeploymentScope.TENANT,
}
"""Types whose one scope is known here."""
_FUNCTIONS = {
    "tenant": DeploymentScope.TENANT,
    "managementGroup": DeploymentScope.MANAGEMENT_GROUP,
    "subscription": DeploymentScope.SUBSCRIPTION,
    "resourceGroup": DeploymentScope.RESOURCE_GROUP,
}
_EVERYWHERE = frozenset(DeploymentScope)
_IN_GROUP = frozenset({DeploymentScope.RESOURCE_GROUP})
_IN_SUBSCRIPTION = _IN_GROUP | {DeploymentScope.SUBSCRIPTION}
_AVAILABLE = {
    (DeploymentScope.TENANT, 0): _EVERYWHERE,
    (DeploymentScope.MANAGEMENT_GROUP, 0): frozenset({DeploymentScope.MANAGEMENT_GROUP}),
    (DeploymentScope.MANAGEMENT_GROUP, 1): _EVERYWHERE,
    (DeploymentScope.SUBSCRIPTION, 0): _IN_SUBSCRIPTION,
    (DeploymentScope.SUBSCRIPTION, 1): _EVERYWHERE,
    (DeploymentScope.RESOURCE_GROUP, 0): _IN_GROUP,
    (DeploymentScope.RESOURCE_GROUP, 1): _IN_SUBSCRIPTION,
    (DeploymentScope.RESOURCE_GROUP, 2): _EVERYWHERE,
}
"""Where a function may be called, by what it gives and the number of its arguments.

Source: Azure/bicep, src/Bicep.Core/Semantics/Namespaces/AzNamespaceType.cs (GetScopeFunctions).
"""
MAX_LINKS = 10
"""Variables and resources that may stand between a scope and what it means."""


class ScopeData(NamedTuple):
    """A scope: its kind with the parts that are named, or the resource that is extended."""

    kind: DeploymentScope
    management_group: Node | None = None
    subscription: Node | None = None
    group: Node | None = None
    resource: ResourceSymbol | None = None
    names: Locals | None = None
    """Locals of the extended resource: its loop at the index that is meant."""


class ScopeLowering:
    """Finds scopes in one file for one template."""

    __slots__ = ("_low",)

    def __init__(self, low: Lowering) -> None:
        """Work with the names of `low`."""
        self._low = low

    def of_resource(self, symbol: ResourceSymbol, names: Locals) -> ScopeData:
        """Return the scope of a resource; a child has that of its outermost ancestor."""
        while symbol.parent is not None:
            if symbol.scope is not None and not symbol.parent.nested:
                raise self._low.file.error(
                    "a resource with a parent takes its scope from it", symbol.scope
                )
            names = self._low.access.parent_names(symbol, names)
            symbol = symbol.parent.resource
        if symbol.scope is None:
            return ScopeData(self._low.file.scope)
        return self._find(symbol.scope, names)

    def require_deployable(self, symbol: ResourceSymbol, names: Locals) -> None:
        """Raise `InputError` for a resource that the file cannot deploy where it shall stand."""
        data = self.of_resource(symbol, names)
        wanted = _ONLY_AT.get(symbol.type.lower())
        file = self._low.file
        where = symbol.scope or symbol.declaration.name
        if wanted is not None and data.resource is None and data.kind is not wanted:
            raise file.error(
                f"`{shown(symbol.type)}` exists at the scope `{wanted.value}` only", where
            )
        named = (data.management_group, data.subscription, data.group)
        here = data.kind is file.scope and all(part is None for part in named)
        if not (symbol.declaration.existing or here or data.kind is DeploymentScope.TENANT):
            raise file.error(
                f"`{shown(symbol.name)}` would be deployed to another scope than the file",
                where,
                "deploy it by a module with that `scope`",
            )

    def of_module(self, symbol: ModuleSymbol, names: Locals) -> ScopeData:
        """Return the scope of a module."""
        value = symbol.get("scope")
        return ScopeData(self._low.file.scope) if value is None else self._find(value, names)

    def _find(self, value: syntax.Expression, names: Locals) -> ScopeData:
        low = self._low
        target: syntax.Expression | syntax.Type = value
        for _ in range(MAX_LINKS):
            target = _bare(target)
            if isinstance(target, syntax.Call | syntax.MethodCall):
                return self._called(target, names)
            found = low.access.resource_at(target, names)
            if found is not None:
                return self._resource(found[0], found[1])
            variable = low.variable(target, names)
            if variable is None:
                break
            target = variable.value
            if isinstance(_bare(target), syntax.Ternary):
                # The compiler takes a choice between scopes, behind a name, for no scope.
                return ScopeData(low.file.scope)
        raise low.file.error(
            "the scope cannot be told from this expression",
            value,
            "name a resource, or use resourceGroup(), subscription(), managementGroup(), tenant()",
        )

    def _called(self, target: syntax.Call | syntax.MethodCall, names: Locals) -> ScopeData:
        low = self._low
        kind = _FUNCTIONS.get(target.name.name)
        if isinstance(target, syntax.MethodCall):
            owner = target.target
            if not (isinstance(owner, syntax.Name) and owner.name == "az"):
                kind = None
        available = None if kind is None else _AVAILABLE.get((kind, len(target.arguments)))
        if kind is None or available is None:
            raise low.file.error("this call gives no scope", target)
        if low.file.scope not in available:
            raise low.file.error(
                f"`{target.name.name}()` needs more arguments in a file whose `targetScope` is "
                f"`{low.file.scope.value}`",
                target,
            )
        arguments = [low.expressions.node(item, names) for item in target.arguments]
        if kind is DeploymentScope.MANAGEMENT_GROUP:
            return ScopeData(kind, management_group=arguments[0] if arguments else None)
        if kind is DeploymentScope.SUBSCRIPTION:
            return ScopeData(kind, subscription=arguments[0] if arguments else None)
        if kind is DeploymentScope.RESOURCE_GROUP and arguments:
            first = arguments[0] if len(arguments) > 1 else None
            return ScopeData(kind, subscription=first, group=arguments[-1])
        return ScopeData(kind)

    def _resource(self, symbol: ResourceSymbol, names: Locals) -> ScopeData:
        """Return the scope that a resource stands for: a group is one, others are extended."""
        kind = symbol.type.lower()
        if kind == _GROUP_TYPE:
            outer = self.of_resource(symbol, names)
            name = self._low.access.name_of(symbol, names)
            return ScopeData(
                DeploymentScope.RESOURCE_GROUP, subscription=outer.subscription, group=name
            )
        if kind == _MANAGEMENT_GROUP_TYPE:
            name = self._low.access.name_of(symbol, names)
            return ScopeData(DeploymentScope.MANAGEMENT_GROUP, management_group=name)
        outer = self.of_resource(symbol, names)
        return outer._replace(resource=symbol, names=names)

    def resource_id(self, data: ScopeData, kind: str, segments: list[Node], span: Span) -> Node:
        """Return the full ID of a resource of that type at a scope."""
        name = Literal(kind, span)
        if data.resource is not None and data.names is not None:
            extended = self._low.access.id_of(data.resource, data.names, span)
            return nodes.call("extensionResourceId", extended, name, *segments, span=span)
        match data.kind:
            case DeploymentScope.TENANT:
                return nodes.call("tenantResourceId", name, *segments, span=span)
            case DeploymentScope.SUBSCRIPTION:
                first = () if data.subscription is None else (data.subscription,)
                return nodes.call("subscriptionResourceId", *first, name, *segments, span=span)
            case DeploymentScope.MANAGEMENT_GROUP:
                group = self._management_group(data, span)
                return nodes.call("extensionResourceId", group, name, *segments, span=span)
            case DeploymentScope.RESOURCE_GROUP:
                return self._group_resource_id(data, name, segments, span)

    def _management_group(self, data: ScopeData, span: Span) -> Node:
        if data.management_group is None:
            return nodes.member(nodes.call("managementGroup", span=span), "id", span)
        kind = Literal("Microsoft.Management/managementGroups", span)
        return nodes.call("tenantResourceId", kind, data.management_group, span=span)

    def _group_resource_id(
        self, data: ScopeData, name: Literal, segments: list[Node], span: Span
    ) -> Node:
        if data.group is None:
            return nodes.call("resourceId", name, *segments, span=span)
        subscription = data.subscription
        if subscription is None:
            called = nodes.call("subscription", span=span)
            subscription = nodes.member(called, "subscriptionId", span)
        pattern = "/subscriptions/{0}/resourceGroups/{1}"
        scope = nodes.formatted(pattern, subscription, data.group, span=span)
        return nodes.call("extensionResourceId", scope, name, *segments, span=span)

    def members(self, data: ScopeData, span: Span) -> dict[str, Node]:
        """Return the members of a resource or deployment that say its scope."""
        target = self._low.file.scope
        if data.resource is not None and data.names is not None:
            return {"scope": self._low.access.id_of(data.resource, data.names, span)}
        if data.kind is DeploymentScope.TENANT:
            return {} if target is DeploymentScope.TENANT else {"scope": Literal("/", span)}
        if data.kind is DeploymentScope.MANAGEMENT_GROUP:
            group = data.management_group
            return {} if group is None else {"scope": self._management_scope(group, span)}
        subscription = data.subscription
        if data.kind is DeploymentScope.SUBSCRIPTION and subscription is None:
            if target is not DeploymentScope.RESOURCE_GROUP:
                return {}
            called = nodes.call("subscription", span=span)
            subscription = nodes.member(called, "subscriptionId", span)
        parts = {"subscriptionId": subscription, "resourceGroup": data.group}
        return {key: node for key, node in parts.items() if node is not None}

    def _management_scope(self, name: Node, span: Span) -> Node:
        """Return a management group as `scope` names it: relative where the engine wants that."""
        if self._low.file.scope in {DeploymentScope.TENANT, DeploymentScope.MANAGEMENT_GROUP}:
            pattern = "Microsoft.Management/managementGroups/{0}"
            return nodes.formatted(pattern, name, span=span)
        kind = Literal("Microsoft.Management/managementGroups", span)
        return nodes.call("tenantResourceId", kind, name, span=span)


def _bare(target: syntax.Expression | syntax.Type) -> syntax.Expression | syntax.Type:
    """Return an expression without parentheses and `!`."""
    while isinstance(target, syntax.Group | syntax.NonNull):
        target = target.inner if isinstance(target, syntax.Group) else target.target
    return target
