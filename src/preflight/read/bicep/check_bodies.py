"""Bodies of resources and modules that the compiler refuses whatever their types are.

Source: Azure/bicep, src/Bicep.Core/Emit/EmitLimitationCalculator.cs; the official compiler.
"""

from __future__ import annotations

from collections.abc import Iterator

from preflight.errors import InputError
from preflight.read.bicep import syntax
from preflight.read.bicep.symbols import BicepFile, ModuleSymbol, ResourceSymbol, key_text
from preflight.read.json_strings import shown

_OF_EXISTING = frozenset({"dependsOn", "name", "parent", "scope"})
_OF_MODULE = frozenset({"dependsOn", "extensionConfigs", "identity", "name", "params", "scope"})
_OF_TEMPLATES = frozenset({"comments", "condition", "copy", "existing", "import", "resources"})
_OF_DEPLOYMENTS = frozenset({"resourcegroup", "subscriptionid"})
_SPELLED = {
    name.lower(): name
    for name in ("dependsOn", "location", "name", "parent", "properties", "scope", "type")
}
"""How members are spelled that mean something here."""
_IDENTIFIERS = frozenset(
    {"any", "extensionResourceId", "resourceId", "subscriptionResourceId", "tenantResourceId"}
)
"""Functions whose value is no resource, whatever they are given."""
_NO_NAME = syntax.Literal | syntax.Array | syntax.Object
_NO_TEXT = frozenset({"array", "bool", "int", "object"})
_NO_RESOURCE = syntax.Literal | syntax.Object | syntax.Text


def wrong_bodies(file: BicepFile) -> Iterator[InputError]:
    """Yield an error for each member of a body that cannot be there."""
    symbols: list[ResourceSymbol | ModuleSymbol] = [*file.resources, *file.modules]
    for symbol in symbols:
        seen: set[str] = set()
        for member in symbol.body.members:
            key = key_text(member) if isinstance(member, syntax.Property) else None
            if key is not None and key in seen:
                yield file.error(f"`{shown(key)}` is there twice", member)
            seen.add(key or "")
            if isinstance(member, syntax.Spread):
                yield file.error(
                    "`...` cannot stand in the body itself", member, "write the members out"
                )
            elif isinstance(member, syntax.Property):
                yield from _member(file, symbol, member)


def _member(
    file: BicepFile, symbol: ResourceSymbol | ModuleSymbol, member: syntax.Property
) -> Iterator[InputError]:
    key = key_text(member)
    is_azure = not isinstance(symbol, ResourceSymbol) or symbol.extension is None
    if key == "name" and is_azure and _is_no_text(file, symbol, member.value):
        yield file.error("the name must be a text", member.value)
    elif key == "dependsOn":
        yield from _depends(file, member.value)
    elif (
        isinstance(symbol, ResourceSymbol)
        and symbol.declaration.existing
        and symbol.loop is None  # the compiler does not look into those
        and is_azure
        and key not in _OF_EXISTING
    ):
        yield file.error(
            f"an `existing` resource cannot have `{shown(key or '')}`",
            member,
            "it has a name, and maybe `parent`, `scope` and `dependsOn`",
        )
    elif isinstance(symbol, ResourceSymbol) and is_azure and _is_of_template(symbol, key or ""):
        yield file.error(f"a resource cannot have `{shown(key or '')}` in Bicep", member)
    elif isinstance(symbol, ModuleSymbol) and key not in _OF_MODULE:
        yield file.error(f"a module cannot have `{shown(key or '')}`", member)


def _is_of_template(symbol: ResourceSymbol, key: str) -> bool:
    """Whether a property would mean something to the template that the file is compiled to."""
    folded = key.lower()
    if folded in _OF_DEPLOYMENTS:
        return symbol.type.lower() != "microsoft.resources/deployments"
    return folded in _OF_TEMPLATES or (folded in _SPELLED and key not in _SPELLED.values())


def wrong_names(file: BicepFile) -> Iterator[InputError]:
    """Yield an error for each name with too many or too few segments, as far as it is written."""
    for symbol in file.resources:
        name = symbol.get("name")
        if not isinstance(name, syntax.Text) or symbol.extension is not None:
            continue
        found = sum(segment.count("/") for segment in name.segments)
        if symbol.parent is not None:
            if found:
                yield file.error(
                    "the name of a resource with a parent has no `/`",
                    name,
                    "write the last part only: the parent's name goes before it",
                )
            continue
        wanted = symbol.type.count("/") - 1
        if found > wanted or (found < wanted and name.plain is not None):
            kind = shown(symbol.type)
            yield file.error(f"the type `{kind}` needs {wanted} `/` in the name", name)


def _is_no_text(
    file: BicepFile, symbol: ResourceSymbol | ModuleSymbol, value: syntax.Expression
) -> bool:
    """Whether a value is something else than a text, as far as that is written."""
    bare = _bare(value)
    loop = symbol.loop
    around = () if loop is None else (loop.item.name, loop.counter and loop.counter.name)
    if isinstance(bare, syntax.Name) and bare.name not in around:
        found = file.named(bare)
        if isinstance(found, syntax.Parameter):
            kind = found.type
            return isinstance(kind, syntax.Name) and kind.name in _NO_TEXT
        bare = found.value if isinstance(found, syntax.Variable) else bare
    return isinstance(bare, _NO_NAME)


def _depends(file: BicepFile, value: syntax.Expression) -> Iterator[InputError]:
    bare = _bare(value)
    if isinstance(bare, syntax.Array):
        for item in bare.items:
            if isinstance(item, _NO_RESOURCE) or _is_identifier(file, item):
                advice = "write the symbols of resources and modules, not their IDs"
                yield file.error("`dependsOn` lists resources and modules", item, advice)
    elif isinstance(bare, _NO_RESOURCE) or _is_open(file, bare):
        yield file.error("`dependsOn` is an array of resources and modules", value)


def _is_open(file: BicepFile, value: syntax.Expression | syntax.Type) -> bool:
    """Whether a value is a parameter, of any type, or one resource or module."""
    if isinstance(value, syntax.Call):
        return value.name.name == "any" and "any" not in file.symbols
    found = file.named(value) if isinstance(value, syntax.Name) else None
    if isinstance(found, ResourceSymbol | ModuleSymbol):
        return not found.is_collection
    return isinstance(found, syntax.Parameter)


def _is_identifier(file: BicepFile, item: syntax.Expression | syntax.Spread) -> bool:
    """Whether an item is a property of a resource or module, a parameter, or an ID."""
    if isinstance(item, syntax.Name):
        return isinstance(file.named(item), syntax.Parameter)
    if isinstance(item, syntax.Call):
        return item.name.name in _IDENTIFIERS and item.name.name not in file.symbols
    if not isinstance(item, syntax.PropertyAccess):
        return False
    target = item.target
    found = file.named(target) if isinstance(target, syntax.Name) else None
    return isinstance(found, ResourceSymbol | ModuleSymbol)


def wrong_parents(file: BicepFile) -> Iterator[InputError]:
    """Yield an error for each `parent:` of another type than the resource's type begins with."""
    for symbol in file.resources:
        link = symbol.parent
        if link is None or link.nested or symbol.extension is not None:
            continue
        wanted = symbol.type.rpartition("/")[0]
        if link.resource.type.lower() != wanted.lower():
            yield file.error(
                f"the parent must be of the type `{shown(wanted)}`; "
                f"`{shown(link.resource.name)}` is `{shown(link.resource.type)}`",
                symbol.get("parent") or symbol.declaration.name,
            )


def _bare(value: syntax.Expression) -> syntax.Expression | syntax.Type:
    """Return a value without parentheses."""
    current: syntax.Expression | syntax.Type = value
    while isinstance(current, syntax.Group):
        current = current.inner
    return current
