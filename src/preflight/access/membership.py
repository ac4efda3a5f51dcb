"""Which groups a principal is in, as far as it matters.

`assignedTo()` resolves groups on the server: a row it returns for a group proves membership of
that group, in role and deny assignments alike. Only a group that a deny assignment names and
that is not proven this way needs the directory (Azure RBAC "List deny assignments using REST").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from preflight.model.access import DenyAssignment, PrincipalId, RoleAssignment


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """The groups somebody is in; of the unknown ones nothing can be said, of others: not in."""

    groups: frozenset[PrincipalId]
    unknown: frozenset[PrincipalId] = frozenset()
    complete: bool = False
    """Whether these are all groups; else only those that the answers name were looked at."""


def membership_of(
    principal: PrincipalId,
    listed: Iterable[RoleAssignment],
    denies: Iterable[DenyAssignment],
    ask: Callable[[PrincipalId], frozenset[PrincipalId] | None],
) -> Membership:
    """Return the membership; `ask` is the directory, asked only where a deny hangs on it.

    `getMemberGroups` is transitive as `assignedTo()` is, so a whole answer has every proven group.
    """
    proven = frozenset(row.principal for row in listed if row.principal != principal)
    named: set[PrincipalId] = set()
    for row in denies:
        named |= row.group_principals | row.group_excluded
    open_groups = frozenset(named) - proven - {principal}
    if not open_groups:
        return Membership(groups=proven)
    told = ask(principal)
    if told is None or not proven <= told:
        # An answer that leaves out a group which is proven leaves out others as well.
        return Membership(groups=proven, unknown=open_groups)
    return Membership(groups=proven | told, complete=True)
