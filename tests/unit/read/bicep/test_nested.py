"""Nested resources: the names that the body around them knows."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.read.bicep.lowered import template

from preflight.errors import InputError
from preflight.model.value import JsonValue

SERVER = "'Microsoft.Sql/servers@2023-08-01'"
FIRST = "resourceId('Microsoft.Sql/servers/databases', 'sql', 'first')"


def _server(nested: str, head: str = "") -> str:
    return f"{head}\nresource server {SERVER} = {{\n  name: 'sql'\n{nested}\n}}\n"


def _databases(folder: Path, text: str) -> list[dict[str, JsonValue]]:
    found = template(folder, text)["resources"]
    listed = list(found.values()) if isinstance(found, dict) else found
    assert isinstance(listed, list)
    return [row for row in listed if isinstance(row, dict) and row["type"] != SERVER]


TWO = """
  resource first 'databases' = {{ name: 'first' }}
  resource second 'databases' = {{
    name: 'second'
    properties: {{ source: {0} }}
  }}
"""


@pytest.mark.parametrize(
    ("used", "expected"),
    [
        ("first.id", f"[{FIRST}]"),
        ("first.name", "first"),
        ("server::first.id", f"[{FIRST}]"),
        ("first.properties.x", f"[reference({FIRST}, '2023-08-01').x]"),
        ("'${first.id}/a'", f"[format('{{0}}/a', {FIRST})]"),
        ("map([1], i => first.id)", None),
    ],
)
def test_a_sibling_needs_no_colons(tmp_path: Path, used: str, expected: str | None) -> None:
    second = _databases(tmp_path, _server(TWO.format(used)))[2]

    properties = second["properties"]
    assert isinstance(properties, dict)
    if expected is None:
        expected = f"[map(createArray(1), lambda('i', {FIRST}))]"
    assert properties["source"] == expected


def test_a_nested_name_hides_one_of_the_file(tmp_path: Path) -> None:
    text = _server(TWO.format("first.id"), "var first = { id: 'variable' }")
    text += "output o string = first.id\n"

    made = template(tmp_path, text)

    assert made["outputs"] == {"o": {"type": "string", "value": "[variables('first').id]"}}
    assert f"[{FIRST}]" in str(made["resources"])


def test_a_local_name_hides_a_nested_one(tmp_path: Path) -> None:
    second = _databases(tmp_path, _server(TWO.format("map([1], first => first)")))[2]

    assert "lambdaVariables('first')" in str(second["properties"])


def test_grandchildren_see_the_names_around_them(tmp_path: Path) -> None:
    nested = """
  resource first 'databases' = {
    name: 'first'
    resource key 'keys' = if (first.name == other.name) {
      name: 'key'
      properties: { parent: first.id, uncle: other::deep.id }
    }
  }
  resource other 'databases' = {
    name: 'other'
    resource deep 'keys' = { name: 'deep' }
  }
"""
    rows = {str(row["name"]): row for row in _databases(tmp_path, _server(nested))}

    key = rows["[format('{0}/{1}/{2}', 'sql', 'first', 'key')]"]
    deep = "resourceId('Microsoft.Sql/servers/databases/keys', 'sql', 'other', 'deep')"
    assert key["properties"] == {"parent": f"[{FIRST}]", "uncle": f"[{deep}]"}
    assert key["condition"] == "[equals('first', 'other')]"


def test_outside_of_the_body_a_nested_name_is_not_known(tmp_path: Path) -> None:
    text = _server(TWO.format("1")) + "output o string = first.id\n"

    with pytest.raises(InputError, match="`first` is not declared"):
        template(tmp_path, text)


def test_the_names_that_depends_on_gives(tmp_path: Path) -> None:
    nested = """
  resource first 'databases' = { name: 'first' }
  resource second 'databases' = { name: 'second', dependsOn: [ first ] }
"""
    text = "param symbolic string?\n" + _server(nested)

    made = template(tmp_path, text)["resources"]

    assert isinstance(made, dict)
    second = made["server::second"]
    assert isinstance(second, dict)
    assert second["dependsOn"] == ["server", "server::first"]
