"""Which expressions stand for one deployment of a module: the compiler reads outputs by type.

`first([m]).outputs.x` is `first(createArray(reference('m'))).outputs.x.value`.

Source: the official compiler.
"""

from __future__ import annotations

from collections.abc import Sequence

from preflight.read.bicep import syntax
from preflight.read.bicep.locals import NO_LOCALS, Locals
from preflight.read.bicep.symbols import BicepFile, ModuleSymbol, key_text

_LINKS = 20
"""Names and brackets that may stand around."""
_PICK = frozenset({"first", "last"})
_Value = syntax.Expression | syntax.Type | syntax.Spread


def module_of(
    file: BicepFile, value: _Value, names: Locals, left: int = _LINKS
) -> ModuleSymbol | None:
    """Return the module of which the compiler takes an expression for one deployment.

    Where it may be one of several, the first.
    """
    value = _bare(value)
    if left < 0:
        return None
    if isinstance(value, syntax.Name):
        return _named(file, value, names, left - 1)
    if isinstance(value, syntax.Ternary):
        return _of_all(file, (value.yes, value.no), names, left - 1)
    if isinstance(value, syntax.IndexAccess):
        return modules_of(file, value.target, names, left - 1)
    if isinstance(value, syntax.Call):
        picks = value.name.name in _PICK and len(value.arguments) == 1
        return modules_of(file, value.arguments[0], names, left - 1, loops=False) if picks else None
    found = _member(file, value, names)
    return None if found is None else module_of(file, found[0], found[1], left - 1)


def _named(file: BicepFile, name: syntax.Name, names: Locals, left: int) -> ModuleSymbol | None:
    if name.name in names.nodes:
        return names.modules.get(name.name)
    found = file.named(name)
    if isinstance(found, syntax.Variable):
        return module_of(file, found.value, NO_LOCALS, left)
    return found if isinstance(found, ModuleSymbol) and not found.is_collection else None


def _of_all(
    file: BicepFile, values: Sequence[_Value], names: Locals, left: int
) -> ModuleSymbol | None:
    found = [module_of(file, value, names, left) for value in values]
    return None if not found or None in found else found[0]


def modules_of(
    file: BicepFile, value: _Value, names: Locals, left: int = _LINKS, *, loops: bool = True
) -> ModuleSymbol | None:
    """Return a module where an expression stands for an array of modules.

    `loops`: what a loop deploys is such an array too.
    """
    value = _bare(value)
    if left < 0:
        return None
    if isinstance(value, syntax.Array):
        return _of_all(file, value.items, names, left - 1)
    if isinstance(value, syntax.Name):
        found = None if value.name in names.nodes else file.named(value)
        if isinstance(found, syntax.Variable):
            return modules_of(file, found.value, NO_LOCALS, left - 1, loops=loops)
        is_loop = loops and isinstance(found, ModuleSymbol) and found.is_collection
        return found if is_loop and isinstance(found, ModuleSymbol) else None
    member = _member(file, value, names)
    return None if member is None else modules_of(file, *member, left - 1, loops=loops)


def _member(
    file: BicepFile, value: _Value, names: Locals
) -> tuple[syntax.Expression, Locals] | None:
    """Return what a property is in an object that is written out, or that has a name."""
    if not isinstance(value, syntax.PropertyAccess):
        return None
    target = _bare(value.target)
    if isinstance(target, syntax.Name) and target.name not in names.nodes:
        found = file.named(target)
        if isinstance(found, syntax.Variable):
            target, names = _bare(found.value), NO_LOCALS
    for member in target.members if isinstance(target, syntax.Object) else ():
        if isinstance(member, syntax.Property) and key_text(member) == value.name.name:
            return member.value, names
    return None


def _bare(value: _Value) -> _Value:
    """Return an expression without parentheses and `!`."""
    while isinstance(value, syntax.Group | syntax.NonNull):
        value = value.inner if isinstance(value, syntax.Group) else value.target
    return value
