"""Moves of management groups and subscriptions that the inventory shows.

Source: MicrosoftDocs/azure-docs governance/management-groups/manage, "Moving management groups
and subscriptions": write on the child, the old and the new parent, and the right to write role
assignments on the child; the root group is exempt as a parent. What is needed without knowing the
present place stands in the catalogue's tables.
"""

from __future__ import annotations

from collections.abc import Iterator

from preflight.derive.body import walk
from preflight.derive.context import Context
from preflight.derive.needs import Need, undecided
from preflight.derive.rows import rule_type
from preflight.model.plan import PlannedResource
from preflight.model.requirement import Certainty, RequirementKind
from preflight.model.scope import Scope

_GROUPS = "microsoft.management/managementgroups"
_PLACEMENTS = "microsoft.management/managementgroups/subscriptions"
_PARENT = "properties.details.parent.id"


def move_needs(row: PlannedResource, context: Context) -> Iterator[Need]:
    """Yield what leaving the present parent needs, where the inventory knows that parent."""
    kind = rule_type(row).lower()
    if kind == _PLACEMENTS:
        subscription = Scope(f"/subscriptions/{row.id.name}")
        yield from _leave(row, context.options.parent_of(subscription), row.id.parent, context)
    elif kind == _GROUPS:
        yield from _moved_group(row, context)


def _moved_group(row: PlannedResource, context: Context) -> Iterator[Need]:
    present = context.options.management_group(row.id)
    given = [found.value for _, found in walk(row.body, context.path(_PARENT))]
    if present is None or not present.parent_known or not given or not isinstance(given[0], str):
        return
    wanted = Scope(given[0])
    if present.parent == wanted:
        return
    yield from _leave(row, present.parent, wanted, context)


def _leave(
    row: PlannedResource, present: Scope | None, wanted: Scope | None, context: Context
) -> Iterator[Need]:
    if present is None or present == wanted or context.options.is_root_group(present):
        return
    yield Need(
        action=context.catalog.spelled("Microsoft.Management/managementGroups/write"),
        scope=present,
        certainty=undecided(Certainty.REQUIRED, when=row.undecided),
        kind=RequirementKind.LINK,
        why="moving it to another management group is checked here too",
        row=row,
    )
