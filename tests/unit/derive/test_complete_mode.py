from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import pytest

from preflight.derive.deriver import Derived, DeriveOptions, derive_plan
from preflight.model.access import AccessList, AccessSnapshot, Coverage, Reach
from preflight.model.catalog import RuleCatalog
from preflight.model.plan import Condition, Plan, PlannedResource
from preflight.model.scope import Scope
from preflight.model.template import ChangeKind, DeploymentScope
from preflight.model.value import Value

Row: TypeAlias = Callable[[str, Mapping[str, Value]], PlannedResource]
Derive: TypeAlias = Callable[[Sequence[PlannedResource], DeriveOptions], Derived]
Certainty: TypeAlias = Callable[[Derived, str, str], str | None]
GROUP = "/subscriptions/5a0e1b7c-0000-4000-8000-000000000001/resourceGroups/rg-app"
SITE, PLAN = "Microsoft.Web/sites/app", "Microsoft.Web/serverfarms/plan"
DELETE_PLAN = "Microsoft.Web/serverfarms/delete"


def complete(*resources: str, scopes: tuple[str, ...] = (GROUP,)) -> DeriveOptions:
    """Complete mode with an inventory of these resources (those without `/` in the group)."""
    ids = (one if one.startswith("/") else f"{GROUP}/providers/{one}" for one in resources)
    inventory = AccessSnapshot(
        scopes=tuple(Scope(scope) for scope in scopes), resources=tuple(Scope(one) for one in ids)
    )
    return DeriveOptions(client="rest", mode="Complete", inventory=inventory)


def test_what_the_template_lacks_is_deleted(
    row: Row, root: PlannedResource, derive: Derive, certainty: Certainty
) -> None:
    derived = derive([root, row(SITE, {})], complete(SITE, PLAN.upper()))

    assert "required" == certainty(derived, DELETE_PLAN, PLAN)
    assert certainty(derived, "Microsoft.Web/sites/delete", SITE) is None
    assert () == derived.gaps


def test_incremental_mode_deletes_nothing(
    root: PlannedResource, derive: Derive, certainty: Certainty
) -> None:
    options = replace(complete(PLAN), mode="incremental")

    assert certainty(derive([root], options), DELETE_PLAN, PLAN) is None


def test_a_what_if_result_lists_its_own_deletes(
    root: PlannedResource, catalog: RuleCatalog, certainty: Certainty
) -> None:
    plan = Plan(
        scope=Scope(GROUP),
        kind=DeploymentScope.RESOURCE_GROUP,
        resources=(root,),
        literal=True,
    )
    derived = derive_plan(plan, catalog, complete(PLAN))

    assert certainty(derived, DELETE_PLAN, PLAN) is None
    assert () == derived.gaps


def test_a_result_made_for_incremental_mode_leaves_the_deletes_open(
    row: Row, root: PlannedResource, catalog: RuleCatalog, certainty: Certainty
) -> None:
    left = (PLAN, SITE, f"{PLAN}/x/y", "Microsoft.Resources/deployments/old")
    plan = Plan(
        scope=Scope(GROUP),
        kind=DeploymentScope.RESOURCE_GROUP,
        resources=(root, row(SITE, {})),
        literal=True,
        left_alone=tuple(Scope(f"{GROUP}/providers/{one}") for one in left),
    )
    deleted = replace(row("Microsoft.Web/serverfarms/gone", {}), change=ChangeKind.DELETE)
    made_for_it = replace(plan, resources=(*plan.resources, deleted))
    derived = derive_plan(plan, catalog, complete())

    assert "conditional" == certainty(derived, DELETE_PLAN, PLAN)
    assert [PLAN] == [
        one.scope.text.removeprefix(f"{GROUP}/providers/")
        for one in derived.requirements
        if one.kind.value == "delete"
    ]
    incremental = replace(complete(), mode="incremental")
    assert certainty(derive_plan(plan, catalog, incremental), DELETE_PLAN, PLAN) is None
    assert certainty(derive_plan(made_for_it, catalog, complete()), DELETE_PLAN, PLAN) is None


@pytest.mark.parametrize(
    "options",
    [
        DeriveOptions(client="rest", mode="complete"),
        DeriveOptions(client="rest", mode="complete", inventory=AccessSnapshot()),
        complete(PLAN, scopes=("/subscriptions/other",)),
    ],
)
def test_without_an_inventory_of_the_group_there_is_a_gap(
    options: DeriveOptions, root: PlannedResource, derive: Derive
) -> None:
    derived = derive([root], options)

    assert [("inventory", GROUP)] == [(gap.kind.value, gap.target) for gap in derived.gaps]
    assert [] == [one for one in derived.requirements if one.kind.value == "delete"]


def test_coverage_says_how_far_the_inventory_reaches(root: PlannedResource, derive: Derive) -> None:
    options = complete(PLAN)
    assert options.inventory is not None
    proven = Coverage(list=AccessList.RESOURCES, scope=Scope(GROUP), reach=Reach.AT_ABOVE_BELOW)
    for entry, gaps in ((proven, 0), (replace(proven, read_proven=False), 1)):
        inventory = replace(options.inventory, coverage=(entry,))

        assert gaps == len(derive([root], replace(options, inventory=inventory)).gaps)


def test_what_is_switched_off_is_deleted(
    row: Row, root: PlannedResource, derive: Derive, certainty: Certainty
) -> None:
    off = replace(row(PLAN, {}), condition=Condition.FALSE)
    perhaps = replace(row(SITE, {}), condition=Condition.UNKNOWN, undecided=True)
    derived = derive([root, off, perhaps], complete(SITE, PLAN))

    assert "required" == certainty(derived, DELETE_PLAN, PLAN)
    assert "conditional" == certainty(derived, "Microsoft.Web/sites/delete", SITE)


def test_what_is_switched_off_goes_if_it_is_there(
    row: Row, root: PlannedResource, derive: Derive, certainty: Certainty
) -> None:
    off = replace(row(PLAN, {}), condition=Condition.FALSE)
    derived = derive([root, off], DeriveOptions(client="rest", mode="complete"))

    assert "conditional" == certainty(derived, DELETE_PLAN, PLAN)


def test_a_name_that_is_not_known_may_be_the_one_that_is_there(
    row: Row, root: PlannedResource, derive: Derive, certainty: Certainty
) -> None:
    named = row("Microsoft.Web/serverfarms/plan-{suffix}", {})
    derived = derive([root, named], complete("Microsoft.Web/serverfarms/plan-7", PLAN))

    may_stay = "Microsoft.Web/serverfarms/plan-7"
    assert "conditional" == certainty(derived, DELETE_PLAN, may_stay)
    assert "required" == certainty(derived, DELETE_PLAN, PLAN)


def test_children_of_what_is_deleted_need_nothing_of_their_own(
    root: PlannedResource, derive: Derive
) -> None:
    derived = derive([root], complete(f"{SITE}/slots/blue", SITE, f"{SITE}-2/slots/blue"))

    assert ["app", "blue"] == sorted(
        one.scope.name for one in derived.requirements if one.kind.value == "delete"
    )


def test_other_groups_and_deployment_records_are_left_alone(
    root: PlannedResource, derive: Derive
) -> None:
    derived = derive(
        [root],
        complete("Microsoft.Resources/deployments/old", f"{GROUP}-2/providers/{PLAN}"),
    )

    assert [] == [one for one in derived.requirements if one.kind.value == "delete"]
