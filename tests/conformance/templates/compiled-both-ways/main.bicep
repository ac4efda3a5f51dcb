param hubSubscription string
param hubGroup string = 'rg-hub'
param sites array
param withLock bool = true
param location string = resourceGroup().location

resource network 'Microsoft.Network/virtualNetworks@2023-11-01' existing = {
  name: 'vnet-hub'
  scope: resourceGroup(hubSubscription, hubGroup)
  resource web 'subnets' existing = {
    name: 'snet-web'
  }
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2022-10-01' existing = {
  name: 'log-hub'
  scope: resourceGroup(hubSubscription, hubGroup)
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: 'id-app'
}

resource plan 'Microsoft.Web/serverfarms@2023-01-01' = {
  name: 'plan-app'
  location: location
  sku: { name: 'S1' }
}

resource site 'Microsoft.Web/sites@2023-01-01' = [for name in sites: {
  name: 'web-${name}'
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    virtualNetworkSubnetId: network::web.id
    siteConfig: {
      appSettings: [
        { name: 'IDENTITY', value: identity.properties.clientId }
        { name: 'STORAGE', value: storage.listKeys().keys[0].value }
      ]
    }
  }
}]

resource storage 'Microsoft.Storage/storageAccounts@2023-01-01' = {
  name: 'stapp'
  location: location
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = [for (name, index) in sites: {
  name: 'to-hub'
  scope: site[index]
  properties: {
    workspaceId: workspace.id
    logs: [ { category: 'AppServiceHTTPLogs', enabled: true } ]
  }
}]

resource keep 'Microsoft.Authorization/locks@2020-05-01' = if (withLock) {
  name: 'keep'
  scope: storage
  properties: { level: 'CanNotDelete' }
}

module grant 'grant.bicep' = {
  name: 'grant'
  scope: resourceGroup(hubSubscription, hubGroup)
  params: { principalId: identity.properties.principalId }
}

output customer string = workspace.properties.customerId
output host string = site[0].properties.defaultHostName
