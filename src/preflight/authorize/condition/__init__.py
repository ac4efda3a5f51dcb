"""Conditions on role assignments and inside role definitions (Azure ABAC).

Grammar, after Azure RBAC "Azure role assignment condition format and syntax":

```
condition := unary (("AND" | "&&" | "OR" | "||") unary)*
unary     := ("NOT" | "!")* primary
primary   := "(" condition ")" | function | "Exists" attribute | operand operator operand
function  := ("ActionMatches" | "SubOperationMatches") "{" string "}"
operand   := attribute | literal | "{" literal ("," literal)* "}"
attribute := "@" ("Request" | "Resource" | "Principal" | "Environment") "[" text "]"
literal   := 'single quoted' | integer | true | false | guid
operator  := [quantifier ":"] comparison
```

AND and OR mixed on one level without parentheses are documented as ambiguous: both groupings
are evaluated, and where they differ the answer is unknown.
"""
