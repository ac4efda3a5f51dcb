"""What is said beside requirements, and how requirements merge."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from preflight.derive.deriver import Derived, DeriveOptions, derive_plan
from preflight.model.catalog import RuleCatalog
from preflight.model.plan import Plan, PlannedResource
from preflight.model.requirement import Requirement
from preflight.model.scope import Scope
from preflight.model.source import Place, SourceFile
from preflight.model.template import DeploymentScope, NotChecked, Note
from preflight.model.value import Value

Row: TypeAlias = Callable[[str, Mapping[str, Value]], PlannedResource]
Derive: TypeAlias = Callable[[Sequence[PlannedResource], DeriveOptions], Derived]
Find: TypeAlias = Callable[[Derived, str, str], Requirement | None]
REST = DeriveOptions(client="rest")
SUBNET = "/subscriptions/o/resourceGroups/h/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
JOIN = "Microsoft.Network/virtualNetworks/subnets/join/action"


def endpoint(row: Row, name: str) -> PlannedResource:
    body: Mapping[str, Value] = {"properties": {"subnet": {"id": SUBNET}}}
    return row(f"Microsoft.Network/privateEndpoints/{name}", body)


def test_one_requirement_caused_in_five_places_has_five_origins(
    row: Row, derive: Derive, find: Find
) -> None:
    derived = derive([endpoint(row, f"pe{number}") for number in range(5)], REST)
    found = find(derived, JOIN, SUBNET)

    assert found is not None
    assert [f"/resources/pe{number}/properties/subnet/id" for number in range(5)] == [
        origin.place.pointer for origin in found.origins
    ]


def test_the_same_place_is_one_origin(row: Row, derive: Derive, find: Find) -> None:
    made = endpoint(row, "pe")
    found = find(derive([made, replace(made, loop_index=1)], REST), JOIN, SUBNET)

    assert found is not None
    assert 1 == len(found.origins)


def test_the_strongest_certainty_gives_kind_why_and_resource(
    row: Row, derive: Derive, find: Find
) -> None:
    perhaps = replace(endpoint(row, "perhaps"), undecided=True)
    sure = row("Microsoft.Network/networkInterfaces/nic", {})
    configuration: Value = {"properties": {"subnet": {"id": SUBNET.upper()}}}
    sure = replace(sure, body={"properties": {"ipConfigurations": [configuration]}})
    found = find(derive([perhaps, sure], REST), JOIN, SUBNET)

    assert found is not None
    assert ("required", sure.id) == (found.certainty.value, found.resource)
    assert "networkInterfaces" in found.why


def test_requirements_are_sorted_without_regard_to_case(row: Row, derive: Derive) -> None:
    derived = derive(
        [row("microsoft.web/Sites/b", {}), row("Microsoft.Web/sites/A", {}), endpoint(row, "pe")],
        REST,
    )
    keys = [(one.scope.folded, one.action.folded) for one in derived.requirements]

    assert sorted(keys) == keys
    assert len(set(keys)) == len(keys)


def test_each_run_says_how_far_the_linked_rules_reach(row: Row, derive: Derive) -> None:
    rows = [endpoint(row, "a"), endpoint(row, "b"), row("Microsoft.Example/things/t", {})]
    notes = {note.code: note.message for note in derive(rows, REST).notes}

    assert "linked rules are known for 1 of 2 resource types" == notes["linked-coverage"]
    assert notes["unknown-action"].startswith("unknown to the catalogue of 2026-08-01: ")
    assert "`Microsoft.Example/things/write`" in notes["unknown-action"]


def test_what_rbac_cannot_tell_is_listed_once(row: Row, derive: Derive) -> None:
    scripts = [row(f"Microsoft.Resources/deploymentScripts/{name}", {}) for name in "ab"]
    what = [
        one.what for one in derive([*scripts, row("Microsoft.Web/sites/s", {})], REST).not_checked
    ]

    assert 1 == what.count("what the deployment script does")
    assert 1 == what.count("Azure Policy effects")


def test_what_the_plan_says_comes_first(root: PlannedResource, catalog: RuleCatalog) -> None:
    plan = Plan(
        scope=Scope("/subscriptions/s"),
        kind=DeploymentScope.SUBSCRIPTION,
        resources=(root,),
        notes=(Note(code="parameter-missing", message="x"),),
        not_checked=(NotChecked(what="Microsoft Graph", why="x"),),
    )
    derived = derive_plan(plan, catalog, REST)

    assert "parameter-missing" == derived.notes[0].code
    assert "Microsoft Graph" == derived.not_checked[0].what
    assert (root,) == derived.resources


def test_a_what_if_row_without_a_body_hides_its_links(row: Row, catalog: RuleCatalog) -> None:
    bare = replace(endpoint(row, "bare"), body={}, api_version=None, no_body=True)
    plain = replace(row("Microsoft.Example/things/t", {}), api_version=None, no_body=True)
    plan = Plan(
        scope=Scope("/subscriptions/s"),
        kind=DeploymentScope.SUBSCRIPTION,
        resources=(bare, plain, endpoint(row, "pe")),
        literal=True,
    )
    gaps = derive_plan(plan, catalog, REST).gaps

    assert [("no-body", bare.id.text)] == [(gap.kind.value, gap.target) for gap in gaps]
    declared = replace(plan, resources=(replace(bare, no_body=False),))
    assert () == derive_plan(declared, catalog, REST).gaps


def test_the_same_plan_gives_the_same_answer(row: Row, derive: Derive) -> None:
    place = Place(source=SourceFile("a.json", "{}"))
    rows = [replace(endpoint(row, name), place=place) for name in "cab"]

    assert derive(rows, REST) == derive(rows, REST)
