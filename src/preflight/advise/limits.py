"""How many role assignments Azure takes at a place, as far as the evidence can tell."""

from __future__ import annotations

from collections import Counter
from functools import cached_property

from preflight.model.access import AccessSnapshot
from preflight.model.scope import Scope, ScopeKind

_LIMITS = {ScopeKind.SUBSCRIPTION: 4000, ScopeKind.MANAGEMENT_GROUP: 500}
"""Role assignments that Azure takes (Azure RBAC, "Troubleshoot limits")."""


class AssignmentLimits:
    """Counts the evidence's role assignments, once the first question is asked."""

    def __init__(self, access: AccessSnapshot) -> None:
        """Keep the evidence."""
        self._access = access

    @cached_property
    def _rows(self) -> Counter[Scope]:
        """Role assignments per subscription (everything in it) and per management group."""
        rows: Counter[Scope] = Counter()
        for row in self._access.role_assignments or ():
            rows[row.scope.subscription or row.scope] += 1
        return rows

    def reached(self, anchor: Scope) -> str:
        """Return a remark where Azure would take no further role assignment; else nothing."""
        home = anchor.subscription or anchor
        limit = _LIMITS.get(home.kind)
        if limit is None or self._rows[home] < limit:
            return ""
        return f"; but there are {self._rows[home]} role assignments already, the limit is {limit}"
