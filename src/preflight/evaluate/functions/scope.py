"""The place of the deployment: resourceGroup(), subscription(), managementGroup(), tenant().

Source: ARM template functions, "Scope" and "environment"; the members, their order, and the
forms with arguments are those of the deployment engine. What the environment does not say is
unknown, with the label of the option that would settle it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from preflight.evaluate.access import unknown_at
from preflight.evaluate.functions.clouds import CLOUDS, MEMBERS
from preflight.evaluate.functions.registry import (
    ANY,
    STRING,
    Call,
    Function,
    Opens,
    a_kind,
)
from preflight.evaluate.values import as_value
from preflight.expression.ast import Literal
from preflight.model.template import DeploymentScope
from preflight.model.value import (
    Cause,
    JsonValue,
    PartialText,
    Unknown,
    Value,
    join_text,
)

Text = str | Unknown | PartialText
"""Text of which parts may be unknown."""

_GUID = re.compile(
    r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}"
    r"|\([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\)",
    re.IGNORECASE,
)
_IN_SUBSCRIPTION = frozenset({DeploymentScope.RESOURCE_GROUP, DeploymentScope.SUBSCRIPTION})
GROUPS = "/providers/Microsoft.Management/managementGroups/"


def given(call: Call, label: str) -> Text:
    """Return a fact of the environment, or what stands for it where it is not known."""
    value = call.frame.environment.part(label)
    if isinstance(value, Unknown) and not value.expression:
        return unknown_at(value.label, value.cause, call.frame.expression)
    return value


def joined(*parts: Text) -> Text:
    """Concatenate text of which parts may be unknown."""
    return join_text(iter(parts))


def own_subscription(call: Call) -> Text:
    """Return the subscription of the deployment; there is none at the wider scopes."""
    environment = call.frame.environment
    if environment.kind not in _IN_SUBSCRIPTION:
        raise call.problem(f"a deployment at {_scope_name(call)} scope has no subscription")
    return given(call, "subscription")


def checked_subscription(call: Call, value: Text) -> Text:
    """Return the ID of a subscription that was given as an argument; it must be a GUID."""
    if isinstance(value, str) and not _GUID.fullmatch(value):
        raise call.problem(f"`{value}` is no subscription ID", help="it takes a GUID")
    return value


def own_group(call: Call) -> Text:
    """Return the resource group of the deployment."""
    return given(call, "resourceGroup")


def _scope_name(call: Call) -> str:
    kind = call.frame.environment.kind
    return re.sub(r"([A-Z])", r" \1", kind.value).lower()


def _resource_group(call: Call) -> Value:
    if call.values:
        return _named_group(call)
    environment = call.frame.environment
    if environment.kind is not DeploymentScope.RESOURCE_GROUP:
        raise call.problem(f"a deployment at {_scope_name(call)} scope has no resource group")
    name = own_group(call)
    tags = environment.facts.get("resourceGroupTags")
    return {
        "id": joined("/subscriptions/", own_subscription(call), "/resourceGroups/", name),
        "name": name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": given(call, "location"),
        "tags": _open(call, "tags") if tags is None else as_value(tags),
        "managedBy": _open(call, "managedBy"),
        "properties": _open(call, "properties"),
    }


def _named_group(call: Call) -> Value:
    """Return what is known of `resourceGroup([subscription], name)`."""
    name = _text(call, len(call) - 1)
    if isinstance(name, str) and "/" in name:
        raise call.problem(f"`{name}` is no name of a resource group")
    given_one = checked_subscription(call, _text(call, 0)) if len(call) > 1 else None
    subscription = own_subscription(call) if given_one is None else given_one
    return {
        "id": joined("/subscriptions/", subscription, "/resourceGroups/", name),
        "name": name,
        "type": "Microsoft.Resources/resourceGroups",
    }


def _text(call: Call, index: int) -> Text:
    value = call.values[index]
    if isinstance(value, str | Unknown | PartialText):
        return value
    raise call.problem(f"argument {index + 1} must be a string, not {a_kind(value)}")


def _open(call: Call, member: str) -> Unknown:
    return unknown_at(f"{call.name}.{member}", Cause.RUNTIME, call.frame.expression)


def _subscription(call: Call) -> Value:
    if call.values:
        other = _text(call, 0)
        if any(isinstance(argument, Literal) for argument in call.written):
            # The engine looks only at an ID that is written out.
            checked_subscription(call, other)
        return {"id": joined("/subscriptions/", other), "subscriptionId": other}
    subscription = own_subscription(call)
    return {
        "id": joined("/subscriptions/", subscription),
        "subscriptionId": subscription,
        "tenantId": given(call, "tenant"),
        "displayName": _open(call, "displayName"),
    }


def own_management_group(call: Call) -> Text:
    """Return the management group of a deployment at that scope."""
    environment = call.frame.environment
    if environment.kind is not DeploymentScope.MANAGEMENT_GROUP:
        raise call.problem(f"a deployment at {_scope_name(call)} scope has no management group")
    return given(call, "managementGroup")


def _management_group(call: Call) -> Value:
    if call.values:
        name = _text(call, 0)
        if isinstance(name, str) and "/" in name:
            raise call.problem(f"`{name}` is no name of a management group")
        # The engine drops an empty name together with its type, and spells the type as an ID.
        ident = joined(GROUPS, name) if name else "/providers/Microsoft.Management/"
        return {"id": ident, "name": name, "type": GROUPS.rstrip("/")}
    own = own_management_group(call)
    return {
        "id": joined(GROUPS, own),
        "name": own,
        "type": "Microsoft.Management/managementGroups",
        "properties": _open(call, "properties"),
    }


def _tenant(call: Call) -> Value:
    tenant = given(call, "tenant")
    return {
        "countryCode": _open(call, "countryCode"),
        "displayName": _open(call, "displayName"),
        "id": joined("/tenants/", tenant),
        "tenantId": tenant,
    }


def _environment(call: Call) -> Value:
    known = CLOUDS.get(call.frame.environment.cloud.lower(), {})
    return {
        name: _member(call, shape, known.get(name), f"environment.{name}")
        for name, shape in MEMBERS.items()
    }


def _member(call: Call, shape: JsonValue, known: JsonValue, label: str) -> Value:
    """Return a member of environment(); what is not known of this cloud is unknown."""
    if isinstance(shape, dict) and isinstance(known, Mapping):
        return {
            name: _member(call, inner, known.get(name), f"{label}.{name}")
            for name, inner in shape.items()
        }
    if known is None:
        return unknown_at(label, Cause.CONTEXT, call.frame.expression)
    return as_value(known)


FUNCTIONS: tuple[Function, ...] = (
    Function("environment", _environment),
    Function("managementGroup", _management_group, (ANY,), optional=1, opens=Opens.SELF),
    Function("resourceGroup", _resource_group, (ANY, ANY), optional=2, opens=Opens.SELF),
    Function("subscription", _subscription, (STRING,), optional=1, opens=Opens.SELF),
    Function("tenant", _tenant),
)
