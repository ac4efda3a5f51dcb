"""Built-in roles that grant some actions, narrowest first, with what else they give."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from preflight._version import __version__
from preflight.advise.builtin_role import ExistingRoles, Priced, Tier
from preflight.advise.known import KnownRoles
from preflight.advise.platform_roles import leaving
from preflight.advise.pricing import Pricing
from preflight.advise.role_index import Need
from preflight.errors import UsageError
from preflight.model.access import AccessSnapshot
from preflight.model.action import Action
from preflight.model.role_ranking import AskedAction, RankedRole, RoleRanking
from preflight.model.scope import Scope

_REMARKS: Mapping[Tier, str] = {
    Tier.PLAIN: "",
    Tier.BROAD: "allows whatever its exceptions do not name",
    Tier.PLATFORM: "made for one of Azure's own services",
    Tier.ESCALATING: "its holder can give himself any other action",
}


_ACTION = re.compile(r"[A-Za-z][\w.-]*(?:/[\w.-]+)+", re.ASCII)


class KnownActions(KnownRoles, Protocol):
    """What a ranking asks of the catalogue."""

    @property
    def date(self) -> str:
        """The date of the catalogue."""

    def is_data_action(self, action: Action) -> bool:
        """Whether the action is known as a data action only."""


def rank_roles(actions: Sequence[str], catalog: KnownActions) -> RoleRanking:
    """Return the built-in roles that grant every one of the actions, narrowest first.

    Raises:
        UsageError: something given is no action.
    """
    for text in actions:
        if not _ACTION.fullmatch(text.strip()):
            raise UsageError(
                f"`{text}` is no action",
                help="write it as `Microsoft.Network/virtualNetworks/subnets/join/action`; "
                "a pattern with `*` has no answer",
            )
    ranker = RoleRanker(catalog)
    needs = ranker.needs(actions)
    return RoleRanking(
        version=__version__,
        catalogue=catalog.date,
        actions=ranker.asked(needs),
        roles=ranker.ranked(needs),
    )


class RoleRanker:
    """Ranks roles; what it learns about them is kept for the next question."""

    def __init__(self, catalog: KnownActions) -> None:
        """Keep the catalogue; nothing is indexed before the first question."""
        self._catalog = catalog

    @cached_property
    def _pricing(self) -> Pricing:
        return Pricing(self._catalog.actions())

    @cached_property
    def _roles(self) -> ExistingRoles:
        nobody = AccessSnapshot(role_definitions=())
        return ExistingRoles(nobody, self._catalog, self._pricing)

    def needs(self, actions: Iterable[str]) -> tuple[Need, ...]:
        """Return the different actions, as Azure spells them; data actions are recognised."""
        found = dict.fromkeys(Action(self._catalog.spelled(text.strip())) for text in actions)
        return tuple(Need(action, self._catalog.is_data_action(action)) for action in found)

    def asked(self, needs: Iterable[Need]) -> tuple[AskedAction, ...]:
        """Return each action with the number of roles that grant it."""
        return tuple(
            AskedAction(
                action=need.action.text,
                data_action=need.data_action,
                known=self._catalog.knows(need.action),
                roles=len(self._roles.which_grant(frozenset({need}))),
            )
            for need in needs
        )

    def ranked(self, needs: Iterable[Need]) -> tuple[RankedRole, ...]:
        """Return the roles that grant all of the actions.

        Narrowest first; roles for the platform's own services and those whose holder can give
        himself more come last, whatever their size.
        """
        wanted = frozenset(needs)
        rows = self._roles.granting(wanted, Scope.ROOT)
        return tuple(self._row(row, wanted) for row in rows)

    def narrowest(self, needs: Sequence[Need]) -> RankedRole | None:
        """Return the first of the ranking."""
        wanted = frozenset(needs)
        rows = self._roles.granting(wanted, Scope.ROOT)
        return self._row(rows[0], wanted) if rows else None

    def _row(self, row: Priced, needs: frozenset[Need]) -> RankedRole:
        remarks = [_REMARKS[row.tier]]
        remarks += ["on its way out"] if leaving(row.role) else []
        return RankedRole(
            role=row.role,
            also_allows=self._pricing.price(row.role, needs),
            remark="; ".join(text for text in remarks if text),
        )
