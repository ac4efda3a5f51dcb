resource "azurerm_role_definition" "preflight" {
  name        = "preflight main.bicep"
  scope       = "/subscriptions/5a1e0c62-0000-4000-8000-000000000001/resourceGroups/rg-shop-prod"
  description = "What a rollout of main.bicep needs, derived by preflight"

  permissions {
    actions = [
      "Microsoft.Authorization/*/read",
      "Microsoft.Authorization/roleAssignments/write",
      "Microsoft.KeyVault/vaults/write",
      "Microsoft.Management/managementGroups/read",
      "Microsoft.Network/virtualNetworks/subnets/join/action",
      "Microsoft.Network/virtualNetworks/virtualNetworkPeerings/write",
      "Microsoft.Resources/deployments/write",
      "Microsoft.Resources/subscriptions/providers/read",
      "Microsoft.Resources/subscriptions/read",
      "Microsoft.Resources/subscriptions/resourceGroups/read",
    ]
    not_actions = []
    data_actions = [
    ]
    not_data_actions = []
  }

  assignable_scopes = [
    "/subscriptions/5a1e0c62-0000-4000-8000-000000000001/resourceGroups/rg-shop-prod",
    "/subscriptions/b7d2f4a8-0000-4000-8000-000000000002/resourceGroups/rg-hub",
  ]
}
