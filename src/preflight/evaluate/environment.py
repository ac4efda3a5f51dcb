"""Environment: everything that the outside world supplies to an evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from preflight.model.template import DeploymentScope, ParameterValue
from preflight.model.value import Cause, JsonValue, PartialText, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one evaluation, for the whole tree; each has an option (`--max-…`).

    ARM's own limits per template are not here: they are rules, not settings.
    """

    resources: int = 20_000
    requirements: int = 20_000
    """For the derivation, which comes behind: the largest public template has 502."""
    deployments: int = 500
    depth: int = 20
    steps: int = 2_000_000
    value_size: int = 16_000_000
    """Largest value, counted in characters and items."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The place of a deployment and the outside facts that expressions can ask for.

    None means "not given": expressions that need it become `Unknown` with the labels
    `subscription`, `resourceGroup`, `location`, `tenant`, `managementGroup`. Nested deployments
    get an environment of their own (`dataclasses.replace`). `now` is for `utcNow()`, `guid` for
    `newGuid()` (tests only); None leaves them unknown. `cloud` is the name `environment()` gives.
    """

    kind: DeploymentScope = DeploymentScope.RESOURCE_GROUP
    subscription: str | None = None
    """The subscription's GUID."""
    resource_group: str | None = None
    """The resource group's name."""
    management_group: str | None = None
    """The management group's name."""
    tenant: str | None = None
    """The tenant's GUID."""
    location: str | None = None
    """Location of the deployment; at resource-group scope the group's location."""
    deployment_name: str = "main"
    cloud: str = "AzureCloud"
    mode: str = "Incremental"
    now: datetime | None = None
    guid: str | None = None
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    """Values given for the root template, by name as given."""
    facts: Mapping[str, JsonValue] = field(default_factory=dict)
    """Further facts for single expressions, by the names of the conformance context:
    `deployer`, `zoneData`, `zoneMappings`, `providers`, `templateLinkUri`, `resourceGroupTags`."""
    limits: Limits = field(default_factory=Limits)
    unsettled: Mapping[str, Unknown | PartialText] = field(default_factory=dict)
    """For a nested deployment: what a field that is None was set to by an expression that is not
    known before the deployment, by the field's label."""

    def part(self, label: str) -> str | Unknown | PartialText:
        """Return what `subscription`, `resourceGroup`, `managementGroup`, `tenant`, `location` is.

        Where it is not given, the answer is what the parent deployment set it to, else an
        `Unknown` with that label.
        """
        given = {
            "subscription": self.subscription,
            "resourceGroup": self.resource_group,
            "managementGroup": self.management_group,
            "tenant": self.tenant,
            "location": self.location,
        }[label]
        if given is not None:
            return given
        return self.unsettled.get(label) or Unknown(label=label, cause=Cause.CONTEXT)
