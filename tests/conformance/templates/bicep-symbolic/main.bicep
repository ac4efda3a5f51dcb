// What only needs the ID of an existing account asks for nothing; what reads it does.
param named bool?

resource read 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {
  name: 'stread'
}

resource other 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {
  name: 'stnamed'
}

resource made 'Microsoft.Storage/storageAccounts@2023-01-01' = if (named ?? false) {
  name: 'stmade'
  location: 'westeurope'
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: { minimumTlsVersion: read.properties.minimumTlsVersion }
}

@onlyIfNotExists()
resource kept 'Microsoft.Storage/storageAccounts@2023-01-01' = {
  name: 'stkept'
  location: 'westeurope'
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  tags: { other: other.id }
  properties: { customDomain: { name: made.?properties.?primaryEndpoints.?blob ?? 'none' } }
}

output key string = read.listKeys().keys[0].keyName
