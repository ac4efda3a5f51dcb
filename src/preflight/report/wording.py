"""Wording that formats share: scopes, places, ages and numbers as people read them.

The results are text as it came: each format escapes it for its own place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from preflight.model.requirement import Derivation, Origin
from preflight.model.scope import Scope, ScopeKind
from preflight.report.text import clip

_MAX_RUNGS = 32
"""Rungs of a scope that are spelled out; ARM's own IDs have far fewer."""
_UNITS = (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))


def plural(number: int, noun: str) -> str:
    """Return `1 gap`, `2 gaps`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def age(span: timedelta) -> str:
    """Return a duration in its largest unit: `45 s`, `3 min`, `5 h`, `12 d`."""
    seconds = max(0, int(span.total_seconds()))
    unit, size = next((pair for pair in _UNITS if seconds >= pair[1]), _UNITS[-1])
    return f"{seconds // size} {unit}"


def name_of(scope: Scope, names: Mapping[str, str]) -> str:
    """Return a scope's display name, else its last segment."""
    return names.get(scope.folded) or scope.name


def scope_path(scope: Scope, names: Mapping[str, str]) -> str:
    """Return where a scope is: `Hub / rg-hub / vnet-hub / snet-pe`, `mg corp`, `/`."""
    if scope.kind is ScopeKind.MANAGEMENT_GROUP:
        return f"mg {name_of(scope, names)}"
    if scope.kind is ScopeKind.SUBSCRIPTION:
        return f"sub {name_of(scope, names)}"
    if scope.kind is ScopeKind.UNKNOWN or scope.kind is ScopeKind.TENANT:
        return scope.text
    rungs = list(_first(scope.ladder(), _MAX_RUNGS))
    return " / ".join(
        name_of(rung, names) for rung in reversed(rungs) if rung.kind is not ScopeKind.TENANT
    )


def _first(rungs: Iterable[Scope], limit: int) -> Iterable[Scope]:
    return (rung for rung, _ in zip(rungs, range(limit), strict=False))


def origin_text(origin: Origin) -> str:
    """Return `modules/app.bicep:18:9 via main.bicep:30`."""
    via = ", ".join(
        f"{step.source.name}:{step.position.line}" for step in reversed(origin.place.via)
    )
    return f"{origin.place.label} via {via}" if via else origin.place.label


def because(origins: tuple[Origin, ...], why: str) -> str:
    """Return where a requirement comes from and why, further places in parentheses."""
    if not origins:
        return why
    first, *others = origins
    text = f"{origin_text(first)} {clip(first.expression or '', 160)}".rstrip()
    also = [origin_text(origin) for origin in others[:2]]
    also += [f"{len(others) - 2} more"] if len(others) > 2 else []  # noqa: PLR2004 - two shown
    return f"{text}: {why}" + (f" (also {', '.join(also)})" if also else "")


def deployment_place(derivation: Derivation, names: Mapping[str, str]) -> str:
    """Return the deployment's place: `rg-shop-prod (Contoso Prod)`."""
    scope = derivation.scope
    if scope.kind is ScopeKind.RESOURCE_GROUP and scope.subscription is not None:
        return f"{scope.name} ({name_of(scope.subscription, names)})"
    return scope_path(scope, names)
