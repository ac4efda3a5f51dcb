"""What would settle an undetermined decision, and who can supply it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from preflight.authorize.condition.explain import Clause
from preflight.authorize.coverage import failures
from preflight.model.access import AccessList, AccessSnapshot, Principal, RoleAssignment
from preflight.model.decision import Settle
from preflight.model.naming import one_line, principal_label, scope_path
from preflight.model.scope import PLACEHOLDER, Scope

_PLACE_OPTIONS = {
    "subscription": "--subscription",
    "resourcegroup": "--resource-group",
    "managementgroup": "--management-group",
    "masked": "the text without its masks",
}
_RUNNER = "whoever runs the gate"


class Settles:
    """Texts for one principal and snapshot."""

    def __init__(self, snapshot: AccessSnapshot, principal: Principal) -> None:
        """Keep what names things."""
        self._snapshot = snapshot
        self._principal = principal

    def _place(self, scope: Scope) -> str:
        return scope_path(scope, self._snapshot)

    @staticmethod
    def pattern(role: str) -> Settle:
        """A pattern that the service would refuse, or an action that is none."""
        return Settle(
            what=f"write one `*` at most in each action of {role}",
            who="whoever maintains the role definition",
        )

    def condition(self, clauses: Sequence[Clause], row: RoleAssignment | None) -> Settle:
        """A condition that asks what is not known before the rollout, or that does not parse."""
        stated = list(dict.fromkeys(name for clause in clauses for name in clause.properties))
        if stated:
            names = " and ".join(f"`{name}`" for name in stated)
            return Settle(
                what=f"state {names} of the role assignment in the template, or give its value",
                who="the author of the template",
            )
        where = f" at {self._place(row.scope)}" if row else ""
        return Settle(
            what="grant it by an assignment whose condition can be decided before the rollout",
            who=f"whoever may assign roles{where}",
        )

    @staticmethod
    def scope(scope: Scope) -> Settle:
        """A scope with placeholders."""
        labels = [match[1:-1] for match in PLACEHOLDER.findall(scope.text)]
        options = list(
            dict.fromkeys(
                _PLACE_OPTIONS.get(label.lower(), f"-p {label}=VALUE") for label in labels
            )
        )
        return Settle(what=f"give {' and '.join(options) or 'the scope'}", who=_RUNNER)

    def created(self, group: Scope | None) -> Settle:
        """A subscription or management group that does not exist yet."""
        if group is None:
            return Settle(
                what="name the management group it is placed under in the template",
                who="the author of the template",
            )
        place = self._place(group)
        return Settle(what=f"grant it at {place}, under which it is placed", who=_owner(place))

    def groups(self) -> Settle:
        """Unknown group membership."""
        return Settle(
            what=f"add `memberOf`, the transitive groups of {principal_label(self._principal)}",
            who="whoever may read group membership in the directory",
        )

    def hierarchy(self, scope: Scope) -> Settle:
        """Unknown management groups above a scope."""
        return Settle(
            what=f"add the management groups above {self._place(scope)} to the evidence",
            who="whoever holds Microsoft.Management/managementGroups/read",
        )

    def role(self, row: RoleAssignment | None) -> Settle:
        """A role definition that is not in the evidence."""
        name = one_line(row.role) if row else "that is missing"
        where = f" at {self._place(row.scope)}" if row else ""
        return Settle(
            what=f"add the role definition {name} to the evidence",
            who=f"whoever holds Microsoft.Authorization/roleDefinitions/read{where}",
        )

    def unread(self, wanted: AccessList, scope: Scope) -> Settle:
        """A list that was not read, or whose reading is not proven."""
        place = self._place(scope)
        failed = next(
            (row for row in failures(self._snapshot, wanted) if _touches(row.scope, scope)), None
        )
        error = f" ({one_line(failed.error)})" if failed else ""
        # Live, the gate itself has read: it knows which role would have let it.
        remedy = "; `preflight init --reader-role` prints the role" if self._snapshot.live else ""
        return Settle(
            what=f"read {wanted.value} at, above and below {place}{error}{remedy}",
            who=f"whoever holds Microsoft.Authorization/{wanted.value}/read there (Reader does)",
        )

    def subscription(self, scope: Scope) -> Settle:
        """A subscription whose tenant could not be read."""
        place = self._place(scope.subscription or scope)
        remedy = "; `preflight init --reader-role` prints the role" if self._snapshot.live else ""
        return Settle(
            what=f"read the subscription itself, {place}{remedy}",
            who="whoever holds Microsoft.Resources/subscriptions/read there (Reader does)",
        )

    @staticmethod
    def stale(age: timedelta, limit: timedelta) -> Settle:
        """Evidence that is too old to allow anything."""
        days = f"it is {age.days} days old, {limit.days} are the limit"
        return Settle(what=f"collect the evidence again: {days}", who=_RUNNER)

    @staticmethod
    def tenant(tenant: str) -> Settle:
        """A subscription of another tenant."""
        return Settle(
            what=f"decide for the object ID that the principal has in tenant {one_line(tenant)}",
            who=_RUNNER,
        )

    @staticmethod
    def delegated(tenant: str) -> Settle:
        """A subscription that is managed by delegation."""
        return Settle(
            what="look at the subscription's delegations (Azure Lighthouse): no list has them",
            who=f"an administrator of tenant {one_line(tenant)}",
        )


def _owner(place: str) -> str:
    return f"whoever may assign roles at {place}"


def _touches(one: Scope, other: Scope) -> bool:
    return one == other or other.folded.startswith(one.folded + "/")
