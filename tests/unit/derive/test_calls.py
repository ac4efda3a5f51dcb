from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import pytest

from preflight.derive.deriver import Derived, DeriveOptions, derive_plan
from preflight.model.catalog import RuleCatalog
from preflight.model.plan import Condition, Plan, PlannedResource, RuntimeCall
from preflight.model.requirement import Requirement
from preflight.model.scope import Scope
from preflight.model.source import Place, SourceFile
from preflight.model.template import DeploymentScope, GapKind
from preflight.model.value import Value

Row: TypeAlias = Callable[[str, Mapping[str, Value]], PlannedResource]
Derive: TypeAlias = Callable[[Sequence[PlannedResource], DeriveOptions], Derived]
Certainty: TypeAlias = Callable[[Derived, str, str], str | None]
Find: TypeAlias = Callable[[Derived, str, str], Requirement | None]
REST = DeriveOptions(client="rest")
HUB = "/subscriptions/s/resourceGroups/hub/providers"
ACCOUNT = f"{HUB}/Microsoft.Storage/storageAccounts/st"
SITE = "Microsoft.Web/sites/app"
PLACE = Place(source=SourceFile("main.json", "{}"), pointer="/outputs/key")


def call(function: str, target: str | None) -> RuntimeCall:
    return RuntimeCall(
        function=function,
        target=Scope(target) if target else None,
        place=PLACE,
        expression=f"[{function}('…')]",
    )


@pytest.mark.parametrize(
    ("function", "target", "action"),
    [
        (
            "listKeys",
            "Microsoft.Storage/storageAccounts/st",
            "Microsoft.Storage/storageAccounts/listkeys/action",
        ),
        (
            "list",
            "Microsoft.Web/sites/app/config/appsettings",
            "Microsoft.Web/sites/config/list/Action",
        ),
        (
            "listkeys",
            "Microsoft.Web/sites/app/host/default",
            "Microsoft.Web/sites/host/listkeys/action",
        ),
        (
            "listKeys",
            "Microsoft.EventHub/namespaces/ns/eventhubs/e/authorizationRules/r",
            "Microsoft.EventHub/namespaces/eventhubs/authorizationRules/listkeys/action",
        ),
        (
            "listKeys",
            "Microsoft.OperationalInsights/workspaces/log",
            "Microsoft.OperationalInsights/workspaces/listKeys/action",
        ),
        (
            "listCallbackUrl",
            "Microsoft.Logic/workflows/w/triggers/manual",
            "Microsoft.Logic/workflows/triggers/listCallbackUrl/action",
        ),
        (
            "listConnectionKeys",
            "Microsoft.Web/connections/c",
            "Microsoft.Web/connections/listConnectionKeys/action",
        ),
        (
            "listAdminKeys",
            "Microsoft.Search/searchServices/s",
            "Microsoft.Search/searchServices/listAdminKeys/action",
        ),
        (
            "listNewThings",
            "Microsoft.Example/things/t",
            "Microsoft.Example/things/listNewThings/action",
        ),
    ],
)
def test_a_list_call_is_the_action_of_its_name(
    function: str, target: str, action: str, row: Row, derive: Derive, find: Find
) -> None:
    scope = f"{HUB}/{target}"
    derived = derive([replace(row(SITE, {}), calls=(call(function, scope),))], REST)
    found = find(derived, action, scope)

    assert found is not None
    assert (action, "required", "list") == (
        found.action.text,
        found.certainty.value,
        found.kind.value,
    )
    assert [PLACE] == [origin.place for origin in found.origins]


def test_a_list_call_counts_where_the_resource_it_names_is_switched_off(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    off = replace(row(ACCOUNT, {}), condition=Condition.FALSE)
    caller = replace(row(SITE, {}), calls=(call("listKeys", ACCOUNT),))

    derived = derive([off, caller], REST)

    assert "required" == certainty(
        derived, "Microsoft.Storage/storageAccounts/listkeys/action", ACCOUNT
    )


def test_calls_of_a_resource_that_is_switched_off_do_not_count(row: Row, derive: Derive) -> None:
    off = replace(row(SITE, {}), condition=Condition.FALSE, calls=(call("listKeys", ACCOUNT),))

    assert () == derive([off], REST).requirements


def test_a_reference_to_something_else_is_a_required_read(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    caller = replace(row(SITE, {}), calls=(call("reference", ACCOUNT),))

    assert "required" == certainty(
        derive([caller], REST), "Microsoft.Storage/storageAccounts/read", ACCOUNT
    )


def test_a_reference_to_something_written_here_is_a_possible_read(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    caller = replace(row(SITE, {}), calls=(call("reference", ACCOUNT.upper()),))

    derived = derive([caller, row(ACCOUNT, {})], REST)

    assert "possible" == certainty(derived, "Microsoft.Storage/storageAccounts/read", ACCOUNT)


def test_a_call_behind_an_open_branch_is_conditional(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    perhaps = replace(call("reference", ACCOUNT), undecided=True)
    derived = derive([replace(row(SITE, {}), calls=(perhaps,))], REST)

    assert "conditional" == certainty(derived, "Microsoft.Storage/storageAccounts/read", ACCOUNT)


def test_a_read_of_an_unknown_resource_of_the_template_is_not_checked(
    row: Row, derive: Derive
) -> None:
    derived = derive([replace(row(SITE, {}), calls=(call("reference", None),))], REST)

    assert any(one.what.startswith("1 `reference()`") for one in derived.not_checked)
    assert not derived.gaps


@pytest.mark.parametrize(
    ("unknown", "target"),
    [
        (call("listKeys", "{accountId}"), "listKeys({accountId})"),
        (call("listKeys", None), "listKeys()"),
        (replace(call("reference", "{id}"), api_version="2024-01-01"), "reference({id})"),
    ],
)
def test_a_call_that_needs_an_action_on_an_unknown_resource_is_a_gap(
    row: Row, derive: Derive, unknown: RuntimeCall, target: str
) -> None:
    derived = derive([replace(row(SITE, {}), calls=(unknown, unknown))], REST)

    assert [(gap.kind, gap.target) for gap in derived.gaps] == [
        (GapKind.UNRESOLVED_RESOURCE, target)
    ]
    assert not any("calls" in one.what for one in derived.not_checked)


def test_calls_in_outputs_count(
    root: PlannedResource, catalog: RuleCatalog, certainty: Certainty
) -> None:
    plan = Plan(
        scope=Scope("/subscriptions/s/resourceGroups/hub"),
        kind=DeploymentScope.RESOURCE_GROUP,
        resources=(root,),
        calls=(call("listKeys", ACCOUNT),),
    )
    derived = derive_plan(plan, catalog, REST)

    assert "required" == certainty(
        derived, "Microsoft.Storage/storageAccounts/listkeys/action", ACCOUNT
    )
