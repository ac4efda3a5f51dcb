"""Types of Bicep → the schemas of templates.

What resource types say (`resourceInput<'…'>`) is not known here: such types take anything.

Source: Azure/bicep, src/Bicep.Core/Emit/TemplateWriter.cs (which schema stands for which type).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from preflight.errors import LimitExceeded
from preflight.model.source import Place
from preflight.model.value import JsonValue
from preflight.read.bicep import syntax
from preflight.read.bicep.decorators import decorator, has, without
from preflight.read.bicep.literal_types import LiteralTypes, escaped_values
from preflight.read.bicep.locals import NO_LOCALS
from preflight.read.bicep.lower_call import NAMESPACES
from preflight.read.bicep.resolve_type import AMBIENT, Resolved, as_type, member_name
from preflight.read.json_strings import shown

if TYPE_CHECKING:
    from preflight.read.bicep.lowering import Lowering

_SECURE = {"object": "secureObject", "string": "securestring"}
_LIMITS = ("maxLength", "maxValue", "minLength", "minValue")
MAX_DEPTH = 60
"""Types inside each other, through names."""
_VARIANT = 10
"""Literals that an object of a discriminated union counts for."""


class _Variants(NamedTuple):
    """Schemas of a discriminated union by what tells them apart, and that without case."""

    mapping: dict[str, JsonValue]
    folded: dict[str, JsonValue]


class TypeLowering:
    """Lowers the types of one file for one template."""

    __slots__ = ("_depth", "_low", "literals")

    def __init__(self, low: Lowering) -> None:
        """Lower with the names of `low`."""
        self._low = low
        self._depth = 0
        self.literals = LiteralTypes(low)

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
            raise LimitExceeded(
                f"types nest more than {MAX_DEPTH} deep",
                help="give the innermost of them a name",
                where=Place(source=self._low.file.source, offset=kind.start),
            )
        try:
            made = self._plain(kind, decorators)
        finally:
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
        if isinstance(kind, syntax.UnionType):
            return self._union(kind, decorators)
        if isinstance(kind, syntax.NullableType | syntax.NonNull | syntax.Group):
            return self._wrapped(kind, decorators)
        lower = _LOWER.get(type(kind))
        return {} if lower is None else lower(self, kind)

    def _wrapped(
        self,
        kind: syntax.NullableType | syntax.NonNull | syntax.Group,
        decorators: tuple[syntax.Decorator, ...],
    ) -> dict[str, JsonValue]:
        """Return the schema of `(type)`, `type?`, `type!`; a discriminator goes to the union."""
        found = decorator(decorators, "discriminator")
        below = () if found is None else (found,)
        if isinstance(kind, syntax.NullableType):
            return {**self.schema(kind.inner, below), "nullable": True}
        if isinstance(kind, syntax.NonNull):
            return {**self.schema(as_type(kind.target), below), "nullable": False}
        return self.schema(as_type(kind.inner), below)

    def tuple_of(self, kind: syntax.Type) -> dict[str, JsonValue]:
        """Return the schema of a tuple."""
        found = kind.items if isinstance(kind, syntax.TupleType) else ()
        items: list[JsonValue] = [
            self.schema(item.type, without(item.decorators, "allowed")) for item in found
        ]
        return {"type": "array", "prefixItems": items, "items": False}

    def literal(self, kind: syntax.Type) -> dict[str, JsonValue]:
        """Return the schema of a literal."""
        return self.literals.schema(self.literals.values(kind), kind)

    def resource(self, kind: syntax.Type) -> dict[str, JsonValue]:
        """Return the schema of a resource, which is given by its ID."""
        del kind
        return {"type": "string"}

    def named(self, kind: syntax.Type) -> dict[str, JsonValue]:
        """Return the schema of a name."""
        if not isinstance(kind, syntax.Name):
            return {}
        if kind.name not in self._low.file.symbols and kind.name in AMBIENT:
            return {} if kind.name == "any" else {"type": kind.name}
        found = self._low.type_names.resolve(kind)
        return {} if found is None else {"$ref": found.pointer}

    def access(self, kind: syntax.Type) -> dict[str, JsonValue]:
        """Return the schema of a part of another type."""
        if isinstance(kind, syntax.PropertyAccess) and isinstance(kind.target, syntax.Name):
            owner = kind.target.name
            if owner in NAMESPACES and owner not in self._low.file.symbols:
                name = kind.name.name
                return {} if name == "any" else {"type": name}
        found = self._low.type_names.resolve(kind)
        return {} if found is None else {"$ref": found.pointer}

    def array_of(self, kind: syntax.Type) -> dict[str, JsonValue]:
        """Return the schema of an array."""
        if not isinstance(kind, syntax.ArrayType):
            return {}
        is_union = isinstance(kind.item, syntax.Group | syntax.Text | syntax.Literal)
        values = self.literals.values(kind.item) if is_union else None
        if values:
            self.literals.spend(len(values), kind)
            return {"type": "array", "allowedValues": escaped_values(values)}
        return {"type": "array", "items": self.schema(kind.item)}

    def object_of(self, kind: syntax.Type) -> dict[str, JsonValue]:
        """Return the schema of an object."""
        if not isinstance(kind, syntax.ObjectType):
            return {}
        made: dict[str, JsonValue] = {"type": "object", "properties": {}}
        properties: dict[str, JsonValue] = {}
        names: set[str] = set()
        for member in kind.members:
            schema = self.schema(member.type, without(member.decorators, "allowed"))
            name = member_name(member)
            if name is not None and name.lower() in names:
                raise self._low.file.error(
                    f"`{shown(name)}` is there twice", member, "ARM does not count case"
                )
            names.add((name or "").lower())
            if name is None:
                made["additionalProperties"] = schema
            else:
                properties[name] = schema
        made["properties"] = properties
        return made

    def _union(
        self, kind: syntax.UnionType, decorators: tuple[syntax.Decorator, ...]
    ) -> dict[str, JsonValue]:
        values = self.literals.values(kind)
        if values is not None:
            self._require_one_kind(kind, values)
            return self.literals.schema(values, kind)
        found = decorator(decorators, "discriminator")
        if found is None or not found.arguments:
            self._require_literals(kind)
            return {}
        name = self._low.constant(found.arguments[0])
        variants = _Variants({}, {})
        for member in kind.members:
            self._add_variants(variants, member, str(name))
        return {
            "type": "object",
            "discriminator": {"propertyName": name, "mapping": variants.mapping},
        }

    def _require_one_kind(self, kind: syntax.UnionType, values: list[JsonValue]) -> None:
        if len({type(value) for value in values if value is not None}) > 1:
            raise self._low.file.error("the members of a union are of one type", kind)

    def _require_literals(self, kind: syntax.UnionType) -> None:
        """Refuse members that are no literals; objects need a discriminator then."""
        for member in kind.members:
            if not self._is_literal(member):
                advice = "objects are told apart by a property: @discriminator('name')"
                raise self._low.file.error("the members of a union are literals", member, advice)

    def _is_literal(self, kind: syntax.Type, depth: int = 0) -> bool:
        """Whether a type allows one value; taken for true where the type is not known."""
        if depth > MAX_DEPTH:
            return True
        match kind:
            case syntax.Group() | syntax.NullableType():
                literal = self._is_literal(as_type(kind.inner), depth + 1)
            case syntax.UnionType():
                literal = all(self._is_literal(member, depth + 1) for member in kind.members)
            case syntax.ObjectType():
                named = all(member.key is not None for member in kind.members)
                literal = named and self._are_literal(kind.members, depth)
            case syntax.TupleType():
                literal = self._are_literal(kind.items, depth)
            case syntax.Name() if kind.name in AMBIENT and kind.name not in self._low.file.symbols:
                literal = False
            case _:
                found = self._low.type_names.resolve(kind)
                literal = not isinstance(kind, syntax.ArrayType) and (
                    found is None or found.low.types._is_literal(found.type, depth + 1)  # noqa: SLF001 - another of its kind
                )
        return literal

    def _are_literal(
        self, parts: Sequence[syntax.TypeMember | syntax.TypeItem], depth: int
    ) -> bool:
        return all(
            not isinstance(part.type, syntax.NullableType | syntax.UnionType)
            and self._is_literal(part.type, depth + 1)
            for part in parts
        )

    def _add_variants(self, variants: _Variants, member: syntax.Type, name: str) -> None:
        """Add the variants of a discriminated union that one of its members stands for."""
        resolved = self._object_behind(member)
        if resolved is None:
            return
        low, inner = resolved.low, resolved.type
        if isinstance(inner, syntax.UnionType):
            for part in inner.members:
                low.types._add_variants(variants, part, name)  # noqa: SLF001 - another of its kind
            return
        if not isinstance(inner, syntax.ObjectType):
            if not isinstance(inner, syntax.TypeCall | syntax.RestAccess | syntax.ItemsAccess):
                raise self._low.file.error("the members of this union are objects", member)
            return
        found = next((part for part in inner.members if member_name(part) == name), None)
        values = None if found is None else low.types.literals.values(found.type)
        if found is not None and values is None and low.types._is_literal(found.type):  # noqa: SLF001 - another of its kind
            return  # of a file that is not at hand
        if values is None or len(values) != 1 or not isinstance(values[0], str):
            raise self._low.file.error(
                f"`{shown(name)}` must be there in each object of the union, as one text", member
            )
        self._add_variant(variants, values[0], member)

    def _add_variant(self, variants: _Variants, value: str, member: syntax.Type) -> None:
        self.literals.spend(_VARIANT, member)
        schema = self.schema(member)
        known = variants.folded.setdefault(value.lower(), schema)
        if known != schema:
            raise self._low.file.error(
                f"two objects of the union are told apart by `{shown(value)}`", member
            )
        variants.mapping.setdefault(value, schema)

    def _object_behind(self, kind: syntax.Type) -> Resolved | None:
        current = Resolved("", kind, self._low)
        for _ in range(MAX_DEPTH):
            inner = current.type
            if isinstance(inner, syntax.Group):
                current = current._replace(type=as_type(inner.inner))
            elif isinstance(inner, syntax.Name | syntax.PropertyAccess | syntax.IndexAccess):
                found = current.low.type_names.resolve(inner)
                if found is None:
                    return None
                current = found
            else:
                return current
        return None


_LOWER: Mapping[type, Callable[[TypeLowering, syntax.Type], dict[str, JsonValue]]] = {
    syntax.Name: TypeLowering.named,
    syntax.ArrayType: TypeLowering.array_of,
    syntax.ObjectType: TypeLowering.object_of,
    syntax.TupleType: TypeLowering.tuple_of,
    syntax.Text: TypeLowering.literal,
    syntax.Literal: TypeLowering.literal,
    syntax.Unary: TypeLowering.literal,
    syntax.ResourceType: TypeLowering.resource,
    syntax.PropertyAccess: TypeLowering.access,
    syntax.IndexAccess: TypeLowering.access,
    syntax.ItemsAccess: TypeLowering.access,
    syntax.RestAccess: TypeLowering.access,
}
"""Types that are not here (of resources) take anything."""
