"""Deployments, their operations, what-if, and the Activity Log."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.fakes import arm_lists
from tests.fakes.exchange import Answer, Caller, Request, failure
from tests.fakes.paging import paged
from tests.fakes.rights import may
from tests.fakes.rows import Row, rows, text
from tests.fakes.tenant import fold

if TYPE_CHECKING:
    from tests.fakes.azure import FakeAzure

VERSIONS = frozenset({"2021-04-01", "2022-09-01", "2024-03-01", "2025-04-01", "2026-06-01"})


def _recorded(azure: FakeAzure, found: re.Match[str]) -> Row | None:
    wanted = fold(
        f"{found.group('scope')}/providers/Microsoft.Resources/deployments/{found.group('name')}"
    )
    known = (item for item in azure.deployments if fold(text(item["id"])) == wanted)
    return next(known, None)


def _read(azure: FakeAzure, caller: Caller, found: re.Match[str], action: str) -> Answer | Row:
    if not may(azure.tenant, caller.principal, action, found.group("scope")):
        return arm_lists.denied(caller, action, found.group())
    item = _recorded(azure, found)
    if item is None:
        message = f"Deployment '{found.group('name')}' could not be found."
        return failure(404, "DeploymentNotFound", message)
    return item


def deployment(azure: FakeAzure, _request: Request, caller: Caller, found: re.Match[str]) -> Answer:
    """Answer one deployment of `azure.deployments`."""
    item = _read(azure, caller, found, "Microsoft.Resources/deployments/read")
    if isinstance(item, Answer):
        return item
    return Answer(body={name: value for name, value in item.items() if name != "operations"})


def operations(azure: FakeAzure, request: Request, caller: Caller, found: re.Match[str]) -> Answer:
    """Answer a deployment's operations."""
    item = _read(azure, caller, found, "Microsoft.Resources/deployments/operations/read")
    if isinstance(item, Answer):
        return item
    return paged(azure, request, rows(item.get("operations")))


def what_if(azure: FakeAzure, request: Request, caller: Caller, found: re.Match[str]) -> Answer:
    """Answer a what-if with the result that was put into `azure.what_if`."""
    action = "Microsoft.Resources/deployments/whatIf/action"
    if not may(azure.tenant, caller.principal, action, found.group("scope")):
        return arm_lists.denied(caller, action, found.group())
    if azure.what_if is None:
        link = f"{request.base}/_operation?api-version={request.query['api-version']}"
        return Answer(status=202, headers={"Location": link, "Retry-After": "0"})
    return Answer(body=azure.what_if)


def activity_log(
    azure: FakeAzure, request: Request, caller: Caller, found: re.Match[str]
) -> Answer:
    """Answer the events of `azure.events`; the log insists on a filter that starts with a time."""
    action = "Microsoft.Insights/eventtypes/values/read"
    if not may(azure.tenant, caller.principal, action, found.group("scope")):
        return arm_lists.denied(caller, action, found.group("scope"))
    stated = request.query.get("$filter", "")
    since = re.search(r"eventTimestamp ge '([^']+)'", stated)
    if since is None:
        return failure(400, "BadRequest", "The $filter must state eventTimestamp ge '…'.")
    chosen = [item for item in azure.events if text(item.get("eventTimestamp")) >= since.group(1)]
    return paged(azure, request, chosen)
