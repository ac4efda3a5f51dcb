"""Plan: what a deployment would touch, as far as it can be known before it starts."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from preflight.model.scope import Scope
from preflight.model.source import Place
from preflight.model.template import ChangeKind, DeploymentScope, Gap, NotChecked, Note
from preflight.model.value import Value


class Condition(enum.StrEnum):
    """The state of a resource's own condition joined with those of the deployments around it."""

    NONE = "none"
    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeCall:
    """A `reference()` or `list*()` call in a place that is deployed.

    `target` is the ID of the resource it reads (placeholders where unknown); for a symbol or a
    bare name, the ID of the declared resource. None when nothing at all is known of it.
    `path` is what is appended to a target's type for a function under a child path (rare).
    """

    function: str
    target: Scope | None
    place: Place
    expression: str
    api_version: str | None = None
    undecided: bool = False
    """Whether the call sits behind something unknown: an `if` branch, a condition, a loop."""
    symbol: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentFacts:
    """What is particular to a deployment: the root one, a nested one, a module."""

    root: bool
    target: Scope
    """The scope it deploys to."""
    kind: DeploymentScope
    template_spec: Scope | None = None
    """The template spec version that it links."""
    vaults: tuple[tuple[Scope, Place], ...] = ()
    """Key vaults whose secrets are parameter values, and where each is named."""
    expanded: bool = True
    """False where its template is not at hand (there is a gap for it)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedResource:
    """One row of the plan: a resource, a deployment, or an `existing` resource.

    `id` prints unknown parts as placeholders. `type` stays as written (the old form
    `T/providers/x` too). `body` is the evaluated declaration less type, apiVersion, name, scope,
    condition, dependsOn, copy, comments and child resources; unknown values stand in it.
    `pointers` finds the place of a body path: see `place_of`.
    """

    id: Scope
    type: str
    name: str
    api_version: str | None
    change: ChangeKind
    condition: Condition
    undecided: bool
    """Whether the row exists is undecided: unknown condition or loop, a potential change."""
    place: Place
    expression: str | None = None
    """The expression of the name (or scope) where a part of the ID is unknown."""
    symbol: str | None = None
    location: str | None = None
    body: Mapping[str, Value] = field(default_factory=dict)
    calls: tuple[RuntimeCall, ...] = ()
    depends_on: tuple[Scope, ...] = ()
    """IDs of the resources named in dependsOn, as far as known."""
    read_state: bool = False
    """For an `existing` row: another resource depends on it or reads its state."""
    deployment: DeploymentFacts | None = None
    within: Scope | None = None
    """The ID of the deployment that declares it; None for the root deployment."""
    loop_index: int | None = None
    no_body: bool = False
    """Whether it comes from a what-if result that gave no body for it."""

    @property
    def existing(self) -> bool:
        """Whether the row is only referred to."""
        return self.change is ChangeKind.EXISTING


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The evaluated rollout. `resources` starts with the root deployment."""

    scope: Scope
    """The scope of the root deployment."""
    kind: DeploymentScope
    resources: tuple[PlannedResource, ...]
    calls: tuple[RuntimeCall, ...] = ()
    """Calls outside any resource: in outputs."""
    outputs: Mapping[str, Value] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()
    notes: tuple[Note, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    literal: bool = False
    """Whether what is deleted is known: it is a what-if result, or was joined with one."""
    left_alone: tuple[Scope, ...] = ()
    """Resources that exist and that a what-if result neither writes nor deletes."""
