"""Syntax tree → symbols: names of one file, resources with their ancestors.

Source: Azure/bicep, src/Bicep.Core/Semantics; the official compiler for what it refuses.
"""

from __future__ import annotations

import re
from functools import cached_property

from preflight.errors import InputError, UnsupportedFeature
from preflight.model.template import DeploymentScope
from preflight.read.bicep import syntax
from preflight.read.bicep.cycles import require_no_circles
from preflight.read.bicep.decorators import has
from preflight.read.bicep.hints import meant
from preflight.read.bicep.nested import name_nested
from preflight.read.bicep.resource_types import (
    AZURE,
    Malformed,
    extension_alias,
    extensions_of,
    read_type,
)
from preflight.read.bicep.symbols import (
    BicepFile,
    CompiledFile,
    ExtensionSymbol,
    ImportedSymbol,
    ModuleSymbol,
    ParentLink,
    ResourceSymbol,
    Symbol,
    WildcardSymbol,
)
from preflight.read.bicep.symbols import child_of as _child_of
from preflight.read.json_strings import shown

_SCOPES = {scope.value: scope for scope in DeploymentScope}
_MAX_ANCESTORS = 10
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_KUBERNETES = ".k8s.io"
_RADIUS = ("applications.", "radius.")
"""Namespaces of Radius, whose types are named like Azure's."""


def bind(file: BicepFile) -> None:
    """Fill the symbols of a file whose references are resolved.

    Raises:
        InputError: a name is declared twice, or a resource's type or parent is wrong.
        UnsupportedFeature: the file deploys to something else than Azure.
    """
    _Binder(file).run()


class _Binder:
    """Walks the statements twice: resources need the others' names."""

    def __init__(self, file: BicepFile) -> None:
        self._file = file
        self._names = extensions_of(file.tree, file.implicit)
        self._named_in: dict[int, str] = {}
        """The extension that a type names (empty: Azure's own), by identity of the resource."""

    def run(self) -> None:
        """Declare everything, then link resources to their parents."""
        problems = self._file.problems
        for statement in self._file.tree.statements:
            with problems.kept():
                self._declare(statement)
        name_nested(self._file)
        for resource in list(self._file.resources):
            with problems.kept():
                self._link(resource)
        problems.require_none()
        require_no_circles(self._file)

    def _declare(self, statement: syntax.Statement) -> None:
        match statement:
            case (
                syntax.Parameter()
                | syntax.Variable()
                | syntax.TypeDeclaration()
                | syntax.Function()
                | syntax.Assignment()
            ):
                self._add(statement.name, statement)
            case syntax.Resource():
                self._resource(statement, None)
            case syntax.Module():
                self._module(statement)
            case syntax.Import():
                self._import(statement)
            case syntax.TargetScope():
                self._target_scope(statement)
            case _:
                self._note(statement)

    def _note(self, statement: syntax.Statement) -> None:
        """Keep a statement that declares no name which values could use."""
        file = self._file
        if isinstance(statement, syntax.Output):
            if statement.name.name in file.outputs:
                raise self._twice(statement.name)
            file.outputs[statement.name.name] = statement
        elif isinstance(statement, syntax.Extension):
            file.extensions.append(statement)
            self._add(extension_alias(statement), ExtensionSymbol(declaration=statement))
        elif isinstance(statement, syntax.Assertion):
            file.assertions.append(statement)

    def _add(self, name: syntax.Name, symbol: Symbol) -> None:
        if name.name in {"az", "sys"} and not isinstance(symbol, ExtensionSymbol):
            raise self._file.error(f"the name `{name.name}` is that of a namespace", name)
        if name.name in self._file.symbols:
            raise self._twice(name)
        self._file.symbols[name.name] = symbol

    def _twice(self, name: syntax.Name) -> Exception:
        return self._file.error(
            f"`{shown(name.name)}` is declared twice", name, "rename one of them"
        )

    def _target_scope(self, statement: syntax.TargetScope) -> None:
        value = statement.value
        text = value.plain if isinstance(value, syntax.Text) else None
        if text == "local":
            raise UnsupportedFeature(
                "`targetScope = 'local'` deploys nothing to Azure",
                where=self._file.place(value),
            )
        if text not in _SCOPES:
            known = ", ".join(f"'{scope}'" for scope in _SCOPES)
            advice = meant(text or "", _SCOPES)
            raise self._file.error(f"`targetScope` is one of {known}", value, advice)
        self._file.scope = _SCOPES[text]

    def _import(self, statement: syntax.Import) -> None:
        target = self._file.references[statement.path.start]
        if statement.wildcard is not None:
            symbol = WildcardSymbol(target=target, declaration=statement)
            self._add(statement.wildcard, symbol)
        for item in statement.names:
            name = item.name.name if isinstance(item.name, syntax.Name) else item.name.plain or ""
            local = item.alias or item.name
            if isinstance(target, BicepFile) and not exports(target, name):
                raise no_export(self._file, target, name, item)
            if isinstance(local, syntax.Name):
                imported = ImportedSymbol(name=name, target=target, declaration=statement)
                self._add(local, imported)

    def _module(self, statement: syntax.Module) -> None:
        loop, condition, body = unwrapped(statement.body)
        symbol = ModuleSymbol(
            name=statement.name.name,
            declaration=statement,
            body=body,
            condition=condition,
            loop=loop,
            target=self._file.references[statement.path.start],
        )
        self._add(statement.name, symbol)
        self._file.modules.append(symbol)

    def _resource(self, statement: syntax.Resource, parent: ResourceSymbol | None) -> None:
        loop, condition, body = unwrapped(statement.body)
        kind, version = self._type(statement, parent)
        conditions = (*(parent.conditions if parent else ()), *((condition,) if condition else ()))
        if parent is not None and parent.loop is not None:
            raise self._file.error(
                "a resource in a loop cannot have nested resources",
                statement,
                "declare it at the top of the file, with `parent:`",
            )
        symbol = ResourceSymbol(
            name=statement.name.name,
            key=f"{parent.key}::{statement.name.name}" if parent else statement.name.name,
            declaration=statement,
            body=body,
            type=kind,
            version=version,
            conditions=conditions,
            loop=loop,
            parent=ParentLink(resource=parent, nested=True) if parent else None,
            scope=None,
        )
        self._file.resources.append(symbol)
        if parent is None:
            self._add(statement.name, symbol)
        else:
            self._nest(symbol, parent, statement.name)
        for member in body.members:
            if isinstance(member, syntax.Resource):
                self._resource(member, symbol)

    def _nest(self, symbol: ResourceSymbol, parent: ResourceSymbol, name: syntax.Name) -> None:
        key = (id(parent), name.name)
        if key in self._file.children:
            raise self._twice(name)
        self._file.children[key] = symbol

    def _type(
        self, statement: syntax.Resource, parent: ResourceSymbol | None
    ) -> tuple[str, str | None]:
        """Return type and version of a resource; a nested one may leave out the version."""
        text = statement.type.plain
        if text is None:
            raise self._file.error("the type of a resource cannot be computed", statement.type)
        try:
            found = read_type(text, self._names, nested=parent is not None)
        except Malformed as why:
            raise self._malformed(statement, str(why)) from None
        if found.namespace is not None:
            self._named_in[id(statement)] = found.namespace
        if parent is None:
            return found.kind, found.version
        return f"{parent.type}/{found.kind}", found.version or parent.version

    def _malformed(self, statement: syntax.Resource, why: str) -> Exception:
        return self._file.error(
            shown(why) or f"`{shown(statement.type.plain or '')}` is no type of a resource",
            statement.type,
            "write it like 'Microsoft.Web/sites@2023-12-01'",
        )

    def _link(self, symbol: ResourceSymbol) -> None:
        """Find the parent that a resource names, its scope, and its extension."""
        symbol.scope = symbol.get("scope")
        value = symbol.get("parent")
        if value is not None and symbol.parent is None:
            resource, index = self._named_resource(value)
            symbol.parent = ParentLink(resource=resource, index=index)
        seen = 0
        link = symbol.parent
        while link is not None:
            seen += 1
            if link.resource is symbol:
                raise self._file.error(
                    f"the parents of `{shown(symbol.name)}` form a circle", symbol.declaration.name
                )
            if seen > _MAX_ANCESTORS:
                raise self._file.error(
                    f"`{shown(symbol.name)}` has more than {_MAX_ANCESTORS} resources above it",
                    symbol.declaration.name,
                )
            link = link.resource.parent
        if symbol.parent is None and symbol.version is None and not self._file.extensions:
            raise self._file.error(
                f"the type `{shown(symbol.type)}` has no version",
                symbol.declaration.type,
                "write it like 'Microsoft.Web/sites@2023-12-01'",
            )
        symbol.extension = self._extension(symbol)

    def _named_resource(
        self, value: syntax.Expression
    ) -> tuple[ResourceSymbol, syntax.Expression | None]:
        """Return what `parent:` names: a resource, or one of a loop."""
        file = self._file
        index: syntax.Expression | None = None
        target: syntax.Expression | syntax.Type = value
        while isinstance(target, syntax.NonNull | syntax.Group):
            target = target.target if isinstance(target, syntax.NonNull) else target.inner
        if isinstance(target, syntax.IndexAccess):
            index, target = target.key, target.target
        if isinstance(target, syntax.ChildAccess):
            owner, _ = self._named_resource(target.target)
            return _child_of(file, owner, target.name), index
        found = file.named(target) if isinstance(target, syntax.Name) else None
        if isinstance(found, ResourceSymbol):
            return found, index
        raise file.error("`parent` must name a resource of this file", value)

    @cached_property
    def _extensions(self) -> tuple[tuple[str, bool], ...]:
        """The aliases of the file's extensions, and whether each is Microsoft Graph.

        Of many that are alike the first one stands for all.
        """
        first: dict[bool, str] = {}
        for alias, named in self._names.names.items():
            if named not in AZURE:
                first.setdefault("graph" in named.lower(), alias)
        return tuple((alias, is_graph) for is_graph, alias in first.items())

    def _extension(self, symbol: ResourceSymbol) -> str | None:
        """Return the alias of the extension that a resource's type is from, if it is from one.

        Azure's types begin with a namespace like `Microsoft.Web` or `Oracle.Database` and have a
        date as version; those of Microsoft Graph begin so too, and those of Radius look so.
        """
        if symbol.parent is not None:
            return symbol.parent.resource.extension
        if id(symbol.declaration) in self._named_in:
            return self._named_in[id(symbol.declaration)] or None
        kind = symbol.type.lower()
        for alias, is_graph in self._extensions:
            if is_graph:
                if kind.startswith("microsoft.graph/"):
                    return alias
            elif not _is_azures(kind, symbol.version or ""):
                return alias
        return None


def _is_azures(kind: str, version: str) -> bool:
    """Whether a type in lower case can only be Azure's own, whatever extensions there are."""
    namespace, slash, _ = kind.partition("/")
    if namespace.startswith("microsoft."):
        return bool(slash)
    dotted = "." in namespace and not namespace.endswith(_KUBERNETES)
    return dotted and not namespace.startswith(_RADIUS) and bool(_DATE.match(version))


def unwrapped(
    body: syntax.Object | syntax.Condition | syntax.Loop,
) -> tuple[syntax.Loop | None, syntax.Expression | None, syntax.Object]:
    """Return loop, condition and object of a resource's or module's body."""
    loop: syntax.Loop | None = None
    inner: syntax.Expression | syntax.Condition = (
        body if not isinstance(body, syntax.Loop) else body.body
    )
    if isinstance(body, syntax.Loop):
        loop = body
    condition: syntax.Expression | None = None
    if isinstance(inner, syntax.Condition):
        condition, inner = inner.test, inner.body
    if not isinstance(inner, syntax.Object):
        raise TypeError
    return loop, condition, inner


def exports(file: BicepFile, name: str) -> bool:
    """Whether a file exports something of that name."""
    found = file.symbols.get(name)
    if not isinstance(found, syntax.TypeDeclaration | syntax.Variable | syntax.Function):
        return False
    return has(found.decorators, "export")


def no_export(
    file: BicepFile, target: BicepFile | CompiledFile, name: str, where: object
) -> InputError:
    """Return the error for a name that another file does not export."""
    source = target.source.name if isinstance(target, BicepFile) else target.file.name
    advice = "put @export() before its declaration"
    if isinstance(target, BicepFile) and name not in target.symbols:
        advice = meant(name, (other for other in target.symbols if exports(target, other)))
    return file.error(
        f"`{shown(source)}` exports nothing called `{shown(name)}`",
        where,
        advice,
    )
