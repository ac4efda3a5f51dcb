from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import pytest

from preflight.derive.deriver import Derived, DeriveOptions
from preflight.model.access import AccessSnapshot, ProviderRegistration
from preflight.model.plan import PlannedResource
from preflight.model.scope import Scope
from preflight.model.value import Value

Row: TypeAlias = Callable[[str, Mapping[str, Value]], PlannedResource]
Derive: TypeAlias = Callable[[Sequence[PlannedResource], DeriveOptions], Derived]
Certainty: TypeAlias = Callable[[Derived, str, str], str | None]
HERE = "/subscriptions/5a0e1b7c-0000-4000-8000-000000000001"


def knowing(namespace: str, state: str, subscription: str = HERE) -> DeriveOptions:
    row = ProviderRegistration(subscription=Scope(subscription), namespace=namespace, state=state)
    return DeriveOptions(client="rest", inventory=AccessSnapshot(providers=(row,)))


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        ("Registered", None),
        ("NotRegistered", "required"),
        ("Unregistered", "required"),
        ("Registering", "possible"),
    ],
)
def test_registration_follows_the_inventory(
    state: str, answer: str | None, row: Row, derive: Derive, certainty: Certainty
) -> None:
    derived = derive([row("Microsoft.Web/sites/app", {})], knowing("microsoft.web", state))

    assert answer == certainty(derived, "Microsoft.Web/register/action", HERE)


def test_another_subscription_s_registration_says_nothing(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    options = knowing("Microsoft.Web", "Registered", "/subscriptions/other")
    derived = derive([row("Microsoft.Web/sites/app", {})], options)

    assert "possible" == certainty(derived, "Microsoft.Web/register/action", HERE)


def test_without_an_inventory_it_is_possible(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    derived = derive([row("Microsoft.Web/sites/app", {})], DeriveOptions(client="rest"))

    assert "possible" == certainty(derived, "microsoft.web/register/action", HERE)


def test_some_providers_are_registered_everywhere(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    lock = row("Microsoft.Authorization/locks/l", {})
    action = "Microsoft.Authorization/register/action"

    assert certainty(derive([lock], DeriveOptions(client="rest")), action, HERE) is None


def test_nothing_is_registered_outside_subscriptions(row: Row, derive: Derive) -> None:
    policy = row(
        "/providers/Microsoft.Management/managementGroups/m/providers"
        "/Microsoft.PolicyInsights/remediations/r",
        {},
    )
    derived = derive([policy], DeriveOptions(client="rest"))

    assert [] == [one for one in derived.requirements if one.kind.value == "register"]


@pytest.mark.parametrize("options", [DeriveOptions(client="rest"), None])
def test_a_second_provider_is_possible(
    options: DeriveOptions | None, row: Row, derive: Derive, certainty: Certainty
) -> None:
    given = options or knowing("Microsoft.ContainerInstance", "NotRegistered")
    derived = derive([row("Microsoft.Resources/deploymentScripts/s", {})], given)

    assert "possible" == certainty(derived, "Microsoft.ContainerInstance/register/action", HERE)


def test_a_second_provider_that_is_registered_needs_nothing(
    row: Row, derive: Derive, certainty: Certainty
) -> None:
    options = knowing("Microsoft.ContainerInstance", "Registered")
    derived = derive([row("Microsoft.Resources/deploymentScripts/s", {})], options)

    assert certainty(derived, "Microsoft.ContainerInstance/register/action", HERE) is None
