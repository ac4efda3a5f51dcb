@export()
var shared = 'x'

module back 'part.bicep' = { name: 'back' }
