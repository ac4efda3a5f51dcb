"""What `reference()` and `list*()` need.

Sources: ARM template functions, "Resource functions" (list* runs even for a resource whose
condition is false); Azure/bicep#13941 (reads of state).
"""

from __future__ import annotations

from preflight.derive.context import Context
from preflight.derive.needs import Need, undecided
from preflight.model.plan import PlannedResource, RuntimeCall
from preflight.model.requirement import Certainty, RequirementKind
from preflight.model.scope import Scope


def call_need(call: RuntimeCall, row: PlannedResource, context: Context) -> Need | None:
    """Return what a call needs, or None where the type it reads is not known."""
    kind = call.target.shown_type if call.target is not None else None
    if call.target is None or kind is None:
        return None
    if call.function.lower().startswith("list"):
        return _list(call, call.target, row, context.action(kind, f"{call.function}/action"))
    action = context.action(kind, "read")
    return _reference(call, call.target, row, action, written=call.target in context.written)


def _list(call: RuntimeCall, target: Scope, row: PlannedResource, action: str) -> Need:
    return Need(
        action=action,
        scope=target,
        certainty=_certainty(call, row),
        kind=RequirementKind.LIST,
        why=f"`{call.function}()` is called on it",
        row=row,
        place=call.place,
        expression=call.expression,
    )


def _reference(
    call: RuntimeCall, target: Scope, row: PlannedResource, action: str, *, written: bool
) -> Need:
    return Need(
        action=action,
        scope=target,
        certainty=Certainty.POSSIBLE if written else _certainty(call, row),
        kind=RequirementKind.READ,
        why=f"`{call.function}()` reads its state",
        row=row,
        place=call.place,
        expression=call.expression,
    )


def _certainty(call: RuntimeCall, row: PlannedResource) -> Certainty:
    return undecided(Certainty.REQUIRED, when=call.undecided or row.undecided)
