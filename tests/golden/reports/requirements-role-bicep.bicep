targetScope = 'subscription'

var roleName = 'preflight main.bicep'

resource role 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, roleName)
  properties: {
    roleName: roleName
    description: 'What a rollout of main.bicep needs, derived by preflight'
    type: 'CustomRole'
    permissions: [
      {
        actions: [
          'Microsoft.Authorization/*/read'
          'Microsoft.Authorization/roleAssignments/write'
          'Microsoft.KeyVault/vaults/write'
          'Microsoft.Management/managementGroups/read'
          'Microsoft.Network/virtualNetworks/subnets/join/action'
          'Microsoft.Network/virtualNetworks/virtualNetworkPeerings/write'
          'Microsoft.Resources/deployments/write'
          'Microsoft.Resources/subscriptions/providers/read'
          'Microsoft.Resources/subscriptions/read'
          'Microsoft.Resources/subscriptions/resourceGroups/read'
        ]
        notActions: []
        dataActions: [
        ]
        notDataActions: []
      }
    ]
    assignableScopes: [
      '/subscriptions/5a1e0c62-0000-4000-8000-000000000001/resourceGroups/rg-shop-prod'
      '/subscriptions/b7d2f4a8-0000-4000-8000-000000000002/resourceGroups/rg-hub'
    ]
  }
}
