"""Actions that open more than themselves, by name.

Source: Azure RBAC "Best practices" (privileged administrator roles), "Understand deny
assignments", "Lock your resources", Azure Policy "Azure RBAC permissions in Azure Policy", Key
Vault "Azure RBAC guide"; names from the provider operations. Checked 2026-11.
"""

from __future__ import annotations

ESCALATING: tuple[str, ...] = (
    "Microsoft.Authorization/roleAssignments/write",
    "Microsoft.Authorization/roleDefinitions/write",
    "Microsoft.Authorization/elevateAccess/Action",
    "Microsoft.Authorization/roleAssignmentScheduleRequests/write",
    "Microsoft.Authorization/roleEligibilityScheduleRequests/write",
    "Microsoft.Authorization/roleManagementPolicies/write",
    "Microsoft.Authorization/denyAssignments/delete",
)
"""Whoever holds one of these can give himself any other action."""

PRIVILEGED: tuple[str, ...] = (
    *ESCALATING,
    "Microsoft.Authorization/roleAssignments/delete",
    "Microsoft.Authorization/denyAssignments/write",
    "Microsoft.Resources/deploymentStacks/manageDenySetting/action",
    "Microsoft.Authorization/locks/write",
    "Microsoft.Authorization/locks/delete",
    "Microsoft.Authorization/policyAssignments/write",
    "Microsoft.Authorization/policyAssignments/delete",
    "Microsoft.Authorization/policyDefinitions/write",
    "Microsoft.Authorization/policyExemptions/write",
    "Microsoft.KeyVault/vaults/accessPolicies/write",
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write",
    "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
    "Microsoft.Compute/virtualMachines/runCommand/action",
)
"""Control-plane actions that a price names when a proposal opens them."""

PRIVILEGED_DATA: tuple[str, ...] = (
    "Microsoft.KeyVault/vaults/secrets/getSecret/action",
    "Microsoft.KeyVault/vaults/secrets/setSecret/action",
    "Microsoft.KeyVault/vaults/keys/sign/action",
)
"""Data actions that a price names."""

MAX_KEY_READERS = 10
"""Actions that hand out keys or secrets which one price names; a broad role has hundreds."""

_KEY_WORDS = ("key", "secret", "credential", "connectionstring", "password", "token", "sas")


def hands_out_keys(action: str) -> bool:
    """Whether an action (in lower case) answers with keys or secrets: `…/listKeys/action`."""
    if not action.endswith("/action"):
        return False
    step = action.removesuffix("/action").rpartition("/")[2]
    return step.startswith("list") and any(word in step for word in _KEY_WORDS)
