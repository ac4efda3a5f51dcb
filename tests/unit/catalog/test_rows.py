from __future__ import annotations

import pytest

from preflight.catalog.rows import Row, companion_rule, linked_rule
from preflight.errors import CatalogError
from preflight.model.catalog import LinkLimit, LinkTest
from preflight.model.requirement import Certainty, RequirementKind
from preflight.model.value import JsonValue

LINK: dict[str, JsonValue] = {
    "id": "one",
    "type": "A.B/c",
    "path": "properties.id",
    "linked": "D.E/f",
    "action": "D.E/f/join/action",
    "certainty": "required",
    "source": "docs",
    "checked": "2026-08-01",
}


def test_a_linked_row_is_read_whole() -> None:
    more: dict[str, JsonValue] = {
        "test": {"path": "kind", "values": ["x"], "not": True},
        "at": "<self>",
        "limit": "not-built-in",
        "data": True,
    }
    rule = linked_rule(Row("links", {**LINK, **more}))

    assert LinkTest(path="kind", values=("x",), negated=True) == rule.test
    assert LinkLimit.NOT_BUILT_IN is rule.limit
    assert ("<self>", True) == (rule.at, rule.data_action)


def test_what_is_left_out_has_a_default() -> None:
    rule = linked_rule(Row("links", LINK))

    assert (None, None, "", False) == (rule.test, rule.limit, rule.at, rule.data_action)
    assert Certainty.REQUIRED is rule.certainty


def test_a_companion_has_a_kind() -> None:
    rule = companion_rule(Row("companions", {**LINK, "kind": "read"}))

    assert RequirementKind.READ is rule.kind


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id", 7),
        ("action", None),
        ("certainty", "sure"),
        ("limit", "none"),
        ("data", "yes"),
        ("test", {"path": "kind", "values": "x"}),
        ("test", {"path": "kind", "values": [1]}),
        ("test", "kind"),
    ],
)
def test_a_bad_value_is_named(key: str, value: JsonValue) -> None:
    with pytest.raises(CatalogError, match=r"row `.+` of the table `links` has no valid `\w+`"):
        linked_rule(Row("links", {**LINK, key: value}))


def test_a_missing_value_is_named() -> None:
    with pytest.raises(CatalogError, match="has no valid `path`"):
        linked_rule(Row("links", {key: value for key, value in LINK.items() if key != "path"}))
