"""Catalog: what is known about Azure, in typed form. Built by `catalog/load.py`.

Two views of the same thing: `Catalog` is what every stage may ask (roles, actions, linked rules),
`RuleCatalog` adds the rules that only `derive` applies.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from preflight.model.action import Action
from preflight.model.requirement import Certainty, RequirementKind
from preflight.model.role import RoleDefinition, RoleId


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTest:
    """A plain test on the body that must hold for a linked rule: `path` equals one of `values`.

    Values compare without case; an empty tuple means "is present", and is none of `excepted`.
    `negated` turns the answer round, so that a negated test holds where the path is absent.
    """

    path: str
    values: tuple[str, ...] = ()
    negated: bool = False
    excepted: tuple[str, ...] = ()


class LinkLimit(enum.StrEnum):
    """A test on the linked ID itself, where the body alone does not decide."""

    OTHER_SUBSCRIPTION = "other-subscription"
    """Only where the linked resource is in another subscription than the resource."""
    NOT_BUILT_IN = "not-built-in"
    """Only where the ID is not Azure's own (at tenant level)."""
    NOT_ROOT_GROUP = "not-root-group"
    """Not for the root management group, whose name is the tenant's ID."""
    MOVED_GROUP = "moved-group"
    """Only where a management group that exists gets another parent."""
    UNLISTED_TYPE = "unlisted-type"
    """Only where no other row at the path is about the linked type or a parent of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedRule:
    """One linked access check: an ID at `path` of a `resource_type` needs `action` at that ID.

    `path` walks the body: `[*]` arrays, `{*}` object keys (the key is the ID where the path ends
    there), `{**}` any depth. `linked_type` `*` takes the type from the ID found; `<linkedType>`
    in `action` stands for it; an empty one means that the value is text, not an ID. `at` says
    where the check lands when it is not the ID itself (see `derive/landing.py`). `certainty` is
    the strongest it can be.
    """

    id: str
    resource_type: str
    path: str
    linked_type: str
    action: str
    certainty: Certainty
    source: str
    checked: str
    test: LinkTest | None = None
    at: str = ""
    limit: LinkLimit | None = None
    data_action: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanionRule:
    """An action that comes with writing a `resource_type`, whatever IDs its body holds.

    `resource_type` is a type, `Namespace/*`, or `*`. `at` is empty for the resource itself.
    """

    id: str
    resource_type: str
    action: str
    certainty: Certainty
    kind: RequirementKind
    source: str
    checked: str
    at: str = ""
    test: LinkTest | None = None


class VerbPlace(enum.StrEnum):
    """Where a deployment verb is asked."""

    DEPLOYMENT = "deployment"
    """The root deployment's own record."""
    NESTED = "nested"
    """The record of each nested deployment."""
    STACK = "stack"
    """The deployment stack."""
    GROUP = "group"
    """The resource group that the root deployment goes to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentVerb:
    """What submitting a deployment needs besides its resources, with the given clients.

    `when` is `deny-settings` or `no-deny-settings` for what depends on a stack's deny settings.
    """

    id: str
    action: str
    clients: tuple[str, ...]
    certainty: Certainty
    at: VerbPlace
    source: str
    checked: str
    kind: RequirementKind = RequirementKind.DEPLOY
    when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationRule:
    """A second provider that must be registered for a type, beside the type's own.

    `certainty` is that of the requirement where it is known not to be registered. `at` names
    the subscription when it is not the resource's.
    """

    id: str
    resource_type: str
    namespace: str
    certainty: Certainty
    source: str
    checked: str
    at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UncheckedRule:
    """What RBAC cannot tell about writing a type (a type, `Namespace/*`, or `*`)."""

    id: str
    resource_type: str
    what: str
    why: str
    source: str
    checked: str
    test: LinkTest | None = None


class Catalog(Protocol):
    """The typed tables; parts are loaded when first asked for."""

    @property
    def date(self) -> str:
        """The date of the generated tables (`2026-08-01`)."""

    @property
    def roles(self) -> tuple[RoleDefinition, ...]:
        """All built-in role definitions, sorted by name."""

    @property
    def roles_by_id(self) -> Mapping[RoleId, RoleDefinition]:
        """Built-in role definitions by GUID."""

    def linked_rules(self, resource_type: str) -> tuple[LinkedRule, ...]:
        """Return the linked rules for a type (without case), those for any type included."""

    def knows(self, action: Action) -> bool:
        """Whether the action is in the catalogue (absent is no error)."""

    def spelled(self, action: str) -> str:
        """Return the action as Azure spells it, or as given where it is unknown."""

    def actions(self) -> tuple[str, ...]:
        """Return every known control-plane action, sorted."""

    def is_data_action(self, action: Action) -> bool:
        """Whether the action is known as a data action only."""


class RuleCatalog(Catalog, Protocol):
    """The catalogue with the rules that `derive` applies. Types compare without case."""

    @property
    def clients(self) -> tuple[str, ...]:
        """The clients whose deployment verbs are known, sorted."""

    def action_type(self, resource_type: str) -> str:
        """Return what stands for the type in its actions, as Azure spells it."""

    def readable(self, resource_type: str) -> bool:
        """Whether the type has a GET; True where the type is not known."""

    def has_linked_rules(self, resource_type: str) -> bool:
        """Whether linked rules are known for the type itself (those for any type apart)."""

    def companions(self, resource_type: str) -> tuple[CompanionRule, ...]:
        """Return what comes with writing the type."""

    def deployment_verbs(self, client: str) -> tuple[DeploymentVerb, ...]:
        """Return what the client needs to submit a deployment; empty for an unknown client."""

    def registered_by_default(self, namespace: str) -> bool:
        """Whether every subscription has the provider registered."""

    def also_registered(self, resource_type: str) -> tuple[RegistrationRule, ...]:
        """Return the further providers that the type needs."""

    def unchecked(self, resource_type: str) -> tuple[UncheckedRule, ...]:
        """Return what RBAC cannot tell about writing the type."""

    def content_paths(self, resource_type: str) -> tuple[str, ...]:
        """Return the body paths of the type that hold content (policy rules, definitions, …)."""

    def join_actions(self, resource_type: str) -> tuple[str, ...]:
        """Return the actions of the type that exist for links only (`…/join/action`, …)."""

    def operation_reads(self, resource_type: str) -> tuple[str, ...]:
        """Return the reads by which an asynchronous write of the type is followed."""

    def role_wildcard(self, action: Action) -> str | None:
        """Return the narrowest pattern for an action that a role may not name; mostly None."""
