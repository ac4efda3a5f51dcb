from __future__ import annotations

import pytest

from preflight.derive.body import MAX_NODES, Found, containers, value_is, walk
from preflight.derive.paths import PathTree
from preflight.model.catalog import LinkTest
from preflight.model.truth import Truth
from preflight.model.value import Cause, OpenKey, Unknown, Value

UNKNOWN = Unknown(label="x", cause=Cause.RUNTIME)
BODY: dict[str, Value] = {
    "properties": {
        "Items": [{"id": "a"}, {"id": "b"}, {"other": "c"}, "text"],
        "byName": {"one": {"id": "d"}, "t/w~o": {"id": "e"}},
        "open": {"known": 1, OpenKey(UNKNOWN): UNKNOWN},
    }
}


def found(*paths: str) -> list[tuple[Value, str]]:
    return [(one.value, one.pointer) for _, one in walk(BODY, PathTree(paths))]


def test_a_path_goes_through_arrays_and_objects() -> None:
    assert [("a", "/properties/Items/0/id"), ("b", "/properties/Items/1/id")] == found(
        "properties.items[*].id"
    )
    assert [("d", "/properties/byName/one/id"), ("e", "/properties/byName/t~1w~0o/id")] == found(
        "properties.byName{*}.id"
    )


def test_a_path_that_ends_in_keys_yields_them() -> None:
    assert ["one", "t/w~o"] == [value for value, _ in found("properties.byName{*}")]


def test_paths_are_walked_together_and_told_apart() -> None:
    paths = ("properties.byName{*}", "properties.byName{*}.id", "properties.items[*].other")
    walked = {(path, one.value) for path, one in walk(BODY, PathTree(paths))}

    assert {
        (paths[0], "one"),
        (paths[0], "t/w~o"),
        (paths[1], "d"),
        (paths[1], "e"),
        (paths[2], "c"),
    } == walked


def test_any_depth_finds_every_object() -> None:
    values = [value for value, _ in found("properties.{**}.id") if value != UNKNOWN]

    assert ["a", "b", "d", "e"] == values


def test_an_unknown_on_the_way_is_what_is_found() -> None:
    body: dict[str, Value] = {"properties": {"list": UNKNOWN}}
    tree = PathTree(["properties.list[*].id", "properties.list"])

    assert [
        ("properties.list", Found(UNKNOWN, "/properties/list")),
        ("properties.list[*].id", Found(UNKNOWN, "/properties/list", above=True)),
    ] == list(walk(body, tree))


@pytest.mark.parametrize("path", ["absent.id", "absent", "{*}"])
def test_unknown_further_members_are_what_is_found(path: str) -> None:
    whole = f"properties.open{'' if path == '{*}' else '.'}{path}"

    assert (whole, Found(UNKNOWN, "/properties/open", above=True)) in list(
        walk(BODY, PathTree([whole]))
    )


def test_a_known_member_is_not_hidden() -> None:
    assert [(1, "/properties/open/known")] == found("properties.open.known")


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ("HUB", Truth.TRUE),
        (True, Truth.FALSE),
        (None, Truth.FALSE),
        (UNKNOWN, Truth.UNKNOWN),
        ({"a": 1}, Truth.FALSE),
    ],
)
def test_a_value_is_tested_without_case(value: Value, answer: Truth) -> None:
    assert answer is value_is(
        {"kind": value}, PathTree(["kind"]), LinkTest(path="kind", values=("Hub",))
    )


@pytest.mark.parametrize(
    ("value", "answer"),
    [("x", Truth.TRUE), ("", Truth.FALSE), (None, Truth.FALSE), (False, Truth.TRUE)],
)
def test_presence_is_tested_where_no_values_are_given(value: Value, answer: Truth) -> None:
    assert answer is value_is({"kind": value}, PathTree(["kind"]), LinkTest(path="kind"))


def test_what_is_absent_is_not_there() -> None:
    assert Truth.FALSE is value_is({}, PathTree(["kind"]), LinkTest(path="kind"))


def test_booleans_are_compared_as_text() -> None:
    test = LinkTest(path="enabled", values=("false",))

    assert Truth.TRUE is value_is({"enabled": False}, PathTree(["enabled"]), test)


def test_some_values_do_not_count_as_present() -> None:
    test = LinkTest(path="kind", excepted=("Microsoft",))

    assert Truth.FALSE is value_is({"kind": "microsoft"}, PathTree(["kind"]), test)
    assert Truth.TRUE is value_is({"kind": "acme"}, PathTree(["kind"]), test)


def test_what_is_looked_into_is_bounded() -> None:
    empty: Value = []
    wide: Value = [empty] * (MAX_NODES + 10)

    assert MAX_NODES == sum(1 for _ in containers(wide, ""))
