"""Template types: whether a value fits the declaration of a parameter, argument or output.

Rules: Azure Resource Manager "Template structure and syntax" (parameters, definitions), and the
deployment engine where the page is silent. What is unknown in a value is never held against it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from preflight.evaluate.frame import Budget, EvaluationProblem
from preflight.evaluate.functions.registry import kind_name
from preflight.evaluate.functions.utf16 import unit_length
from preflight.evaluate.values import find_key, identity, open_key
from preflight.model.value import JsonValue, PartialText, Unknown, Value, first_unknown

Schema = Mapping[str, JsonValue]
"""A declaration as JSON; keys compare without case."""

_KINDS: Mapping[str, type] = {
    "string": str,
    "securestring": str,
    "int": int,
    "bool": bool,
    "array": list,
    "object": dict,
    "secureobject": dict,
}
_SECURE = frozenset({"securestring", "secureobject"})
_REFERENCE = "#/definitions/"
_STEPS_PER_ITEM = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Types:
    """The user-defined types of one template."""

    definitions: Mapping[str, JsonValue] = field(default_factory=dict)
    budget: Budget | None = None
    """Pays for what is checked; None where the input itself bounds that."""

    def resolve(self, schema: Schema) -> Schema:
        """Follow `$ref`; members beside it win over those of what it names.

        Raises `EvaluationProblem` for a definition that is missing or refers back to itself.
        """
        seen: list[str] = []
        while isinstance(reference := get(schema, "$ref"), str):
            if not reference.lower().startswith(_REFERENCE):
                return {k: v for k, v in schema.items() if k.lower() != "$ref"}
            steps = reference[len(_REFERENCE) :].split("/")
            name = "/".join(map(_unescaped, steps))
            if name.lower() in seen:
                raise EvaluationProblem(f"the type `{name}` refers back to itself")
            seen.append(name.lower())
            target = self._found(steps)
            if not isinstance(target, dict):
                raise EvaluationProblem(f"the type `{name}` is not defined in the template")
            own = {k: v for k, v in schema.items() if k.lower() != "$ref"}
            taken = {key.lower() for key in own}
            schema = {**{k: v for k, v in target.items() if k.lower() not in taken}, **own}
        return schema

    def _found(self, steps: list[str]) -> JsonValue:
        """Return what a pointer below the definitions leads to; None where that is nothing.

        Behind the name of a type may follow the way to a part of it: `/properties/name`, `/items`,
        `/prefixItems/0`, `/additionalProperties`.
        """
        name, *below = map(_unescaped, steps)
        found = get(self.definitions, name)
        for step in below:
            if isinstance(found, dict):
                found = get(found, step)
            elif isinstance(found, list) and step.isdecimal() and int(step) < len(found):
                found = found[int(step)]
            else:
                return None
        return found

    def refuse_unknown(self, kind: str) -> None:
        """Raise `EvaluationProblem` for a type that does not exist."""
        if kind.lower() not in _KINDS:
            raise EvaluationProblem(
                f"`{kind}` is not a type", help="the types are " + ", ".join(_KINDS)
            )

    def is_secure(self, schema: Schema) -> bool:
        """Whether a declaration's values are secret."""
        kind = get(self.resolve(schema), "type")
        return isinstance(kind, str) and kind.lower() in _SECURE

    def is_nullable(self, schema: Schema) -> bool:
        """Whether null, or nothing, is a value of the type."""
        return get(self.resolve(schema), "nullable") is True

    def mismatch(self, value: Value, schema: Schema) -> str | None:
        """Return how a value differs from its declaration, or None if it fits.

        The text says which part (`.a[0]`) is wrong but no values of secure types. Iterative, for
        both values and types may be deep.
        """
        stack = [_Item("", value, schema)]
        while stack:
            item = stack.pop()
            if isinstance(item.value, Unknown | PartialText):
                continue
            resolved = self.resolve(item.schema)
            self._spend(item.value, resolved)
            if item.value is None and (get(resolved, "nullable") is True or not item.path):
                continue
            problem = self._own_mismatch(item.value, resolved)
            if problem is not None:
                return f"{f'`{item.path}`: ' if item.path else ''}{problem}"
            try:
                inner = list(self._parts(item, resolved))
            except _Mismatch as wrong:
                return f"{f'`{item.path}`: ' if item.path else ''}{wrong}"
            stack.extend(reversed(inner))
        return None

    def _spend(self, value: Value, schema: Schema) -> None:
        """Charge for one item: its rules, the allowed values and the declared members."""
        if self.budget is None:
            return
        allowed, members = get(schema, "allowedValues"), get(schema, "properties")
        listed = sum(len(one) for one in (allowed, members) if isinstance(one, list | dict))
        parts = len(value) if isinstance(value, list | dict) else 0
        self.budget.spend(_STEPS_PER_ITEM + listed + parts)

    def _own_mismatch(self, value: Value, schema: Schema) -> str | None:
        """Check everything about a value but its parts."""
        kind = get(schema, "type")
        if isinstance(kind, str):
            self.refuse_unknown(kind)
            if type(value) is not _KINDS[kind.lower()]:
                return f"expected {kind.lower()}, got {kind_name(value)}"
        secret = isinstance(kind, str) and kind.lower() in _SECURE
        for rule in _RULES:
            problem = rule(value, schema, secret)
            if problem is not None:
                return problem
        return None

    def _parts(self, item: _Item, schema: Schema) -> Iterator[_Item]:
        """Yield the parts of an array or object with their types."""
        if isinstance(item.value, list):
            yield from _items(item.path, item.value, schema)
        elif isinstance(item.value, dict):
            discriminator = get(schema, "discriminator")
            if isinstance(discriminator, dict):
                yield _variant(item, discriminator)
            yield from self._members(item.path, item.value, schema)

    def _members(self, path: str, value: dict[str, Value], schema: Schema) -> Iterator[_Item]:
        properties = get(schema, "properties")
        declared = properties if isinstance(properties, dict) else {}
        spelled = {key.lower(): key for key in value}
        for name, inner in declared.items():
            if not isinstance(inner, dict):
                continue
            key = name if name in value else spelled.get(name.lower())
            if key is not None and value[key] is not None:
                yield _Item(f"{path}.{key}", value[key], inner)
            elif not self.is_nullable(inner) and open_key(value) is None:
                raise _Mismatch(f"the property `{name}` is missing")
        folded = {name.lower() for name in declared}
        # A property that is null counts as absent.
        further = [k for k, v in value.items() if k.lower() not in folded and v is not None]
        rest = get(schema, "additionalProperties")
        if rest is False and further:
            raise _Mismatch(f"the property `{further[0]}` is not allowed")
        if isinstance(rest, dict):
            for key in further:
                yield _Item(f"{path}.{key}", value[key], rest)


class _Mismatch(Exception):
    """A part that cannot be paired with a type."""


@dataclass(frozen=True, slots=True)
class _Item:
    path: str
    value: Value
    schema: Schema


def as_value(json: JsonValue) -> Value:
    """Return JSON as a value: each is one, only the type checker has to be told."""
    return cast("Value", json)


def as_json(value: Value) -> JsonValue:
    """Return a value in which nothing is unknown as JSON."""
    return cast("JsonValue", value)


def get(schema: Schema, key: str) -> JsonValue:
    """Return a member of a declaration without regard to case; None where absent."""
    if key in schema:
        return schema[key]
    folded = key.lower()
    return next((value for name, value in schema.items() if name.lower() == folded), None)


def _items(path: str, value: list[Value], schema: Schema) -> Iterator[_Item]:
    prefix = get(schema, "prefixItems")
    first = prefix if isinstance(prefix, list) else []
    if len(value) < len(first):
        raise _Mismatch(f"{len(first)} items are required, {len(value)} given")
    for index, inner in enumerate(first):
        if isinstance(inner, dict):
            yield _Item(f"{path}[{index}]", value[index], inner)
    rest = get(schema, "items")
    if rest is False and len(value) > len(first):
        raise _Mismatch(f"{len(first)} items are allowed, {len(value)} given")
    if isinstance(rest, dict):
        for index in range(len(first), len(value)):
            yield _Item(f"{path}[{index}]", value[index], rest)


def _variant(item: _Item, discriminator: Schema) -> _Item:
    """Return the value with the type that its discriminator property chooses."""
    name, mapping = get(discriminator, "propertyName"), get(discriminator, "mapping")
    value = item.value
    if not (isinstance(name, str) and isinstance(mapping, dict) and isinstance(value, dict)):
        raise EvaluationProblem("a discriminator needs `propertyName` and `mapping`")
    key = find_key(value, name)
    chosen = None if key is None else value[key]
    if isinstance(chosen, Unknown | PartialText) or (key is None and open_key(value)):
        return _Item(item.path, item.value, {})
    if not isinstance(chosen, str):
        found = "is missing" if chosen is None else f"is no string but {kind_name(chosen)}"
        raise _Mismatch(f"the discriminator property `{name}` {found}")
    variant = get(mapping, chosen)
    if not isinstance(variant, dict):
        known = ", ".join(f"`{choice}`" for choice in mapping)
        raise _Mismatch(f"the discriminator property `{name}` is none of {known}")
    return _Item(item.path, item.value, variant)


def _allowed(value: Value, schema: Schema, secret: bool) -> str | None:  # noqa: FBT001 - a table entry
    allowed = get(schema, "allowedValues")
    if not isinstance(allowed, list) or not allowed:
        return None
    known = {identity(as_value(choice)) for choice in allowed}
    if isinstance(value, list) and not all(isinstance(choice, list) for choice in allowed):
        # Each item is one of them; ARM finds no array among a mixture of arrays and others.
        mixed = any(isinstance(choice, list) for choice in allowed)
        if not mixed and all(_among(item, known) for item in value):
            return None
    elif _among(value, known):
        return None
    shown = f"`{value}` " if isinstance(value, str | int) and not secret else "it "
    return shown + "is none of the allowed values"


def _among(value: Value, known: set[Hashable]) -> bool:
    """Whether a value is one of the allowed ones, or may turn out to be."""
    return first_unknown(value) is not None or identity(value) in known


def _long_enough(value: Value, schema: Schema, secret: bool) -> str | None:  # noqa: ARG001, FBT001
    if not isinstance(value, str | list):
        return None
    size = unit_length(value) if isinstance(value, str) else len(value)
    least, most = get(schema, "minLength"), get(schema, "maxLength")
    if isinstance(least, int) and size < least:
        return f"its length is {size}, at least {least} is required"
    if isinstance(most, int) and size > most:
        return f"its length is {size}, at most {most} is allowed"
    return None


def _in_range(value: Value, schema: Schema, secret: bool) -> str | None:  # noqa: ARG001, FBT001
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    least, most = get(schema, "minValue"), get(schema, "maxValue")
    if isinstance(least, int) and value < least:
        return f"`{value}` is less than the minimum, {least}"
    if isinstance(most, int) and value > most:
        return f"`{value}` is more than the maximum, {most}"
    return None


_RULES: tuple[Callable[[Value, Schema, bool], str | None], ...] = (
    _allowed,
    _long_enough,
    _in_range,
)


def _unescaped(step: str) -> str:
    """Return a step of a JSON pointer (RFC 6901)."""
    return step.replace("~1", "/").replace("~0", "~")
