"""Management groups: one with its ancestors or children, the list, entities, descendants."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.fakes import arm_lists
from tests.fakes.exchange import Answer, Caller, Request
from tests.fakes.paging import paged
from tests.fakes.rights import may
from tests.fakes.rows import Row, row, text
from tests.fakes.tenant import GROUP, fold

from preflight.model.value import JsonValue

if TYPE_CHECKING:
    from tests.fakes.azure import FakeAzure

VERSIONS = frozenset({"2020-05-01", "2021-04-01", "2023-04-01"})
READ = "Microsoft.Management/managementGroups/read"
TYPE = "Microsoft.Management/managementGroups"


def _name(scope: str) -> str:
    return scope.rstrip("/").rpartition("/")[2]


def _title(azure: FakeAzure, scope: str) -> str:
    known = row(azure.tenant.groups.get(scope))
    return text(known.get("displayName")) or _name(text(known.get("id")) or scope)


def _stated(azure: FakeAzure, scope: str) -> str:
    """Return a group's ID as it is written in the document."""
    return text(row(azure.tenant.groups.get(scope)).get("id")) or scope


def _brief(azure: FakeAzure, scope: str) -> Row:
    stated = _stated(azure, scope)
    shown: Row = {"displayName": _title(azure, scope), "tenantId": azure.tenant.id}
    return {"id": stated, "type": TYPE, "name": _name(stated), "properties": shown}


def listed(azure: FakeAzure, request: Request, caller: Caller, _found: re.Match[str]) -> Answer:
    """List the groups that the caller may read; this list's link has a name of its own."""
    seen = [
        _brief(azure, scope)
        for scope in azure.tenant.groups
        if may(azure.tenant, caller.principal, READ, scope)
    ]
    return paged(azure, request, seen, "@nextLink")


def one(azure: FakeAzure, request: Request, caller: Caller, found: re.Match[str]) -> Answer:
    """Answer one group, with what `$expand` asks for."""
    scope = fold(GROUP + found.group("name"))
    if scope not in azure.tenant.groups or not may(azure.tenant, caller.principal, READ, scope):
        return arm_lists.denied(caller, READ, found.group())
    shown = _brief(azure, scope)
    chain = azure.tenant.groups_above(scope)[1:]
    details: Row = {"version": 1}
    if chain:
        details["parent"] = {
            "id": _stated(azure, chain[0]),
            "name": _name(_stated(azure, chain[0])),
        }
    expand = {part.strip().lower() for part in request.query.get("$expand", "").split(",")}
    if "ancestors" in expand:
        names: list[JsonValue] = [_name(_stated(azure, group)) for group in chain]
        details["managementGroupAncestors"] = names
        details["managementGroupAncestorsChain"] = chain_of(azure, chain)
    stated = row(shown["properties"])
    stated["details"] = details
    if "children" in expand:
        recurse = request.query.get("$recurse", "").lower() == "true"
        stated["children"] = _children(azure, scope, recurse=recurse)
    return Answer(body=shown)


def chain_of(azure: FakeAzure, groups: list[str]) -> list[JsonValue]:
    """Return groups as a chain of ancestors shows them."""
    return [
        {"name": _name(_stated(azure, group)), "displayName": _title(azure, group)}
        for group in groups
    ]


def _children(azure: FakeAzure, scope: str, *, recurse: bool) -> list[JsonValue]:
    found: list[JsonValue] = []
    for group, item in azure.tenant.groups.items():
        if item.get("parent") and fold(text(item["parent"])) == scope:
            entry = _brief(azure, group) | {"displayName": _title(azure, group)}
            del entry["properties"]
            if recurse:
                entry["children"] = _children(azure, group, recurse=True)
            found.append(entry)
    found += [
        _subscription(item)
        for item in azure.tenant.listed("subscriptions")
        if item.get("managementGroup") and fold(text(item["managementGroup"])) == scope
    ]
    return found


def _subscription(item: Row) -> Row:
    return {
        "id": text(item["id"]),
        "type": "/subscriptions",
        "name": _name(text(item["id"])),
        "displayName": text(item.get("displayName")),
    }


def descendants(azure: FakeAzure, request: Request, caller: Caller, found: re.Match[str]) -> Answer:
    """List everything below a group."""
    scope = fold(GROUP + found.group("name"))
    if scope not in azure.tenant.groups or not may(azure.tenant, caller.principal, READ, scope):
        return arm_lists.denied(caller, READ, found.group())
    below: list[Row] = []
    for group, item in azure.tenant.groups.items():
        if group != scope and scope in azure.tenant.groups_above(group):
            below.append(_placed(_brief(azure, group), text(item.get("parent"))))
    below += [
        _placed(_subscription(item), text(item.get("managementGroup")))
        for item in azure.tenant.listed("subscriptions")
        if scope in azure.tenant.groups_above(text(item["id"]))
    ]
    return paged(azure, request, below)


def _placed(entry: Row, parent: str) -> Row:
    stated: Row = {"displayName": entry.pop("displayName", None), "parent": {"id": parent}}
    return {**entry, "properties": {**row(entry.get("properties")), **stated}}


def subscription(
    azure: FakeAzure, _request: Request, caller: Caller, found: re.Match[str]
) -> Answer:
    """Answer whether a subscription lies directly in a group."""
    scope = fold(GROUP + found.group("name"))
    item = azure.tenant.subscription(f"/subscriptions/{found.group('subscription')}")
    readable = may(azure.tenant, caller.principal, READ, scope)
    if item is None or not readable or fold(text(item.get("managementGroup"))) != scope:
        return arm_lists.denied(caller, READ, found.group())
    return Answer(body=_placed(_subscription(item), text(item.get("managementGroup"))))


def entities(azure: FakeAzure, request: Request, caller: Caller, _found: re.Match[str]) -> Answer:
    """List groups and subscriptions with the names of what is above them, the root first.

    Anybody may ask; the answer holds what the caller may see, and of the line above only
    the groups that it may read.
    """
    seen: list[Row] = []
    for group in azure.tenant.groups:
        if may(azure.tenant, caller.principal, READ, group):
            chain = azure.tenant.groups_above(group)[1:]
            seen.append(_entity(azure, _brief(azure, group), _title(azure, group), chain, caller))
    for item in azure.tenant.listed("subscriptions"):
        if arm_lists.assigned(azure, caller.principal, text(item["id"])):
            chain = azure.tenant.groups_above(text(item["id"]))
            shown = _subscription(item)
            seen.append(_entity(azure, shown, text(item.get("displayName")), chain, caller))
    return paged(azure, request, seen)


def _entity(azure: FakeAzure, entry: Row, title: str, chain: list[str], caller: Caller) -> Row:
    readable = [group for group in chain if may(azure.tenant, caller.principal, READ, group)]
    names: list[JsonValue] = [_name(_stated(azure, group)) for group in reversed(readable)]
    parent: Row = {"id": _stated(azure, chain[0])} if chain and chain[0] in readable else {}
    stated: Row = {
        "tenantId": azure.tenant.id,
        "displayName": title,
        "parent": parent,
        "permissions": "view",
        "parentNameChain": names,
        "parentDisplayNameChain": [_title(azure, group) for group in reversed(readable)],
    }
    return {"id": entry["id"], "type": entry["type"], "name": entry["name"], "properties": stated}
