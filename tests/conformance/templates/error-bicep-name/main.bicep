param location string
output where string = locaton
