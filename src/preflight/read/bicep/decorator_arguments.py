"""Arguments of decorators: constants of a kind, within bounds.

Source: Azure/bicep, src/Bicep.Core/Semantics/Namespaces/SystemNamespaceType.cs (the validators);
the official compiler.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from preflight.errors import InputError
from preflight.read.bicep import syntax
from preflight.read.bicep.decorators import decorator as find
from preflight.read.bicep.decorators import is_qualified
from preflight.read.bicep.symbols import BicepFile, key_text
from preflight.read.json_strings import shown

_KINDS: Mapping[str, str] = {
    "allowed": "an array",
    "batchSize": "an integer",
    "description": "a text",
    "discriminator": "a text",
    "maxLength": "an integer",
    "maxValue": "an integer",
    "metadata": "an object",
    "minLength": "an integer",
    "minValue": "an integer",
}
"""What the argument of a decorator is."""
_NOT_NEGATIVE = frozenset({"maxLength", "minLength"})
# Those of an array are listed one by one, or as arrays.
_ITEMS: Mapping[str, str] = {
    "bool": "a boolean",
    "int": "an integer",
    "object": "an object",
    "string": "a text",
}
_LITERALS: Mapping[type, str] = {bool: "a boolean", int: "an integer", type(None): "null"}
_SHAPES: Mapping[type, str] = {
    syntax.Array: "an array",
    syntax.Object: "an object",
    syntax.Text: "a text",
}
_LIMITS = (("minLength", "maxLength"), ("minValue", "maxValue"))


def wrong_argument(
    file: BicepFile, decorator: syntax.Decorator, declared: syntax.Type | None
) -> Iterator[InputError]:
    """Yield what is wrong with the one argument of a decorator before a type, or before none."""
    name = decorator.name
    wanted = _KINDS.get(name)
    if wanted is None or not decorator.arguments:
        return
    argument = _asserted(decorator.arguments[0])
    kind = _kind(argument)
    if kind is not None and kind != wanted:
        yield file.error(f"`@{name}()` takes {wanted}", argument)
        return
    checked = not is_qualified(decorator)  # the compiler looks no further at those with `sys.`
    if name == "batchSize":  # the only one that may be computed
        if checked and (size := _number(argument)) is not None and size < 1:
            yield file.error("a batch has at least one resource", argument)
        return
    open_part = not_constant(argument)
    if open_part is not None:
        yield file.error(
            f"what `@{name}()` says must be written as it is", open_part, "it cannot be computed"
        )
        return
    if checked and name in _NOT_NEGATIVE and (_number(argument) or 0) < 0:
        yield file.error("a length is not negative", argument)
    if name == "allowed" and isinstance(argument, syntax.Array) and declared is not None:
        yield from _wrong_items(file, argument, declared if checked else None)
    if name == "metadata":
        yield from said_twice_in(file, argument)


def crossed_limits(
    file: BicepFile, decorators: tuple[syntax.Decorator, ...]
) -> Iterator[InputError]:
    """Yield an error for a least value that is above the greatest."""
    for low, high in _LIMITS:
        lowest, highest = find(decorators, low), find(decorators, high)
        if lowest is None or highest is None or not (lowest.arguments and highest.arguments):
            continue
        least, most = _number(lowest.arguments[0]), _number(highest.arguments[0])
        if least is not None and most is not None and least > most:
            yield file.error(f"`@{low}({least})` is above `@{high}({most})`", lowest)


def _wrong_items(
    file: BicepFile, argument: syntax.Array, declared: syntax.Type | None
) -> Iterator[InputError]:
    if all(isinstance(item, syntax.Spread) for item in argument.items):
        yield file.error("`@allowed()` lists at least one value", argument)
    while isinstance(declared, syntax.NullableType):
        declared = declared.inner
    name = declared.name if isinstance(declared, syntax.Name) else ""
    wanted = _ITEMS.get(name) if name not in file.symbols else None
    for item in argument.items:
        kind = None if isinstance(item, syntax.Spread) else _kind(item)
        if wanted is not None and kind is not None and kind != wanted:
            yield file.error(f"the allowed values are of the type `{shown(name)}`", item)
            return


def said_twice_in(file: BicepFile, value: syntax.Expression) -> Iterator[InputError]:
    """Yield an error for each property of an object, or of one inside it, that is there twice."""
    stack: list[object] = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, syntax.Array):
            stack.extend(node.items)
        if not isinstance(node, syntax.Object):
            continue
        seen: set[str] = set()
        for member in node.members:
            if isinstance(member, syntax.Property):
                key = key_text(member)
                if key is not None and key in seen:
                    yield file.error(f"`{shown(key)}` is there twice", member)
                seen.add(key or "")
                stack.append(member.value)


def _kind(value: syntax.Expression) -> str | None:
    """Say what a literal is; None for everything else."""
    if isinstance(value, syntax.Literal):
        return _LITERALS[type(value.value)]
    return _SHAPES.get(type(value))


def _number(value: syntax.Expression) -> int | None:
    """Return an integer that is written as it is."""
    found: object = value
    sign = 1
    if isinstance(value, syntax.Unary) and value.operator == "-":
        found, sign = value.operand, -1
    if isinstance(found, syntax.Literal) and type(found.value) is int:
        return sign * found.value
    return None


def not_constant(value: syntax.Expression) -> syntax.Expression | None:
    """Return the first part of a value that is no constant, if there is one."""
    stack: list[syntax.Expression] = [value]
    while stack:
        node = _asserted(stack.pop())
        if isinstance(node, syntax.Array):
            stack.extend(_inside(item) for item in reversed(node.items))
        elif isinstance(node, syntax.Object):
            for member in reversed(node.members):
                if isinstance(member, syntax.Property):
                    if isinstance(member.key, syntax.Text):
                        stack.append(member.key)
                    stack.append(member.value)
                elif isinstance(member, syntax.Spread):
                    stack.append(member.value)
        elif not (_is_constant(node) or _number(node) is not None):
            return node
    return None


def _asserted(value: syntax.Expression) -> syntax.Expression:
    """Return a value without `!` behind it."""
    current: syntax.Expression | syntax.Type = value
    while isinstance(current, syntax.NonNull):
        current = current.target
    return current  # type: ignore[return-value]


def _inside(item: syntax.Expression | syntax.Spread) -> syntax.Expression:
    return item.value if isinstance(item, syntax.Spread) else item


def _is_constant(node: syntax.Expression) -> bool:
    return isinstance(node, syntax.Literal) or (isinstance(node, syntax.Text) and not node.holes)
