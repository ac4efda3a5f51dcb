var name = 'stshop'

resource first 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {
  name: name
}

resource second 'Microsoft.Storage/storageAccounts@2023-01-01' = {
  name: 'st${'shop'}'
  location: 'westeurope'
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
}
