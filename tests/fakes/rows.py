"""Reading JSON objects without knowing their shape."""

from __future__ import annotations

from preflight.model.value import JsonValue

Row = dict[str, JsonValue]
"""One JSON object."""


def row(value: JsonValue) -> Row:
    """Return an object, or an empty one."""
    return value if isinstance(value, dict) else {}


def rows(value: JsonValue) -> list[Row]:
    """Return the objects of an array."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: JsonValue) -> str:
    """Return a string, or nothing."""
    return value if isinstance(value, str) else ""


def texts(value: JsonValue) -> list[str]:
    """Return the strings of an array."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def properties(item: Row) -> Row:
    """Return a resource's properties."""
    return row(item.get("properties"))
