param name string
var settings = {
  first 1
}
