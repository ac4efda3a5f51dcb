"""One test per row of the linked table: the smallest resource that it speaks about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pytest

from preflight.catalog.files import read_rows
from preflight.catalog.load import PackagedCatalog
from preflight.catalog.rows import linked_rule
from preflight.derive.deriver import DeriveOptions, derive_plan
from preflight.model.catalog import LinkedRule, LinkLimit, LinkTest, RuleCatalog
from preflight.model.plan import Condition, Plan, PlannedResource
from preflight.model.requirement import Certainty, Requirement
from preflight.model.scope import Scope
from preflight.model.source import Place, SourceFile
from preflight.model.template import ChangeKind, DeploymentScope
from preflight.model.value import Value

RULES = tuple(linked_rule(row) for row in read_rows("links"))
HERE = "/subscriptions/5a0e1b7c-0000-4000-8000-000000000001/resourceGroups/rg-app"
THERE = "/subscriptions/5a0e1b7c-0000-4000-8000-000000000002/resourceGroups/rg-hub"
GROUPS = "Microsoft.Resources/subscriptions/resourceGroups"
TEXTS = {
    "<host>": "https://stlogs.blob.core.windows.net/",
    "<value>": "by-name",
}
ELSEWHERE = {
    # What the `at` of these rows must come to, spelled out.
    "<id.parent>": None,
    "<self.parent>": None,
    "<self>": None,
    "<id.group>/providers/Microsoft.OperationsManagement/solutions/ContainerInsights(<id.name>)": (
        f"{THERE}/providers/Microsoft.OperationsManagement/solutions/ContainerInsights(n1)"
    ),
    "<self.parent>/providers/Microsoft.Resources/deployments/<value>": (
        f"{HERE}/providers/Microsoft.Resources/deployments/by-name"
    ),
    "<body:properties.parameters.loadBalancerId.value>/backendAddressPools/<value>": (
        f"{THERE}/providers/Microsoft.Network/loadBalancers/lb/backendAddressPools/by-name"
    ),
    "<self.subscription>/resourceGroups/{resourceGroup}/providers/Microsoft.Storage/"
    "storageAccounts/<host>": (
        "/subscriptions/5a0e1b7c-0000-4000-8000-000000000001/resourceGroups/{resourceGroup}"
        "/providers/Microsoft.Storage/storageAccounts/stlogs"
    ),
}


def resource_id(start: str, resource_type: str) -> str:
    """Return an ID of a type; the types without a `providers` segment have forms of their own."""
    forms = {
        "microsoft.resources/subscriptions": start.rpartition("/resourceGroups/")[0],
        "microsoft.resources/resourcegroups": start,
        "microsoft.management/managementgroups": (
            "/providers/Microsoft.Management/managementGroups/platform"
        ),
    }
    if resource_type.lower() in forms:
        return forms[resource_type.lower()]
    namespace, *names = resource_type.split("/")
    pairs = "/".join(f"{name}/n{index}" for index, name in enumerate(names, start=1))
    return f"{start}/providers/{namespace}/{pairs}"


def type_of_link(rule: LinkedRule) -> str:
    """Return a type that the rule takes; one that no row lists where it is for those."""
    if rule.limit is LinkLimit.UNLISTED_TYPE:
        return "Microsoft.Example/others"
    return "Microsoft.Storage/storageAccounts" if rule.linked_type == "*" else rule.linked_type


def action_of(rule: LinkedRule, linked: str) -> str:
    """Return the folded action of a rule for an ID of that type."""
    name = linked.replace("Microsoft.Resources/resourceGroups", GROUPS)
    return rule.action.replace("<linkedType>", name).lower()


def linked_value(rule: LinkedRule) -> str:
    """Return what a body must hold at the rule's path."""
    if rule.linked_type == "":
        return next(text for token, text in TEXTS.items() if token in rule.at)
    if rule.limit is not None and "Authorization" in rule.linked_type:
        return resource_id("/subscriptions/5a0e1b7c-0000-4000-8000-000000000002", rule.linked_type)
    return resource_id(THERE, type_of_link(rule))


def put(body: dict[str, Value], path: str, value: Value) -> dict[str, Value]:
    """Return the body with a value at a rule's path."""
    step, _, rest = path.partition(".")
    name = step.partition("[")[0].partition("{")[0]
    if step == "{**}":
        return {**body, "actions": {"a": {"actions": {"b": put({}, rest, value)}}}}
    inner: Value
    if step.endswith("[*]"):
        inner = [put({}, rest, value) if rest else value]
    elif step.endswith("{*}"):
        inner = {"key": put({}, rest, value)} if rest else {str(value): {}}
    else:
        known = body.get(name)
        inner = put(known if isinstance(known, dict) else {}, rest, value) if rest else value
    return {**body, name: inner}


def body_of(rule: LinkedRule) -> dict[str, Value]:
    """Return the smallest body that calls for the rule."""
    body = put({}, rule.path, linked_value(rule))
    if "loadBalancerId" in rule.at:
        balancer = f"{THERE}/providers/Microsoft.Network/loadBalancers/lb"
        body = put(body, "properties.parameters.loadBalancerId.value", balancer)
    return with_test(body, rule.test, holds=True)


def with_test(body: dict[str, Value], test: LinkTest | None, *, holds: bool) -> dict[str, Value]:
    """Return the body changed so that the test holds, or does not."""
    if test is None:
        return body
    wanted = holds != test.negated
    if not test.values:
        return put(body, test.path, "there") if wanted else body
    return put(body, test.path, test.values[0].upper() if wanted else "something-else")


def requirements(
    rule: LinkedRule, body: Mapping[str, Value], catalog: RuleCatalog
) -> tuple[Requirement, ...]:
    """Derive from one resource of the rule's type."""
    kind = "Microsoft.Example/things" if rule.resource_type == "*" else rule.resource_type
    row = PlannedResource(
        id=Scope(resource_id(HERE, kind)),
        type=kind,
        name="n1",
        api_version=None,
        change=ChangeKind.WRITE,
        condition=Condition.NONE,
        undecided=False,
        place=Place(source=SourceFile("main.json", "{}"), pointer="/resources/0"),
        body=body,
    )
    plan = Plan(scope=Scope(HERE), kind=DeploymentScope.RESOURCE_GROUP, resources=(row,))
    return derive_plan(plan, catalog, DeriveOptions(client="rest")).requirements


def expected_scope(rule: LinkedRule) -> Scope:
    """Return where the check lands, without the program's own landing rules."""
    linked, itself = Scope(linked_value(rule)), resource_id(HERE, rule.resource_type)
    plain = {
        "": linked,
        "<id.parent>": linked.parent,
        "<self.parent>": Scope(itself).parent,
        "<self>": Scope(itself),
    }
    found = plain.get(rule.at) if rule.at in plain else Scope(ELSEWHERE[rule.at] or "")
    assert found is not None
    return found


def matching(rule: LinkedRule, found: tuple[Requirement, ...]) -> Iterator[Requirement]:
    """Yield the requirements that are this rule's."""
    action = action_of(rule, type_of_link(rule))
    for one in found:
        if one.action.folded == action and one.scope == expected_scope(rule):
            yield one


class WithoutOne(PackagedCatalog):
    """The catalogue with one row taken out."""

    def __init__(self, missing: LinkedRule) -> None:
        super().__init__()
        self.missing = missing

    def linked_rules(self, resource_type: str) -> tuple[LinkedRule, ...]:
        rules = super().linked_rules(resource_type)
        return tuple(rule for rule in rules if rule.id != self.missing.id)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_row_gives_its_action_at_its_scope(rule: LinkedRule, catalog: RuleCatalog) -> None:
    found = list(matching(rule, requirements(rule, body_of(rule), catalog)))

    undecided = rule.limit is LinkLimit.MOVED_GROUP
    certainty = Certainty.CONDITIONAL if undecided else rule.certainty
    assert [certainty] == [one.certainty for one in found]
    assert rule.data_action == found[0].data_action


def others_that_give_it(rule: LinkedRule, rules: Iterable[LinkedRule]) -> list[LinkedRule]:
    """Return the rows by which the same ID needs the same action without this row."""
    at_path = [other for other in rules if other.path == rule.path and other.id != rule.id]
    linked = type_of_link(rule).lower()
    listed = any(f"{linked}/".startswith(f"{one.linked_type.lower()}/") for one in at_path)
    return [
        other
        for other in at_path
        if other.linked_type == "*"
        and action_of(other, type_of_link(rule)) == action_of(rule, type_of_link(rule))
        and not (listed and other.limit is LinkLimit.UNLISTED_TYPE)
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_without_the_row_it_is_not_derived_for_that_reason(
    rule: LinkedRule, catalog: RuleCatalog
) -> None:
    twins = others_that_give_it(rule, catalog.linked_rules(rule.resource_type))
    found = matching(rule, requirements(rule, body_of(rule), WithoutOne(rule)))
    kept = [one for one in found if f"linked by `{rule.path}`" in one.why]

    assert bool(twins) == bool(kept)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_nothing_is_linked_without_the_value(rule: LinkedRule, catalog: RuleCatalog) -> None:
    found = matching(rule, requirements(rule, {"properties": {"other": 1}}, catalog))

    assert [] == [one for one in found if one.why.startswith("linked by")]


@pytest.mark.parametrize("rule", [one for one in RULES if one.test], ids=lambda rule: rule.id)
def test_nothing_is_linked_where_the_test_fails(rule: LinkedRule, catalog: RuleCatalog) -> None:
    body = with_test(body_of(rule), rule.test, holds=False)
    found = matching(rule, requirements(rule, body, catalog))

    assert [] == [one for one in found if one.why.startswith("linked by")]


def test_every_row_has_an_id_of_its_own() -> None:
    assert len(RULES) == len({rule.id for rule in RULES})


def test_every_row_says_where_it_comes_from() -> None:
    assert [] == [rule.id for rule in RULES if not rule.source or len(rule.checked) != 10]
