"""Typed access to the members of parsed evidence; every refusal names its place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from preflight.access.json_text import Document, Step
from preflight.errors import AccessError
from preflight.model.moment import moment_of
from preflight.model.scope import Scope
from preflight.model.value import JsonValue

_PIM_PREFIX = "/providers/microsoft.subscription/subscriptions/"


class Item:
    """A value with the way that led to it."""

    __slots__ = ("document", "path", "value")

    def __init__(self, document: Document, path: tuple[Step, ...], value: JsonValue) -> None:
        """Keep all three."""
        self.document = document
        self.path = path
        self.value = value

    def error(self, message: str, *, advice: str = "") -> AccessError:
        """Return an error at this value."""
        return self.document.error(message, path=self.path, advice=advice)

    def member(self, key: str) -> Item | None:
        """Return a member that is present and not null.

        What ARM puts into `properties` may stand beside `id` and `name` too: so `az` prints it.
        """
        if not isinstance(self.value, dict):
            raise self.error("an object is expected here")
        properties = self.value.get("properties")
        if isinstance(properties, dict) and properties.get(key) is not None:
            return Item(self.document, (*self.path, "properties", key), properties[key])
        value = self.value.get(key)
        return None if value is None else Item(self.document, (*self.path, key), value)

    def has(self, key: str) -> bool:
        """Whether a member stands here, null or not."""
        if not isinstance(self.value, dict):
            return False
        properties = self.value.get("properties")
        return key in self.value or (isinstance(properties, dict) and key in properties)

    def names(self) -> tuple[str, ...]:
        """Return the names of an object's members."""
        return tuple(self.value) if isinstance(self.value, dict) else ()

    def items(self) -> Iterator[Item]:
        """Yield the items of an array."""
        if not isinstance(self.value, list):
            raise self.error("an array is expected here")
        for number, value in enumerate(self.value):
            yield Item(self.document, (*self.path, number), value)

    def members(self, key: str) -> Iterator[Item]:
        """Yield the items of an array member; none where it is absent or null."""
        found = self.member(key)
        return iter(()) if found is None else found.items()

    def as_text(self) -> str:
        """Return a text that is not empty."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.error("a text is expected here")
        return self.value.strip()

    def text(self, key: str) -> str:
        """Return a text member; refuse where it is missing."""
        found = self.member(key)
        if found is None:
            raise self.error(f"`{key}` is missing here")
        return found.as_text()

    def maybe_text(self, key: str) -> str | None:
        """Return a text member; None where it is absent, null or empty."""
        found = self.member(key)
        if found is None or found.value == "":
            return None
        return found.as_text()

    def texts(self, key: str) -> tuple[str, ...]:
        """Return an array member of texts."""
        return tuple(item.as_text() for item in self.members(key))

    def flag(self, key: str, *, default: bool) -> bool:
        """Return a boolean member."""
        found = self.member(key)
        if found is None:
            return default
        if not isinstance(found.value, bool):
            raise found.error("true or false is expected here")
        return found.value

    def time(self, key: str) -> datetime | None:
        """Return a time member (ISO 8601, UTC where nothing is said); None where it is absent."""
        text = self.maybe_text(key)
        if text is None:
            return None
        try:
            return moment_of(text)
        except ValueError as error:
            raise (self.member(key) or self).error(f"`{text}` is no ISO 8601 time") from error

    def as_scope(self) -> Scope:
        """Return this text as a scope, in the form that everything else has."""
        return scope_of(self.as_text())

    def scope(self, key: str) -> Scope:
        """Return a scope member; refuse where it is missing."""
        found = self.member(key)
        if found is None:
            raise self.error(f"`{key}` is missing here")
        return found.as_scope()


def scope_of(text: str) -> Scope:
    """Return a scope; PIM writes subscriptions in a way of its own.

    Source: PIM APIs 2020-10-01, examples: `/providers/Microsoft.Subscription/subscriptions/ID`.
    """
    stripped = text.strip()
    if stripped.lower().startswith(_PIM_PREFIX):
        stripped = "/subscriptions/" + stripped[len(_PIM_PREFIX) :]
    return Scope(stripped)
