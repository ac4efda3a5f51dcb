"""The ARM template expression language: lexer, syntax tree, parser."""
