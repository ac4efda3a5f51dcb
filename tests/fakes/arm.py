"""Azure Resource Manager: which call goes where, and what every call must bring."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.fakes import arm_deployments, arm_groups, arm_lists, arm_resources, resource_graph
from tests.fakes.exchange import Answer, Caller, Request, failure
from tests.fakes.rights import may
from tests.fakes.rows import Row, text, texts
from tests.fakes.tenant import fold, subscription_of

if TYPE_CHECKING:
    from tests.fakes.azure import FakeAzure

Handler = Callable[["FakeAzure", Request, Caller, re.Match[str]], Answer]

GROUPS = r"/providers/Microsoft\.Management"
AUTHORIZATION = r"/providers/Microsoft\.Authorization"
SUBSCRIPTION = r"(?P<scope>/subscriptions/(?P<subscription>[^/]+))"
_TABLE: tuple[tuple[str, str, frozenset[str], Handler], ...] = (
    ("GET", "/subscriptions", frozenset({"2022-12-01", "2020-01-01"}), arm_resources.subscriptions),
    ("GET", "/tenants", frozenset({"2022-12-01", "2020-01-01"}), arm_resources.tenants),
    ("GET", SUBSCRIPTION, frozenset({"2022-12-01", "2020-01-01"}), arm_resources.subscription),
    (
        "GET",
        SUBSCRIPTION + "/resourceGroups",
        arm_resources.VERSIONS,
        arm_resources.resource_groups,
    ),
    (
        "GET",
        SUBSCRIPTION + "/resourceGroups/(?P<group>[^/]+)",
        arm_resources.VERSIONS,
        arm_resources.resource_group,
    ),
    (
        "GET",
        r"(?P<scope>/subscriptions/[^/]+(?:/resourceGroups/[^/]+)?)/resources",
        arm_resources.VERSIONS,
        arm_resources.resources,
    ),
    ("GET", SUBSCRIPTION + "/providers", arm_resources.VERSIONS, arm_resources.providers),
    (
        "GET",
        SUBSCRIPTION + "/providers/(?P<namespace>[^/]+)",
        arm_resources.VERSIONS,
        arm_resources.provider,
    ),
    (
        "GET",
        SUBSCRIPTION + r"/providers/microsoft\.insights/eventtypes/management/values",
        frozenset({"2015-04-01", "2017-03-01-preview"}),
        arm_deployments.activity_log,
    ),
    (
        "GET",
        r"(?P<scope>.*)/providers/Microsoft\.ManagedServices/registrationAssignments",
        frozenset({"2022-10-01", "2019-09-01"}),
        arm_lists.delegations,
    ),
    (
        "GET",
        r"(?P<scope>.*)/providers/Microsoft\.Resources/deployments/(?P<name>[^/]+)",
        arm_deployments.VERSIONS,
        arm_deployments.deployment,
    ),
    (
        "GET",
        r"(?P<scope>.*)/providers/Microsoft\.Resources/deployments/(?P<name>[^/]+)/operations",
        arm_deployments.VERSIONS,
        arm_deployments.operations,
    ),
    (
        "POST",
        r"(?P<scope>.*)/providers/Microsoft\.Resources/deployments/(?P<name>[^/]+)/whatIf",
        arm_deployments.VERSIONS,
        arm_deployments.what_if,
    ),
    ("GET", GROUPS + "/managementGroups", arm_groups.VERSIONS, arm_groups.listed),
    ("GET", GROUPS + "/managementGroups/(?P<name>[^/]+)", arm_groups.VERSIONS, arm_groups.one),
    (
        "GET",
        GROUPS + "/managementGroups/(?P<name>[^/]+)/descendants",
        arm_groups.VERSIONS,
        arm_groups.descendants,
    ),
    (
        "GET",
        GROUPS + "/managementGroups/(?P<name>[^/]+)/subscriptions/(?P<subscription>[^/]+)",
        arm_groups.VERSIONS,
        arm_groups.subscription,
    ),
    ("POST", GROUPS + "/getEntities", arm_groups.VERSIONS, arm_groups.entities),
    (
        "POST",
        r"/providers/Microsoft\.ResourceGraph/resources",
        frozenset({"2021-03-01", "2022-10-01", "2024-04-01"}),
        resource_graph.query,
    ),
    (
        "GET",
        r"(?P<scope>.*)" + AUTHORIZATION + "/permissions",
        arm_lists.VERSIONS["permissions"],
        arm_lists.permissions,
    ),
    (
        "GET",
        r"(?P<scope>.*)" + AUTHORIZATION + "/roleDefinitions/(?P<name>[^/]+)",
        arm_lists.VERSIONS["roledefinitions"],
        arm_lists.role_definition,
    ),
    (
        "GET",
        r"(?P<scope>.*)" + AUTHORIZATION + "/denyAssignments/(?P<name>[^/]+)",
        arm_lists.VERSIONS["denyassignments"],
        arm_lists.deny_assignment,
    ),
    *(
        ("GET", rf"(?P<scope>.*){AUTHORIZATION}/(?P<list>{name})", versions, arm_lists.listed)
        for name, versions in arm_lists.VERSIONS.items()
        if name != "permissions"
    ),
)
_ROUTES = tuple(
    (method, re.compile(pattern, re.IGNORECASE), versions, handler)
    for method, pattern, versions, handler in _TABLE
)


def answer(azure: FakeAzure, request: Request) -> Answer:
    """Answer a call to ARM."""
    caller = request.caller
    if caller is None or caller.audience not in azure.arm_audiences:
        return _unauthorized(azure, request)
    if "api-version" not in request.query:
        message = "The api-version query parameter (?api-version=) is required for all requests."
        return failure(400, "MissingApiVersionParameter", message)
    path = request.path.rstrip("/") or "/"
    return _foreign(azure, caller, path) or _routed(azure, request, caller, path)


def _routed(azure: FakeAzure, request: Request, caller: Caller, path: str) -> Answer:
    version = request.query["api-version"]
    other_method = False
    for method, pattern, versions, handler in _ROUTES:
        found = pattern.fullmatch(path)
        if found is None:
            continue
        if method != request.method:
            other_method = True
            continue
        if version not in versions:
            message = f"The api-version '{version}' is not supported: {', '.join(sorted(versions))}"
            return failure(400, "InvalidResourceType", message)
        return handler(azure, request, caller, found)
    if other_method or request.method != "GET":
        return failure(405, "MethodNotAllowed", f"{request.method} is not supported on {path}")
    return arm_resources.any_resource(azure, request, caller)


def _unauthorized(azure: FakeAzure, request: Request) -> Answer:
    sent = "authorization" in request.headers
    code = "InvalidAuthenticationToken" if sent else "AuthenticationFailed"
    refusal = failure(401, code, "The access token is missing, expired or not for this service.")
    challenge = (
        f'Bearer authorization_uri="{azure.authority}/{azure.tenant.id}", error="invalid_token"'
    )
    return Answer(status=401, body=refusal.body, headers={"WWW-Authenticate": challenge})


def _foreign(azure: FakeAzure, caller: Caller, path: str) -> Answer | None:
    """Refuse a subscription that is not there, or of another tenant that delegates nothing."""
    named = subscription_of(path)
    if named is None:
        return None
    guid = named.rpartition("/")[2]
    known = azure.tenant.subscription(named)
    if known is None or not visible(azure, caller, named):
        message = f"The subscription '{guid}' could not be found."
        return failure(404, "SubscriptionNotFound", message)
    home = text(known.get("tenantId")).lower() or caller.tenant
    managing = [item.lower() for item in texts(known.get("managedByTenants"))]
    if caller.tenant not in {home, *managing}:
        message = (
            f"The access token is from the wrong issuer 'https://sts.windows.net/{caller.tenant}/'."
            f" It must match the tenant 'https://sts.windows.net/{home}/' associated with this"
            " subscription."
        )
        return failure(401, "InvalidAuthenticationTokenTenant", message)
    return None


def visible(azure: FakeAzure, caller: Caller, subscription: str) -> bool:
    """Whether a principal sees that a subscription is there: it holds something on its line."""
    tenant, folded = azure.tenant, fold(subscription)
    known: Row = tenant.subscription(folded) or {}
    if text(known.get("tenantId")).lower() not in {"", caller.tenant}:
        return True
    if may(tenant, caller.principal, "Microsoft.Resources/subscriptions/read", folded):
        return True
    return bool(arm_lists.assigned(azure, caller.principal, folded))
