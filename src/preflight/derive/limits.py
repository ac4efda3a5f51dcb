"""Limits of linked rules that hang on the linked ID, not on the body."""

from __future__ import annotations

from typing import assert_never

from preflight.derive.options import DeriveOptions
from preflight.model.catalog import LinkLimit
from preflight.model.plan import PlannedResource
from preflight.model.scope import Scope
from preflight.model.truth import Truth


def limited(
    limit: LinkLimit | None, linked: Scope | None, row: PlannedResource, options: DeriveOptions
) -> Truth:
    """Whether a rule with this limit applies to the ID; other rows are not looked at here."""
    if limit is None or linked is None:
        return Truth.TRUE
    match limit:
        case LinkLimit.UNLISTED_TYPE:
            return Truth.TRUE
        case LinkLimit.OTHER_SUBSCRIPTION:
            return _other_subscription(linked, row.id)
        case LinkLimit.NOT_BUILT_IN:
            built_in = linked.folded.startswith("/providers/microsoft.authorization/")
            return Truth.of(not built_in)
        case LinkLimit.NOT_ROOT_GROUP:
            return Truth.of(not options.is_root_group(linked))
        case LinkLimit.MOVED_GROUP:
            return _moved(linked, row.id, options)
        case _:
            assert_never(limit)


def _other_subscription(linked: Scope, itself: Scope) -> Truth:
    theirs, ours = linked.subscription, itself.subscription
    if theirs is None or ours is None or theirs.has_placeholder or ours.has_placeholder:
        return Truth.UNKNOWN if theirs is None or theirs != ours else Truth.FALSE
    return Truth.of(theirs != ours)


def _moved(parent: Scope, group: Scope, options: DeriveOptions) -> Truth:
    """Whether a management group gets another parent; one that is not known may be new."""
    row = options.management_group(group)
    if row is None and not group.has_placeholder and options.knows_every_group:
        return Truth.FALSE
    if row is None or not row.parent_known or parent.has_placeholder:
        return Truth.UNKNOWN
    return Truth.of(row.parent != parent)
