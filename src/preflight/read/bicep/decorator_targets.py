"""What decorators stand before: declarations, and the parts of types; and which types they fit.

Source: Azure/bicep, src/Bicep.Core/Semantics/Namespaces/SystemNamespaceType.cs (attachableType and
the validators); the official compiler.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from preflight.errors import InputError
from preflight.read.bicep import syntax
from preflight.read.bicep.symbols import BicepFile
from preflight.read.json_strings import shown

Decorated: TypeAlias = (
    syntax.Parameter
    | syntax.Variable
    | syntax.TypeDeclaration
    | syntax.Function
    | syntax.Resource
    | syntax.Module
    | syntax.Output
    | syntax.Metadata
    | syntax.TypeMember
    | syntax.TypeItem
)
_TYPED = syntax.Parameter | syntax.Output | syntax.TypeDeclaration
_FITS = {
    "discriminator": frozenset({"object"}),
    "maxLength": frozenset({"array", "string"}),
    "maxValue": frozenset({"int"}),
    "minLength": frozenset({"array", "string"}),
    "minValue": frozenset({"int"}),
    "sealed": frozenset({"object"}),
    "secure": frozenset({"object", "string"}),
}
"""The types that a decorator fits."""
_NOT_ON_NAMES = frozenset({"allowed", "maxLength", "maxValue", "minLength", "minValue", "secure"})
"""What cannot be added to a type that has a name."""
_NOT_ON_LITERALS = frozenset({"allowed", "maxLength", "minLength"})
_PLAIN = frozenset({"any", "array", "bool", "int", "object", "string"})
_LINKS = 60
_SHAPES: Mapping[type, str] = {
    syntax.ArrayType: "array",
    syntax.ObjectType: "object",
    syntax.Text: "string",
    syntax.TupleType: "array",
}
_LITERALS = {bool: "bool", int: "int", str: "string"}


def decorated(file: BicepFile) -> Iterator[Decorated]:
    """Yield everything in a file that can have decorators."""
    for statement in file.tree.statements:
        if isinstance(statement, Decorated):
            yield statement
        if isinstance(statement, _TYPED):
            yield from _parts(statement.type)
    for resource in file.resources:
        if resource.parent is not None and resource.parent.nested:
            yield resource.declaration


def _parts(kind: syntax.Type) -> Iterator[syntax.TypeMember | syntax.TypeItem]:
    stack: list[object] = [kind]
    while stack:
        node = stack.pop()
        if isinstance(node, syntax.TypeMember | syntax.TypeItem):
            yield node
            stack.append(node.type)
        elif isinstance(node, tuple):
            stack.extend(part for part in node if isinstance(part, tuple))


def misfit(file: BicepFile, target: Decorated, decorator: syntax.Decorator) -> InputError | None:
    """Return an error where a decorator does not fit the type that it stands before."""
    declared = getattr(target, "type", None)
    name = decorator.name
    if isinstance(target, syntax.Resource | syntax.Module) or declared is None:
        return None
    if name in _NOT_ON_NAMES and _is_reference(file, declared):
        return file.error(
            f"`@{name}()` cannot stand before a type with a name of its own",
            decorator,
            "put it before the declaration of that type",
        )
    bare = _bare(declared)
    kind = _kind(file, bare)
    fitting = _FITS.get(name)
    if fitting is not None and kind in _PLAIN - fitting and (kind != "any" or name == "secure"):
        names = " and ".join(sorted(fitting))
        return file.error(f"`@{name}()` fits {names} only, and this is `{shown(kind)}`", decorator)
    wrong = _of_shape(name, bare)
    return None if wrong is None else file.error(f"`@{name}()` {wrong}", decorator)


def _of_shape(name: str, bare: syntax.Type | syntax.Expression) -> str | None:
    """Say what is wrong with a decorator before a type that is written like this."""
    if name in _NOT_ON_LITERALS and _is_literal(bare):
        return "cannot stand before literals, which say themselves what is allowed"
    if name == "sealed" and isinstance(bare, syntax.ObjectType):
        is_open = any(member.key is None for member in bare.members)
        return "cannot stand before a type with `*`" if is_open else None
    if name == "discriminator" and not _may_be_union(bare):
        return "stands before a union of objects"
    return None


def _is_reference(file: BicepFile, declared: syntax.Type) -> bool:
    """Whether a type is one that has a name, or a part of one."""
    current: syntax.Type | syntax.Expression = declared
    while isinstance(current, syntax.NullableType):
        current = current.inner
    while isinstance(
        current,
        syntax.PropertyAccess | syntax.IndexAccess | syntax.ItemsAccess | syntax.RestAccess,
    ):
        current = current.target
    return isinstance(current, syntax.Name) and current.name in file.symbols


def _bare(kind: syntax.Type | syntax.Expression) -> syntax.Type | syntax.Expression:
    """Return a type without `?`, `!` and parentheses."""
    while isinstance(kind, syntax.NullableType | syntax.Group):
        kind = kind.inner
    return kind


def _kind(file: BicepFile, kind: syntax.Type | syntax.Expression) -> str:
    """Return the plain type that a type is one of; empty where that is not known."""
    for _ in range(_LINKS):
        kind = _bare(kind)
        found = file.symbols.get(kind.name) if isinstance(kind, syntax.Name) else None
        if isinstance(found, syntax.TypeDeclaration):
            kind = found.type
        elif isinstance(kind, syntax.UnionType):
            kind = kind.members[0]
        elif isinstance(kind, syntax.Unary):
            kind = kind.operand
        else:
            return "" if found is not None else _plain_kind(kind)
    return ""


def _plain_kind(kind: syntax.Type | syntax.Expression) -> str:
    if isinstance(kind, syntax.Name):
        return kind.name
    if isinstance(kind, syntax.Literal):
        return _LITERALS.get(type(kind.value), "")
    if isinstance(kind, syntax.PropertyAccess):
        target = kind.target
        return kind.name.name if isinstance(target, syntax.Name) and target.name == "sys" else ""
    return _SHAPES.get(type(kind), "")


def _is_literal(kind: syntax.Type | syntax.Expression) -> bool:
    return isinstance(kind, syntax.UnionType | syntax.Text | syntax.Literal | syntax.Unary)


def _may_be_union(kind: syntax.Type | syntax.Expression) -> bool:
    if isinstance(kind, syntax.Name):
        return kind.name not in _PLAIN
    return not isinstance(kind, syntax.ObjectType | syntax.ArrayType | syntax.TupleType)
