"""Whether the compiler gives a file's resources symbolic names (`languageVersion` 2.0).

Source: Azure/bicep, src/Bicep.Core/Emit/EmitterSettings.cs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from preflight.read.bicep import syntax
from preflight.read.bicep.decorators import has
from preflight.read.bicep.signature import Signature, signature_of_file
from preflight.read.bicep.symbols import BicepFile, ModuleSymbol, ResourceSymbol, Target
from preflight.read.bicep.walk import walk_scoped

_NAMED_TYPES = (
    syntax.ArrayType,
    syntax.NullableType,
    syntax.ObjectType,
    syntax.TupleType,
    syntax.UnionType,
)
_ONLY_SYMBOLIC = ("onlyIfNotExists", "retryOn", "waitUntil", "nullIfNotFound")


_FEATURES = frozenset(
    {
        "assertions",
        "azExtensionConfig",
        "deployCommands",
        "localDeploy",
        "moduleExtensionConfigs",
        "resourceInfoCodegen",
        "runtimeValuesInTagsAndSku",
        "symbolicNameCodegen",
        "userDefinedConstraints",
        "waitUntil",
    }
)
"""Experimental features with which every template has symbolic names."""


def needs_symbols(
    file: BicepFile,
    signature: Callable[[Target], Signature | None],
    experimental: frozenset[str],
) -> bool:
    """Whether the template of a file calls its resources by symbols.

    `experimental` are the features that its bicepconfig.json switches on.
    """
    return (
        bool(experimental & _FEATURES)
        or any(_is_symbolic(statement) for statement in file.tree.statements)
        or any(_is_symbolic_resource(resource) for resource in file.resources)
        or any(_is_symbolic_module(module, signature) for module in file.modules)
        or bool(signature_of_file(file).secure_outputs)
        or _reads_collection(file)
    )


def _is_symbolic(statement: syntax.Statement) -> bool:
    match statement:
        case syntax.Extension() | syntax.Import() | syntax.TypeDeclaration() | syntax.Function():
            return True
        case syntax.Variable():
            return statement.type is not None
        case syntax.Parameter() | syntax.Output():
            return _has_named_type(statement.type)
        case _:
            return False


def _has_named_type(kind: syntax.Type) -> bool:
    stack: list[object] = [kind]
    while stack:
        node = stack.pop()
        if isinstance(node, _NAMED_TYPES):
            return True
        if isinstance(node, tuple):
            stack.extend(part for part in node if isinstance(part, tuple))
    return False


def _is_symbolic_resource(resource: ResourceSymbol) -> bool:
    if resource.extension is not None:
        return True
    if any(has(resource.declaration.decorators, name) for name in _ONLY_SYMBOLIC):
        return True
    return resource.declaration.existing and resource.get("dependsOn") is not None


def _is_symbolic_module(
    module: ModuleSymbol, signature: Callable[[Target], Signature | None]
) -> bool:
    if module.get("name") is None:
        return True
    found = signature(module.target)
    return found is not None and bool(found.secure_outputs)


def _reads_collection(file: BicepFile) -> bool:
    """Whether all resources of a loop are read at once, which needs `references()`."""
    symbols: list[ResourceSymbol | ModuleSymbol] = [*file.resources, *file.modules]
    return any(symbol.is_collection for symbol in symbols) and any(
        _names_collection(file, expression, around) for expression, around in _expressions(file)
    )


def _expressions(file: BicepFile) -> Iterator[tuple[syntax.Expression, syntax.Loop | None]]:
    """Yield the expressions of a file, with the loop around each."""
    for statement in file.tree.statements:
        if isinstance(statement, syntax.Variable | syntax.Output):
            yield statement.value, None
    symbols: list[ResourceSymbol | ModuleSymbol] = [*file.resources, *file.modules]
    for symbol in symbols:
        if symbol.loop is not None:
            yield symbol.loop.source, None
        for member in symbol.body.members:
            if isinstance(member, syntax.Property) and not _is_dependency(member):
                yield member.value, symbol.loop


def _is_dependency(member: syntax.Property) -> bool:
    return isinstance(member.key, syntax.Name) and member.key.name == "dependsOn"


def _names_collection(
    file: BicepFile, expression: syntax.Expression, around: syntax.Loop | None
) -> bool:
    accessed: set[int] = set()
    for node, hidden in walk_scoped(expression, around):
        if isinstance(node, syntax.PropertyAccess | syntax.IndexAccess):
            target = node.target
            while isinstance(target, syntax.Group):
                target = target.inner
            accessed.add(id(target))
        elif isinstance(node, syntax.Name) and node.name not in hidden and id(node) not in accessed:
            found = file.named(node)
            if isinstance(found, ResourceSymbol | ModuleSymbol) and found.is_collection:
                return True
    return False
