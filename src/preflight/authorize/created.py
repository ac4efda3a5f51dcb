"""Management groups that a rollout creates itself, and where each is placed.

A subscription that it creates has no ID before the rollout: whatever goes there has a placeholder
in its scope and is undecided for that reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from preflight.model.plan import Condition, PlannedResource
from preflight.model.scope import Scope, ScopeKind
from preflight.model.template import ChangeKind
from preflight.model.value import PartialText, Unknown, Value, printable


def created_groups(resources: Iterable[PlannedResource]) -> dict[Scope, Scope | None]:
    """Return each management group that is written → the one it is placed under.

    None where that is not stated, or not known: Azure then takes the root group.
    """
    return {
        row.id: _parent(row.body)
        for row in resources
        if row.id.kind is ScopeKind.MANAGEMENT_GROUP
        and row.change is ChangeKind.WRITE
        and row.deployment is None
        and row.condition is not Condition.FALSE
    }


def _parent(body: Mapping[str, Value]) -> Scope | None:
    value: Value = body.get("properties")
    for key in ("details", "parent", "id"):
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, (str, Unknown, PartialText)):
        return None
    scope = Scope(printable(value))
    known = scope.kind is ScopeKind.MANAGEMENT_GROUP and not scope.has_placeholder
    return scope if known else None
