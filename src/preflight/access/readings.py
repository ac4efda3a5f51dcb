"""One list at one scope: what is asked, what was answered, and what the answer covers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from preflight.access.calls import Question
from preflight.access.items import Item
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
TIMED = frozenset({AccessList.ELIGIBILITIES, AccessList.SCHEDULES})
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
        return self.filter == "asTarget()"

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of a reading: rows, or the error. `proven`: an empty answer means none."""

    reading: Reading
    items: tuple[Item, ...] = ()
    error: AccessError | None = None
    proven: bool = False

    @property
    def counts(self) -> bool:
        """Whether a missing row proves something."""
        return self.error is None and self.proven


def readings_of(scope: Scope, principal: PrincipalId, *, caller: bool) -> tuple[Reading, ...]:
    """Return what decides access for a principal at a subscription, management group or `/`.

    Role assignments with `assignedTo` alone: rows at, above and below, groups resolved by Azure
    ("List role assignments using REST"). Deny assignments and locks without a filter: one would
    hide those for everybody, or those below. Nothing is below a management group's own lists.
    """
    mine = f"assignedTo('{principal}')"
    own = "asTarget()" if caller else mine
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
            Reading(list=wanted, scope=scope, filter=own, principal=principal, reach=reach)
            for wanted in (AccessList.ELIGIBILITIES, AccessList.SCHEDULES)
        ),
    ]
    if within:
        rows += [
            Reading(list=AccessList.LOCKS, scope=scope),
            Reading(list=AccessList.PROVIDERS, scope=scope),
            Reading(list=AccessList.RESOURCES, scope=scope, reach=Reach.AT),
        ]
    return tuple(rows)


def narrower(reading: Reading, scope: Scope) -> Reading:
    """Return the same reading at a scope below, where the wider one was refused."""
    return Reading(
        list=reading.list, scope=scope, filter=reading.filter, principal=reading.principal
    )
