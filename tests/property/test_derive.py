"""Derivation never fails on what an evaluator may hand it, and keeps its promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.catalog.load import load_catalog
from preflight.derive.deriver import Derived, DeriveOptions, derive_plan
from preflight.model.plan import Condition, Plan, PlannedResource
from preflight.model.requirement import Certainty
from preflight.model.scope import Scope
from preflight.model.source import Place, SourceFile
from preflight.model.template import ChangeKind, DeploymentScope
from preflight.model.value import Cause, OpenKey, PartialText, Unknown, Value

CATALOG = load_catalog()
GROUP = "/subscriptions/5a0e1b7c-0000-4000-8000-000000000001/resourceGroups/rg-app"
SOURCE = SourceFile("main.json", "{}")
TYPES = (
    "Microsoft.Network/networkInterfaces",
    "Microsoft.Network/privateEndpoints",
    "Microsoft.Compute/virtualMachines",
    "Microsoft.ContainerService/managedClusters",
    "Microsoft.Logic/workflows",
    "Microsoft.Authorization/roleAssignments",
    "Microsoft.Authorization/roleDefinitions",
    "Microsoft.Management/managementGroups",
    "Microsoft.EventGrid/eventSubscriptions",
    "Microsoft.Resources/deploymentScripts",
    "Microsoft.Example/things",
)
NAMES = (
    *("properties", "identity", "userAssignedIdentities", "subnet", "id", "kind", "plan", "name"),
    *("ipConfigurations", "privateLinkServiceConnections", "privateLinkServiceId", "definition"),
    *("storageProfile", "imageReference", "destination", "resourceId", "endpointType", "actions"),
    *("roleDefinitionId", "principalId", "assignableScopes", "details", "parent", "parameters"),
)
TEXTS = (
    *("", "/", "//", "/x", "Hub", "{", "{x}", "/{x}", "/providers/{x}/y/z", "/subscriptions/s"),
    "https://st.blob.core.windows.net/",
    f"{GROUP}/providers/Microsoft.Network/virtualNetworks/v/subnets/s",
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/a/slots/b",
    "/providers/Microsoft.Management/managementGroups/m",
)
unknowns = st.builds(Unknown, label=st.sampled_from(["a", "b.c"]), cause=st.sampled_from(Cause))
partial = st.builds(
    lambda head, unknown, tail: PartialText((head, unknown, tail)),
    st.sampled_from([text for text in TEXTS if text]),
    unknowns,
    st.sampled_from(["/subnets/s", "/providers/Microsoft.Web/sites/a", "x"]),
)
keys = st.sampled_from(NAMES) | st.sampled_from(TEXTS) | st.builds(OpenKey, unknowns | partial)
leaves: st.SearchStrategy[Value] = (
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(TEXTS) | unknowns | partial
)
values: st.SearchStrategy[Value] = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)
bodies: st.SearchStrategy[Mapping[str, Value]] = st.dictionaries(keys, values, max_size=4)


@st.composite
def rows(draw: st.DrawFn) -> PlannedResource:
    kind = draw(st.sampled_from(TYPES))
    name = draw(st.sampled_from(["one", "two", "{n}"]))
    condition = draw(st.sampled_from(Condition))
    return PlannedResource(
        id=Scope(f"{GROUP}/providers/{kind}/{name}"),
        type=kind,
        name=name,
        api_version=None,
        change=draw(st.sampled_from(ChangeKind)),
        condition=condition,
        undecided=condition is Condition.UNKNOWN,
        place=Place(source=SOURCE, pointer=f"/resources/{draw(st.integers(0, 3))}"),
        body=draw(bodies),
        read_state=draw(st.booleans()),
    )


def derive(found: list[PlannedResource]) -> Derived:
    plan = Plan(scope=Scope(GROUP), kind=DeploymentScope.RESOURCE_GROUP, resources=tuple(found))
    return derive_plan(plan, CATALOG, DeriveOptions(client="rest"))


@given(st.lists(rows(), max_size=4))
def test_requirements_are_sorted_unique_and_explained(found: list[PlannedResource]) -> None:
    derived = derive(found)
    keyed = [one.key for one in derived.requirements]

    assert sorted(keyed) == keyed
    assert len(set(keyed)) == len(keyed)
    assert all(one.origins and one.why for one in derived.requirements)
    assert not [one for one in derived.requirements if one.action.has_wildcard]


@given(st.lists(rows(), max_size=3), rows())
def test_another_resource_takes_no_requirement_away(
    found: list[PlannedResource], more: PlannedResource
) -> None:
    alone = {one.key for one in derive(found).requirements}
    together = {one.key for one in derive([*found, more]).requirements}

    assert alone <= together


@given(rows())
def test_what_is_undecided_is_never_required(row: PlannedResource) -> None:
    derived = derive([replace(row, condition=Condition.UNKNOWN, undecided=True)])

    assert [] == [one for one in derived.requirements if one.certainty is Certainty.REQUIRED]


@given(rows())
@settings(max_examples=50)
def test_case_of_a_type_never_matters(row: PlannedResource) -> None:
    loud = replace(row, id=Scope(row.id.text.upper()), type=row.type.upper())
    folded = [(key[1], key[2]) for key in (one.key for one in derive([row]).requirements)]

    assert sorted(folded) == sorted(
        (key[1], key[2]) for key in (one.key for one in derive([loud]).requirements)
    )
