"""The rungs of a scope, and which management groups are, or may be, above it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from preflight.model.access import AccessSnapshot
from preflight.model.scope import PLACEHOLDER, Scope, ScopeKind
from preflight.model.truth import Truth

MAXIMUM_RUNGS = 64
"""Rungs that a scope may have in its text; ARM's own IDs have far fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rungs:
    """The ladder of one scope.

    `text` are the rungs that the ID itself shows, nearest first, `/` apart; `groups` the
    management groups known to be above them, nearest first. `complete`: no other is.
    """

    text: tuple[Scope, ...]
    groups: tuple[Scope, ...]
    complete: bool
    whole: bool = True
    """False where the text has more rungs than are looked at."""
    created: Scope | None = None
    """The subscription or management group among them that the rollout itself creates."""
    place_unknown: bool = False
    """Whether subscription or management group is a placeholder."""

    @property
    def all(self) -> tuple[Scope, ...]:
        """Every known rung, nearest first, `/` last."""
        return (*self.text, *self.groups, Scope.ROOT)


class Hierarchy:
    """Answers from the snapshot's hierarchy, each computed once.

    `created` maps subscriptions and management groups that the rollout creates to the
    management group each is placed under (None: not known).
    """

    def __init__(self, snapshot: AccessSnapshot, created: Mapping[Scope, Scope | None]) -> None:
        """Keep what answers; nothing is computed yet."""
        self._snapshot = snapshot
        existing = set(snapshot.scopes) | {row.id for row in snapshot.subscriptions}
        existing |= {row.id for row in snapshot.management_groups}
        self._created = {
            scope: parent for scope, parent in created.items() if scope not in existing
        }
        self._rungs: dict[str, Rungs] = {}
        self._above: dict[str, tuple[tuple[Scope, ...], bool]] = {}
        self._chains: dict[Scope, frozenset[Scope]] = {}

    def rungs(self, scope: Scope) -> Rungs:
        """Return the ladder of a scope."""
        found = self._rungs.get(scope.folded)
        if found is None:
            found = self._rungs[scope.folded] = self._find(scope)
        return found

    def _find(self, scope: Scope) -> Rungs:
        ladder = list(islice(scope.ladder(), MAXIMUM_RUNGS + 1))
        text = tuple(rung for rung in ladder[:MAXIMUM_RUNGS] if rung.text != "/")
        whole = len(ladder) <= MAXIMUM_RUNGS
        created = next((rung for rung in text if rung in self._created), None)
        if created is not None:
            groups, complete = self._under(created)
        else:
            groups, complete = self._groups_above(scope, text[-1] if text else Scope.ROOT)
        return Rungs(
            text=text,
            groups=groups,
            complete=complete,
            whole=whole,
            created=created,
            place_unknown=created is None and _place_unknown(text[-1] if text else scope),
        )

    def _groups_above(self, scope: Scope, top: Scope) -> tuple[tuple[Scope, ...], bool]:
        found = self._above.get(top.folded)
        if found is None:
            ancestry = self._snapshot.ancestors(scope)
            found = self._above[top.folded] = (ancestry.groups, ancestry.complete)
        return found

    def _under(self, created: Scope) -> tuple[tuple[Scope, ...], bool]:
        """Return the management groups above something that the rollout creates."""
        groups: list[Scope] = []
        step: Scope | None = created
        while step in self._created:
            step = self._created[step]
            if step is None or step in groups:
                return tuple(groups), False
            groups.append(step)
        if step is None or _place_unknown(step):
            return tuple(groups), False
        ancestry = self._snapshot.ancestors(step)
        return (*groups, *ancestry.groups), ancestry.complete

    def is_above(self, group: Scope, rungs: Rungs) -> Truth:
        """Whether a management group is above a scope with these rungs."""
        if group in rungs.groups or group in rungs.text:
            return Truth.TRUE
        if rungs.complete:
            return Truth.FALSE
        # A group below one of an unbroken chain of known ancestors is on another branch.
        return Truth.FALSE if self._climb(group) & self._unbroken(rungs) else Truth.UNKNOWN

    def _climb(self, group: Scope) -> frozenset[Scope]:
        """Return the known management groups above a management group."""
        found = self._chains.get(group)
        if found is None:
            found = self._chains[group] = frozenset(self._snapshot.ancestors(group).groups)
        return found

    def _unbroken(self, rungs: Rungs) -> frozenset[Scope]:
        """Return the ancestors that are known without a gap from the scope upwards."""
        top = rungs.text[-1] if rungs.text else None
        if top is None or rungs.created is not None:
            return frozenset()
        if top.kind is ScopeKind.MANAGEMENT_GROUP:
            return self._climb(top) | {top}
        row = self._snapshot.subscription(top)
        first = row.management_group if row else None
        return frozenset() if first is None else self._climb(first) | {first}


def _place_unknown(top: Scope) -> bool:
    return top.kind is ScopeKind.UNKNOWN or PLACEHOLDER.search(top.name) is not None
