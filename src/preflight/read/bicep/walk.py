"""Walks over a syntax tree without recursion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from preflight.read.bicep import syntax

_BELOW: Mapping[type, tuple[str, ...]] = {
    syntax.Array: ("items",),
    syntax.Binary: ("left", "right"),
    syntax.Call: ("arguments",),
    syntax.Condition: ("test", "body"),
    syntax.Group: ("inner",),
    syntax.IndexAccess: ("target", "key"),
    syntax.Lambda: ("body",),
    syntax.Loop: ("source", "body"),
    syntax.MethodCall: ("target", "arguments"),
    syntax.NonNull: ("target",),
    syntax.Object: ("members",),
    syntax.Property: ("value",),
    syntax.PropertyAccess: ("target",),
    syntax.Spread: ("value",),
    syntax.Ternary: ("test", "yes", "no"),
    syntax.Text: ("holes",),
    syntax.Unary: ("operand",),
}
"""The parts of a node in the order of the text; names that are declared or accessed are none."""


def walk(root: syntax.Expression | syntax.Condition) -> Iterator[object]:
    """Yield the expressions below a node, itself first.

    Left out are nested resources, which are declarations of their own, and what stands before
    `::`, which only says where to look.
    """
    stack: list[object] = [root]
    while stack:
        node = stack.pop()
        if not isinstance(node, tuple) or isinstance(node, syntax.Resource):
            continue
        yield node
        stack.extend(_parts(node))


def walk_scoped(
    root: syntax.Expression | syntax.Condition, around: syntax.Loop | None = None
) -> Iterator[tuple[object, frozenset[str]]]:
    """Yield what `walk` yields, each with the loop and lambda variables in sight there.

    `around` is the loop whose body it is.
    """
    stack: list[tuple[object, frozenset[str]]] = [(root, _variables(around))]
    while stack:
        node, hidden = stack.pop()
        if not isinstance(node, tuple) or isinstance(node, syntax.Resource):
            continue
        yield node, hidden
        if isinstance(node, syntax.Loop):
            stack.append((node.body, hidden | _variables(node)))
            stack.append((node.source, hidden))
            continue
        if isinstance(node, syntax.Lambda):
            hidden |= {item.name for item in node.parameters}
        stack.extend((part, hidden) for part in _parts(node))


def _parts(node: object) -> list[object]:
    """Return the parts of a node, the last one first."""
    if isinstance(node, syntax.ChildAccess):
        target = node.target
        return [target.key] if isinstance(target, syntax.IndexAccess) else []
    parts: list[object] = []
    if isinstance(node, syntax.Property) and isinstance(node.key, syntax.Text):
        parts.append(node.key)
    for part in reversed(_BELOW.get(type(node), ())):
        below: object = getattr(node, part)
        if type(below) is tuple:
            parts.extend(reversed(below))
        else:
            parts.append(below)
    return parts


def local_names(
    expression: syntax.Expression | syntax.Condition, around: syntax.Loop | None = None
) -> frozenset[str]:
    """Return the loop and lambda variables of an expression, and of the loop around it.

    They hide what the file declares. Where one of them also hides it elsewhere in the same
    expression is not told apart: nobody writes that.
    """
    found = set(_variables(around))
    for node in walk(expression):
        if isinstance(node, syntax.Lambda):
            found.update(item.name for item in node.parameters)
        elif isinstance(node, syntax.Loop):
            found |= _variables(node)
    return frozenset(found)


def _variables(loop: syntax.Loop | None) -> frozenset[str]:
    if loop is None:
        return frozenset()
    return frozenset({loop.item.name, *([loop.counter.name] if loop.counter else [])})
