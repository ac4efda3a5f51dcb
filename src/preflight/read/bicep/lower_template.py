"""A bound Bicep file → the JSON of its template, and where each node of it stands.

The template is what the official compiler would write, without metadata: the same resources with
the same names, symbolic names where it uses them, modules as nested deployments.

Source: Azure/bicep, src/Bicep.Core/Emit/TemplateWriter.cs and EmitterSettings.cs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from preflight.model.source import NodeSpan
from preflight.model.template import DeploymentScope
from preflight.model.value import JsonValue
from preflight.read.bicep import syntax
from preflight.read.bicep.builder import NAMESPACE, TemplateBuilder
from preflight.read.bicep.decorators import has
from preflight.read.bicep.dependencies import Dependencies
from preflight.read.bicep.duplicates import duplicates
from preflight.read.bicep.locals import NO_LOCALS, Locals
from preflight.read.bicep.lower_module import ModuleLowering
from preflight.read.bicep.lowering import Lowering
from preflight.read.bicep.resource_types import AZURE, extensions_of
from preflight.read.bicep.symbolic import needs_symbols
from preflight.read.bicep.symbols import (
    BicepFile,
    ResourceSymbol,
    Symbol,
    key_text,
)
from preflight.read.json_strings import escape_pointer

if TYPE_CHECKING:
    from preflight.read.bicep.program import Program

_SCHEMA = "https://schema.management.azure.com/schemas/{}#"
SCHEMAS = {
    DeploymentScope.RESOURCE_GROUP: _SCHEMA.format("2019-04-01/deploymentTemplate.json"),
    DeploymentScope.SUBSCRIPTION: _SCHEMA.format("2018-05-01/subscriptionDeploymentTemplate.json"),
    DeploymentScope.MANAGEMENT_GROUP: _SCHEMA.format(
        "2019-08-01/managementGroupDeploymentTemplate.json"
    ),
    DeploymentScope.TENANT: _SCHEMA.format("2019-08-01/tenantDeploymentTemplate.json"),
}
_OWN_MEMBERS = frozenset({"dependsOn", "name", "parent", "scope"})
_OPTIONS = ("onlyIfNotExists", "retryOn", "waitUntil", "nullIfNotFound")


class TemplateLowering:
    """Lowers one file."""

    def __init__(self, program: Program, file: BicepFile) -> None:
        """Prepare to lower a bound file."""
        self._file = file
        experimental = program.modules.configs.of(file.path).experimental
        symbolic = needs_symbols(file, program.signature, experimental)
        self.builder = TemplateBuilder(program, file, symbolic=symbolic)
        self._low = Lowering(file, self.builder)
        self._dependencies = Dependencies(self._low)
        self._modules = ModuleLowering(self._low)

    def lower(self, modules: Mapping[int, JsonValue]) -> dict[str, JsonValue]:
        """Return the JSON of the template.

        `modules` are the templates behind the file's modules, by identity of the modules.

        Raises:
            InputError: the official compiler would refuse the file too.
        """
        builder = self.builder
        builder.functions[NAMESPACE] = {}
        template: dict[str, JsonValue] = {"$schema": SCHEMAS[self._file.scope]}
        if builder.symbolic:
            template["languageVersion"] = "2.0"
        template["contentVersion"] = "1.0.0.0"
        self._declarations()
        parameters = self._parameters()
        resources = self._resources(modules)
        outputs = self._outputs()
        asserts = self._assertions()
        builder.finish()
        with builder.problems.kept():
            for error in duplicates(self._low):
                builder.problems.keep(error)
        builder.problems.require_none()
        variables = builder.variables
        if builder.loops:
            variables = {"copy": builder.loops, **variables}
        functions: list[JsonValue] = [
            {"namespace": namespace, "members": members}
            for namespace, members in builder.functions.items()
        ]
        sections: dict[str, JsonValue] = {
            "definitions": builder.definitions,
            "functions": functions if any(builder.functions.values()) else None,
            "parameters": parameters,
            "variables": variables,
            "imports": self._imports(),
        }
        template |= {key: value for key, value in sections.items() if value}
        template["resources"] = resources if builder.symbolic else list(resources.values())
        if outputs:
            template["outputs"] = outputs
        if asserts:
            template["asserts"] = asserts
        self.builder.spans[""] = NodeSpan(0, 0, len(self._file.source.text))
        return template

    def _declarations(self) -> None:
        """Lower types, variables and functions of the file itself."""
        for name, symbol in self._file.symbols.items():
            with self.builder.problems.kept():
                self._declaration(name, symbol)

    def _declaration(self, name: str, symbol: Symbol) -> None:
        low, builder = self._low, self.builder
        match symbol:
            case syntax.TypeDeclaration():
                builder.definitions[name] = low.types.schema(symbol.type, symbol.decorators)
                low.values.note(f"/definitions/{escape_pointer(name)}", symbol, symbol.type)
            case syntax.Variable():
                if not low.is_inlined(symbol):
                    builder.variable(low, name, symbol)
                else:
                    low.expressions.node(symbol.value, NO_LOCALS)
            case syntax.Function():
                builder.add_function(low, NAMESPACE, name, symbol)
            case _:
                pass

    def _parameters(self) -> dict[str, JsonValue]:
        made: dict[str, JsonValue] = {}
        for parameter in self._file.declared(syntax.Parameter):
            with self.builder.problems.kept():
                made[parameter.name.name] = self._parameter(parameter)
        return made

    def _parameter(self, parameter: syntax.Parameter) -> JsonValue:
        low = self._low
        pointer = f"/parameters/{escape_pointer(parameter.name.name)}"
        schema = low.types.schema(parameter.type, parameter.decorators)
        if parameter.default is not None:
            at = f"{pointer}/defaultValue"
            schema["defaultValue"] = low.values.value(parameter.default, NO_LOCALS, at)
        low.values.note(pointer, parameter, parameter.type)
        return schema

    def _outputs(self) -> dict[str, JsonValue]:
        made: dict[str, JsonValue] = {}
        for name, output in self._file.outputs.items():
            with self.builder.problems.kept():
                made[name] = self._output(output)
        return made

    def _output(self, output: syntax.Output) -> JsonValue:
        low = self._low
        pointer = f"/outputs/{escape_pointer(output.name.name)}"
        schema = low.types.schema(output.type, output.decorators)
        value = output.value
        if isinstance(value, syntax.Loop):
            schema["copy"] = low.values.loop(value, NO_LOCALS, f"{pointer}/copy", None)
        elif isinstance(output.type, syntax.ResourceType):
            name_id = syntax.Name("id", value.start, value.end)
            access = syntax.PropertyAccess(
                value, name_id, safe=False, start=value.start, end=value.end
            )
            schema["value"] = low.values.value(access, NO_LOCALS, f"{pointer}/value")
        else:
            schema["value"] = low.values.value(value, NO_LOCALS, f"{pointer}/value")
        low.values.note(pointer, output, value)
        return schema

    def _assertions(self) -> dict[str, JsonValue]:
        made: dict[str, JsonValue] = {}
        for item in self._file.assertions:
            name = item.name.name
            with self.builder.problems.kept():
                at = f"/asserts/{escape_pointer(name)}"
                made[name] = self._low.values.value(item.value, NO_LOCALS, at)
        return made

    def _imports(self) -> dict[str, JsonValue]:
        """Return the extensions that are used; their configuration plays no part."""
        names = extensions_of(self._file.tree, ()).names
        return {
            alias: {"provider": alias, "version": "1.0.0"}
            for alias, named in names.items()
            if named not in AZURE
        }

    def _resources(self, modules: Mapping[int, JsonValue]) -> dict[str, JsonValue]:
        """Return resources and modules in order, by the names that symbolic templates give them."""
        problems = self.builder.problems
        made: dict[str, JsonValue] = {}
        for symbol in self._file.resources:
            with problems.kept():
                if symbol.declaration.existing and (
                    not self.builder.symbolic or self._low.is_hidden(symbol)
                ):
                    self._check(symbol)
                else:
                    pointer = self._pointer(symbol.key, len(made))
                    made[symbol.key] = self._resource(symbol, pointer)
        for module in self._file.modules:
            with problems.kept():
                pointer = self._pointer(module.name, len(made))
                body = self._modules.module(module, pointer, modules.get(id(module)))
                depends = self._dependencies.of(module)
                if depends:
                    body["dependsOn"] = depends
                made[module.name] = body
        return made

    def _pointer(self, key: str, number: int) -> str:
        return f"/resources/{escape_pointer(key) if self.builder.symbolic else number}"

    def _check(self, symbol: ResourceSymbol) -> None:
        """Look for errors in a resource that is not declared."""
        names = self._low.access.names_of(symbol, None)
        self._low.scopes.require_deployable(symbol, names)
        self._low.access.id_of(symbol, names, self._low.span(symbol.declaration.name))

    def _resource(self, symbol: ResourceSymbol, pointer: str) -> JsonValue:
        low = self._low
        declaration = symbol.declaration
        names = low.access.names_of(symbol, None)
        body: dict[str, JsonValue] = {}
        low.values.loops = True
        if symbol.loop is not None:
            body["copy"] = self._modules.copy(symbol.key, symbol, pointer)
        self._modules.condition(symbol, names, pointer, body)
        if declaration.existing:
            body["existing"] = True
        if symbol.extension is not None:
            body["import"] = symbol.extension
        options: dict[str, JsonValue] = {
            name: [] for name in _OPTIONS if has(declaration.decorators, name)
        }
        if options:
            body["@options"] = options
        body["type"] = symbol.type
        low.values.note(f"{pointer}/type", declaration.type, declaration.type)
        if symbol.extension is not None:
            self._extension_body(symbol, names, pointer, body)
        else:
            if symbol.version is not None:
                body["apiVersion"] = symbol.version
            self._azure_body(symbol, names, pointer, body)
        depends = self._dependencies.of(symbol)
        if depends:
            body["dependsOn"] = depends
        low.values.note(pointer, declaration, declaration)
        low.values.loops = False
        return body

    def _extension_body(
        self, symbol: ResourceSymbol, names: Locals, pointer: str, body: dict[str, JsonValue]
    ) -> None:
        """Fill in a resource that is not Azure's: everything goes below `properties`."""
        if symbol.version is not None:
            body["type"] = f"{symbol.type}@{symbol.version}"
        members = tuple(
            member
            for member in symbol.body.members
            if not (isinstance(member, syntax.Property) and key_text(member) == "dependsOn")
        )
        body["properties"] = self._low.values.members(members, names, f"{pointer}/properties")

    def _azure_body(
        self, symbol: ResourceSymbol, names: Locals, pointer: str, body: dict[str, JsonValue]
    ) -> None:
        low = self._low
        span = low.span(symbol.declaration.name)
        scope = symbol.scope or symbol.declaration.name
        name = symbol.get("name") or symbol.declaration.name
        with self.builder.problems.kept():
            low.scopes.require_deployable(symbol, names)
            data = low.scopes.of_resource(symbol, names)
            for key, node in low.scopes.members(data, span).items():
                body[key] = low.values.written(node, scope)
                low.values.note(f"{pointer}/{key}", scope, scope)
            body["name"] = low.values.written(low.access.full_name(symbol, names), name)
            low.values.note(f"{pointer}/name", name, name)
        members = tuple(
            member
            for member in symbol.body.members
            if not (isinstance(member, syntax.Property) and key_text(member) in _OWN_MEMBERS)
        )
        for member in members:
            if isinstance(member, syntax.Property) and isinstance(member.value, syntax.Loop):
                raise low.file.error(
                    "a loop cannot be a member of the resource itself",
                    member,
                    "put it into a variable",
                )
        body.update(low.values.members(members, names, pointer))
