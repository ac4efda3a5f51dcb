// A shop: a vault that exists, storage for each region, rights for the app, a network elsewhere.
import { regionType, shortName } from 'shared.bicep'
import * as shared from 'shared.bicep'

@description('Where the shop is open.')
param regions regionType[] = [
  { name: 'westeurope', zones: ['1', '2'] }
  { name: 'northeurope' }
]
param hubGroup string
param withLock bool = true

var prefix = '${shared.product}-${uniqueString(resourceGroup().id)}'
var vaultUri = vault.properties.vaultUri

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: 'kv-shop'

  resource certificate 'secrets' existing = {
    name: 'certificate'
  }
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${prefix}-id'
  location: resourceGroup().location
}

module storage 'storage.bicep' = [for (region, index) in regions: if (index < 5) {
  name: 'storage-${index}'
  params: {
    name: shortName(region.name)
    location: region.name
    containers: [for zone in (region.?zones ?? []): 'zone-${zone}']
    identityPrincipal: identity.properties.principalId
    key: vault.getSecret('storage-key')
  }
}]

module network 'network.bicep' = {
  scope: resourceGroup(hubGroup)
  params: { name: 'vnet-${shared.product}' }
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (withLock) {
  scope: identity
  name: 'keep'
  properties: { level: 'CanNotDelete' }
}

output endpoints string[] = [for i in range(0, length(regions)): storage[i].outputs.endpoint]
output uri string = vaultUri
output secret string = vault::certificate.id
output subnet string = network.outputs.subnet
