"""A finding in words that formats share: its size, the ladder, a recommendation."""

from __future__ import annotations

from collections.abc import Sequence

from preflight.model.advice import AlsoAllows, Recommendation, RecommendationKind
from preflight.model.diagnosis import Holding, Rung
from preflight.model.requirement import Requirement
from preflight.model.truth import Truth
from preflight.report.wording import plural

_GRANTS = frozenset({RecommendationKind.ASSIGN_ROLE, RecommendationKind.CUSTOM_ROLE})
_PRIVILEGED = 5
"""Privileged actions that are named."""


def size_text(requirements: Sequence[Requirement]) -> str:
    """Return `1 action`, `3 actions at 2 scopes`."""
    actions = len({requirement.action for requirement in requirements})
    scopes = len({requirement.scope for requirement in requirements})
    text = plural(actions, "action")
    return f"{text} at {scopes} scopes" if scopes > 1 else text


def ladder_text(rungs: Sequence[Rung], *, everything: bool = False) -> str:
    """Return the ladder in one line: `/ -   mg corp: Reader (grp-platform)   sub Hub -`."""
    return "   ".join(_rung(rung, everything=everything) for rung in rungs)


def _rung(rung: Rung, *, everything: bool) -> str:
    held = [_holding(holding, everything=everything) for holding in rung.holds]
    held += [f"DENY {deny.name}" for deny in rung.deny_assignments]
    return f"{rung.label}: {', '.join(held)}" if held else f"{rung.label} -"


def _holding(holding: Holding, *, everything: bool) -> str:
    through = "" if holding.via == "direct" else f" ({holding.via})"
    mark = {Truth.TRUE: " ✓", Truth.UNKNOWN: " ?", Truth.FALSE: ""}[holding.grants]
    why = f" [{holding.because}]" if everything and holding.because else ""
    return f"{holding.role_name}{through}{mark}{why}"


def advice_text(recommendation: Recommendation, catalogue: str) -> str:
    """Return what to do, what it opens, and the proof: `… Proven: 1 denial → 0.`."""
    parts = [recommendation.text.rstrip(". ")]
    if recommendation.also_allows is not None:
        parts.append(_opens(recommendation.also_allows, catalogue))
    if recommendation.proven:
        parts.append(_proof(recommendation))
    elif recommendation.kind in _GRANTS:
        parts.append("Not proven")
    return ". ".join(parts) + "."


def _proof(recommendation: Recommendation) -> str:
    number = len(recommendation.closes)
    if recommendation.kind is RecommendationKind.CHANGE_TEMPLATE:
        # What it closes may have been open and not denied.
        return f"Proven: {plural(number, 'requirement')} then allowed"
    return f"Proven: {plural(number, 'denial')} → 0"


def _opens(also: AlsoAllows, catalogue: str) -> str:
    if also.count == 0:
        return "Opens nothing else"
    as_of = f" (catalogue {catalogue})" if catalogue else ""
    text = f"Opens at least {plural(also.count, 'further action')}{as_of}"
    if not also.privileged:
        return text
    more = len(also.privileged) - _PRIVILEGED
    named = ", ".join(also.privileged[:_PRIVILEGED]) + (f" and {more} more" if more > 0 else "")
    return f"{text}, privileged: {named}"
