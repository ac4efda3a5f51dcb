"""What click parsed → what `api` asks for."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from preflight.api import DeriveSettings, GateSettings
from preflight.cli.options import Params, flag, number, text, texts
from preflight.cli.times import parse_duration, parse_time
from preflight.errors import UsageError
from preflight.evaluate.environment import Limits
from preflight.model.access import AccessSnapshot
from preflight.model.outcome import FailOn

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?::[0-9]{1,5})?")
"""A host with its port, as a reference to a module names it."""


def read_stdin() -> bytes:
    """Return all of standard input, at most what the reader would accept plus one byte."""
    return sys.stdin.buffer.read(64_000_001)


def derive_settings(
    params: Params,
    access: AccessSnapshot | None = None,
    *,
    default_subscription: str | None = None,
) -> DeriveSettings:
    """Build what deriving needs from the options INPUT, PLACE, ROLLOUT and LIMITS.

    Where no place is given, it is the signed-in subscription, else the snapshot's only one, and
    AZURE_DEFAULTS_GROUP.
    """
    now = text(params, "now")
    return DeriveSettings(
        scope=scope_of(params),
        default_subscription=default_subscription or _only_subscription(access),
        default_group=os.environ.get("AZURE_DEFAULTS_GROUP") or None,
        parameters=texts(params, "parameters"),
        location=text(params, "location"),
        tenant=text(params, "tenant"),
        deployment_name=text(params, "deployment_name"),
        mode=text(params, "mode") or "incremental",
        client=client_of(params),
        deny_settings=text(params, "deny_settings"),
        action_on_unmanage=text(params, "action_on_unmanage"),
        root=text(params, "root"),
        what_if=_what_if(params),
        bicep=text(params, "bicep") or "native",
        module_cache=text(params, "module_cache"),
        restore=_restore(params),
        registries=_registries(params),
        environment=_environment(texts(params, "environment")),
        now=parse_time(now, "--now") if now else None,
        limits=Limits(
            resources=number(params, "max_resources"),
            requirements=number(params, "max_requirements"),
            deployments=number(params, "max_deployments"),
            depth=number(params, "max_depth"),
            steps=number(params, "max_steps"),
            value_size=number(params, "max_value_size"),
        ),
        input_bytes=number(params, "max_input"),
        stdin=read_stdin,
    )


def gate_settings(params: Params) -> GateSettings:
    """Build what deciding needs from the options ACCESS, ROLLOUT and GATE."""
    now = text(params, "now")
    return GateSettings(
        principal=text(params, "principal"),
        now=parse_time(now, "--now") if now else None,
        age_at=parse_time(now, "--now") if now else datetime.now(UTC),
        max_evidence_age=parse_duration(
            text(params, "max_evidence_age") or "30d", "--max-evidence-age"
        ),
        duration=parse_duration(text(params, "duration") or "1h", "--duration"),
        accept=texts(params, "accept"),
        strict=flag(params, "strict"),
        fail_on=FailOn(text(params, "fail_on") or "undetermined"),
    )


def client_of(params: Params) -> str:
    """Return the tool that submits the deployment; `--stack` is short for `--client stack`.

    Raises:
        UsageError: `--stack` stands beside another client.
    """
    client = text(params, "client")
    if not flag(params, "stack"):
        return client or "az"
    if client not in {None, "stack"}:
        raise UsageError(
            f"`--stack` goes without `--client {client}`",
            help="a stack asks for the same actions whichever tool submits it",
        )
    return "stack"


def _restore(params: Params) -> bool:
    """Return whether modules are fetched; raises `UsageError` for a registry without that."""
    asked = flag(params, "restore")
    if texts(params, "registry") and not asked:
        raise UsageError("`--registry` goes with `--restore`", help="give `--restore` too")
    if asked and flag(params, "offline"):
        raise UsageError("`--restore` connects, `--offline` forbids it", help="leave one out")
    return asked


def _registries(params: Params) -> tuple[str, ...]:
    """Return the hosts of `--registry`; one that could never be met is wrong usage."""
    hosts = tuple(texts(params, "registry"))
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise UsageError(
                f"`{host}` is no host of a registry",
                help="give the host alone, and its port if it has one: contoso.azurecr.io",
            )
    return hosts


def _environment(given: Sequence[str]) -> dict[str, str]:
    """Return the variables that `--env` gives; of two with one name the last one counts."""
    found: dict[str, str] = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not equals or not name:
            raise UsageError("`--env` takes NAME=VALUE", help="give a name, `=` and the value")
        found[name] = value
    return found


def _what_if(params: Params) -> str | None:
    """Return the what-if result beside the source, which belongs to one source only."""
    given, sources = text(params, "what_if"), texts(params, "sources")
    if given and len(sources) > 1:
        raise UsageError(
            "`--what-if` belongs to one SOURCE, and several are given",
            help="run once for each source",
        )
    if given == "-" and "-" in sources:
        raise UsageError("SOURCE and `--what-if` cannot both be standard input")
    return given


def scope_of(params: Params) -> str | None:
    """Return the place as one resource ID; what is not given stays a placeholder.

    Raises:
        UsageError: when options name two places.
    """
    scope = text(params, "scope")
    subscription, group = text(params, "subscription"), text(params, "resource_group")
    management_group = text(params, "management_group")
    if management_group and (subscription or group):
        raise UsageError(
            "`--management-group` goes neither with `--subscription` nor with `--resource-group`"
        )
    if scope and (subscription or group or management_group):
        raise UsageError(
            "`--scope` goes without `--subscription`, `--resource-group` and `--management-group`"
        )
    if management_group:
        return f"/providers/Microsoft.Management/managementGroups/{management_group}"
    if group:
        return f"/subscriptions/{_bare(subscription) or '{subscription}'}/resourceGroups/{group}"
    return f"/subscriptions/{_bare(subscription)}" if subscription else scope


def _bare(subscription: str | None) -> str | None:
    """Accept a subscription's ID with its leading path too."""
    return subscription.rstrip("/").rpartition("/")[2] if subscription else None


def _only_subscription(access: AccessSnapshot | None) -> str | None:
    """Return the GUID of the one subscription that a snapshot is about; None for more."""
    if access is None:
        return None
    scopes = [row.id for row in access.subscriptions]
    scopes += [scope.subscription for scope in access.scopes if scope.subscription is not None]
    distinct = list(dict.fromkeys(scopes))
    return distinct[0].name if len(distinct) == 1 else None
