"""Typed access to the members of parsed evidence; every refusal names its place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from preflight.access.json_text import Document, Step
from preflight.errors import AccessError
from preflight.model.moment import moment_of
from preflight.model.naming import one_line
from preflight.model.scope import Scope
from preflight.model.scope_text import scope_fault
from preflight.model.value import JsonValue

_PIM_PREFIX = "/providers/microsoft.subscription/subscriptions/"
_OWN = {"id", "name", "type"}
"""Members that mean another thing beside `properties` than in it."""


class Item:
    """A value with the way that led to it."""

    __slots__ = ("_spellings", "document", "path", "value")

    def __init__(self, document: Document, path: tuple[Step, ...], value: JsonValue) -> None:
        """Keep all three."""
        self.document = document
        self.path = path
        self.value = value
        self._spellings: dict[str, set[str]] | None = None

    def error(self, message: str, *, advice: str = "") -> AccessError:
        """Return an error at this value."""
        return self.document.error(message, path=self.path, advice=advice)

    def member(self, key: str) -> Item | None:
        """Return a member that is present and not null.

        What ARM puts into `properties` may stand beside `id` and `name` too: so `az` prints it.

        Raises:
            AccessError: it stands in both places and they differ, or it is spelled in another
                case: it would be left out, and with it a condition or an exclusion.
        """
        if not isinstance(self.value, dict):
            raise self.error("an object is expected here")
        self._refuse_other_spelling(key)
        value, properties = self.value.get(key), self.value.get("properties")
        inner = properties.get(key) if isinstance(properties, dict) else None
        if inner is None:
            return None if value is None else Item(self.document, (*self.path, key), value)
        found = Item(self.document, (*self.path, "properties", key), inner)
        if value is not None and value != inner and key not in _OWN:
            raise found.error(
                f"`{key}` stands here and beside `properties`, and they differ",
                advice="give the row as ARM returns it, or as `az` prints it",
            )
        return found

    def _refuse_other_spelling(self, key: str) -> None:
        if self._spellings is None:
            self._spellings = _spellings(self.value)
        for other in self._spellings.get(key.lower(), ()):
            if other != key:
                raise self.error(
                    f"`{other}` is spelled `{key}`", advice="Azure's answers have it in this case"
                )

    def has(self, key: str) -> bool:
        """Whether a member stands here, null or not."""
        if not isinstance(self.value, dict):
            return False
        properties = self.value.get("properties")
        return key in self.value or (isinstance(properties, dict) and key in properties)

    @property
    def has_properties(self) -> bool:
        """Whether members may stand one level down, in `properties`."""
        return isinstance(self.value, dict) and "properties" in self.value

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
        return self.place(self.as_text())

    def place(self, text: str) -> Scope:
        """Return a scope that this value names; refuse what is no resource ID.

        It would cover nothing, or everything, and a deny assignment there would be lost.
        """
        fault = scope_fault(_plain(text))
        if fault is not None:
            raise self.error(
                f"`{one_line(text)}` is no scope: {fault}",
                advice="give it as Azure returns it: `/subscriptions/ID/resourceGroups/NAME`",
            )
        return scope_of(text)

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
    return Scope(_plain(text))


def _plain(text: str) -> str:
    stripped = text.strip()
    if stripped.lower().startswith(_PIM_PREFIX):
        return "/subscriptions/" + stripped[len(_PIM_PREFIX) :]
    return stripped


def _spellings(value: JsonValue) -> dict[str, set[str]]:
    """Return the members of a row, beside `properties` and in it, by their folded name."""
    found: dict[str, set[str]] = {}
    for name in value if isinstance(value, dict) else ():
        found.setdefault(name.lower(), set()).add(name)
    properties = value.get("properties") if isinstance(value, dict) else None
    for name in properties if isinstance(properties, dict) else ():
        if name.lower() not in _OWN:
            found.setdefault(name.lower(), set()).add(name)
    return found
