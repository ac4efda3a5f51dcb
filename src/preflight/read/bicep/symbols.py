"""Symbols: what the names of one Bicep file mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from preflight.errors import InputError
from preflight.model.source import Place, SourceFile
from preflight.model.template import DeploymentScope, MissingTemplate, Template
from preflight.model.value import JsonValue
from preflight.read.bicep import syntax
from preflight.read.bicep.modules import ModuleFile
from preflight.read.bicep.problems import Problems
from preflight.read.json_strings import shown


@dataclass(slots=True, kw_only=True)
class ResourceSymbol:
    """A resource, with what its place among its ancestors adds."""

    name: str
    key: str
    """How templates with symbolic names call it: `parent::child` for a nested one."""
    declaration: syntax.Resource
    body: syntax.Object
    type: str
    """Without version; of a nested resource joined with its parent's."""
    version: str | None
    conditions: tuple[syntax.Expression, ...]
    loop: syntax.Loop | None
    parent: ParentLink | None
    scope: syntax.Expression | None
    extension: str | None = None
    """The alias of the extension that it belongs to; None for Azure's own resources."""

    @property
    def is_collection(self) -> bool:
        """Whether it stands for several resources."""
        return self.loop is not None

    def get(self, name: str) -> syntax.Expression | None:
        """Return the value of a property of its body."""
        return find_property(self.body, name)

    @property
    def ancestors(self) -> tuple[ResourceSymbol, ...]:
        """The resources above it, outermost first."""
        found: list[ResourceSymbol] = []
        link = self.parent
        while link is not None:
            found.append(link.resource)
            link = link.resource.parent
        return tuple(reversed(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class ParentLink:
    """How a resource hangs below another one: nested in its body, or by `parent:`."""

    resource: ResourceSymbol
    index: syntax.Expression | None = None
    nested: bool = False


@dataclass(slots=True, kw_only=True)
class ModuleSymbol:
    """A module and the file behind it."""

    name: str
    declaration: syntax.Module
    body: syntax.Object
    condition: syntax.Expression | None
    loop: syntax.Loop | None
    target: Target

    @property
    def is_collection(self) -> bool:
        """Whether it stands for several deployments."""
        return self.loop is not None

    def get(self, name: str) -> syntax.Expression | None:
        """Return the value of a property of its body."""
        return find_property(self.body, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedSymbol:
    """A name that another file exports."""

    name: str
    target: Target
    declaration: syntax.Import


@dataclass(frozen=True, slots=True, kw_only=True)
class WildcardSymbol:
    """`import * as name`."""

    target: Target
    declaration: syntax.Import


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionSymbol:
    """An extension by its alias."""

    declaration: syntax.Extension


Symbol: TypeAlias = (
    syntax.Parameter
    | syntax.Variable
    | syntax.TypeDeclaration
    | syntax.Function
    | syntax.Assignment
    | ResourceSymbol
    | ModuleSymbol
    | ImportedSymbol
    | WildcardSymbol
    | ExtensionSymbol
)
"""What a name can mean at the top of a file."""


@dataclass(slots=True, kw_only=True)
class CompiledFile:
    """A module or import that is an ARM template in JSON."""

    file: ModuleFile
    template: Template
    """As it is read from its own file; positions are of that file."""
    value: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class BicepFile:
    """A parsed Bicep file with its symbols."""

    path: Path
    source: SourceFile
    tree: syntax.File
    references: dict[int, Target] = field(default_factory=dict)
    """The file behind each path, by the offset of the string."""
    symbols: dict[str, Symbol] = field(default_factory=dict)
    outputs: dict[str, syntax.Output] = field(default_factory=dict)
    assertions: list[syntax.Assertion] = field(default_factory=list)
    resources: list[ResourceSymbol] = field(default_factory=list)
    modules: list[ModuleSymbol] = field(default_factory=list)
    extensions: list[syntax.Extension] = field(default_factory=list)
    children: dict[tuple[int, str], ResourceSymbol] = field(default_factory=dict)
    """Nested resources by the identity of the one around them and their name."""
    nested: dict[tuple[int, str], ResourceSymbol] = field(default_factory=dict)
    """What names inside a resource mean that are those of nested ones, by their offset."""
    problems: Problems = field(default_factory=Problems)
    """What is wrong with the declarations."""
    implicit: tuple[str, ...] = ()
    """Extensions that bicepconfig.json adds to every file."""
    scope: DeploymentScope = DeploymentScope.RESOURCE_GROUP

    def named(self, name: syntax.Name) -> Symbol | None:
        """Return what a name that is no local variable means at its place."""
        return self.nested.get((name.start, name.name)) or self.symbols.get(name.name)

    def place(self, node: syntax.Name | syntax.Expression | syntax.Statement) -> Place:
        """Return where a node stands."""
        return Place(source=self.source, offset=node.start)

    def error(self, message: str, node: object, advice: str = "") -> InputError:
        """Return an error at a node."""
        offset = getattr(node, "start", 0)
        return InputError(message, help=advice, where=Place(source=self.source, offset=offset))

    def declared(self, kind: type[syntax.Parameter]) -> Iterator[syntax.Parameter]:
        """Yield the parameters in order."""
        for symbol in self.symbols.values():
            if isinstance(symbol, kind):
                yield symbol


Target: TypeAlias = "BicepFile | CompiledFile | MissingTemplate"
"""The file behind a reference."""


def find_property(body: syntax.Object, name: str) -> syntax.Expression | None:
    """Return the value of a property of an object, by its exact name."""
    for found in body.members:
        if isinstance(found, syntax.Property) and key_text(found) == name:
            return found.value
    return None


def key_text(found: syntax.Property) -> str | None:
    """Return the name of a property; None where it is computed."""
    key = found.key
    return key.name if isinstance(key, syntax.Name) else key.plain


def child_of(file: BicepFile, parent: ResourceSymbol, name: syntax.Name) -> ResourceSymbol:
    """Return a resource that is nested in another one; raises `InputError` where there is none."""
    found = file.children.get((id(parent), name.name))
    if found is None:
        raise file.error(
            f"the resource `{shown(parent.name)}` has no nested resource `{shown(name.name)}`", name
        )
    return found
