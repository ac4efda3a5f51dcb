@export()
var product = 'shop'

@export()
type regionType = {
  name: string
  zones: string[]?
}

@export()
func shortName(region string) string => take(replace('st${product}${region}', '-', ''), 24)
