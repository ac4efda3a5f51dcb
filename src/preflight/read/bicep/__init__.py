"""The native front end for Bicep: text → tokens → syntax tree → symbols → `Template`."""
