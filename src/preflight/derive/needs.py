"""Collects what the rules find and merges it into requirements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from preflight.errors import LimitExceeded
from preflight.model.action import Action
from preflight.model.plan import PlannedResource
from preflight.model.requirement import Certainty, Origin, Requirement, RequirementKind
from preflight.model.scope import Scope
from preflight.model.source import Place

MAX_ORIGINS = 2_000
"""Origins of one requirement that are kept; iterations of a loop are one origin."""
_RANK = {certainty: rank for rank, certainty in enumerate(Certainty)}


class Need(NamedTuple):
    """One finding of one rule, before merging.

    `row` causes it; `place` and `expression` say where, the row's own place when left out.
    """

    action: str
    scope: Scope
    certainty: Certainty
    kind: RequirementKind
    why: str
    row: PlannedResource
    place: Place | None = None
    expression: str | None = None
    attributes: Mapping[str, str] | None = None
    data_action: bool = False


def undecided(certainty: Certainty, *, when: bool) -> Certainty:
    """Return CONDITIONAL for what is required only if something undecided turns out so."""
    return Certainty.CONDITIONAL if when and certainty is Certainty.REQUIRED else certainty


def below(place: Place, pointer: str) -> Place:
    """Return the place of a node of a row's body."""
    return Place(source=place.source, pointer=place.pointer + pointer, via=place.via)


@dataclass(slots=True)
class _Merged:
    """The needs of one action at one scope."""

    strongest: Need
    origins: dict[tuple[str, str, tuple[Place, ...], int | None], Origin] = field(
        default_factory=dict
    )


_Key = tuple[str, str, bool, tuple[tuple[str, str], ...]]


class Needs:
    """Needs merge by action, scope, kind of action and attributes; the strongest speaks."""

    def __init__(self, most: int) -> None:
        """Start empty; `most` is how many requirements there may be."""
        self._most = most
        self._merged: dict[_Key, _Merged] = {}

    def add(self, need: Need) -> None:
        """Take one need in; of equally strong ones the first gives kind and why.

        Raises:
            LimitExceeded: there are too many requirements.
        """
        attributes = tuple(sorted(need.attributes.items())) if need.attributes else ()
        key = (need.scope.folded, need.action.lower(), need.data_action, attributes)
        merged = self._merged.get(key)
        place = need.place or need.row.place
        if merged is None:
            self._count(place)
            merged = self._merged[key] = _Merged(need)
        elif _RANK[need.certainty] < _RANK[merged.strongest.certainty]:
            merged.strongest = need
        origin = (place.source.name, place.pointer, place.via, place.offset)
        if origin not in merged.origins and len(merged.origins) < MAX_ORIGINS:
            merged.origins[origin] = Origin(place=place, expression=need.expression)

    def _count(self, place: Place) -> None:
        if len(self._merged) >= self._most:
            raise LimitExceeded(
                f"the rollout has more than {self._most:,} requirements",
                help="raise the limit with --max-requirements if the template is trusted",
                where=place,
            )

    def extend(self, needs: Iterable[Need]) -> None:
        """Take many needs in."""
        for need in needs:
            self.add(need)

    def requirements(self) -> tuple[Requirement, ...]:
        """Return the requirements, sorted by scope, then action, without regard to case."""
        return tuple(_requirement(self._merged[key]) for key in sorted(self._merged))


def _requirement(merged: _Merged) -> Requirement:
    need = merged.strongest
    return Requirement(
        action=Action(need.action),
        scope=need.scope,
        certainty=need.certainty,
        kind=need.kind,
        why=need.why,
        resource=need.row.id,
        data_action=need.data_action,
        origins=tuple(merged.origins.values()),
        attributes=need.attributes,
    )
