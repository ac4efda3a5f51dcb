"""Rows of the curated tables → typed rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from preflight.errors import CatalogError
from preflight.model.catalog import (
    CompanionRule,
    DeploymentVerb,
    LinkedRule,
    LinkLimit,
    LinkTest,
    RegistrationRule,
    UncheckedRule,
    VerbPlace,
)
from preflight.model.requirement import Certainty, RequirementKind
from preflight.model.value import JsonValue

Choice = TypeVar("Choice", Certainty, RequirementKind, VerbPlace, LinkLimit)


class Row:
    """One row as it stands in the file, with getters that name what is wrong."""

    __slots__ = ("_table", "_values")

    def __init__(self, table: str, values: Mapping[str, JsonValue]) -> None:
        """Keep the table's name for messages."""
        self._table = table
        self._values = values

    def text(self, key: str, default: str | None = None) -> str:
        """Return a string; raises `CatalogError` when it is missing without a default."""
        value = self._values.get(key, default)
        if not isinstance(value, str):
            raise self._wrong(key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of strings."""
        value = self._values.get(key)
        if not isinstance(value, list):
            raise self._wrong(key)
        return tuple(self._item(key, item) for item in value)

    def flag(self, key: str) -> bool:
        """Return a boolean, False where the key is absent."""
        value = self._values.get(key, False)
        if not isinstance(value, bool):
            raise self._wrong(key)
        return value

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self._values

    def one_of(self, key: str, choices: type[Choice]) -> Choice:
        """Return a member of an enum."""
        try:
            return choices(self.text(key))
        except ValueError as error:
            raise self._wrong(key) from error

    def test(self) -> LinkTest | None:
        """Return the test on the body, if the row has one."""
        value = self._values.get("test")
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self._wrong("test")
        inner = Row(self._table, value)
        return LinkTest(
            path=inner.text("path"),
            values=inner.texts("values"),
            negated=inner.flag("not"),
            excepted=inner.texts("except") if inner.has("except") else (),
        )

    def _item(self, key: str, item: JsonValue) -> str:
        if not isinstance(item, str):
            raise self._wrong(key)
        return item

    def _wrong(self, key: str) -> CatalogError:
        name = self._values.get("id", "?")
        return CatalogError(f"row `{name}` of the table `{self._table}` has no valid `{key}`")


def linked_rule(row: Row) -> LinkedRule:
    """Read a row of `links`."""
    return LinkedRule(
        id=row.text("id"),
        resource_type=row.text("type"),
        path=row.text("path"),
        linked_type=row.text("linked"),
        action=row.text("action"),
        certainty=row.one_of("certainty", Certainty),
        source=row.text("source"),
        checked=row.text("checked"),
        test=row.test(),
        at=row.text("at", ""),
        limit=row.one_of("limit", LinkLimit) if row.has("limit") else None,
        data_action=row.flag("data"),
    )


def companion_rule(row: Row) -> CompanionRule:
    """Read a row of `companions`."""
    return CompanionRule(
        id=row.text("id"),
        resource_type=row.text("type"),
        action=row.text("action"),
        certainty=row.one_of("certainty", Certainty),
        kind=row.one_of("kind", RequirementKind),
        source=row.text("source"),
        checked=row.text("checked"),
        at=row.text("at", ""),
        test=row.test(),
    )


def deployment_verb(row: Row) -> DeploymentVerb:
    """Read a row of `deployments`."""
    kind = row.one_of("kind", RequirementKind) if row.has("kind") else RequirementKind.DEPLOY
    return DeploymentVerb(
        id=row.text("id"),
        action=row.text("action"),
        clients=row.texts("clients"),
        certainty=row.one_of("certainty", Certainty),
        at=row.one_of("at", VerbPlace),
        source=row.text("source"),
        checked=row.text("checked"),
        kind=kind,
        when=row.text("when", ""),
    )


def registration_rule(row: Row) -> RegistrationRule:
    """Read a row of `registrations` that has a type."""
    return RegistrationRule(
        id=row.text("id"),
        resource_type=row.text("type"),
        namespace=row.text("namespace"),
        certainty=row.one_of("certainty", Certainty),
        source=row.text("source"),
        checked=row.text("checked"),
        at=row.text("at", ""),
    )


def unchecked_rule(row: Row) -> UncheckedRule:
    """Read a row of `unchecked`."""
    return UncheckedRule(
        id=row.text("id"),
        resource_type=row.text("type"),
        what=row.text("what"),
        why=row.text("why"),
        source=row.text("source"),
        checked=row.text("checked"),
        test=row.test(),
    )
