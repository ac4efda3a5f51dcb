import { shared } from 'shared.bicep'
var used = shared
