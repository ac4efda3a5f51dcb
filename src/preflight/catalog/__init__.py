"""What is known about Azure: rule tables, roles, operations, types.

`load.py` puts the catalogue together, lazily; `tables/generated` is made by
`tools/build_catalogue.py` and never edited, `tables/curated` is written by hand: each row has an
`id`, a `source` and the date on which it was `checked`.
"""
