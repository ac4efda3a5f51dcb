"""What the evaluations of one tree of deployments share: budget, limits, linked templates."""

from __future__ import annotations

from dataclasses import dataclass, field

from preflight.errors import LimitExceeded
from preflight.evaluate.environment import Limits
from preflight.evaluate.frame import Budget
from preflight.evaluate.targets import Text
from preflight.model.scope import Scope
from preflight.model.source import Place
from preflight.model.template import TemplateSource


@dataclass(slots=True, kw_only=True)
class Tree:
    """Counts what the whole tree is bounded by; one for each evaluation."""

    budget: Budget
    limits: Limits
    templates: TemplateSource
    group_locations: dict[Scope, Text] = field(default_factory=dict)
    """Locations of the resource groups that are given or written, as far as evaluated."""
    _resources: int = 0
    _deployments: int = 0

    def count_resource(self, place: Place) -> None:
        """Count one more resource; raises `LimitExceeded` past the bound."""
        self._resources += 1
        if self._resources > self.limits.resources:
            raise LimitExceeded(
                f"the rollout has more than {self.limits.resources:,} resources",
                help="raise the limit with --max-resources if the template is trusted",
                where=place,
            )

    def count_deployment(self, depth: int, place: Place) -> None:
        """Count one more deployment; raises `LimitExceeded` past the bounds.

        `depth` is 0 for the root deployment.
        """
        self._deployments += 1
        if self._deployments > self.limits.deployments:
            raise LimitExceeded(
                f"the rollout has more than {self.limits.deployments:,} deployments",
                help="raise the limit with --max-deployments if the template is trusted",
                where=place,
            )
        if depth > self.limits.depth:
            raise LimitExceeded(
                f"deployments are nested more than {self.limits.depth:,} deep",
                help="raise the limit with --max-depth if the template is trusted",
                where=place,
            )
