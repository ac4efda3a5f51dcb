"""Names and accesses of types → the declarations behind them.

Source: Azure/bicep, src/Bicep.Core/Emit/TemplateWriter.cs (how references are traced).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from preflight.read.bicep import syntax
from preflight.read.bicep.hints import meant
from preflight.read.bicep.symbols import ImportedSymbol, WildcardSymbol
from preflight.read.json_strings import escape_pointer, shown

AMBIENT = frozenset({"any", "array", "bool", "int", "object", "string"})
"""Types that need no declaration."""

if TYPE_CHECKING:
    from preflight.read.bicep.lowering import Lowering

_SHAPES = (
    syntax.ArrayType,
    syntax.Literal,
    syntax.ObjectType,
    syntax.Text,
    syntax.TupleType,
    syntax.UnionType,
)
MAX_LINKS = 60
"""Names that may lead from one type to another."""


class Resolved(NamedTuple):
    """A type behind a name: where its schema stands, its syntax, and whose names are in it."""

    pointer: str
    type: syntax.Type
    low: Lowering
    decorators: tuple[syntax.Decorator, ...] = ()


class TypeResolution:
    """Resolves the types of one file for one template."""

    __slots__ = ("_low",)

    def __init__(self, low: Lowering) -> None:
        """Resolve with the names of `low`."""
        self._low = low

    def resolve(self, kind: syntax.Type) -> Resolved | None:
        """Return the declared type that a name or an access stands for.

        None where that is not known here: types of resources, files that are not at hand.
        Raises `InputError` for a name that is no type, and a member that a type does not have.
        """
        match kind:
            case syntax.Name():
                return self._declared(kind)
            case syntax.Group():
                return self.resolve(as_type(kind.inner))
            case syntax.PropertyAccess():
                return self._property(kind)
            case syntax.IndexAccess():
                return self._indexed(kind)
            case syntax.ItemsAccess() | syntax.RestAccess():
                return self._others(kind)
            case _:
                return None

    def _property(self, kind: syntax.PropertyAccess) -> Resolved | None:
        low, target = self._low, kind.target
        if isinstance(target, syntax.Name):
            symbol = low.file.symbols.get(target.name)
            if isinstance(symbol, WildcardSymbol):
                return low.builder.imported_type(low, symbol.target, kind.name.name, kind.name)
        return self._member(as_type(target), kind.name.name, kind.name)

    def _others(self, kind: syntax.ItemsAccess | syntax.RestAccess) -> Resolved | None:
        """Return the items of an array, or the properties of an object that have no name."""
        wanted = syntax.ArrayType if isinstance(kind, syntax.ItemsAccess) else syntax.ObjectType
        owner = self._owner(kind.target, wanted)
        if owner is None:
            return None
        if isinstance(owner.type, syntax.ArrayType):
            return owner._replace(pointer=f"{owner.pointer}/items", type=owner.type.item)
        members = owner.type.members if isinstance(owner.type, syntax.ObjectType) else ()
        for member in members:
            if member.key is None:
                pointer = f"{owner.pointer}/additionalProperties"
                return Resolved(pointer, member.type, owner.low, member.decorators)
        raise self._low.file.error("the type has no `*`", kind)

    def _declared(self, kind: syntax.Name) -> Resolved | None:
        low = self._low
        symbol = low.file.symbols.get(kind.name)
        if isinstance(symbol, syntax.TypeDeclaration):
            name = low.builder.type_name(low, symbol)
            pointer = f"#/definitions/{escape_pointer(name)}"
            return Resolved(pointer, symbol.type, low, symbol.decorators)
        if isinstance(symbol, ImportedSymbol):
            return low.builder.imported_type(low, symbol.target, symbol.name, kind)
        declared = (
            name
            for name, symbol in low.file.symbols.items()
            if isinstance(symbol, syntax.TypeDeclaration)
        )
        advice = meant(kind.name, (*AMBIENT, *declared))
        raise low.file.error(f"`{shown(kind.name)}` is no type", kind, advice)

    def _indexed(self, kind: syntax.IndexAccess) -> Resolved | None:
        key = self._low.constant(kind.key)
        if isinstance(key, str):
            return self._member(as_type(kind.target), key, kind.key)
        owner = self._owner(as_type(kind.target), syntax.TupleType)
        if owner is None or not isinstance(owner.type, syntax.TupleType):
            return None
        if not isinstance(key, int) or not 0 <= key < len(owner.type.items):
            raise self._low.file.error("the tuple has no such item", kind.key)
        item = owner.type.items[key]
        pointer = f"{owner.pointer}/prefixItems/{key}"
        return Resolved(pointer, item.type, owner.low, item.decorators)

    def _member(self, target: syntax.Type, name: str, where: object) -> Resolved | None:
        owner = self._owner(target, syntax.ObjectType)
        if owner is None or not isinstance(owner.type, syntax.ObjectType):
            return None
        for member in owner.type.members:
            found = member_name(member)
            if found is not None and found.lower() == name.lower():
                pointer = f"{owner.pointer}/properties/{escape_pointer(found)}"
                return Resolved(pointer, member.type, owner.low, member.decorators)
        raise self._low.file.error(f"the type has no property `{shown(name)}`", where)

    def _owner(self, target: syntax.Type, wanted: type) -> Resolved | None:
        """Return the type that an access looks into: names are followed."""
        if isinstance(target, syntax.TypeCall):
            return None
        found = self.resolve(target)
        for _ in range(MAX_LINKS):
            if found is None or isinstance(found.type, wanted):
                return found
            inner = found.type
            if isinstance(inner, syntax.Group):
                found = found._replace(type=as_type(inner.inner))
            elif isinstance(inner, syntax.NullableType):
                found = found._replace(type=inner.inner)
            elif isinstance(inner, syntax.NonNull):
                found = found._replace(type=as_type(inner.target))
            elif isinstance(
                inner,
                syntax.Name
                | syntax.PropertyAccess
                | syntax.IndexAccess
                | syntax.ItemsAccess
                | syntax.RestAccess,
            ):
                found = found.low.type_names.resolve(inner)
            elif isinstance(inner, _SHAPES):
                raise self._low.file.error("the type has no such part", target)
            else:
                return None
        return None


def as_type(kind: syntax.Expression | syntax.Type) -> syntax.Type:
    """Return a node of a type's syntax as a type."""
    return kind  # type: ignore[return-value]


def member_name(member: syntax.TypeMember) -> str | None:
    """Return the name of a property of an object type; None for `*`."""
    key = member.key
    return key.name if isinstance(key, syntax.Name) else key.plain if key else None
