"""Resource Graph: enough of its language for the questions that a gate asks.

`TABLE | where COLUMN OP VALUE | …`: a `where` on `type`, `id`, `subscriptionId` or
`properties.KEY` is applied, `project` and `order` leave whole rows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.fakes import arm_groups, arm_lists
from tests.fakes.exchange import Answer, Caller, Request, failure
from tests.fakes.rights import may
from tests.fakes.rows import Row, properties, row, text, texts
from tests.fakes.tenant import fold, scope_of, subscription_of

from preflight.model.value import JsonValue

if TYPE_CHECKING:
    from tests.fakes.azure import FakeAzure

_WHERE = re.compile(
    r"where\s+(?P<column>[\w.]+)\s*(?P<op>=~|==|in~|in)\s*(?P<values>\(?\s*['\"].*['\"]\s*\)?)",
    re.IGNORECASE | re.DOTALL,
)
_PARTS = {
    "roleassignments": ("roleAssignments", "microsoft.authorization/roleassignments"),
    "roledefinitions": ("roleDefinitions", "microsoft.authorization/roledefinitions"),
}


def query(azure: FakeAzure, request: Request, caller: Caller, _found: re.Match[str]) -> Answer:
    """Answer a query; only what the caller may read is found."""
    asked = request.document
    table, *steps = [part.strip() for part in text(asked.get("query")).split("|")]
    options = row(asked.get("options"))
    above = text(options.get("authorizationScopeFilter")).lower() == "atscopeaboveandbelow"
    named = [fold("/subscriptions/" + item) for item in texts(asked.get("subscriptions"))]
    match table.lower():
        case "authorizationresources":
            found = _authorization(azure, caller, named, above=above)
        case "resourcecontainers":
            found = _containers(azure, caller)
        case "resources":
            found = _resources(azure, caller)
        case _:
            return failure(400, "BadRequest", f"Table '{table}' is invalid.")
    for step in steps:
        if step.lower().startswith("where"):
            where = _WHERE.fullmatch(step)
            if where is None:
                return failure(400, "BadRequest", f"the fake cannot read: {step}")
            found = [item for item in found if _holds(item, where)]
    return _page(azure, options, found)


def _page(azure: FakeAzure, options: Row, found: list[Row]) -> Answer:
    token = text(options.get("$skipToken")) or "0"
    top = options.get("$top")
    size = min(top, azure.page_size) if isinstance(top, int) else 100
    start, end = int(token), int(token) + size
    page: list[JsonValue] = list(found[start:end])
    more = end < len(found)
    body: Row = {
        "totalRecords": len(found),
        "count": len(page),
        "data": page,
        "facets": [],
        "resultTruncated": "false",
    }
    if more:
        body["$skipToken"] = str(end)
    headers = {
        "x-ms-user-quota-remaining": "14",
        "x-ms-user-quota-resets-after": "00:00:05",
    }
    return Answer(body=body, headers=headers)


def _value(item: Row, column: str) -> str:
    current: JsonValue = item
    for part in column.split("."):
        keys = {name.lower(): name for name in row(current)}
        current = row(current).get(keys.get(part.lower(), part))
    return text(current).lower()


def _holds(item: Row, where: re.Match[str]) -> bool:
    values = {value.lower() for value in re.findall(r"['\"]([^'\"]*)['\"]", where.group("values"))}
    return _value(item, where.group("column")) in values


def _authorization(
    azure: FakeAzure, caller: Caller, subscriptions: list[str], *, above: bool
) -> list[Row]:
    found: list[Row] = []
    for list_name, type_name in _PARTS.values():
        action = f"Microsoft.Authorization/{list_name}/read"
        for item in azure.tenant.listed(list_name):
            at = scope_of(item) if list_name == "roleAssignments" else "/"
            inside = [sub for sub in subscriptions if at == sub or at.startswith(sub + "/")]
            inherited = [sub for sub in subscriptions if above and azure.tenant.covers(at, sub)]
            everywhere = not subscriptions or list_name == "roleDefinitions"
            place = at if inside or everywhere else next(iter(inherited), "")
            if place and may(azure.tenant, caller.principal, action, place):
                found.append({**item, "type": type_name, "properties": properties(item)})
    return found


def _containers(azure: FakeAzure, caller: Caller) -> list[Row]:
    found: list[Row] = []
    for item in azure.tenant.listed("subscriptions"):
        identifier = text(item["id"])
        if not arm_lists.assigned(azure, caller.principal, identifier):
            continue
        chain = azure.tenant.groups_above(identifier)
        guid = identifier.rpartition("/")[2]
        entry: Row = {
            "id": identifier, "name": text(item.get("displayName")), "subscriptionId": guid,
            "type": "microsoft.resources/subscriptions",
            "tenantId": text(item.get("tenantId")) or azure.tenant.id,
            "properties": {"managementGroupAncestorsChain": arm_groups.chain_of(azure, chain)},
        }  # fmt: skip
        found.append(entry)
        found += [
            {
                "id": group,
                "name": group.rpartition("/")[2],
                "type": "microsoft.resources/subscriptions/resourcegroups",
                "subscriptionId": guid,
                "properties": {},
            }
            for group in azure.tenant.resource_groups(identifier)
        ]
    return found


def _resources(azure: FakeAzure, caller: Caller) -> list[Row]:
    return [
        {**item, "subscriptionId": (subscription_of(text(item["id"])) or "").rpartition("/")[2]}
        for item in azure.tenant.listed("resources")
        if may(azure.tenant, caller.principal, f"{text(item.get('type'))}/read", text(item["id"]))
    ]
