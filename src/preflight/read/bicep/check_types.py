"""Types that the official compiler refuses for how they are written.

Source: Azure/bicep, src/Bicep.Core/TypeSystem/DeclaredTypeManager.cs; the official compiler.
"""

from __future__ import annotations

from collections.abc import Iterator

from preflight.errors import InputError
from preflight.read.bicep import syntax
from preflight.read.bicep.resolve_type import AMBIENT
from preflight.read.bicep.resource_types import Extensions, Malformed, extensions_of, read_type
from preflight.read.bicep.symbols import BicepFile
from preflight.read.json_strings import shown

_OF_RESOURCES = frozenset({"resourceInput", "resourceOutput"})
_ACCESS = syntax.PropertyAccess | syntax.IndexAccess | syntax.ItemsAccess | syntax.RestAccess


def wrong_types(file: BicepFile) -> Iterator[InputError]:
    """Yield an error for each part of a type that can be none."""
    extensions = extensions_of(file.tree, file.implicit)
    for statement in file.tree.statements:
        stack: list[tuple[object, bool]] = [(kind, False) for kind in _types(statement)]
        while stack:
            node, accessed = stack.pop()
            error = _wrong(file, node, extensions, accessed=accessed)
            if error is not None:
                yield error
            elif isinstance(node, _ACCESS):
                stack.append((node.target, True))
            elif not isinstance(node, syntax.TypeCall | syntax.Text | syntax.Decorator):
                stack.extend((part, False) for part in _parts(node))


def _types(statement: syntax.Statement) -> Iterator[syntax.Type | None]:
    if isinstance(
        statement, syntax.Parameter | syntax.Output | syntax.TypeDeclaration | syntax.Variable
    ):
        yield None if isinstance(statement.type, syntax.ResourceType) else statement.type
    elif isinstance(statement, syntax.Function):
        yield from (parameter.type for parameter in statement.parameters)
        yield statement.output


def _parts(node: object) -> Iterator[object]:
    if isinstance(node, tuple):
        for part in node:
            if isinstance(part, tuple):
                yield part


def _wrong(
    file: BicepFile, node: object, extensions: Extensions, *, accessed: bool
) -> InputError | None:
    """Return what is wrong with one node; `accessed`: an access looks into it."""
    if isinstance(node, syntax.TypeCall):
        return _wrong_call(file, node, extensions, accessed=accessed)
    if isinstance(node, syntax.PropertyAccess) and _is_namespace(file, node.target):
        owner = node.target.name if isinstance(node.target, syntax.Name) else ""
        known = owner == "sys" and node.name.name in AMBIENT
        return None if known else file.error(f"`{owner}` has no such type", node.name)
    if accessed and not isinstance(node, syntax.Name | _ACCESS):
        return file.error("only a type that has a name has parts to name", node, "name it first")
    if isinstance(node, syntax.Text) and not _is_literal(node):
        return file.error("a text that is a type is a literal", node)
    if isinstance(node, syntax.Unary) and not _may_be_literal(node):
        return file.error("`-` stands before integers, `!` before booleans", node)
    return None


def _wrong_call(
    file: BicepFile, node: syntax.TypeCall, extensions: Extensions, *, accessed: bool
) -> InputError | None:
    """Return what is wrong with `name<…>`."""
    is_ours = node.name.name not in file.symbols if node.target is None else False
    in_sys = _is_namespace(file, node.target) and getattr(node.target, "name", "") == "sys"
    if node.name.name not in _OF_RESOURCES or not (is_ours or in_sys):
        return file.error(f"`{shown(node.name.name)}` takes no arguments in `<>`", node.name)
    argument = node.arguments[0] if len(node.arguments) == 1 else None
    if not isinstance(argument, syntax.Text) or argument.plain is None:
        return file.error(f"`{node.name.name}<>` takes the type of a resource as a text", node)
    try:
        found = read_type(argument.plain, extensions, nested=False)
    except Malformed:
        found = None
    if found is None or found.version is None:
        return file.error(
            f"`{shown(argument.plain)}` is no type of a resource",
            argument,
            "write it like 'Microsoft.Web/sites@2023-12-01'",
        )
    if not accessed:
        return file.error(
            f"`{node.name.name}<>` is the whole body of a resource, of which a part is a type",
            node,
            "write it like resourceInput<'…'>.properties",
        )
    return None


def _is_namespace(file: BicepFile, target: object) -> bool:
    return (
        isinstance(target, syntax.Name)
        and target.name in {"az", "sys"}
        and target.name not in file.symbols
    )


def _is_literal(text: syntax.Text) -> bool:
    """Whether the holes of a text hold texts only."""
    return all(isinstance(hole, syntax.Text) and _is_literal(hole) for hole in text.holes)


def _may_be_literal(node: syntax.Unary) -> bool:
    operand = node.operand
    while isinstance(operand, syntax.Group):
        operand = operand.inner
    if isinstance(operand, syntax.Literal):
        return type(operand.value) is (bool if node.operator == "!" else int)
    return not isinstance(operand, syntax.Text)
