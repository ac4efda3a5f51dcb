"""Declarations that the compiler refuses for their names, or for what they refer to.

Source: Azure/bicep, src/Bicep.Core/Emit/EmitLimitationCalculator.cs and
src/Bicep.Core/Semantics/NameBindingVisitor.cs; the official compiler.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from preflight.errors import InputError
from preflight.read.bicep import syntax
from preflight.read.bicep.decorator_arguments import not_constant, said_twice_in
from preflight.read.bicep.decorators import has
from preflight.read.bicep.symbols import (
    BicepFile,
    ImportedSymbol,
    ModuleSymbol,
    ResourceSymbol,
)
from preflight.read.bicep.walk import walk, walk_scoped
from preflight.read.json_strings import shown

_KINDS = {
    syntax.Parameter: "parameter",
    syntax.Variable: "variable",
    syntax.TypeDeclaration: "type",
    syntax.Function: "function",
    syntax.Output: "output",
    syntax.Assertion: "assertion",
}


def case_clashes(file: BicepFile) -> Iterator[InputError]:
    """Yield an error for names of one kind that differ in case only: ARM cannot tell them apart."""
    known: dict[tuple[str, str], str] = {}
    for name, kind in _named(file):
        key = (kind, name.name.lower())
        other = known.setdefault(key, name.name)
        if other != name.name:
            yield file.error(
                f"the {kind}s `{shown(other)}` and `{shown(name.name)}` differ in case only",
                name,
                "ARM does not tell them apart: rename one of them",
            )


def _named(file: BicepFile) -> Iterator[tuple[syntax.Name, str]]:
    for statement in file.tree.statements:
        kind = _KINDS.get(type(statement))
        name = getattr(statement, "name", None)
        if kind is not None and isinstance(name, syntax.Name):
            yield name, kind
        elif isinstance(statement, syntax.Import):
            yield from _imported(file, statement)


def _imported(file: BicepFile, statement: syntax.Import) -> Iterator[tuple[syntax.Name, str]]:
    target = file.references[statement.path.start]
    for item in statement.names:
        local = item.alias or item.name
        symbol = file.symbols.get(local.name) if isinstance(local, syntax.Name) else None
        if isinstance(target, BicepFile) and isinstance(symbol, ImportedSymbol):
            kind = _KINDS.get(type(target.symbols.get(symbol.name)))
            if kind is not None and isinstance(local, syntax.Name):
                yield local, kind


def said_twice(file: BicepFile) -> Iterator[InputError]:
    """Yield an error for a second `targetScope`, and for metadata of the same name."""
    scopes = 0
    metadata: set[str] = set()
    for statement in file.tree.statements:
        if isinstance(statement, syntax.TargetScope):
            scopes += 1
            if scopes > 1:
                yield file.error("`targetScope` is there twice", statement)
        elif isinstance(statement, syntax.Metadata):
            if statement.name.name in metadata:
                name = shown(statement.name.name)
                yield file.error(f"the metadata `{name}` is there twice", statement.name)
            metadata.add(statement.name.name)


def imported_twice(file: BicepFile) -> Iterator[InputError]:
    """Yield an error for what is imported under two names."""
    known: dict[tuple[int, str], str] = {}
    for statement in file.tree.statements:
        if not isinstance(statement, syntax.Import):
            continue
        target = id(file.references[statement.path.start])
        for item in statement.names:
            name = item.name.name if isinstance(item.name, syntax.Name) else item.name.plain or ""
            local = item.alias or item.name
            alias = local.name if isinstance(local, syntax.Name) else name
            other = known.setdefault((target, name), alias)
            if other != alias:
                yield file.error(
                    f"`{shown(name)}` is imported as `{shown(other)}` and `{shown(alias)}`", item
                )


def variables_twice(file: BicepFile) -> Iterator[InputError]:
    """Yield an error for each loop and lambda that has two variables of the same name."""
    roots = [
        root
        for statement in file.tree.statements
        for root in (getattr(statement, part, None) for part in ("value", "body", "default"))
        if root is not None
    ]
    roots += [
        resource.declaration.body
        for resource in file.resources
        if resource.parent is not None and resource.parent.nested
    ]
    for root in roots:
        for node in walk(root):
            names: tuple[syntax.Name, ...] = ()
            if isinstance(node, syntax.Loop) and node.counter is not None:
                names = (node.item, node.counter)
            elif isinstance(node, syntax.Lambda):
                names = node.parameters
            if len({name.name for name in names}) < len(names):
                yield file.error("the variables here have the same name", names[-1])


def wrong_references(file: BicepFile) -> Iterator[InputError]:
    """Yield an error for what a default value or a function refers to and cannot know."""
    for statement in file.tree.statements:
        if isinstance(statement, syntax.Parameter) and statement.default is not None:
            yield from _of_default(file, statement.default)
        elif isinstance(statement, syntax.Function):
            yield from _of_function(file, statement)


def _of_default(file: BicepFile, default: syntax.Expression) -> Iterator[InputError]:
    for node, hidden in walk_scoped(default):
        if not isinstance(node, syntax.Name):
            continue
        if node.name in hidden:
            yield file.error(
                f"a default value cannot refer to `{shown(node.name)}`, a variable of its own", node
            )
            continue
        found = file.symbols.get(node.name)
        if isinstance(found, syntax.Variable | ResourceSymbol | ModuleSymbol | ImportedSymbol):
            yield file.error(
                f"a default value cannot refer to `{shown(node.name)}`",
                node,
                "it may refer to other parameters only",
            )


def wrong_exports(file: BicepFile) -> Iterator[InputError]:
    """Yield an error for each exported variable or function that needs what only this file has."""
    declared = [
        statement
        for statement in file.tree.statements
        if isinstance(statement, syntax.Variable | syntax.Function)
    ]
    exported = [statement for statement in declared if has(statement.decorators, "export")]
    needs = _only_here(file, declared) if exported else {}
    for statement in exported:
        found = needs.get(statement.name.name)
        if found is not None:
            yield file.error(
                f"`{shown(statement.name.name)}` is exported and needs `{shown(found)}`, "
                "which only this file has",
                statement.name,
                "exported variables and functions know no parameters, resources and modules",
            )


def _only_here(
    file: BicepFile, declared: Sequence[syntax.Variable | syntax.Function]
) -> dict[str, str]:
    """Return variables and functions with a parameter, resource or module that they lead to."""
    found: dict[str, str] = {}
    users: dict[str, list[str]] = {}
    for declaration in declared:
        for name in _named_in(declaration):
            symbol = file.symbols.get(name)
            if isinstance(symbol, syntax.Parameter | ResourceSymbol | ModuleSymbol):
                found.setdefault(declaration.name.name, name)
            elif isinstance(symbol, syntax.Variable | syntax.Function):
                users.setdefault(name, []).append(declaration.name.name)
    waiting = list(found)
    while waiting:
        current = waiting.pop()
        for user in users.get(current, ()):
            if user not in found:
                found[user] = found[current]
                waiting.append(user)
    return found


def _named_in(declaration: syntax.Variable | syntax.Function) -> Iterator[str]:
    """Yield what a declaration names of its file."""
    own: frozenset[str] = frozenset()
    if isinstance(declaration, syntax.Function):
        own = frozenset(parameter.name.name for parameter in declaration.parameters)
    root = declaration.body if isinstance(declaration, syntax.Function) else declaration.value
    for node, hidden in walk_scoped(root):
        name = node.name if isinstance(node, syntax.Call) else node
        if isinstance(name, syntax.Name) and name.name not in hidden and name.name not in own:
            yield name.name


def wrong_metadata(file: BicepFile) -> Iterator[InputError]:
    """Yield an error for each metadata whose value is no constant."""
    for statement in file.tree.statements:
        if isinstance(statement, syntax.Metadata):
            found = not_constant(statement.value)
            if found is not None:
                yield file.error("metadata must be written as it is", found, "it is not computed")
            else:
                yield from said_twice_in(file, statement.value)


def _of_function(file: BicepFile, function: syntax.Function) -> Iterator[InputError]:
    own = {parameter.name.name for parameter in function.parameters}
    for node, hidden in walk_scoped(function.body):
        if not isinstance(node, syntax.Name) or node.name in hidden or node.name in own:
            continue
        if isinstance(file.symbols.get(node.name), syntax.Parameter | ModuleSymbol):
            yield file.error(
                f"a function does not know `{shown(node.name)}` of the file",
                node,
                "give it to the function as an argument",
            )
