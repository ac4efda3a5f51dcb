"""Access to a resource that is given as a parameter: by its ID.

Source: Azure/bicep, src/Bicep.Core/Emit/ExpressionConverter.cs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preflight.expression.ast import Literal, Node
from preflight.read.bicep import nodes, syntax
from preflight.read.bicep.locals import Locals

if TYPE_CHECKING:
    from preflight.read.bicep.lowering import Lowering


def given_resource(low: Lowering, expression: syntax.PropertyAccess, names: Locals) -> Node | None:
    """Lower `parameter.x` of a parameter that is a resource; None for every other access."""
    target = expression.target
    if not isinstance(target, syntax.Name) or target.name in names.nodes:
        return None
    found = low.file.symbols.get(target.name)
    kind = found.type if isinstance(found, syntax.Parameter) else None
    if not isinstance(kind, syntax.ResourceType) or kind.specification is None:
        return None
    span = low.span(expression)
    given = nodes.call("parameters", Literal(target.name, span), span=span)
    text, _, version = (kind.specification.plain or "").partition("@")
    known: dict[str, Node] = {
        "id": given,
        "type": Literal(text, span),
        "apiVersion": Literal(version, span),
        "name": nodes.call(
            "last", nodes.call("split", given, Literal("/", span), span=span), span=span
        ),
    }
    name = expression.name.name
    return known.get(name) or _state(expression, given, Literal(version, span))


def _state(expression: syntax.PropertyAccess, given: Node, version: Literal) -> Node:
    """Return what only the deployed resource knows."""
    span, name = version.span, expression.name.name
    if name == "properties" and not expression.safe:
        return nodes.call("reference", given, version, span=span)
    state = nodes.call("reference", given, version, Literal("full", span), span=span)
    if expression.safe:
        return nodes.call("tryGet", state, Literal(name, span), span=span)
    return nodes.member(state, name, span)
