"""Walks over a syntax tree without recursion."""

from __future__ import annotations

from collections.abc import Iterator

from preflight.read.bicep import syntax


def walk(
    root: syntax.Expression | syntax.Condition | syntax.Object,
) -> Iterator[tuple[object, ...]]:
    """Yield the expressions below a node, itself first; declared names and keys are none.

    Nested resources are left out: they are declarations of their own.
    """
    stack: list[object] = [root]
    while stack:
        node = stack.pop()
        if not isinstance(node, tuple):
            continue
        yield node
        match node:
            case syntax.Name() | syntax.Literal():
                pass
            case syntax.PropertyAccess():
                stack.append(node.target)
            case syntax.ChildAccess():
                # What stands before `::` only says where to look.
                if isinstance(node.target, syntax.IndexAccess):
                    stack.append(node.target.key)
            case syntax.Property():
                stack.append(node.value)
                if isinstance(node.key, syntax.Text):
                    stack.append(node.key)
            case syntax.Call():
                stack.extend(reversed(node.arguments))
            case syntax.MethodCall():
                stack.extend(reversed(node.arguments))
                stack.append(node.target)
            case syntax.Lambda():
                stack.append(node.body)
            case syntax.Loop():
                stack += (node.body, node.source)
            case syntax.Text():
                stack.extend(reversed(node.holes))
            case syntax.Array():
                stack.extend(reversed(node.items))
            case syntax.Object():
                stack.extend(
                    item for item in reversed(node.members) if not isinstance(item, syntax.Resource)
                )
            case _:
                stack.extend(part for part in reversed(node) if isinstance(part, tuple))
