param name string
param location string
param containers array
param identityPrincipal string
@secure()
param key string

resource account 'Microsoft.Storage/storageAccounts@2023-01-01' = {
  name: name
  location: location
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: { customDomain: { name: key } }

  resource blobs 'blobServices' = {
    name: 'default'

    resource container 'containers' = [for item in containers: {
      name: item
    }]
  }
}

resource access 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account
  name: guid(account.id, 'reader')
  properties: {
    principalId: identityPrincipal
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
    )
  }
}

output endpoint string = account.properties.primaryEndpoints.blob
