"""What else a role would allow: the price of a proposal, counted over the catalogue."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from preflight.advise.privileged import (
    ESCALATING,
    MAX_KEY_READERS,
    PRIVILEGED,
    PRIVILEGED_DATA,
    hands_out_keys,
)
from preflight.advise.role_index import Need
from preflight.model.action import Action, ActionPattern
from preflight.model.advice import AlsoAllows
from preflight.model.role import RoleDefinition, RoleId
from preflight.model.truth import Truth


class Pricing:
    """Counts what roles grant among all known control-plane actions; answers are kept."""

    def __init__(self, actions: Iterable[str]) -> None:
        """Take the catalogue's actions, in any order and spelling."""
        spelled = {action.lower(): action for action in actions}
        self._folded: Sequence[str] = sorted(spelled)
        self._spelled = spelled
        self._number = {text: number for number, text in enumerate(self._folded)}
        self._keys = frozenset(n for n, text in enumerate(self._folded) if hands_out_keys(text))
        self._matches: dict[str, frozenset[int]] = {}
        self._granted: dict[RoleId, frozenset[int]] = {}

    def price(
        self,
        role: RoleDefinition,
        needs: frozenset[Need],
        *,
        beside: Sequence[RoleDefinition] = (),
    ) -> AlsoAllows:
        """Return what a role opens besides the needs: at least that many, privileged by name.

        `beside` are roles that its holder can then give himself.
        """
        roles = (role, *beside)
        named = [
            need.action.text
            for need in _NAMED
            if need not in needs and any(_grants(one, need) for one in roles)
        ]
        granted = frozenset().union(*(self._granting(one) for one in roles))
        opened = (granted & self._keys) - self._numbers(needs)
        keys = sorted(self._spelled[self._folded[number]] for number in opened)
        return AlsoAllows(
            count=self._count(roles, granted, needs), privileged=(*named, *keys[:MAX_KEY_READERS])
        )

    def everything(self, needs: frozenset[Need], *, but: Sequence[str] = ()) -> AlsoAllows:
        """Return the price of a grant whose holder can give himself any action `but` some."""
        barred = frozenset(Need(Action(text), data_action=False) for text in but) | needs
        named = tuple(need.action.text for need in _NAMED if need not in barred)
        return AlsoAllows(count=len(self._folded) - len(self._numbers(barred)), privileged=named)

    def count(self, role: RoleDefinition, needs: frozenset[Need]) -> int:
        """Return how many further actions a role opens, as far as the catalogue knows them.

        Data actions are not in the catalogue: each of their patterns counts once.
        """
        return self._count((role,), self._granting(role), needs)

    def _count(
        self, roles: Iterable[RoleDefinition], granted: frozenset[int], needs: frozenset[Need]
    ) -> int:
        data = {
            pattern
            for role in roles
            for block in role.permissions
            for pattern in block.data_actions
            if not any(need.data_action and pattern.text == need.action.text for need in needs)
        }
        return len(granted) - len(granted & self._numbers(needs)) + len(data)

    def escalations(self, role: RoleDefinition, needs: frozenset[Need]) -> tuple[str, ...]:
        """Return the actions by which a role's holder could give himself more, needs apart."""
        wanted = [need for need in _ESCALATING if need not in needs]
        if not all(pattern.supported for pattern in _control_patterns(role)):
            return tuple(need.action.text for need in wanted if _grants(role, need))
        granted = self._granting(role)
        return tuple(need.action.text for need in wanted if self._opens(role, need, granted))

    def _opens(self, role: RoleDefinition, need: Need, granted: frozenset[int]) -> bool:
        number = self._number.get(need.action.folded)
        return _grants(role, need) if number is None else number in granted

    def _numbers(self, needs: frozenset[Need]) -> frozenset[int]:
        folded = (need.action.folded for need in needs if not need.data_action)
        return frozenset(self._number[text] for text in folded if text in self._number)

    def _granting(self, role: RoleDefinition) -> frozenset[int]:
        found = self._granted.get(role.id)
        if found is None:
            granted: set[int] = set()
            for block in role.permissions:
                granted |= self._any_of(block.actions) - self._any_of(block.not_actions)
            found = self._granted[role.id] = frozenset(granted)
        return found

    def _any_of(self, patterns: Iterable[ActionPattern]) -> frozenset[int]:
        found: set[int] = set()
        for pattern in patterns:
            found |= self._matching(pattern)
        return frozenset(found)

    def _matching(self, pattern: ActionPattern) -> frozenset[int]:
        found = self._matches.get(pattern.text)
        if found is None:
            found = self._matches[pattern.text] = frozenset(self._find(pattern))
        return found

    def _find(self, pattern: ActionPattern) -> Iterable[int]:
        """Return the matching actions; only those with the pattern's literal start are tried."""
        before, star, after = pattern.text.lower().partition("*")
        if not star:
            return [self._number[before]] if before in self._number else []
        inside = range(
            bisect_left(self._folded, before), bisect_left(self._folded, before + _PAST_ALL)
        )
        if not after and before.endswith("/"):
            # `Microsoft.Compute/*`: everything below, by far the most frequent form.
            return inside
        if not pattern.supported:
            matching = (n for n in inside if pattern.matches(Action(self._folded[n])))
            return list(matching)
        # As `ActionPattern.matches`: the two sides do not overlap, but `/*/` may be one `/`.
        least, shrunk = len(before) + len(after), f"{before}{after[1:]}"
        shrunk = shrunk if before.endswith("/") and after.startswith("/") else ""
        return [
            number
            for number in inside
            if (text := self._folded[number]).endswith(after)
            and (len(text) >= least or text == shrunk)
        ]


_PAST_ALL = "\U0010ffff"
"""Sorts behind every action that has the same start."""


def _control_patterns(role: RoleDefinition) -> Iterator[ActionPattern]:
    for block in role.permissions:
        yield from (*block.actions, *block.not_actions)


def _grants(role: RoleDefinition, need: Need) -> bool:
    return role.grants(need.action, data_action=need.data_action) is not Truth.FALSE


_NAMED = (
    *(Need(Action(text), data_action=False) for text in PRIVILEGED),
    *(Need(Action(text), data_action=True) for text in PRIVILEGED_DATA),
)
_ESCALATING = tuple(Need(Action(text), data_action=False) for text in ESCALATING)
