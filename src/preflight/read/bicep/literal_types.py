"""Types of literals: the values that a type lists, and the schema that they make.

Source: Azure/bicep, src/Bicep.Core/Emit/TemplateWriter.cs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from preflight.errors import LimitExceeded
from preflight.model.source import Place
from preflight.model.value import JsonValue
from preflight.read.bicep import syntax
from preflight.read.bicep.lower_value import escaped
from preflight.read.bicep.resolve_type import AMBIENT, as_type

if TYPE_CHECKING:
    from preflight.read.bicep.lowering import Lowering

MAX_LITERALS = 1_000_000
"""Values that the types of one source may list, each type anew."""
_MOST_LINKS = 60
"""Types that one may be made of, through names."""
_KINDS: Mapping[type, str] = {
    str: "string",
    int: "int",
    bool: "bool",
    list: "array",
    dict: "object",
    float: "int",
}


class LiteralTypes:
    """Lists the values of the types of one file."""

    __slots__ = ("_known", "_low")

    def __init__(self, low: Lowering) -> None:
        """Look names up with `low`."""
        self._low = low
        self._known: dict[int, list[JsonValue]] = {}

    def values(self, kind: syntax.Type, depth: int = 0) -> list[JsonValue] | None:
        """Return the values that a type of literals allows; None for every other type."""
        if depth > _MOST_LINKS:
            return None
        if isinstance(kind, syntax.Literal):
            return [kind.value]
        if isinstance(kind, syntax.Text):
            return None if kind.plain is None else [kind.plain]
        if isinstance(kind, syntax.Unary):
            return _negated(kind)
        # Kept, for names that double each other would be looked up without end.
        found = self._known.get(id(kind))
        if found is None:
            found = self._joined(kind, depth + 1)
            if found is not None:
                self.spend(len(found), kind)
                self._known[id(kind)] = found
        return found

    def spend(self, values: int, kind: syntax.Type) -> None:
        """Count listed values: a type that is short to write may list those of a long one.

        Raises `LimitExceeded` for too many.
        """
        program = self._low.builder.program
        program.literals += values
        if program.literals > MAX_LITERALS:
            raise LimitExceeded(
                f"the types list more than {MAX_LITERALS:,} literals",
                help="let long unions stand in fewer other types",
                where=Place(source=self._low.file.source, offset=kind.start),
            )

    def schema(self, values: list[JsonValue] | None, kind: syntax.Type) -> dict[str, JsonValue]:
        """Return the schema of a choice of literals."""
        if values is None:
            return {}
        self.spend(len(values), kind)
        present: list[JsonValue] = [value for value in values if value is not None]
        made: dict[str, JsonValue] = {}
        kinds = {_KINDS[type(value)] for value in present}
        if len(kinds) == 1:
            made["type"] = kinds.pop()
        made["allowedValues"] = escaped_values(present)
        if len(present) < len(values):
            made["nullable"] = True
        return made

    def _joined(self, kind: syntax.Type, depth: int) -> list[JsonValue] | None:
        """Return the literals of a type that is made of others."""
        match kind:
            case syntax.Group():
                return self.values(as_type(kind.inner), depth)
            case syntax.NullableType():
                inner = self.values(kind.inner, depth)
                return None if inner is None else [*inner, None]
            case syntax.UnionType():
                return self._all(kind.members, depth)
            case syntax.Name() if kind.name in AMBIENT:
                return None
            case syntax.Name() | syntax.PropertyAccess() | syntax.IndexAccess():
                resolved = self._low.type_names.resolve(kind)
                if resolved is not None:
                    return resolved.low.types.literals.values(resolved.type, depth)
            case _:
                pass
        return None

    def _all(self, members: Sequence[syntax.Type], depth: int) -> list[JsonValue] | None:
        # By kind too: `1` and `true` are two values.
        values: dict[tuple[type, str], JsonValue] = {}
        for member in members:
            found = self.values(member, depth)
            if found is None:
                return None
            self.spend(len(found), member)
            for value in found:
                values.setdefault((type(value), str(value)), value)
        return list(values.values())


def _negated(kind: syntax.Unary) -> list[JsonValue] | None:
    operand = kind.operand
    if not isinstance(operand, syntax.Literal) or operand.value is None:
        return None
    return [not operand.value] if kind.operator == "!" else [-operand.value]


def escaped_values(values: list[JsonValue]) -> list[JsonValue]:
    """Return literals as JSON of a template has them."""
    return [escaped(value) if isinstance(value, str) else value for value in values]
