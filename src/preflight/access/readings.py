"""One list at one scope: what is asked, what was answered, and what the answer covers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from preflight.access.calls import Question
from preflight.access.items import Item
from preflight.access.versions import OLDER
from preflight.access.wanted import Wanted
from preflight.errors import AccessError
from preflight.model.access import AccessList, PrincipalId, Reach
from preflight.model.action import Action
from preflight.model.scope import Scope, ScopeKind

READS: Mapping[AccessList, str] = MappingProxyType(
    {
        AccessList.ROLE_DEFINITIONS: "Microsoft.Authorization/roleDefinitions/read",
        AccessList.ROLE_ASSIGNMENTS: "Microsoft.Authorization/roleAssignments/read",
        AccessList.DENY_ASSIGNMENTS: "Microsoft.Authorization/denyAssignments/read",
        AccessList.ELIGIBILITIES: "Microsoft.Authorization/roleEligibilityScheduleInstances/read",
        AccessList.SCHEDULES: "Microsoft.Authorization/roleAssignmentScheduleInstances/read",
        AccessList.LOCKS: "Microsoft.Authorization/locks/read",
        AccessList.PROVIDERS: "Microsoft.Resources/subscriptions/providers/read",
        AccessList.RESOURCES: "Microsoft.Resources/subscriptions/resourceGroups/read",
    }
)
"""The action that lists rows of a list."""
NOBODY = "00000000-0000-0000-0000-000000000000"
"""The name of a row that is not there: asked for, it tells whether the list may be read."""
OWN = "asTarget()"
"""The filter for one's own schedule instances: no further right is needed."""
TIMED_LISTS = (AccessList.ELIGIBILITIES, AccessList.SCHEDULES)
TIMED = frozenset(TIMED_LISTS)
"""Lists of Privileged Identity Management: a refusal there explains nothing about rights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A list to be read at a scope."""

    list: AccessList
    scope: Scope
    filter: str = ""
    principal: PrincipalId | None = None
    """Set when only that principal's rows are asked for."""
    reach: Reach = Reach.AT_ABOVE_BELOW

    @property
    def action(self) -> Action:
        """What the reader must hold for an answer to prove anything."""
        return Action(READS[self.list])

    @property
    def needs_no_right(self) -> bool:
        """Whether anybody may ask: one's own schedule instances."""
        return self.filter == OWN

    @property
    def lists_everything(self) -> bool:
        """Whether it is the content of a resource group, of any type."""
        return self.list is AccessList.RESOURCES and self.scope.kind is ScopeKind.RESOURCE_GROUP

    @property
    def question(self) -> Question:
        """The call."""
        at = "" if self.scope == Scope.ROOT else self.scope.text
        match self.list:
            case AccessList.PROVIDERS:
                return Question(path=f"{at}/providers", kind="providers")
            case AccessList.RESOURCES if self.scope.kind is ScopeKind.SUBSCRIPTION:
                return Question(path=f"{at}/resourceGroups", kind="resourceGroups")
            case AccessList.RESOURCES:
                return Question(path=f"{at}/resources", kind="resources")
            case _:
                path = f"{at}/providers/Microsoft.Authorization/{self.list.value}"
                return Question(path=path, kind=self.list.value, filter=self.filter)

    @property
    def single(self) -> Question | None:
        """The call for one row that is not there, where the list could hide from its reader.

        A deny assignment may take away the very right to read deny assignments, and the list is
        empty then. Asked for by ID, what is not there is 404 to whoever may read it, and 403 to
        everybody else ("Deny Assignments - Get"). 2022-04-01 is known to every cloud.
        """
        if self.list is not AccessList.DENY_ASSIGNMENTS:
            return None
        path = f"{self.question.path}/{NOBODY}"
        return Question(path=path, kind=self.list.value, version=OLDER[self.list.value])


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of a reading: rows, or the error. `proven`: an empty answer means none."""

    reading: Reading
    items: tuple[Item, ...] = ()
    error: AccessError | None = None
    barred: AccessError | None = None
    """What came when one row was asked for by its ID, where that does not show the right to."""
    proven: bool = False

    @property
    def counts(self) -> bool:
        """Whether a missing row proves something."""
        return self.error is None and self.proven


def readings_for(wanted: Wanted, principal: PrincipalId, reader: PrincipalId) -> Iterator[Reading]:
    """Yield every list that is asked for at first; `reader` is who asks."""
    places = (*wanted.subscriptions, *wanted.above)
    mine = principal == reader
    at_once = mine and len(places) > 1
    timed = assigned_to(principal) if not mine else "" if at_once else OWN
    for place in places:
        yield from readings_of(place, principal, timed=timed)
        if not mine:
            # The reader's own rows prove what it may read.
            yield readings_of(place, reader, timed="")[0]
    if at_once:
        yield from own_everywhere(principal)
    for place in wanted.assigned:
        within = place.subscription is not None
        reach = Reach.AT_ABOVE_BELOW if within else Reach.AT_ABOVE
        yield Reading(list=AccessList.ROLE_ASSIGNMENTS, scope=place, reach=reach)
    for group in wanted.emptied:
        yield Reading(list=AccessList.RESOURCES, scope=group)


def readings_of(scope: Scope, principal: PrincipalId, *, timed: str) -> tuple[Reading, ...]:
    """Return what decides access for a principal at a subscription, management group or `/`.

    `timed` is the filter with which its schedule instances are asked for; without one they are not.

    Role assignments with `assignedTo` alone: rows at, above and below, groups resolved by Azure
    ("List role assignments using REST"). Deny assignments and locks without a filter: one would
    hide those for everybody, or those below. Nothing is below a management group's own lists.
    """
    mine = assigned_to(principal)
    within = scope.kind is ScopeKind.SUBSCRIPTION
    reach = Reach.AT_ABOVE_BELOW if within else Reach.AT_ABOVE
    rows = [
        Reading(
            list=AccessList.ROLE_ASSIGNMENTS,
            scope=scope,
            filter=mine,
            principal=principal,
            reach=reach,
        ),
        Reading(
            list=AccessList.ROLE_DEFINITIONS, scope=scope, filter="atScopeAndBelow()", reach=reach
        ),
        Reading(list=AccessList.DENY_ASSIGNMENTS, scope=scope, reach=reach),
        *(
            Reading(list=wanted, scope=scope, filter=timed, principal=principal, reach=reach)
            for wanted in (TIMED_LISTS if timed else ())
        ),
    ]
    if within:
        rows += [
            Reading(list=AccessList.LOCKS, scope=scope),
            Reading(list=AccessList.PROVIDERS, scope=scope),
            Reading(list=AccessList.RESOURCES, scope=scope, reach=Reach.AT),
        ]
    return tuple(rows)


def own_everywhere(principal: PrincipalId) -> tuple[Reading, ...]:
    """Return the caller's own schedule instances in the whole tenant: one call, not one per place.

    Source: Azure PowerShell, "Get-AzRoleEligibilityScheduleInstance", example 2 (scope `/` with
    `asTarget()` lists those at subscriptions and management groups).
    """
    return tuple(
        Reading(list=wanted, scope=Scope.ROOT, filter=OWN, principal=principal)
        for wanted in TIMED_LISTS
    )


def assigned_to(principal: PrincipalId) -> str:
    """Return the filter for the rows of a principal, groups resolved by Azure."""
    return f"assignedTo('{principal}')"


def narrower(reading: Reading, scope: Scope) -> Reading:
    """Return the same reading at a scope below, where the wider one was refused."""
    return Reading(
        list=reading.list, scope=scope, filter=reading.filter, principal=reading.principal
    )
