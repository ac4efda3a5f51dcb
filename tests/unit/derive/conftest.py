"""Factories for plans: rows with defaults, and what is derived from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest

from preflight.catalog.load import load_catalog
from preflight.derive.deriver import Derived, DeriveOptions, derive_plan
from preflight.model.catalog import RuleCatalog
from preflight.model.plan import Condition, DeploymentFacts, Plan, PlannedResource
from preflight.model.requirement import Requirement
from preflight.model.scope import Scope
from preflight.model.source import Place, SourceFile
from preflight.model.template import ChangeKind, DeploymentScope
from preflight.model.value import Value

GROUP = "/subscriptions/5a0e1b7c-0000-4000-8000-000000000001/resourceGroups/rg-app"
SOURCE = SourceFile("main.json", "{}")


def _full(scope: str) -> Scope:
    """`Microsoft.Web/sites/x` is in the group; what starts with `/` or `{` is as given."""
    return Scope(scope if scope.startswith(("/", "{")) else f"{GROUP}/providers/{scope}")


def _row(scope: str, body: Mapping[str, Value]) -> PlannedResource:
    found = _full(scope)
    return PlannedResource(
        id=found,
        type=found.resource_type or "Microsoft.Example/unknown",
        name=found.name,
        api_version="2024-01-01",
        change=ChangeKind.WRITE,
        condition=Condition.NONE,
        undecided=False,
        place=Place(source=SOURCE, pointer=f"/resources/{found.name}"),
        body=body,
    )


@pytest.fixture(scope="session")
def catalog() -> RuleCatalog:
    """The packaged catalogue."""
    return load_catalog()


@pytest.fixture
def row() -> Callable[[str, Mapping[str, Value]], PlannedResource]:
    """Make a written row: `row(ID, body)`; anything else with `dataclasses.replace`."""
    return _row


@pytest.fixture
def root() -> PlannedResource:
    """The root deployment of the group."""
    facts = DeploymentFacts(root=True, target=Scope(GROUP), kind=DeploymentScope.RESOURCE_GROUP)
    made = _row("Microsoft.Resources/deployments/main", {})
    return replace(made, deployment=facts, place=Place(source=SOURCE))


@pytest.fixture
def derive(
    catalog: RuleCatalog,
) -> Callable[[Sequence[PlannedResource], DeriveOptions], Derived]:
    """Derive from rows of a deployment to the group: `derive(rows, options)`."""

    def run(rows: Sequence[PlannedResource], options: DeriveOptions) -> Derived:
        plan = Plan(scope=Scope(GROUP), kind=DeploymentScope.RESOURCE_GROUP, resources=tuple(rows))
        return derive_plan(plan, catalog, options)

    return run


@pytest.fixture
def find() -> Callable[[Derived, str, str], Requirement | None]:
    """Look a requirement up by action and scope; None where there is none."""

    def look(derived: Derived, action: str, scope: str) -> Requirement | None:
        for one in derived.requirements:
            if one.action.folded == action.lower() and one.scope == _full(scope):
                return one
        return None

    return look


@pytest.fixture
def certainty(
    find: Callable[[Derived, str, str], Requirement | None],
) -> Callable[[Derived, str, str], str | None]:
    """Look a requirement's certainty up by action and scope."""

    def look(derived: Derived, action: str, scope: str) -> str | None:
        found = find(derived, action, scope)
        return found.certainty.value if found else None

    return look
