"""The line of management groups above a subscription."""

from __future__ import annotations

import json

from preflight.access.ancestry import read_entities, read_line
from preflight.access.items import Item
from preflight.access.json_text import Document
from preflight.model.access import ManagementGroup
from preflight.model.scope import Scope, management_group
from preflight.model.value import JsonValue

TENANT = "7b0c3f5e-8d41-4c8a-9a8e-2f6d1c0e4a10"
SUB = Scope("/subscriptions/s")
CORP, ROOT = management_group("corp"), management_group(TENANT)


def item(value: JsonValue) -> Item:
    return Item(Document("entities", json.dumps(value)), (), value)


def entity(parent: str | None, *chain: str, identifier: str = "/subscriptions/s") -> Item:
    properties: JsonValue = {
        "parent": {"id": management_group(parent).text} if parent else {},
        "parentNameChain": list(chain),
    }
    return item({"id": identifier, "properties": properties})


def test_a_line_that_ends_at_the_root_is_whole() -> None:
    found = read_entities([entity("corp", TENANT, "corp")], TENANT, frozenset({SUB}))

    assert found.parents == {SUB: CORP}
    assert found.groups[CORP] == ManagementGroup(id=CORP, parent=ROOT)
    assert found.groups[ROOT] == ManagementGroup(id=ROOT)
    assert found.open_ends([SUB], []) == ()


def test_the_nearest_may_come_first() -> None:
    found = read_entities([entity("corp", "corp", TENANT)], TENANT, frozenset({SUB}))

    assert found.groups[CORP].parent == ROOT


def test_a_line_that_ends_elsewhere_is_asked_for() -> None:
    found = read_entities([entity("corp", "platform", "corp")], TENANT, frozenset({SUB}))

    assert management_group("platform") not in found.groups
    assert found.open_ends([SUB], []) == (CORP,)
    whole = found.with_line(CORP, [management_group("platform"), management_group("top")])
    assert whole.open_ends([SUB], []) == ()
    assert whole.groups[management_group("top")].parent is None


def test_a_parent_that_is_not_told_is_not_known() -> None:
    found = read_entities([entity(None)], TENANT, frozenset({SUB}))

    assert found.parents == {}


def test_other_subscriptions_are_left_out() -> None:
    other = entity("corp", TENANT, "corp", identifier="/subscriptions/other")

    assert read_entities([other], TENANT, frozenset({SUB})).parents == {}


def test_a_line_as_the_group_tells_it() -> None:
    chain: JsonValue = [{"name": "platform"}, {"name": TENANT}]
    details: JsonValue = {"parent": {"name": "platform"}, "managementGroupAncestorsChain": chain}
    told = item({"properties": {"details": details}})

    assert read_line(told) == (management_group("platform"), ROOT)


def test_the_root_has_no_line_and_a_hidden_one_is_not_known() -> None:
    hidden: JsonValue = {"properties": {"details": {"parent": {"name": "x"}}}}

    assert read_line(item({"properties": {"details": {"version": 1}}})) == ()
    assert read_line(item(hidden)) is None
    assert read_line(item({"properties": {}})) is None
