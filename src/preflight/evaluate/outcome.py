"""What to evaluate of one deployment of the tree, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from preflight.evaluate.declared import Declared
from preflight.evaluate.environment import Environment
from preflight.evaluate.parameters import Given
from preflight.model.plan import Condition, PlannedResource, RuntimeCall
from preflight.model.scope import Scope
from preflight.model.source import Place
from preflight.model.template import Gap, NotChecked, Note, Template
from preflight.model.value import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A template to be evaluated, and its place in the tree."""

    template: Template
    environment: Environment
    scope: Scope
    """The scope it deploys to."""
    id: Scope
    """The ID of its record."""
    name: Value
    place: Place
    given: tuple[Given, ...] = ()
    complete: bool = False
    """Whether a parameter without a value is refused; else it is unknown."""
    condition: Condition = Condition.NONE
    undecided: bool = False
    via: tuple[Place, ...] = ()
    depth: int = 0
    unknowns: Mapping[str, Value] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What a deployment does; rows of nested deployments stand behind their own row."""

    rows: list[PlannedResource] = field(default_factory=list)
    calls: list[RuntimeCall] = field(default_factory=list)
    """Calls outside resources: in outputs."""
    outputs: Mapping[str, dict[str, Value]] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    not_checked: list[NotChecked] = field(default_factory=list)
    declared: Declared | None = None

    def take(self, inner: Outcome) -> None:
        """Add what a nested deployment noticed; its rows are placed by the caller."""
        self.calls += inner.calls
        self.gaps += inner.gaps
        self.notes += inner.notes
        self.not_checked += inner.not_checked
