"""Which expressions stand for one deployment of a module: the compiler reads outputs by type.

`first([m]).outputs.x` is `first(createArray(reference('m'))).outputs.x.value`.

Source: the official compiler.
"""

from __future__ import annotations

from collections.abc import Sequence

from preflight.read.bicep import syntax
from preflight.read.bicep.locals import NO_LOCALS, Locals
from preflight.read.bicep.symbols import BicepFile, ModuleSymbol, key_text

_STEPS = 200
"""Names, brackets and items that are looked at for one expression."""
_PICK = frozenset({"first", "last"})
_Value = syntax.Expression | syntax.Type | syntax.Spread


def module_of(file: BicepFile, value: _Value, names: Locals) -> ModuleSymbol | None:
    """Return the module of which the compiler takes an expression for one deployment.

    Where it may be one of several, the first.
    """
    return _Search(file).module(value, names)


def modules_of(file: BicepFile, value: _Value, names: Locals) -> ModuleSymbol | None:
    """Return a module where an expression stands for an array of modules."""
    return _Search(file).modules(value, names, loops=True)


class _Search:
    """Looks at one expression, and no further than some steps."""

    def __init__(self, file: BicepFile) -> None:
        self._file = file
        self._left = _STEPS

    def module(self, value: _Value, names: Locals) -> ModuleSymbol | None:
        """Return the module that one deployment is of."""
        value = _bare(value)
        self._left -= 1
        if self._left < 0:
            return None
        if isinstance(value, syntax.Name):
            return self._named(value, names)
        if isinstance(value, syntax.Ternary):
            return self._all((value.yes, value.no), names)
        if isinstance(value, syntax.IndexAccess):
            return self.modules(value.target, names, loops=True)
        if isinstance(value, syntax.Call):
            picks = value.name.name in _PICK and len(value.arguments) == 1
            return self.modules(value.arguments[0], names, loops=False) if picks else None
        found = _member(self._file, value, names)
        return None if found is None else self.module(*found)

    def _named(self, name: syntax.Name, names: Locals) -> ModuleSymbol | None:
        if name.name in names.nodes:
            return names.modules.get(name.name)
        found = self._file.named(name)
        if isinstance(found, syntax.Variable):
            return self.module(found.value, NO_LOCALS)
        return found if isinstance(found, ModuleSymbol) and not found.is_collection else None

    def _all(self, values: Sequence[_Value], names: Locals) -> ModuleSymbol | None:
        first: ModuleSymbol | None = None
        for value in values:
            found = self.module(value, names)
            if found is None:
                return None
            first = first or found
        return first

    def modules(self, value: _Value, names: Locals, *, loops: bool) -> ModuleSymbol | None:
        """Return the module of an array; `loops`: what a loop deploys is one too."""
        value = _bare(value)
        self._left -= 1
        if self._left < 0:
            return None
        if isinstance(value, syntax.Array):
            return self._all(value.items, names)
        if isinstance(value, syntax.Name):
            found = None if value.name in names.nodes else self._file.named(value)
            if isinstance(found, syntax.Variable):
                return self.modules(found.value, NO_LOCALS, loops=loops)
            is_loop = isinstance(found, ModuleSymbol) and found.is_collection
            return found if loops and is_loop and isinstance(found, ModuleSymbol) else None
        member = _member(self._file, value, names)
        return None if member is None else self.modules(*member, loops=loops)


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
    members = target.members if isinstance(target, syntax.Object) else ()
    for member in members[:_STEPS]:
        if isinstance(member, syntax.Property) and key_text(member) == value.name.name:
            return member.value, names
    return None


def _bare(value: _Value) -> _Value:
    """Return an expression without parentheses and `!`."""
    while isinstance(value, syntax.Group | syntax.NonNull):
        value = value.inner if isinstance(value, syntax.Group) else value.target
    return value
