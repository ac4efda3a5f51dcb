"""What shapes a derivation and a verdict, beside source and evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from os import PathLike

from preflight.evaluate.environment import Limits
from preflight.model.outcome import FailOn
from preflight.model.value import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class DeriveSettings:
    """Everything that shapes a derivation but the source itself."""

    scope: str | None = None
    """The place as a resource ID; unknown parts as placeholders."""
    default_subscription: str | None = None
    """The subscription's GUID where `scope` names none: the snapshot's only one."""
    default_group: str | None = None
    """The resource group's name where `scope` names none (`AZURE_DEFAULTS_GROUP`)."""
    parameters: tuple[str | Mapping[str, JsonValue], ...] = ()
    location: str | None = None
    tenant: str | None = None
    deployment_name: str | None = None
    mode: str = "incremental"
    client: str = "az"
    deny_settings: str | None = None
    """One of `DENY_SETTINGS`, for a deployment stack; None: not given."""
    action_on_unmanage: str | None = None
    """One of `ACTIONS_ON_UNMANAGE`, for a deployment stack; None: not given."""
    root: str | PathLike[str] | None = None
    what_if: str | PathLike[str] | None = None
    """A what-if result of the same rollout, beside the source."""
    bicep: str = "native"
    module_cache: str | PathLike[str] | None = None
    """Where restored modules lie; None: the compiler's own place, `~/.bicep`."""
    restore: bool = False
    """Whether modules that are missing in the cache are fetched."""
    registries: tuple[str, ...] = ()
    """Hosts from which modules may be fetched; none: the public one."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables that `readEnvironmentVariable()` may read."""
    now: datetime | None = None
    limits: Limits = field(default_factory=Limits)
    input_bytes: int = 64_000_000
    stdin: Callable[[], bytes] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSettings:
    """Everything that shapes the verdict but requirements and evidence."""

    principal: str | None = None
    now: datetime | None = None
    evidence_age: timedelta | None = None
    age_at: datetime | None = None
    """The moment to which the age of the evidence is counted, where it is not given."""
    max_evidence_age: timedelta = timedelta(days=30)
    duration: timedelta = timedelta(hours=1)
    accept: tuple[str, ...] = ()
    strict: bool = False
    fail_on: FailOn = FailOn.UNDETERMINED
