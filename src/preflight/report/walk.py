"""A walk through everything a report holds, text by text."""

from __future__ import annotations

import abc
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TypeVar, cast

from preflight.model.scope import Scope
from preflight.model.source import Place

_T = TypeVar("_T")

_NOT_NAMES = frozenset(
    {
        "api_version", "catalogue", "client", "file", "files", "fingerprint", "id", "label",
        "location", "mode", "name", "parameter_files", "role_name", "source", "symbol", "target",
        "type", "version", "what_if",
    }
)  # fmt: skip
"""Fields whose text is an ID, a file, a role or a resource."""


class Walker(abc.ABC):
    """Visits every text of a report and puts the report together again.

    Scopes and the fields in `_NOT_NAMES` are identifiers, every other text is prose. Objects
    that occur more than once are visited once and stay shared. Places keep their file: a format
    prints its name and a position only.
    """

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._seen: dict[int, tuple[object, object]] = {}
        self._fields_of: dict[type, tuple[str, ...]] = {}

    def walk(self, item: _T) -> _T:
        """Return the item with every text as `prose`, `identifier` and `special` give it."""
        if id(item) in self._seen:
            return cast("_T", self._seen[id(item)][1])
        result = self._walk(item)
        # The item is kept beside the result: its id must not be given to another object.
        self._seen[id(item)] = (item, result)
        return cast("_T", result)

    def _walk(self, item: object) -> object:
        if isinstance(item, str):
            return item if isinstance(item, Enum) else self.prose(item)
        if isinstance(item, Scope):
            text = self.identifier(item.text)
            return item if text == item.text else Scope(text)
        if isinstance(item, tuple):
            parts = tuple(self.walk(part) for part in item)
            same = all(new is old for new, old in zip(parts, item, strict=True))
            return item if same else parts
        if isinstance(item, Mapping):
            return {key: self.walk(value) for key, value in item.items()}
        return item if isinstance(item, Place) else self._fields(self.special(item))

    def _fields(self, item: object) -> object:
        if not is_dataclass(item) or isinstance(item, type):
            return item
        names = self._fields_of.get(type(item))
        if names is None:
            names = self._fields_of[type(item)] = tuple(field.name for field in fields(item))
        changes: dict[str, object] = {}
        for name in names:
            before = getattr(item, name)
            only_ids = name in _NOT_NAMES and isinstance(before, str)
            after = self._identifier(before) if only_ids else self.walk(before)
            if after is not before:
                changes[name] = after
        return replace(item, **changes) if changes else item

    def _identifier(self, text: str) -> str:
        return text if isinstance(text, Enum) else self.identifier(text)

    @abc.abstractmethod
    def prose(self, text: str) -> str:
        """Return text in which names and IDs may stand."""

    @abc.abstractmethod
    def identifier(self, text: str) -> str:
        """Return text in which IDs may stand but no names of principals are looked for."""

    def special(self, item: object) -> object:
        """Return an object (of any class) before its fields are visited."""
        return item
