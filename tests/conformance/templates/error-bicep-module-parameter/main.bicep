module part 'part.bicep' = {
  name: 'part'
  params: {
    nam: 'x'
  }
}
