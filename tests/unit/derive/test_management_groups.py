from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import pytest

from preflight.derive.deriver import Derived, DeriveOptions
from preflight.model.access import AccessSnapshot, ManagementGroup, Subscription
from preflight.model.plan import PlannedResource
from preflight.model.scope import Scope, management_group
from preflight.model.value import Value

Row: TypeAlias = Callable[[str, Mapping[str, Value]], PlannedResource]
Derive: TypeAlias = Callable[[Sequence[PlannedResource], DeriveOptions], Derived]
Certainty: TypeAlias = Callable[[Derived, str, str], str | None]
WRITE = "Microsoft.Management/managementGroups/write"
ROLES = "Microsoft.Authorization/roleAssignments"
ROOT, CORP, LZ = (management_group(name) for name in ("root", "corp", "lz"))
SUBSCRIPTION = Scope("/subscriptions/5a0e1b7c-0000-4000-8000-000000000001")


def knowing(group_parent: Scope, subscription_parent: Scope) -> DeriveOptions:
    inventory = AccessSnapshot(
        management_groups=(
            ManagementGroup(id=ROOT),
            ManagementGroup(id=CORP, parent=ROOT),
            ManagementGroup(id=LZ, parent=group_parent),
        ),
        subscriptions=(Subscription(id=SUBSCRIPTION, management_group=subscription_parent),),
    )
    return DeriveOptions(client="rest", inventory=inventory)


def group(row: Row, parent: Scope) -> PlannedResource:
    details: Value = {"parent": {"id": parent.text}}
    return row(LZ.text, {"properties": {"details": details}})


def test_a_new_group_needs_write_on_its_parent(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    derived = derive([group(row, CORP)], DeriveOptions(client="rest"))

    assert "required" == certainty(derived, WRITE, LZ.text)
    assert "required" == certainty(derived, WRITE, CORP.text)
    for verb in ("write", "delete"):
        assert "conditional" == certainty(derived, f"{ROLES}/{verb}", LZ.text)


def test_a_moved_group_leaves_its_parent(row: Row, derive: Derive, certainty: Certainty) -> None:
    other = management_group("other")
    derived = derive([group(row, CORP)], knowing(other, CORP))

    assert "required" == certainty(derived, WRITE, other.text)
    assert "required" == certainty(derived, f"{ROLES}/write", LZ.text)
    assert "required" == certainty(derived, f"{ROLES}/delete", LZ.text)


def test_a_group_that_stays_needs_no_role_assignments(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    derived = derive([group(row, CORP)], knowing(CORP, CORP))

    assert certainty(derived, f"{ROLES}/write", LZ.text) is None
    assert certainty(derived, f"{ROLES}/delete", LZ.text) is None


@pytest.mark.parametrize(
    ("scope", "answer"), [(Scope("/"), None), (ROOT, None), (CORP, "conditional")]
)
def test_a_group_that_the_whole_tenant_does_not_have_is_new(
    scope: Scope, answer: str | None, row: Row, derive: Derive, certainty: Certainty
) -> None:
    known = (ManagementGroup(id=ROOT), ManagementGroup(id=CORP, parent=ROOT))
    inventory = AccessSnapshot(management_groups=known, scopes=(scope,))
    derived = derive([group(row, CORP)], DeriveOptions(client="rest", inventory=inventory))

    assert answer == certainty(derived, f"{ROLES}/write", LZ.text)


def test_the_root_group_is_left_without_asking(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    derived = derive([group(row, CORP)], knowing(ROOT, CORP))

    assert certainty(derived, WRITE, ROOT.text) is None


def test_a_placed_subscription_is_checked_on_both_sides(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    placed = row(f"{LZ.text}/subscriptions/{SUBSCRIPTION.name}", {})
    derived = derive([placed], knowing(CORP, CORP))

    assert "required" == certainty(derived, WRITE, LZ.text)
    assert "required" == certainty(derived, WRITE, CORP.text)
    for action in (
        "Microsoft.Management/managementGroups/subscriptions/write",
        f"{ROLES}/write",
        f"{ROLES}/delete",
    ):
        assert "required" == certainty(derived, action, SUBSCRIPTION.text)
    assert "possible" == certainty(
        derived, "Microsoft.Management/register/action", SUBSCRIPTION.text
    )
