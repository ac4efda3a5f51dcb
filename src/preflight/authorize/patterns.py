"""Which patterns of many permission blocks match an action, found once per action.

The meaning of a pattern is `ActionPattern.matches`; here it is only asked less often: once for
each distinct wildcard string instead of once for each block that holds it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from preflight.model.action import Action, ActionPattern
from preflight.model.role import Permission
from preflight.model.truth import Truth


class Matching(NamedTuple):
    """The folded patterns that match an action, and those that do but are not to be trusted."""

    certain: set[str]
    doubtful: set[str]

    def any_in(self, texts: frozenset[str]) -> Truth:
        """Whether one of several patterns matches."""
        if not texts.isdisjoint(self.certain):
            return Truth.TRUE
        return Truth.FALSE if texts.isdisjoint(self.doubtful) else Truth.UNKNOWN


class Block(NamedTuple):
    """A permission block with its patterns as folded text, for control plane or data plane."""

    permission: Permission
    actions: frozenset[str]
    not_actions: frozenset[str]


class Patterns:
    """Every wildcard string met so far, and what matches each action met so far."""

    def __init__(self) -> None:
        """Start with none."""
        self._wildcards: dict[str, ActionPattern] = {}
        self._listed: list[ActionPattern] = []
        self._matching: dict[str, Matching] = {}
        self._looked_at: dict[str, int] = {}

    def block(self, permission: Permission, *, data_action: bool) -> Block:
        """Take a permission block in."""
        if data_action:
            lists = permission.data_actions, permission.not_data_actions
        else:
            lists = permission.actions, permission.not_actions
        return Block(permission, self._texts(lists[0]), self._texts(lists[1]))

    def _texts(self, patterns: Iterable[ActionPattern]) -> frozenset[str]:
        texts = []
        for pattern in patterns:
            text = pattern.text.lower()
            texts.append(text)
            if "*" in text and text not in self._wildcards:
                self._wildcards[text] = pattern
                self._listed.append(pattern)
        return frozenset(texts)

    def matching(self, action: Action) -> Matching:
        """Return what matches an action among all patterns taken in."""
        key = action.folded
        found = self._matching.get(key)
        if found is None:
            found = self._matching[key] = Matching({key}, set())
            self._looked_at[key] = 0
        if self._looked_at[key] < len(self._listed):
            for pattern in self._listed[self._looked_at[key] :]:
                if pattern.matches(action):
                    kind = found.certain if pattern.supported else found.doubtful
                    kind.add(pattern.text.lower())
            self._looked_at[key] = len(self._listed)
        return found
