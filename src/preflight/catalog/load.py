"""The packaged catalogue: every table is read when something of it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TypeVar

from preflight.catalog.files import read_rows, read_table
from preflight.catalog.operations import LazyTables, Spelling
from preflight.catalog.roles import read_roles
from preflight.catalog.rows import (
    Row,
    companion_rule,
    deployment_verb,
    linked_rule,
    registration_rule,
    unchecked_rule,
)
from preflight.model.action import Action
from preflight.model.catalog import (
    CompanionRule,
    DeploymentVerb,
    LinkedRule,
    RegistrationRule,
    RuleCatalog,
    UncheckedRule,
)
from preflight.model.role import RoleDefinition, RoleId

Rule = TypeVar("Rule")


def load_catalog() -> RuleCatalog:
    """Return the packaged catalogue; cheap, for nothing is read yet.

    Its methods raise `CatalogError` when a packaged table is missing or damaged.
    """
    return PackagedCatalog()


class _ByType:
    """The rows of one curated table by folded type."""

    def __init__(self, table: str) -> None:
        self._rows: dict[str, list[Row]] = {}
        for row in read_rows(table):
            if row.has("type"):
                self._rows.setdefault(row.text("type").lower(), []).append(row)

    def own(self, resource_type: str) -> list[Row]:
        """Return the rows of the type itself."""
        return self._rows.get(resource_type.lower(), [])

    def matching(self, resource_type: str) -> list[Row]:
        """Return the rows of the type, of its namespace, and of any type."""
        folded = resource_type.lower()
        namespace = folded.partition("/")[0]
        return [*self.own("*"), *self.own(f"{namespace}/*"), *self.own(folded)]


class PackagedCatalog:
    """The catalogue in the package; implements `model.catalog.RuleCatalog`."""

    def __init__(self) -> None:
        """Read nothing."""
        self._tables = LazyTables()
        self._linked: dict[str, tuple[LinkedRule, ...]] = {}
        self._companions: dict[str, tuple[CompanionRule, ...]] = {}
        self._joins: dict[str, tuple[str, ...]] = {}
        self._followed: dict[str, tuple[str, ...]] = {}

    @cached_property
    def date(self) -> str:
        """The date of the generated tables."""
        return read_table("generated/date.txt").strip()

    @cached_property
    def roles(self) -> tuple[RoleDefinition, ...]:
        """All built-in role definitions, sorted by name."""
        return read_roles(read_table("generated/roles.jsonl"))

    @cached_property
    def roles_by_id(self) -> Mapping[RoleId, RoleDefinition]:
        """Built-in role definitions by GUID."""
        return {role.id: role for role in self.roles}

    @cached_property
    def _spelling(self) -> Spelling:
        return Spelling(self._tables.operations, self._tables.types)

    def knows(self, action: Action) -> bool:
        """Whether the action (or data action) is in the catalogue."""
        return self._tables.operations.spelling(action.text) is not None

    def spelled(self, action: str) -> str:
        """Return the action as Azure spells it, or as given where it is unknown."""
        return self._spelling.of(action)

    def is_data_action(self, action: Action) -> bool:
        """Whether the action is known as a data action only."""
        return self._tables.operations.is_data_action(action.text)

    def actions(self) -> tuple[str, ...]:
        """Return every known control-plane action, sorted."""
        return self._tables.operations.all()

    @cached_property
    def _links(self) -> _ByType:
        return _ByType("links")

    def linked_rules(self, resource_type: str) -> tuple[LinkedRule, ...]:
        """Return the linked rules for a type, those for any type included."""
        return _once(
            self._linked, resource_type, lambda: _read(self._links, resource_type, linked_rule)
        )

    def has_linked_rules(self, resource_type: str) -> bool:
        """Whether linked rules are known for the type itself."""
        return bool(self._links.own(resource_type))

    @cached_property
    def _companion_rows(self) -> _ByType:
        return _ByType("companions")

    def companions(self, resource_type: str) -> tuple[CompanionRule, ...]:
        """Return what comes with writing the type."""
        return _once(
            self._companions,
            resource_type,
            lambda: _read(self._companion_rows, resource_type, companion_rule),
        )

    @cached_property
    def _verbs(self) -> tuple[DeploymentVerb, ...]:
        return tuple(deployment_verb(row) for row in read_rows("deployments"))

    @property
    def clients(self) -> tuple[str, ...]:
        """The clients whose deployment verbs are known, sorted."""
        return tuple(sorted({client for verb in self._verbs for client in verb.clients}))

    def deployment_verbs(self, client: str) -> tuple[DeploymentVerb, ...]:
        """Return what the client needs to submit a deployment."""
        return tuple(verb for verb in self._verbs if client in verb.clients)

    @cached_property
    def _action_names(self) -> Mapping[str, str]:
        rows = read_rows("action-names")
        return {row.text("type").lower(): row.text("actions") for row in rows}

    def action_type(self, resource_type: str) -> str:
        """Return what stands for the type in its actions, as Azure spells it."""
        irregular = self._action_names.get(resource_type.lower())
        return irregular or self._tables.types.spelling(resource_type) or resource_type

    def readable(self, resource_type: str) -> bool:
        """Whether the type has a GET."""
        return self._tables.types.readable(resource_type)

    @cached_property
    def _default_namespaces(self) -> frozenset[str]:
        rows = read_rows("registrations")
        return frozenset(row.text("namespace").lower() for row in rows if not row.has("type"))

    def registered_by_default(self, namespace: str) -> bool:
        """Whether every subscription has the provider registered."""
        return namespace.lower() in self._default_namespaces

    @cached_property
    def _registrations(self) -> _ByType:
        return _ByType("registrations")

    def also_registered(self, resource_type: str) -> tuple[RegistrationRule, ...]:
        """Return the further providers that the type needs."""
        return _read(self._registrations, resource_type, registration_rule)

    @cached_property
    def _unchecked(self) -> _ByType:
        return _ByType("unchecked")

    def unchecked(self, resource_type: str) -> tuple[UncheckedRule, ...]:
        """Return what RBAC cannot tell about writing the type."""
        return _read(self._unchecked, resource_type, unchecked_rule)

    @cached_property
    def _content(self) -> _ByType:
        return _ByType("content")

    def content_paths(self, resource_type: str) -> tuple[str, ...]:
        """Return the body paths of the type that hold content."""
        return tuple(row.text("path") for row in self._content.own(resource_type))

    def join_actions(self, resource_type: str) -> tuple[str, ...]:
        """Return the actions of the type that exist for links only."""
        joins = self._tables.operations.joins
        return _once(self._joins, resource_type, lambda: joins(resource_type))

    def operation_reads(self, resource_type: str) -> tuple[str, ...]:
        """Return the reads of the type's own operations."""
        followed = self._tables.operations.followed
        return _once(
            self._followed, resource_type, lambda: followed(self.action_type(resource_type))
        )

    @cached_property
    def _wildcards(self) -> Mapping[Action, str]:
        rows = read_rows("role-wildcards")
        return {Action(row.text("action")): row.text("wildcard") for row in rows}

    def role_wildcard(self, action: Action) -> str | None:
        """Return the narrowest pattern for an action that a role may not name."""
        return self._wildcards.get(action)


def _read(table: _ByType, resource_type: str, parse: Callable[[Row], Rule]) -> tuple[Rule, ...]:
    return tuple(parse(row) for row in table.matching(resource_type))


def _once(
    kept: dict[str, tuple[Rule, ...]], key: str, make: Callable[[], tuple[Rule, ...]]
) -> tuple[Rule, ...]:
    if key not in kept:
        kept[key] = make()
    return kept[key]
