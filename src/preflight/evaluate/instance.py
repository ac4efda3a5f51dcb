"""Instance: one iteration of a declared resource, identity evaluated, body not yet."""

from __future__ import annotations

from dataclasses import dataclass

from preflight.evaluate.frame import CopyFrame
from preflight.evaluate.resource_id import TypedName
from preflight.evaluate.targets import Target, Text
from preflight.model.plan import Condition
from preflight.model.scope import Scope
from preflight.model.source import Place
from preflight.model.template import ChangeKind, ResourceDeclaration
from preflight.model.value import PartialText, Unknown, Value, printable

DEPLOYMENT_TYPE = "microsoft.resources/deployments"
UNKNOWN_VARIABLE = "preflight:unknown:"
"""Prefix of the made-up variables that stand for unknown parts of an outer template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """One iteration of a resource loop; outside loops nothing is set."""

    name: str | None = None
    index: int | None = None
    copies: tuple[CopyFrame, ...] = ()
    unknown: Unknown | None = None
    """The count, where it is unknown: then the iteration stands for all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One resource to be written or referred to, without its body."""

    number: int
    """Its position among the instances of its template."""
    declaration: ResourceDeclaration
    loop: Loop
    resource: TypedName
    name: Text
    """The evaluated name as declared."""
    id: Scope
    own_scope: Scope | None
    """What its own `scope`, or that of the resource it is nested in, names."""
    condition: Condition
    """Its own condition joined with those of the deployments around it."""
    undecided: bool
    place: Place
    api_version: str | None = None
    target: Target | None = None
    """For a deployment: where it deploys to."""
    open_target: bool = False
    """Whether its scope or target, not its name, has an unknown part of its own."""
    expression: str | None = None

    @property
    def is_deployment(self) -> bool:
        """Whether it is a nested deployment or module."""
        return self.target is not None

    @property
    def existing(self) -> bool:
        """Whether it is only referred to."""
        return self.declaration.change is ChangeKind.EXISTING


def join(outer: Condition, own: Condition) -> Condition:
    """Join two conditions that must both hold."""
    if Condition.FALSE in {outer, own}:
        return Condition.FALSE
    if Condition.UNKNOWN in {outer, own}:
        return Condition.UNKNOWN
    return own if outer is Condition.NONE else outer


def condition_of(value: Value) -> Condition:
    """Return what an evaluated `condition` decides; the text `true` counts.

    Anything else that is no boolean is left open, the text `false` too: the deployment engine
    keeps such a resource.
    """
    if value is None:
        return Condition.NONE
    if isinstance(value, str) and value.strip().lower() == "true":
        return Condition.TRUE
    if isinstance(value, bool):
        return Condition.TRUE if value else Condition.FALSE
    return Condition.UNKNOWN


def text_of(value: Value) -> str | None:
    """Return text with its placeholders; None for what is no text."""
    return printable(value) if isinstance(value, str | Unknown | PartialText) else None
