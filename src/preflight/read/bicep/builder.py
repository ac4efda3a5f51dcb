"""Collects the parts of one template while its file is lowered, imported ones included.

What is imported keeps its name or gets one like `_1.name`; what it needs of its own file comes
along. Imported parts have the place of the import.

Source: Azure/bicep, src/Bicep.Core/Emit/CompileTimeImports.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from preflight.errors import InputError
from preflight.expression.ast import Literal, Node
from preflight.model.source import NodeSpan, Span
from preflight.model.template import MissingTemplate, Note
from preflight.model.value import JsonValue
from preflight.read.bicep import nodes, syntax
from preflight.read.bicep.binder import exports, no_export
from preflight.read.bicep.locals import NO_LOCALS
from preflight.read.bicep.lower_value import escaped_json
from preflight.read.bicep.lowering import Lowering
from preflight.read.bicep.migrate import Migration
from preflight.read.bicep.resolve_type import Resolved
from preflight.read.bicep.symbols import BicepFile, CompiledFile, ImportedSymbol
from preflight.read.json_strings import escape_pointer, shown

if TYPE_CHECKING:
    from preflight.read.bicep.program import Program

NAMESPACE = "__bicep"
_UNRESOLVED = "unresolved import"
_Where = syntax.Expression | syntax.Type | syntax.Name


class TemplateBuilder:
    """The parts of one template."""

    def __init__(self, program: Program, file: BicepFile, *, symbolic: bool) -> None:
        """Start empty."""
        self.program = program
        self.file = file
        self.symbolic = symbolic
        self.problems = file.problems
        self.spans: dict[str, NodeSpan] = {}
        self.definitions: dict[str, JsonValue] = {}
        self.variables: dict[str, JsonValue] = {}
        self.loops: list[JsonValue] = []
        """Variables whose values are loops."""
        self.functions: dict[str, dict[str, JsonValue]] = {}
        self._names: dict[tuple[int, str], str] = {}
        """Emitted names of imported declarations, by file and name."""
        self._data = 0
        self._numbers: dict[int, int] = {}
        self._lowerings: dict[int, Lowering] = {}
        self._waiting: list[Callable[[], None]] = []
        self._aliases = {
            (id(symbol.target), symbol.name): name
            for name, symbol in file.symbols.items()
            if isinstance(symbol, ImportedSymbol)
        }

    def finish(self) -> None:
        """Lower what was found to be needed, until nothing more is."""
        while self._waiting:
            with self.problems.kept():
                self._waiting.pop()()

    def lowering(self, file: BicepFile, here: Span) -> Lowering:
        """Return the lowering of an imported file's declarations."""
        if id(file) not in self._lowerings:
            self._lowerings[id(file)] = Lowering(file, self, here=here)
        return self._lowerings[id(file)]

    def type_name(self, low: Lowering, declaration: syntax.TypeDeclaration) -> str:
        """Return the name of a type in `definitions`; that of another file comes along."""
        name = declaration.name.name
        if not low.is_imported:
            return name
        emitted, is_new = self._name(low.file, name)
        if is_new:

            def define() -> None:
                self.definitions[emitted] = low.types.schema(
                    declaration.type, declaration.decorators
                )
                self._place(f"/definitions/{escape_pointer(emitted)}", low)

            self._waiting.append(define)
        return emitted

    def data(self, value: JsonValue, where: Span) -> str:
        """Return the name of a variable that holds what a file says; no text in it is code."""
        self._data += 1
        name = f"$fxv#{self._data - 1}"
        self.variables[name] = escaped_json(value)
        self.spans[f"/variables/{escape_pointer(name)}"] = NodeSpan(
            where.start, where.start, where.end
        )
        return name

    def migrated_variable(self, file: BicepFile, variable: syntax.Variable) -> str:
        """Return the name of an imported file's variable, which comes along."""
        low = self._lowerings[id(file)]
        emitted, is_new = self._name(file, variable.name.name)
        if is_new:
            self._waiting.append(lambda: self.variable(low, emitted, variable))
        return emitted

    def variable(self, low: Lowering, emitted: str, variable: syntax.Variable) -> None:
        """Add a variable to the template."""
        value = variable.value
        if isinstance(value, syntax.Loop):
            pointer = f"/variables/copy/{len(self.loops)}"
            low.values.note(pointer, variable, value)
            made = {"name": emitted, **low.values.loop(value, NO_LOCALS, pointer, emitted)}
            self.loops.append(made)
            return
        pointer = f"/variables/{escape_pointer(emitted)}"
        self.variables[emitted] = low.values.value(value, NO_LOCALS, pointer)
        low.values.note(pointer, variable, value)

    def function(self, file: BicepFile, declaration: syntax.Function) -> tuple[str, str]:
        """Return namespace and name of a function; that of another file comes along."""
        name = declaration.name.name
        if file is self.file:
            return NAMESPACE, name
        low = self._lowerings[id(file)]
        emitted, is_new = self._name(file, name)
        namespace, _, short = emitted.rpartition(".")
        namespace = namespace or NAMESPACE
        if is_new:
            self._waiting.append(lambda: self.add_function(low, namespace, short, declaration))
        return namespace, short

    def add_function(
        self, low: Lowering, namespace: str, name: str, declaration: syntax.Function
    ) -> None:
        """Add a function to the template."""
        group = list(self.functions).index(namespace) if namespace in self.functions else None
        if group is None:
            group = len(self.functions)
            self.functions[namespace] = {}
        pointer = f"/functions/{group}/members/{escape_pointer(name)}"
        spans = {item.name.name: low.span(item.name) for item in declaration.parameters}
        locals_ = NO_LOCALS.with_names(
            {
                key: nodes.call("parameters", Literal(key, span), span=span)
                for key, span in spans.items()
            },
            {},
        )
        parameters: list[JsonValue] = [
            {"name": item.name.name, **low.types.schema(item.type)}
            for item in declaration.parameters
        ]
        output = low.types.schema(declaration.output)
        value = low.values.value(declaration.body, locals_, f"{pointer}/output/value")
        self.functions[namespace][name] = {
            "parameters": parameters,
            "output": {**output, "value": value},
        }
        low.values.note(pointer, declaration, declaration.body)

    def imported_function(
        self, low: Lowering, target: object, name: str, where: _Where
    ) -> tuple[str, str] | None:
        """Return namespace and name of an imported function; None where its file is missing."""
        if isinstance(target, BicepFile):
            found = self._exported(low, target, name, where)
            if not isinstance(found, syntax.Function):
                raise low.file.error(f"`{shown(name)}` is no function", where)
            self.lowering(target, low.span(where))
            return self.function(target, found)
        if isinstance(target, CompiledFile):
            emitted = self._migration(target, low, where).function(name)
            if emitted is None:
                raise self._no_export(low, target, name, where)
            namespace, _, short = emitted.rpartition(".")
            return namespace or NAMESPACE, short
        return None

    def imported_variable(
        self, low: Lowering, target: object, name: str, where: _Where
    ) -> str | None:
        """Return the name of an imported variable; None where its file is missing."""
        if isinstance(target, BicepFile):
            found = self._exported(low, target, name, where)
            if not isinstance(found, syntax.Variable):
                raise low.file.error(f"`{shown(name)}` is no variable", where)
            self.lowering(target, low.span(where))
            return self.migrated_variable(target, found)
        if isinstance(target, CompiledFile):
            emitted = self._migration(target, low, where).variable(name)
            if emitted is None:
                raise self._no_export(low, target, name, where)
            return emitted
        return None

    def imported_type(
        self, low: Lowering, target: object, name: str, where: _Where
    ) -> Resolved | None:
        """Return an imported type; None where its file is missing."""
        if isinstance(target, BicepFile):
            found = self._exported(low, target, name, where)
            if not isinstance(found, syntax.TypeDeclaration):
                raise low.file.error(f"`{shown(name)}` is no type", where)
            other = self.lowering(target, low.span(where))
            emitted = self.type_name(other, found)
            pointer = f"#/definitions/{escape_pointer(emitted)}"
            return Resolved(pointer, found.type, other, found.decorators)
        if isinstance(target, CompiledFile):
            emitted_type = self._migration(target, low, where).type(name)
            if emitted_type is None:
                raise self._no_export(low, target, name, where)
            pointer = f"#/definitions/{escape_pointer(emitted_type)}"
            opaque = syntax.TypeCall(None, syntax.Name(name, 0, 0), (), 0, 0)
            return Resolved(pointer, opaque, low)
        self._note_missing(low, target, where)
        return None

    def unknown(self, low: Lowering, target: object, name: str, where: _Where) -> Node:
        """Return what stands for something of a file that is not at hand."""
        self._note_missing(low, target, where)
        span = low.span(where)
        return nodes.call(_UNRESOLVED, Literal(name, span), span=span)

    def _note_missing(self, low: Lowering, target: object, where: _Where) -> None:
        if not isinstance(target, MissingTemplate):
            return
        message = (
            f"`{shown(target.target)}` is not at hand: what is imported from it is unknown; "
            f"{target.settle}"
        )
        if target.target not in self.program.noted:
            self.program.noted.add(target.target)
            place = low.file.place(where)  # type: ignore[arg-type]
            self.program.notes.append(Note(code="import-missing", message=message, origin=place))

    def _exported(self, low: Lowering, file: BicepFile, name: str, where: _Where) -> object:
        if not exports(file, name):
            raise self._no_export(low, file, name, where)
        return file.symbols[name]

    def _no_export(
        self, low: Lowering, target: BicepFile | CompiledFile, name: str, where: _Where
    ) -> InputError:
        return no_export(low.file, target, name, where)

    def _name(self, file: BicepFile | CompiledFile, name: str) -> tuple[str, bool]:
        """Return the emitted name of an imported declaration, and whether it is a new one."""
        known = self._names.get((id(file), name))
        if known is not None:
            return known, False
        alias = self._aliases.get((id(file), name))
        if alias is None:
            number = self._numbers.setdefault(id(file), len(self._numbers) + 1)
            alias = f"_{number}.{name}"
        self._names[(id(file), name)] = alias
        return alias, True

    def _migration(self, target: CompiledFile, low: Lowering, where: _Where) -> Migration:
        return Migration(self, target, low.span(where), self._name)

    def _place(self, pointer: str, low: Lowering) -> None:
        here = low.here
        if here is not None:
            self.spans[pointer] = NodeSpan(here.start, here.start, here.end)
