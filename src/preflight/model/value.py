"""Values: JSON, and what cannot be known before the deployment."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self, TypeAlias

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
"""A parsed JSON document, or a part of one."""

Value: TypeAlias = (
    "bool | int | float | str | list[Value] | dict[str, Value] | Unknown | PartialText | None"
)
"""An evaluated template value: JSON in which any part may be unknown. Never mutated once made."""

LABEL_LENGTH = 64
_NOT_A_LABEL = re.compile(r"[^A-Za-z0-9_.-]+")


class Cause(enum.StrEnum):
    """Why a value cannot be known before the deployment."""

    PARAMETER = "parameter"
    """A parameter without a value."""
    SECURE = "secure"
    """A secure parameter: its value may be known but is never printed."""
    RUNTIME = "runtime"
    """`reference()`, `list*()`, outputs of something deployed, provider or directory data."""
    CLOCK = "clock"
    """`utcNow()` without a given time."""
    GUID = "guid"
    """`newGuid()`."""
    CONTEXT = "context"
    """The place of the deployment: subscription, resource group, location, tenant … not given."""
    SOURCE = "source"
    """A template that is not at hand (linked by URI, template spec)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """The known value of a secure parameter. Has no repr, so that no message can print it."""

    value: JsonValue

    def __repr__(self) -> str:
        """Return a mask."""
        return "Hidden(…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A value that cannot be known before the deployment.

    `label` names where the unknown begins: the parameter, `symbol.property`, the function,
    `subscription` or `resourceGroup`; it matches `[A-Za-z0-9_.-]{1,64}` (see `label_of`).
    `expression` is the expression text that was being evaluated, for the origin.
    `hidden` is set for a secure parameter whose value is known: functions that answer with a
    boolean or a number may look at it, everything else keeps it unknown.
    """

    label: str
    cause: Cause
    expression: str = ""
    hidden: Hidden | None = None

    @property
    def placeholder(self) -> str:
        """`{label}`: how an unknown part is printed."""
        return "{" + self.label + "}"


@dataclass(frozen=True, slots=True)
class PartialText:
    """A string of which some parts are unknown; adjacent known parts are merged, none is empty."""

    parts: tuple[str | Unknown, ...]

    @property
    def unknown(self) -> Unknown:
        """The first unknown part."""
        return next(part for part in self.parts if isinstance(part, Unknown))

    @property
    def text(self) -> str:
        """The text with a placeholder for each unknown part."""
        return "".join(part if isinstance(part, str) else part.placeholder for part in self.parts)


class OpenKey(str):
    """A property name with an unknown part: its text has the placeholders, `part` the parts.

    It stands in objects as any key does; `first_unknown` sees it.
    """

    __slots__ = ("part",)

    part: Unknown | PartialText

    def __new__(cls, part: Unknown | PartialText, *, twin: int = 0) -> Self:
        """Make the key whose text is `printable(part)`.

        `twin` counts the keys of the same object that read the same and that only the deployment
        tells apart.
        """
        key = super().__new__(cls, printable(part) + (f"#{twin + 1}" if twin else ""))
        key.part = part
        return key


def label_of(text: str) -> str:
    """Make a placeholder label of any text: forbidden characters become `-`, at most 64."""
    return _NOT_A_LABEL.sub("-", text).strip("-")[:LABEL_LENGTH] or "unknown"


def join_text(parts: Iterator[str | Unknown | PartialText]) -> str | Unknown | PartialText:
    """Concatenate text of which parts may be unknown: a str when all is known."""
    flat: list[str | Unknown] = []
    for part in parts:
        for piece in part.parts if isinstance(part, PartialText) else (part,):
            if isinstance(piece, str) and flat and isinstance(flat[-1], str):
                flat[-1] += piece
            elif piece != "":
                flat.append(piece)
    if not flat:
        return ""
    return flat[0] if len(flat) == 1 else PartialText(tuple(flat))


def first_unknown(value: Value) -> Unknown | None:
    """Return the first unknown part at any depth, or None when all is known."""
    stack: list[Value] = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, Unknown):
            return item
        if isinstance(item, PartialText):
            return item.unknown
        if isinstance(item, list):
            stack.extend(reversed(item))
        elif isinstance(item, dict):
            for key in item:
                if isinstance(key, OpenKey):
                    return first_unknown(key.part)
            stack.extend(reversed(item.values()))
    return None


def printable(value: str | Unknown | PartialText) -> str:
    """Return the text with placeholders for what is unknown."""
    if isinstance(value, str):
        return value
    return value.text if isinstance(value, PartialText) else value.placeholder
