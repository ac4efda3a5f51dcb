"""Plan + Catalog → Requirements.

`deriver.py` goes through the rows of the plan and applies the rules in order; the other modules
hold one kind of rule each. What Azure requires stands in the catalogue's tables, not here.
"""
