"""Where a deployment deploys to: scope ↔ environment, and the target that a nested one selects.

Source: Azure Resource Manager, "Deploy resources across scopes" (`scope`, `subscriptionId`,
`resourceGroup` of a deployment resource); the deployment engine for what it refuses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from preflight.evaluate.environment import Environment
from preflight.evaluate.frame import EvaluationProblem
from preflight.evaluate.resource_id import names_group
from preflight.model.scope import Scope, ScopeKind, management_group
from preflight.model.template import DeploymentScope
from preflight.model.value import PartialText, Unknown, join_text, printable

Text = str | Unknown | PartialText

_GUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_PLACE = ("subscription", "resourceGroup", "managementGroup")
KINDS: Mapping[ScopeKind, DeploymentScope] = {
    ScopeKind.TENANT: DeploymentScope.TENANT,
    ScopeKind.MANAGEMENT_GROUP: DeploymentScope.MANAGEMENT_GROUP,
    ScopeKind.SUBSCRIPTION: DeploymentScope.SUBSCRIPTION,
    ScopeKind.RESOURCE_GROUP: DeploymentScope.RESOURCE_GROUP,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a deployment (or an `existing` resource) says about its target; None where silent."""

    scope: Text | None = None
    subscription: Text | None = None
    resource_group: Text | None = None

    @property
    def unknown(self) -> bool:
        """Whether any part of it is unknown."""
        parts = (self.scope, self.subscription, self.resource_group)
        return any(isinstance(part, Unknown | PartialText) for part in parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A deployment's target and what expressions see there."""

    scope: Scope
    environment: Environment


def scope_of(environment: Environment) -> Scope:
    """Return the scope of an environment; parts that are not given are placeholders."""
    match environment.kind:
        case DeploymentScope.TENANT:
            return Scope.ROOT
        case DeploymentScope.MANAGEMENT_GROUP:
            return management_group(printable(environment.part("managementGroup")))
        case DeploymentScope.SUBSCRIPTION:
            return Scope(f"/subscriptions/{printable(environment.part('subscription'))}")
        case DeploymentScope.RESOURCE_GROUP:
            subscription = printable(environment.part("subscription"))
            group = printable(environment.part("resourceGroup"))
            return Scope(f"/subscriptions/{subscription}/resourceGroups/{group}")


def select(parent: Target, selection: Selection) -> Target:
    """Return the target of a nested deployment.

    Raises `EvaluationProblem` for a subscription that is no GUID and a group with a slash.
    """
    if selection.scope is not None:
        return _by_scope(parent, selection.scope)
    if selection.subscription is None and selection.resource_group is None:
        return parent
    subscription = selection.subscription
    if isinstance(subscription, str) and not _GUID.fullmatch(subscription):
        raise EvaluationProblem(
            f"`{subscription}` is no subscription ID", help="a subscription ID is a GUID"
        )
    place: dict[str, Text] = {
        "subscription": parent.environment.part("subscription")
        if subscription is None
        else subscription
    }
    if selection.resource_group is None:
        return _target(parent, DeploymentScope.SUBSCRIPTION, place)
    if isinstance(selection.resource_group, str) and "/" in selection.resource_group:
        raise EvaluationProblem(f"`{selection.resource_group}` is no name of a resource group")
    place["resourceGroup"] = selection.resource_group
    return _target(parent, DeploymentScope.RESOURCE_GROUP, place)


def _by_scope(parent: Target, scope: Text) -> Target:
    """Return the target that `scope` names: `/`, a management group, or any full ID.

    The short form of a management group counts outside subscriptions only (Bicep refuses such a
    module there, the engine deploys it to the parent's own scope), with a slash before it
    everywhere. Of a management group's deployment, `/` leads back to the group: so the engine.
    """
    text = printable(scope)
    if text != "/" and text.startswith("/") and text.strip("/").lower() in {"", "providers"}:
        raise EvaluationProblem(f"`{text}` is no scope", help="it is the full ID of a place")
    above = parent.environment.kind in {DeploymentScope.MANAGEMENT_GROUP, DeploymentScope.TENANT}
    if names_group(text.removeprefix("/") if text.startswith("/") or above else ""):
        return _target(parent, DeploymentScope.MANAGEMENT_GROUP, {"managementGroup": _at(scope, 2)})
    if text.startswith("{"):
        # Subscriptions and groups are named apart, so a whole scope is a management group's.
        target = _target(parent, DeploymentScope.MANAGEMENT_GROUP, {"managementGroup": scope})
        return replace(target, scope=Scope(text))
    full = _enclosing(Scope(text)) if text.startswith("/") else None
    kind = None if full is None else KINDS.get(full.kind)
    if full is None or kind is None or (kind is DeploymentScope.TENANT and _stays(parent, text)):
        return parent
    place: dict[str, Text] = {}
    if kind is DeploymentScope.MANAGEMENT_GROUP:
        place["managementGroup"] = _at(scope, 3)
    elif kind is not DeploymentScope.TENANT:
        place["subscription"] = _at(scope, 1)
    if kind is DeploymentScope.RESOURCE_GROUP:
        place["resourceGroup"] = _at(scope, 3)
    return replace(_target(parent, kind, place), scope=full)


def _stays(parent: Target, text: str) -> bool:
    """Whether a scope without any type leads back to the management group that asks."""
    in_group = parent.environment.kind is DeploymentScope.MANAGEMENT_GROUP
    return in_group and not text.lower().startswith("/providers/")


def _enclosing(scope: Scope) -> Scope:
    """Return the nearest rung that a deployment can go to: a resource's group, say, or `/`."""
    found = next((rung for rung in scope.ladder() if rung.kind in KINDS), Scope.ROOT)
    return scope if scope.has_placeholder and found == Scope.ROOT else found


def _at(scope: Text, index: int) -> Text:
    """Return one segment of a scope, counted without empty ones; unknown parts are kept."""
    pieces = scope.parts if isinstance(scope, PartialText) else (scope,)
    segments: list[list[str | Unknown]] = [[]]
    for piece in pieces:
        if isinstance(piece, Unknown):
            segments[-1].append(piece)
            continue
        first, *rest = piece.split("/")
        segments[-1].append(first)
        segments.extend([part] for part in rest)
    filled = [joined for part in segments if (joined := join_text(iter(part))) != ""]
    return filled[index]


def _target(parent: Target, kind: DeploymentScope, place: Mapping[str, Text]) -> Target:
    known = {field: text if isinstance(text := place.get(field), str) else None for field in _PLACE}
    environment = replace(
        parent.environment,
        kind=kind,
        subscription=known["subscription"],
        resource_group=known["resourceGroup"],
        management_group=known["managementGroup"],
        unsettled={field: text for field, text in place.items() if not isinstance(text, str)},
    )
    return Target(scope=scope_of(environment), environment=environment)
