param name string

resource network 'Microsoft.Network/virtualNetworks@2023-11-01' = {
  name: name
  location: resourceGroup().location
  properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } }
}

resource subnet 'Microsoft.Network/virtualNetworks/subnets@2023-11-01' = {
  parent: network
  name: 'app'
  properties: { addressPrefix: cidrSubnet('10.0.0.0/16', 24, 1) }
}

output subnet string = subnet.id
