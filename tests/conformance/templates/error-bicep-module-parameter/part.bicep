param name string = ''
