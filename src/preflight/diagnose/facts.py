"""What the words of a finding are made of."""

from __future__ import annotations

from dataclasses import dataclass

from preflight.diagnose.grouping import Group
from preflight.model.access import AccessSnapshot, Principal
from preflight.model.action import Action
from preflight.model.diagnosis import NearMiss
from preflight.model.naming import one_line, principal_label, scope_path
from preflight.model.scope import Scope

MAX_NAMED = 3
"""Names that one line spells out before it says how many more there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the words are made of. `place` is the scope that the finding is about."""

    group: Group
    place: Scope
    subject: Principal
    near: NearMiss | None
    access: AccessSnapshot

    @property
    def who(self) -> str:
        """The principal's name."""
        return principal_label(self.subject)

    @property
    def where(self) -> str:
        """The place, from the subscription down."""
        return scope_path(self.place, self.access)

    @property
    def what(self) -> str:
        """The action, or how many different ones."""
        return things(tuple(row.requirement.action for row in self.group.decisions))

    @property
    def detail(self) -> str:
        """What decided inside the evidence, with a colon in front; empty where nothing did."""
        detail = one_line(self.group.decisions[0].detail)
        return f": {detail}" if detail else ""


def things(actions: tuple[Action, ...]) -> str:
    """Return the one action, or the number of different ones."""
    distinct = dict.fromkeys(actions)
    if len(distinct) == 1:
        return one_line(next(iter(distinct)).text)
    return f"{len(distinct)} actions"


def listed(names: list[str]) -> str:
    """Return up to `MAX_NAMED` names, and how many more there are."""
    distinct = list(dict.fromkeys(names))
    shown = ", ".join(distinct[:MAX_NAMED])
    more = len(distinct) - MAX_NAMED
    return f"{shown} and {more} more" if more > 0 else shown
