from __future__ import annotations

import pytest

from preflight.model.action import Action, ActionPattern

ASSIGN = "Microsoft.ManagedIdentity/userAssignedIdentities/{}assign/action"


@pytest.mark.parametrize(
    ("pattern", "action", "matches"),
    [
        ("*", "Microsoft.Web/sites/write", True),
        ("*/read", "Microsoft.Network/virtualNetworks/subnets/read", True),
        ("*/read", "Microsoft.Storage/storageAccounts/listKeys/action", False),
        ("Microsoft.Network/*", "Microsoft.Network/virtualNetworks/subnets/join/action", True),
        ("Microsoft.Compute/*", "Microsoft.ComputeSchedule/locations/read", False),
        ("Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/vaults/read", True),
        ("Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/vaultsread", False),
        (ASSIGN.format("*/"), ASSIGN.format(""), True),
        ("microsoft.authorization/*/delete", "Microsoft.Authorization/locks/Delete", True),
        (
            "Microsoft.Storage/storageAccounts/read",
            "Microsoft.Storage/storageAccounts/x/read",
            False,
        ),
        ("Microsoft.Network/virtualNetworks/read ", "Microsoft.Network/virtualNetworks/read", True),
        ("Microsoft.Insights/alertRules/", "Microsoft.Insights/alertRules", False),
        ("Microsoft.Res*/read", "Microsoft.Resources/subscriptions/read", True),
        ("a*a", "a", False),
        ("Microsoft.*/x/*", "Microsoft.A/x/read", True),
    ],
)
def test_matches(pattern: str, action: str, matches: bool) -> None:
    assert ActionPattern(pattern).matches(Action(action)) is matches


def test_more_than_one_wildcard_is_not_supported() -> None:
    assert not ActionPattern("*/x/*").supported
    assert ActionPattern("*/x").supported


def test_actions_compare_without_case_and_keep_their_spelling() -> None:
    action = Action(" Microsoft.Web/sites/config/list/Action ")

    assert action == Action("microsoft.web/sites/config/list/action")
    assert (action.text, action.verb, action.namespace) == (
        "Microsoft.Web/sites/config/list/Action",
        "action",
        "Microsoft.Web",
    )
