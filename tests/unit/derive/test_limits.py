from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import pytest

from preflight.derive.limits import limited
from preflight.derive.options import DeriveOptions
from preflight.model.access import AccessSnapshot, ManagementGroup
from preflight.model.catalog import LinkLimit
from preflight.model.plan import PlannedResource
from preflight.model.scope import Scope, management_group
from preflight.model.truth import Truth
from preflight.model.value import Value

Row: TypeAlias = Callable[[str, Mapping[str, Value]], PlannedResource]
HERE = "/subscriptions/5a0e1b7c-0000-4000-8000-000000000001"
PLAIN = DeriveOptions()


@pytest.mark.parametrize(
    ("linked", "answer"),
    [
        (f"{HERE}/resourceGroups/other/providers/P/t/n", Truth.FALSE),
        ("/subscriptions/other/resourceGroups/g/providers/P/t/n", Truth.TRUE),
        ("/subscriptions/{sub}/resourceGroups/g/providers/P/t/n", Truth.UNKNOWN),
        ("{workspaceId}", Truth.UNKNOWN),
    ],
)
def test_another_subscription(linked: str, answer: Truth, row: Row) -> None:
    component = row("Microsoft.Insights/components/c", {})

    assert answer is limited(LinkLimit.OTHER_SUBSCRIPTION, Scope(linked), component, PLAIN)


def test_the_same_unknown_subscription_is_the_same(row: Row) -> None:
    start = "/subscriptions/{subscription}/resourceGroups/g/providers/Microsoft.Insights"
    component = row(f"{start}/components/c", {})
    workspace = Scope(f"{start}/components/d")

    assert Truth.FALSE is limited(LinkLimit.OTHER_SUBSCRIPTION, workspace, component, PLAIN)


def test_no_limit_and_no_id_apply(row: Row) -> None:
    component = row("Microsoft.Insights/components/c", {})

    assert Truth.TRUE is limited(None, Scope("/x"), component, PLAIN)
    assert Truth.TRUE is limited(LinkLimit.NOT_BUILT_IN, None, component, PLAIN)


def test_a_group_that_the_inventory_places_there_is_not_moved(row: Row) -> None:
    corp = management_group("corp")
    group = row(management_group("lz").text, {})
    known = ManagementGroup(id=group.id, parent=corp)
    options = DeriveOptions(inventory=AccessSnapshot(management_groups=(known,)))

    assert Truth.FALSE is limited(LinkLimit.MOVED_GROUP, corp, group, options)
    assert Truth.TRUE is limited(LinkLimit.MOVED_GROUP, management_group("x"), group, options)
    assert Truth.UNKNOWN is limited(LinkLimit.MOVED_GROUP, corp, group, PLAIN)
    open_parent = management_group("{parent}")
    assert Truth.UNKNOWN is limited(LinkLimit.MOVED_GROUP, open_parent, group, options)


def test_a_root_group_that_the_inventory_knows(row: Row) -> None:
    root = management_group("contoso-root")
    options = DeriveOptions(inventory=AccessSnapshot(management_groups=(ManagementGroup(id=root),)))
    group = row(management_group("lz").text, {})

    assert Truth.FALSE is limited(LinkLimit.NOT_ROOT_GROUP, root, group, options)
    assert Truth.TRUE is limited(LinkLimit.NOT_ROOT_GROUP, root, group, PLAIN)
