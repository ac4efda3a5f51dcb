"""The little of Microsoft Graph that is asked: names, application IDs, memberships."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tests.fakes.exchange import Answer, Caller, Request, failure
from tests.fakes.rows import Row, text, texts

from preflight.model.value import JsonValue

if TYPE_CHECKING:
    from tests.fakes.azure import FakeAzure

Handler = Callable[["FakeAzure", Request, Caller, re.Match[str]], Answer]

PREFIX = "/v1.0/"
_TYPES = {
    "User": "#microsoft.graph.user",
    "Group": "#microsoft.graph.group",
    "ServicePrincipal": "#microsoft.graph.servicePrincipal",
    "Device": "#microsoft.graph.device",
}
_COLLECTIONS = {"users": "User", "groups": "Group", "serviceprincipals": "ServicePrincipal"}
_FILTER = re.compile(
    r"(appId|displayName|userPrincipalName|mail)\s+eq\s+'((?:[^']|'')*)'", re.IGNORECASE
)


def answer(azure: FakeAzure, request: Request) -> Answer:
    """Answer a call to Graph."""
    caller = request.caller
    if caller is None or caller.audience not in azure.graph_audiences:
        return failure(401, "InvalidAuthenticationToken", "Access token is empty or not for Graph.")
    if not azure.graph_allowed:
        message = "Insufficient privileges to complete the operation."
        return failure(403, "Authorization_RequestDenied", message)
    path = request.path.removeprefix("/v1.0")
    for method, pattern, handler in _ROUTES:
        found = pattern.fullmatch(path)
        if found is not None and method == request.method:
            return handler(azure, request, caller, found)
    return failure(404, "Request_ResourceNotFound", f"{request.method} {path} is not known here")


def _shown(azure: FakeAzure, principal: str) -> Row:
    """Return a directory object; where names are hidden only its ID and type."""
    item = azure.tenant.principals[principal]
    kind = _TYPES.get(text(item.get("type")), "#microsoft.graph.directoryObject")
    shown: Row = {"@odata.type": kind, "id": principal}
    if azure.graph_names:
        shown["displayName"] = text(item.get("displayName")) or None
        if item.get("type") == "ServicePrincipal":
            shown["appId"] = text(item.get("appId")) or None
            shown["servicePrincipalType"] = "Application"
        if item.get("type") == "User":
            shown["userPrincipalName"] = text(item.get("displayName")) or None
    return shown


def _missing(principal: str) -> Answer:
    message = f"Resource '{principal}' does not exist or one of its queried properties is absent."
    return failure(404, "Request_ResourceNotFound", message)


def _by_ids(azure: FakeAzure, request: Request, _caller: Caller, _found: re.Match[str]) -> Answer:
    wanted = [item.lower() for item in texts(request.document.get("ids"))]
    if len(wanted) > 1000:
        return failure(400, "Request_BadRequest", "Too many IDs: at most 1000.")
    known: list[JsonValue] = [_shown(azure, i) for i in wanted if i in azure.tenant.principals]
    return Answer(body={"value": known})


def _listed(azure: FakeAzure, request: Request, _caller: Caller, found: re.Match[str]) -> Answer:
    where = _FILTER.fullmatch(request.query.get("$filter", "").strip())
    if where is None:
        return failure(400, "Request_UnsupportedQuery", "The fake takes KEY eq 'VALUE' only.")
    key, value = where.group(1).lower(), where.group(2).replace("''", "'").lower()
    name = "appId" if key == "appid" else "displayName"
    kind = _COLLECTIONS[found.group("collection").lower()]
    chosen: list[JsonValue] = [
        _shown(azure, principal)
        for principal, item in azure.tenant.principals.items()
        if item.get("type") == kind and text(item.get(name)).lower() == value
    ]
    return Answer(body={"value": chosen})


def _one(azure: FakeAzure, _request: Request, _caller: Caller, found: re.Match[str]) -> Answer:
    principal = _named(azure, found)
    return Answer(body=_shown(azure, principal)) if principal else _missing(found.group())


def _named(azure: FakeAzure, found: re.Match[str]) -> str | None:
    parts = found.groupdict()
    if parts.get("app"):
        return azure.tenant.by_app(parts["app"])
    principal = parts["id"].lower()
    item = azure.tenant.principals.get(principal)
    kind = _COLLECTIONS.get(parts["collection"].lower())
    known = item is not None and (kind is None or item.get("type") == kind)
    return principal if known else None


def _me(azure: FakeAzure, _request: Request, caller: Caller, _found: re.Match[str]) -> Answer:
    item = azure.tenant.principals.get(caller.principal, {})
    if item.get("type") != "User":
        message = "/me request is only valid with delegated authentication flow."
        return failure(400, "BadRequest", message)
    return Answer(body=_shown(azure, caller.principal))


def _member_of(azure: FakeAzure, request: Request, _caller: Caller, found: re.Match[str]) -> Answer:
    principal = _named(azure, found)
    if principal is None:
        return _missing(found.group())
    top = request.query.get("$top", "100")
    if not top.isdecimal() or int(top) > 999:
        return failure(400, "Request_UnsupportedQuery", "Invalid page size.")
    groups = _groups(azure, principal)
    start = int(request.query.get("$skiptoken", "0"))
    end = start + int(top)
    page: list[JsonValue] = [
        _shown(azure, group)
        if group in azure.tenant.principals
        else {"@odata.type": _TYPES["Group"], "id": group}
        for group in groups[start:end]
    ]
    body: Row = {"value": page}
    if end < len(groups):
        query = urlencode({**request.query, "$skiptoken": str(end)}, safe="$()")
        body["@odata.nextLink"] = f"{request.base}{request.path}?{query}"
    return Answer(body=body)


def _member_groups(
    azure: FakeAzure, request: Request, _caller: Caller, found: re.Match[str]
) -> Answer:
    principal = _named(azure, found)
    if principal is None:
        return _missing(found.group())
    if not isinstance(request.document.get("securityEnabledOnly"), bool):
        return failure(400, "Request_BadRequest", "securityEnabledOnly is missing.")
    groups: list[JsonValue] = [*_groups(azure, principal)]
    return Answer(body={"value": groups})


def _groups(azure: FakeAzure, principal: str) -> list[str]:
    return sorted(azure.tenant.holders(principal) - {principal})


_COLLECTION = "/(?P<collection>users|groups|servicePrincipals|directoryObjects)"
_ID = _COLLECTION + "/(?P<id>[0-9a-fA-F-]{36})"
_APP = r"/servicePrincipals\(appId='(?P<app>[^']+)'\)"
_TABLE: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/directoryObjects/getByIds", _by_ids),
    ("GET", "/(?P<collection>users|groups|servicePrincipals)", _listed),
    ("GET", _ID, _one),
    ("GET", _APP, _one),
    ("GET", "/me", _me),
    ("GET", _ID + "/transitiveMemberOf", _member_of),
    ("GET", _ID + r"/transitiveMemberOf/microsoft\.graph\.group", _member_of),
    ("POST", _ID + "/getMemberGroups", _member_groups),
)
_ROUTES = tuple(
    (method, re.compile(pattern, re.IGNORECASE), handler) for method, pattern, handler in _TABLE
)
