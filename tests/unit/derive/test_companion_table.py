"""One test per row of the companions table: the smallest resource that it speaks about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import pytest

from preflight.catalog.files import read_rows
from preflight.catalog.load import PackagedCatalog
from preflight.catalog.rows import companion_rule
from preflight.derive.deriver import Derived, DeriveOptions, derive_plan
from preflight.model.catalog import CompanionRule
from preflight.model.plan import Plan, PlannedResource
from preflight.model.scope import Scope
from preflight.model.template import DeploymentScope
from preflight.model.value import Value

Row: TypeAlias = Callable[[str, Mapping[str, Value]], PlannedResource]
RULES = tuple(companion_rule(row) for row in read_rows("companions"))
GROUP = "/subscriptions/5a0e1b7c-0000-4000-8000-000000000001/resourceGroups/rg-app"
NEGATIVE = [rule for rule in RULES if rule.test]


class WithoutOne(PackagedCatalog):
    """The catalogue with one companion row taken out."""

    def __init__(self, missing: CompanionRule | None) -> None:
        super().__init__()
        self.missing = missing

    def companions(self, resource_type: str) -> tuple[CompanionRule, ...]:
        return tuple(rule for rule in super().companions(resource_type) if rule != self.missing)


def scope_of(rule: CompanionRule) -> str:
    """Return an ID of the rule's type, or of one of its namespace."""
    kind = rule.resource_type.replace("*", "things") if rule.resource_type != "*" else "A.B/c"
    if kind == "Microsoft.Management/managementGroups/subscriptions":
        return "/providers/Microsoft.Management/managementGroups/corp/subscriptions/s"
    namespace, *names = kind.split("/")
    pairs = "/".join(f"{name}/n{number}" for number, name in enumerate(names, start=1))
    return f"{GROUP}/providers/{namespace}/{pairs}"


def body_of(rule: CompanionRule, *, holds: bool) -> dict[str, Value]:
    """Return the smallest body for which the rule's test holds, or does not."""
    if rule.test is None or holds == rule.test.negated:
        return {}
    value: Value = rule.test.values[0] if rule.test.values else "there"
    for name in reversed(rule.test.path.split(".")):
        value = {name: value}
    assert isinstance(value, dict)
    return value


def derive(resource: PlannedResource, missing: CompanionRule | None = None) -> Derived:
    plan = Plan(scope=Scope(GROUP), kind=DeploymentScope.RESOURCE_GROUP, resources=(resource,))
    return derive_plan(plan, WithoutOne(missing), DeriveOptions(client="rest"))


def given(rule: CompanionRule, derived: Derived) -> list[str]:
    """Return how sure the rule's action is, wherever it lands."""
    asked = f"asked while a `{derived.resources[0].type}` is written".lower()
    return [
        one.certainty.value
        for one in derived.requirements
        if one.action.folded == rule.action.lower() and one.why.lower() == asked
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_row_gives_its_action_and_nothing_else_does(rule: CompanionRule, row: Row) -> None:
    resource = row(scope_of(rule), body_of(rule, holds=True))

    assert [rule.certainty.value] == given(rule, derive(resource))
    assert [] == given(rule, derive(resource, missing=rule))


@pytest.mark.parametrize("rule", NEGATIVE, ids=lambda rule: rule.id)
def test_a_row_whose_test_fails_gives_nothing(rule: CompanionRule, row: Row) -> None:
    resource = row(scope_of(rule), body_of(rule, holds=False))

    assert given(rule, derive(resource)) == given(rule, derive(resource, missing=rule))
