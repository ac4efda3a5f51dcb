"""Types of Bicep → the schemas of templates.

What resource types say (`resourceInput<'…'>`) is not known here: such types take anything.

Source: Azure/bicep, src/Bicep.Core/Emit/TemplateWriter.cs (which schema stands for which type).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from preflight.errors import LimitExceeded
from preflight.model.source import Place
from preflight.model.value import JsonValue
from preflight.read.bicep import syntax
from preflight.read.bicep.decorators import decorator, has
from preflight.read.bicep.lower_call import NAMESPACES
from preflight.read.bicep.lower_value import escaped
from preflight.read.bicep.locals import NO_LOCALS
from preflight.read.bicep.symbols import ImportedSymbol, WildcardSymbol
from preflight.read.json_spans import escape_pointer, shown

if TYPE_CHECKING:
    from preflight.read.bicep.lowering import Lowering

AMBIENT = frozenset({"any", "array", "bool", "int", "object", "string"})
_SECURE = {"object": "secureObject", "string": "securestring"}
_LIMITS = ("maxLength", "maxValue", "minLength", "minValue")
MAX_DEPTH = 60
"""Types inside each other, through names."""


class Resolved(NamedTuple):
    """A type behind a name: where its schema stands, its syntax, and whose names are in it."""

    pointer: str
    type: syntax.Type
    low: Lowering
    decorators: tuple[syntax.Decorator, ...] = ()


class TypeLowering:
    """Lowers the types of one file for one template."""

    __slots__ = ("_depth", "_low")

    def __init__(self, low: Lowering) -> None:
        """Lower with the names of `low`."""
        self._low = low
        self._depth = 0

    def schema(
        self, kind: syntax.Type, decorators: tuple[syntax.Decorator, ...] = ()
    ) -> dict[str, JsonValue]:
        """Return the schema of a type with what its decorators add.

        Raises:
            InputError: a name is no type, or an access finds nothing.
            LimitExceeded: types nest too deeply.
        """
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._depth = 0
            raise LimitExceeded(
                f"types nest more than {MAX_DEPTH} deep",
                help="give the innermost of them a name",
                where=Place(source=self._low.file.source, offset=kind.start),
            )
        made = self._plain(kind, decorators)
        self._depth -= 1
        return self._decorated(made, decorators) if decorators else made

    def _decorated(
        self, made: dict[str, JsonValue], decorators: tuple[syntax.Decorator, ...]
    ) -> dict[str, JsonValue]:
        if has(decorators, "secure"):
            kind = made.get("type")
            made["type"] = _SECURE.get(kind, kind) if isinstance(kind, str) else kind
            if made["type"] is None:
                del made["type"]
        if has(decorators, "sealed"):
            made["additionalProperties"] = False
        for name in _LIMITS:
            found = decorator(decorators, name)
            if found is not None and found.arguments:
                made[name] = self._low.constant_number(found.arguments[0])
        allowed = decorator(decorators, "allowed")
        if allowed is not None and allowed.arguments:
            values = self._low.values.value(allowed.arguments[0], NO_LOCALS, "/-")
            made["allowedValues"] = values
        return made

    def _plain(
        self, kind: syntax.Type, decorators: tuple[syntax.Decorator, ...]
    ) -> dict[str, JsonValue]:
        match kind:
            case syntax.Name():
                return self._named(kind)
            case syntax.NullableType():
                return {**self.schema(kind.inner), "nullable": True}
            case syntax.NonNull():
                return {**self.schema(_type(kind.target)), "nullable": False}
            case syntax.Group():
                return self.schema(_type(kind.inner), decorators[:0])
            case syntax.ArrayType():
                return self._array(kind)
            case syntax.ObjectType():
                return self._object(kind)
            case syntax.TupleType():
                items: list[JsonValue] = [
                    self.schema(item.type, item.decorators) for item in kind.items
                ]
                return {"type": "array", "prefixItems": items, "items": False}
            case syntax.UnionType():
                return self._union(kind, decorators)
            case syntax.Text() | syntax.Literal() | syntax.Unary():
                return self._allowed(self.literals(kind))
            case syntax.ResourceType():
                return {"type": "string"}
            case syntax.TypeCall():
                return {}
            case (
                syntax.PropertyAccess()
                | syntax.IndexAccess()
                | syntax.ItemsAccess()
                | syntax.RestAccess()
            ):
                return self._access(kind)

    def _named(self, kind: syntax.Name) -> dict[str, JsonValue]:
        if kind.name not in self._low.file.symbols and kind.name in AMBIENT:
            return {} if kind.name == "any" else {"type": kind.name}
        found = self.resolve(kind)
        return {} if found is None else {"$ref": found.pointer}

    def _access(self, kind: syntax.Type) -> dict[str, JsonValue]:
        if isinstance(kind, syntax.PropertyAccess) and isinstance(kind.target, syntax.Name):
            owner = kind.target.name
            if owner in NAMESPACES and owner not in self._low.file.symbols:
                name = kind.name.name
                return {} if name == "any" else {"type": name}
        found = self.resolve(kind)
        return {} if found is None else {"$ref": found.pointer}

    def _array(self, kind: syntax.ArrayType) -> dict[str, JsonValue]:
        is_union = isinstance(kind.item, syntax.Group | syntax.Text | syntax.Literal)
        values = self.literals(kind.item) if is_union else None
        if values:
            return {"type": "array", "allowedValues": _escaped(values)}
        return {"type": "array", "items": self.schema(kind.item)}

    def _object(self, kind: syntax.ObjectType) -> dict[str, JsonValue]:
        made: dict[str, JsonValue] = {"type": "object", "properties": {}}
        properties: dict[str, JsonValue] = {}
        for member in kind.members:
            schema = self.schema(member.type, member.decorators)
            name = member_name(member)
            if name is None:
                made["additionalProperties"] = schema
            else:
                properties[name] = schema
        made["properties"] = properties
        return made

    def _union(
        self, kind: syntax.UnionType, decorators: tuple[syntax.Decorator, ...]
    ) -> dict[str, JsonValue]:
        values = self.literals(kind)
        if values is not None:
            return self._allowed(values)
        found = decorator(decorators, "discriminator")
        if found is None or not found.arguments:
            return {}
        name = self._low.constant(found.arguments[0])
        mapping: dict[str, JsonValue] = {}
        for member in kind.members:
            self._add_variants(mapping, member, str(name))
        return {"type": "object", "discriminator": {"propertyName": name, "mapping": mapping}}

    def _add_variants(self, mapping: dict[str, JsonValue], member: syntax.Type, name: str) -> None:
        """Add the variants of a discriminated union that one of its members stands for."""
        resolved = self._object_behind(member)
        if resolved is None:
            return
        low, inner = resolved.low, resolved.type
        if isinstance(inner, syntax.UnionType):
            for part in inner.members:
                low.types._add_variants(mapping, part, name)  # noqa: SLF001 - another of its kind
            return
        if not isinstance(inner, syntax.ObjectType):
            return
        for found in inner.members:
            if member_name(found) == name:
                for value in low.types.literals(found.type) or ():
                    if isinstance(value, str):
                        mapping[value] = self.schema(member)

    def _object_behind(self, kind: syntax.Type) -> Resolved | None:
        current = Resolved("", kind, self._low)
        for _ in range(MAX_DEPTH):
            inner = current.type
            if isinstance(inner, syntax.Group):
                current = current._replace(type=_type(inner.inner))
            elif isinstance(inner, syntax.Name | syntax.PropertyAccess | syntax.IndexAccess):
                found = current.low.types.resolve(inner)
                if found is None:
                    return None
                current = found
            else:
                return current
        return None

    def _allowed(self, values: list[JsonValue] | None) -> dict[str, JsonValue]:
        """Return the schema of a choice of literals."""
        if values is None:
            return {}
        present = [value for value in values if value is not None]
        made: dict[str, JsonValue] = {}
        kinds = {_KINDS[type(value)] for value in present}
        if len(kinds) == 1:
            made["type"] = kinds.pop()
        made["allowedValues"] = _escaped(present)
        if len(present) < len(values):
            made["nullable"] = True
        return made

    def literals(self, kind: syntax.Type, depth: int = 0) -> list[JsonValue] | None:
        """Return the values that a type of literals allows; None for every other type."""
        if depth > MAX_DEPTH:
            return None
        match kind:
            case syntax.Literal():
                return [kind.value]
            case syntax.Text():
                return None if kind.plain is None else [kind.plain]
            case syntax.Unary():
                return _negated(kind)
            case syntax.Group():
                return self.literals(_type(kind.inner), depth + 1)
            case syntax.NullableType():
                inner = self.literals(kind.inner, depth + 1)
                return None if inner is None else [*inner, None]
            case syntax.UnionType():
                values: list[JsonValue] = []
                for member in kind.members:
                    found = self.literals(member, depth + 1)
                    if found is None:
                        return None
                    values += [value for value in found if value not in values]
                return values
            case syntax.Name() | syntax.PropertyAccess() | syntax.IndexAccess():
                if isinstance(kind, syntax.Name) and kind.name in AMBIENT:
                    return None
                resolved = self.resolve(kind)
                if resolved is None:
                    return None
                return resolved.low.types.literals(resolved.type, depth + 1)
        return None

    def resolve(self, kind: syntax.Type) -> Resolved | None:
        """Return the declared type that a name or an access stands for.

        None where that is not known here: types of resources, files that are not at hand.
        Raises `InputError` for a name that is no type, and a member that a type does not have.
        """
        low = self._low
        match kind:
            case syntax.Name():
                return self._declared(kind)
            case syntax.Group():
                return self.resolve(_type(kind.inner))
            case syntax.PropertyAccess():
                target = kind.target
                if isinstance(target, syntax.Name):
                    symbol = low.file.symbols.get(target.name)
                    if isinstance(symbol, WildcardSymbol):
                        return low.builder.imported_type(
                            low, symbol.target, kind.name.name, kind.name
                        )
                return self._member(_type(target), kind.name.name, kind.name)
            case syntax.IndexAccess():
                return self._indexed(kind)
            case syntax.ItemsAccess():
                owner = self._owner(kind.target, syntax.ArrayType)
                if owner is None or not isinstance(owner.type, syntax.ArrayType):
                    return None
                return owner._replace(pointer=f"{owner.pointer}/items", type=owner.type.item)
            case syntax.RestAccess():
                owner = self._owner(kind.target, syntax.ObjectType)
                if owner is None or not isinstance(owner.type, syntax.ObjectType):
                    return None
                for member in owner.type.members:
                    if member.key is None:
                        pointer = f"{owner.pointer}/additionalProperties"
                        return Resolved(pointer, member.type, owner.low, member.decorators)
        return None

    def _declared(self, kind: syntax.Name) -> Resolved | None:
        low = self._low
        symbol = low.file.symbols.get(kind.name)
        if isinstance(symbol, syntax.TypeDeclaration):
            name = low.builder.type_name(low, symbol)
            pointer = f"#/definitions/{escape_pointer(name)}"
            return Resolved(pointer, symbol.type, low, symbol.decorators)
        if isinstance(symbol, ImportedSymbol):
            return low.builder.imported_type(low, symbol.target, symbol.name, kind)
        raise low.file.error(f"`{shown(kind.name)}` is no type", kind)

    def _indexed(self, kind: syntax.IndexAccess) -> Resolved | None:
        key = self._low.constant(kind.key)
        if isinstance(key, str):
            return self._member(_type(kind.target), key, kind.key)
        owner = self._owner(_type(kind.target), syntax.TupleType)
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
        for _ in range(MAX_DEPTH):
            if found is None or isinstance(found.type, wanted):
                return found
            inner = found.type
            if isinstance(inner, syntax.Group):
                found = found._replace(type=_type(inner.inner))
            elif isinstance(inner, syntax.NullableType):
                found = found._replace(type=inner.inner)
            elif isinstance(inner, syntax.NonNull):
                found = found._replace(type=_type(inner.target))
            elif isinstance(
                inner,
                syntax.Name
                | syntax.PropertyAccess
                | syntax.IndexAccess
                | syntax.ItemsAccess
                | syntax.RestAccess,
            ):
                found = found.low.types.resolve(inner)
            else:
                return None
        return None


_KINDS: Mapping[type, str] = {
    str: "string",
    int: "int",
    bool: "bool",
    list: "array",
    dict: "object",
    float: "int",
}


def member_name(member: syntax.TypeMember) -> str | None:
    """Return the name of a property of an object type; None for `*`."""
    key = member.key
    return key.name if isinstance(key, syntax.Name) else key.plain if key else None


def _type(kind: syntax.Expression | syntax.Type) -> syntax.Type:
    """Return a node of a type's syntax as a type."""
    return kind  # type: ignore[return-value]


def _negated(kind: syntax.Unary) -> list[JsonValue] | None:
    operand = kind.operand
    if not isinstance(operand, syntax.Literal) or operand.value is None:
        return None
    return [not operand.value] if kind.operator == "!" else [-operand.value]


def _escaped(values: list[JsonValue]) -> list[JsonValue]:
    return [escaped(value) if isinstance(value, str) else value for value in values]
