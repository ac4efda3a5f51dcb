"""What a condition may ask of a request, as far as it is known before the rollout."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from preflight.model.action import Action
from preflight.model.value import JsonValue

_CASE_SENSITIVE_KEY = "<$key_case_sensitive$>"


class SubOperation(enum.Enum):
    """A sub-operation that has no name: there is none, or it is not known."""

    NONE = "none"
    UNKNOWN = "unknown"


class Missing(enum.Enum):
    """The value of an attribute of which nothing is known."""

    VALUE = "missing"


def attribute_key(name: str) -> str:
    """Return the key under which an attribute is looked up: folded, but for a tag's own name.

    Resource types and property names have no case; the key of a blob index tag has
    (Azure Storage "Actions and attributes for role assignment conditions").
    """
    if _CASE_SENSITIVE_KEY not in name:
        return name.strip().lower()
    head, colon, tail = name.strip().rpartition(":")
    return head.lower() + colon + tail


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionRequest:
    """One request as conditions see it.

    `attributes`: (source, attribute key) → value; None is known to be absent, a key that is
    missing is not known.
    """

    action: Action
    sub_operation: str | SubOperation = SubOperation.UNKNOWN
    attributes: Mapping[tuple[str, str], JsonValue] = field(default_factory=dict)

    def value(self, source: str, key: str) -> JsonValue | Missing:
        """Return an attribute's value, None where it is absent, `Missing` where it is unknown."""
        return self.attributes.get((source.lower(), key), Missing.VALUE)


def attribute_table(
    by_source: Mapping[str, Mapping[str, JsonValue]],
) -> dict[tuple[str, str], JsonValue]:
    """Index attributes that are given by source and name."""
    return {
        (source.lower(), attribute_key(name)): value
        for source, row in by_source.items()
        for name, value in row.items()
    }
