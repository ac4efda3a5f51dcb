"""The one place that joins the stages: read → evaluate → derive → authorize → diagnose → advise.

Public functions are re-exported by `preflight` itself; their signatures are stable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from os import PathLike
from typing import TypeAlias

from preflight.access.snapshot_file import load_snapshot
from preflight.api.denial_evidence import SnapshotEvidence
from preflight.api.derivation import (
    Source,
    derive_source,
    knows_action,
    place_of,
    role_wildcard,
)
from preflight.api.evaluating import evaluate_alone
from preflight.api.explaining import (
    NO_TEXT,
    Background,
    explain_error,
    place_of_denials,
    read_log,
)
from preflight.api.failed_what_if import explain_failed, notes_of
from preflight.api.gate import gate, problem_of
from preflight.api.ledger import record_denials, sum_up_ledger
from preflight.api.settings import DeriveSettings, GateSettings
from preflight.api.verification import verify_gate
from preflight.catalog.load import load_catalog
from preflight.diagnose.error_text import read_error_text
from preflight.errors import UsageError
from preflight.model.access import AccessSnapshot
from preflight.model.explanation import Explanation
from preflight.model.moment import in_utc, moment_of
from preflight.model.outcome import ACTIONS_ON_UNMANAGE, DENY_SETTINGS, FailOn
from preflight.model.report import Report
from preflight.model.requirement import Derivation
from preflight.model.scope import Scope
from preflight.model.value import JsonValue, Unknown
from preflight.model.verification import Verification

__all__ = [
    "ACTIONS_ON_UNMANAGE",
    "DENY_SETTINGS",
    "NO_TEXT",
    "Background",
    "DeriveSettings",
    "GateSettings",
    "SnapshotEvidence",
    "check",
    "derive",
    "derive_source",
    "evaluate_expression",
    "explain",
    "explain_error",
    "explain_failed",
    "gate",
    "knows_action",
    "load_access",
    "notes_of",
    "place_of",
    "place_of_denials",
    "problem_of",
    "read_log",
    "record_denials",
    "role_wildcard",
    "sum_up_ledger",
    "verify",
    "verify_gate",
]

Parameters: TypeAlias = "Sequence[str | Mapping[str, JsonValue]] | Mapping[str, JsonValue]"
"""What `-p` takes, in order; a mapping is a parameter file's content or name → value."""
Time: TypeAlias = "datetime | str | None"
Duration: TypeAlias = "timedelta | float | None"
"""A `timedelta`, or seconds."""


def derive(  # noqa: PLR0913 - the stable public signature
    source: Source,
    *,
    scope: str | None = None,
    parameters: Parameters = (),
    location: str | None = None,
    tenant: str | None = None,
    deployment_name: str | None = None,
    mode: str = "incremental",
    client: str = "az",
    deny_settings: str | None = None,
    action_on_unmanage: str | None = None,
    root: str | PathLike[str] | None = None,
    module_cache: str | PathLike[str] | None = None,
    what_if: str | PathLike[str] | None = None,
    inventory: AccessSnapshot | None = None,
    env: Mapping[str, str] | None = None,
    now: Time = None,
) -> Derivation:
    """Derive every action that a rollout of `source` needs, and the scope of each.

    `scope` is the deployment's place as a resource ID; without it, `$schema` decides the kind of
    place and its parts stay placeholders. `parameters` takes what `-p` takes. `deny_settings`
    (`none`, `denyDelete`, `denyWriteAndDelete`) and `action_on_unmanage` (`detach`, `delete`) go
    with `client="stack"` only. `what_if` is a what-if result of the same rollout, which is
    joined with `source`.

    Raises:
        InputError: the source cannot be read, or ARM itself would refuse it.
        UsageError: the arguments contradict each other.
    """
    given = (parameters,) if isinstance(parameters, Mapping) else tuple(parameters)
    settings = DeriveSettings(
        scope=scope,
        parameters=given,
        location=location,
        tenant=tenant,
        deployment_name=deployment_name,
        mode=mode,
        client=client,
        deny_settings=deny_settings,
        action_on_unmanage=action_on_unmanage,
        root=root,
        module_cache=module_cache,
        environment=env or {},
        what_if=what_if,
        now=_time(now),
    )
    return derive_source(source, settings, inventory=inventory)


def load_access(
    paths: str | PathLike[str] | Sequence[str | PathLike[str]], *, scope: str | None = None
) -> AccessSnapshot:
    """Load what decides access from one snapshot file or several.

    `scope` is what a bare array of `az` speaks about.

    Raises:
        AccessError: a file cannot be read, or is of another version.
    """
    many = [paths] if isinstance(paths, (str, PathLike)) else list(paths)
    return load_snapshot(many, scope=Scope(scope) if scope else None, catalog=load_catalog())


def check(  # noqa: PLR0913 - the stable public signature
    derivation: Derivation,
    access: AccessSnapshot,
    principal: str | None = None,
    *,
    now: Time = None,
    evidence_age: Duration = None,
    duration: Duration = None,
    accept: Sequence[str] = (),
    strict: bool = False,
    fail_on: str = "undetermined",
) -> Report:
    """Decide whether `principal` holds what was derived, why not, and what would fix it.

    Raises:
        AccessError: the principal is not in the evidence, or no role assignments are in it.
        UsageError: the principal or `accept` cannot be understood.
    """
    settings = GateSettings(
        principal=principal,
        now=_time(now),
        evidence_age=_duration(evidence_age),
        duration=_duration(duration) or timedelta(hours=1),
        accept=tuple(accept),
        strict=strict,
        fail_on=FailOn(fail_on),
    )
    return gate(derivation, access, settings)


def verify(  # noqa: PLR0913 - a stable public signature
    derivation: Derivation,
    access: AccessSnapshot,
    principal: str | None = None,
    *,
    must_not: Sequence[str] = (),
    now: Time = None,
    evidence_age: Duration = None,
    duration: Duration = None,
    accept: Sequence[str] = (),
    strict: bool = False,
) -> Verification:
    """Decide whether what was derived is allowed and what lies next to it is still refused.

    `must_not` are actions, each maybe with `@SCOPE`, instead of the default list
    (docs/how-to/verify.md).

    Raises:
        AccessError: the principal is not in the evidence, or no role assignments are in it.
        UsageError: the principal, `must_not` or `accept` cannot be understood.
    """
    settings = GateSettings(
        principal=principal,
        now=_time(now),
        evidence_age=_duration(evidence_age),
        duration=_duration(duration) or timedelta(hours=1),
        accept=tuple(accept),
        strict=strict,
    )
    return verify_gate(derivation, access, settings, must_not)


def explain(
    text: str,
    access: AccessSnapshot | None = None,
    principal: str | None = None,
    *,
    derivation: Derivation | None = None,
    now: Time = None,
    evidence_age: Duration = None,
) -> Explanation:
    """Explain a text that people paste: who was refused what, where, why, and the smallest fix.

    With `access`, each denial is decided again for the caller that the text names; `principal`
    counts where it names nobody. With `derivation`, the template's line that asked is named.
    A text without an Azure error has the kind `none`.

    Raises:
        AccessError: the evidence holds no role assignments.
    """
    settings = GateSettings(
        principal=principal, now=_time(now), evidence_age=_duration(evidence_age)
    )
    evidence = None if access is None else SnapshotEvidence(access=access, settings=settings)
    background = Background(evidence=evidence, derivation=derivation)
    return explain_error(read_error_text([text]), "text", background)


def evaluate_expression(
    expression: JsonValue,
    *,
    parameters: Mapping[str, JsonValue] | None = None,
    variables: Mapping[str, JsonValue] | None = None,
    functions: Sequence[JsonValue] | None = None,
    context: Mapping[str, JsonValue] | None = None,
) -> JsonValue | Unknown:
    """Evaluate one ARM expression (text, object or array) and return its JSON value.

    Any unknown part makes the whole result `Unknown`. `context` has the keys of the conformance
    suites (`scope`, `subscriptionId`, `resourceGroup`, `location`, …).

    Raises:
        InputError: the expression does not parse, ARM would refuse it, or an argument is no JSON.
        UsageError: the context has a key or a value that it cannot have.
    """
    return evaluate_alone(
        expression,
        {"parameters": parameters, "variables": variables, "context": context},
        functions,
    )


def _time(value: Time) -> datetime | None:
    try:
        if isinstance(value, str):
            return moment_of(value)
        return None if value is None else in_utc(value)
    except ValueError as error:
        raise UsageError(f"`{value}` is no ISO 8601 time") from error


def _duration(value: Duration) -> timedelta | None:
    try:
        return timedelta(seconds=value) if isinstance(value, (int, float)) else value
    except (OverflowError, ValueError) as error:
        raise UsageError(f"`{value}` is no number of seconds that can be counted") from error
