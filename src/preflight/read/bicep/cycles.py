"""Circles of declarations: values, resources and modules that need themselves.

Source: the official compiler, which refuses them.
"""

from __future__ import annotations

from collections.abc import Iterator

from preflight.errors import InputError
from preflight.read.bicep import syntax
from preflight.read.bicep.symbols import BicepFile, ModuleSymbol, ResourceSymbol
from preflight.read.bicep.walk import walk_scoped
from preflight.read.json_strings import shown

_Declared = (
    syntax.Parameter
    | syntax.Variable
    | syntax.Assignment
    | syntax.TypeDeclaration
    | syntax.Function
    | ResourceSymbol
    | ModuleSymbol
)
_Use = tuple[_Declared, int]
"""A declaration that is named, and the offset of the name."""
_SHOWN = 8


def require_no_circles(file: BicepFile) -> None:
    """Raise `InputError` where a declaration needs itself, at the name that closes the circle."""
    done: set[int] = set()
    roots: list[_Declared] = [*file.resources, *file.modules]
    roots += [
        symbol
        for symbol in file.symbols.values()
        if isinstance(
            symbol,
            syntax.Parameter
            | syntax.Variable
            | syntax.Assignment
            | syntax.TypeDeclaration
            | syntax.Function,
        )
    ]
    for root in roots:
        if id(root) not in done:
            _follow(file, root, done)


def _follow(file: BicepFile, root: _Declared, done: set[int]) -> None:
    active = {id(root)}
    stack: list[tuple[_Declared, Iterator[_Use]]] = [(root, _uses(file, root))]
    while stack:
        current, uses = stack[-1]
        step = next(uses, None)
        if step is None:
            stack.pop()
            active.discard(id(current))
            done.add(id(current))
            continue
        used, offset = step
        if id(used) in active:
            raise _circle(file, used, offset, [entry for entry, _ in stack])
        if id(used) not in done:
            active.add(id(used))
            stack.append((used, _uses(file, used)))


def _circle(file: BicepFile, used: _Declared, offset: int, path: list[_Declared]) -> InputError:
    first = next(number for number, entry in enumerate(path) if entry is used)
    names = [_name(entry) for entry in (*path[first:], used)]
    if len(names) == 2:  # noqa: PLR2004 - itself alone
        message = f"`{shown(names[0])}` refers to itself"
    else:
        listed = " → ".join(f"`{shown(name)}`" for name in names[:_SHOWN])
        message = f"declarations refer to each other in a circle: {listed}"
    return file.error(message, syntax.Name(names[0], offset, offset))


def _name(symbol: _Declared) -> str:
    name = symbol.name
    return name.name if isinstance(name, syntax.Name) else name


def _uses(file: BicepFile, symbol: _Declared) -> Iterator[_Use]:
    """Yield the declarations that one names, in the order of the text."""
    if isinstance(symbol, syntax.TypeDeclaration):
        yield from _aliased(file, symbol)
        return
    if isinstance(symbol, ResourceSymbol) and symbol.parent is not None:
        yield symbol.parent.resource, symbol.declaration.name.start
    loop = symbol.loop if isinstance(symbol, ResourceSymbol | ModuleSymbol) else None
    for expression in _expressions(symbol):
        for node, hidden in walk_scoped(expression, loop):
            name = node.name if isinstance(node, syntax.Call) else node
            if isinstance(name, syntax.Name) and name.name not in hidden:
                found = file.named(name)
                if isinstance(found, _Declared) and _is_called(found) is (name is not node):
                    yield found, name.start


def _is_called(symbol: _Declared) -> bool:
    return isinstance(symbol, syntax.Function)


def _aliased(file: BicepFile, symbol: syntax.TypeDeclaration) -> Iterator[_Use]:
    """Yield the types that one stands for, or of which each of its values has a part."""
    stack: list[object] = [symbol.type]
    while stack:
        node = stack.pop()
        match node:
            case syntax.Name():
                found = file.symbols.get(node.name)
                if isinstance(found, syntax.TypeDeclaration):
                    yield found, node.start
            case syntax.Group() | syntax.NullableType():
                stack.append(node.inner)
            case syntax.UnionType():
                stack.extend(reversed(node.members))
            case syntax.ObjectType() | syntax.TupleType() | syntax.ArrayType():
                stack.extend(_required_parts(node))
            case (
                syntax.PropertyAccess()
                | syntax.IndexAccess()
                | syntax.ItemsAccess()
                | syntax.RestAccess()
                | syntax.NonNull()
            ):
                stack.append(node.target)
            case _:
                pass  # a type of its own


def _required_parts(
    kind: syntax.ObjectType | syntax.TupleType | syntax.ArrayType,
) -> Iterator[syntax.Type]:
    """Yield the types of parts that cannot be left out, the last one first."""
    if isinstance(kind, syntax.ArrayType):
        parts: tuple[syntax.Type, ...] = (kind.item,)
    elif isinstance(kind, syntax.TupleType):
        parts = tuple(item.type for item in kind.items)
    else:
        parts = tuple(member.type for member in kind.members if member.key is not None)
    for part in reversed(parts):
        inner: object = part
        while isinstance(inner, syntax.Group):
            inner = inner.inner
        if not isinstance(inner, syntax.NullableType):
            yield part


def _expressions(symbol: _Declared) -> Iterator[syntax.Expression]:
    if isinstance(symbol, syntax.Parameter):
        if symbol.default is not None:
            yield symbol.default
    elif isinstance(symbol, syntax.Variable | syntax.Assignment):
        yield symbol.value
    elif isinstance(symbol, syntax.Function):
        yield symbol.body
    elif not isinstance(symbol, syntax.TypeDeclaration):
        yield from _of_body(symbol)


def _of_body(symbol: ResourceSymbol | ModuleSymbol) -> Iterator[syntax.Expression]:
    if isinstance(symbol, ResourceSymbol):
        yield from symbol.conditions
    elif symbol.condition is not None:
        yield symbol.condition
    if symbol.loop is not None:
        yield symbol.loop.source
    yield symbol.body
