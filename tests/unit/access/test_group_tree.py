"""The tree of management groups as `az` prints it."""

from __future__ import annotations

import json

import pytest

from preflight.access.snapshot_file import parse_snapshot
from preflight.errors import AccessError
from preflight.model.scope import Scope, management_group
from preflight.model.value import JsonValue

TYPE = "Microsoft.Management/managementGroups"
SUB = Scope("/subscriptions/5a1e0c62-3f0b-4d1c-8e57-9b6a2d4c7f01")


def group(name: str, *children: JsonValue, **more: JsonValue) -> JsonValue:
    scope = management_group(name).text
    return {"id": scope, "name": name, "type": TYPE, "children": [*children], **more}


def subscription() -> JsonValue:
    return {"id": SUB.text, "name": SUB.name, "type": "/subscriptions", "displayName": "Prod"}


def test_everything_below_is_placed() -> None:
    text = json.dumps(group("root", group("corp", subscription()), details={"parent": None}))
    found = parse_snapshot(text)

    assert found.subscriptions[0].management_group == management_group("corp")
    assert found.subscriptions[0].display_name == "Prod"
    ancestry = found.ancestors(SUB)
    assert ancestry.groups == (management_group("corp"), management_group("root"))
    assert ancestry.complete


def test_a_group_without_its_details_may_be_below_another() -> None:
    found = parse_snapshot(json.dumps(group("corp", subscription())))

    assert not found.ancestors(SUB).complete


def test_a_group_tells_its_parent() -> None:
    parent: JsonValue = {"parent": {"id": management_group("root").text}}
    found = parse_snapshot(json.dumps(group("corp", details=parent)))

    assert found.management_groups[0].parent == management_group("root")


def test_it_covers_no_list() -> None:
    found = parse_snapshot(json.dumps(group("root", details={})))

    assert found.coverage == ()
    assert found.role_assignments is None


@pytest.mark.parametrize(
    "child", [{"id": SUB.text + "/resourceGroups/rg"}, {"name": "no id"}, "no object"]
)
def test_what_is_no_child_is_refused(child: JsonValue) -> None:
    with pytest.raises(AccessError):
        parse_snapshot(json.dumps(group("root", child)))


def test_a_tree_that_is_too_deep_is_refused() -> None:
    tree = group("leaf")
    for number in range(40):
        tree = group(f"g{number}", tree)

    with pytest.raises(AccessError, match="deeper"):
        parse_snapshot(json.dumps(tree))
