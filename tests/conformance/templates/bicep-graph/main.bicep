extension microsoftGraphV1

resource group 'Microsoft.Graph/groups@v1.0' = {
  uniqueName: 'shop-readers'
  displayName: 'Readers of the shop'
  mailEnabled: false
  mailNickname: 'shop-readers'
  securityEnabled: true
}

resource access 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, 'readers')
  properties: {
    principalId: group.id
    principalType: 'Group'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      'acdd72a7-3385-48ef-bd42-f606fba81ae7'
    )
  }
}
