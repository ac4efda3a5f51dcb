// Names of nested resources need no `::` in the body around them; loop variables hide resources.
param rules array = [{ name: 'office', address: '203.0.113.7' }]

resource server 'Microsoft.Sql/servers@2023-08-01' = {
  name: 'sql-shop'
  location: 'westeurope'

  resource orders 'databases' existing = {
    name: 'orders'
  }

  resource copied 'databases' = {
    name: '${orders.name}-copy'
    location: 'westeurope'
    properties: { createMode: 'Copy', sourceDatabaseId: orders.id }
  }
}

var addresses = [for rule in rules: rule.address]

resource rule 'Microsoft.Sql/servers/firewallRules@2023-08-01' = [for (rule, index) in rules: {
  parent: server
  name: rule.name
  properties: { startIpAddress: addresses[index], endIpAddress: addresses[index] }
}]
