"""Brings types, variables and functions of a compiled template into another template.

Names change on the way, so expressions are parsed and their references renamed.

Source: Azure/bicep, src/Bicep.Core/Emit/CompileTimeImports/ArmDeclarationToExpressionConverter.cs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from preflight.expression.ast import (
    FunctionCall,
    IndexAccess,
    Literal,
    Node,
    ParsedText,
    PropertyAccess,
)
from preflight.expression.parser import is_expression, parse
from preflight.model.source import NodeSpan, Span
from preflight.model.value import JsonValue
from preflight.read.bicep.symbols import BicepFile, CompiledFile
from preflight.read.json_strings import escape_pointer

if TYPE_CHECKING:
    from preflight.read.bicep.builder import TemplateBuilder

_EXPORTED_VARIABLES = "__bicep_exported_variables!"
_PREFIX = "#/definitions/"


class Migration:
    """Brings declarations of one compiled file into the template of `builder`."""

    __slots__ = ("_builder", "_here", "_index", "_name", "_target")

    def __init__(
        self,
        builder: TemplateBuilder,
        target: CompiledFile,
        here: Span,
        name: Callable[[BicepFile | CompiledFile, str], tuple[str, bool]],
    ) -> None:
        """`here` is the place of the import, `name` gives the new names."""
        self._builder = builder
        self._target = target
        self._here = here
        self._name = name
        self._index: tuple[str, str] | None = None
        """Old and new name of the loop that is being brought."""

    def type(self, name: str) -> str | None:
        """Return the new name of a type; None where there is no such type."""
        definition = self._target.template.definitions.get(name)
        if definition is None:
            return None
        emitted, is_new = self._name(self._target, name)
        if is_new:
            self._builder.definitions[emitted] = None
            self._builder.definitions[emitted] = self._schema(definition)
            self._place(f"/definitions/{escape_pointer(emitted)}")
        return emitted

    def variable(self, name: str, *, exported: bool = True) -> str | None:
        """Return the new name of a variable; None where none of that name is exported."""
        variables = self._target.template.variables
        loop = _loop_of(variables.get("copy"), name)
        if (name not in variables and loop is None) or name == "copy":
            return None
        if exported and name not in self._exported_variables():
            return None
        emitted, is_new = self._name(self._target, name)
        if is_new and loop is not None:
            self._loop(loop, emitted)
        elif is_new:
            self._builder.variables[emitted] = None
            self._builder.variables[emitted] = self._value(variables[name])
            self._place(f"/variables/{escape_pointer(emitted)}")
        return emitted

    def _loop(self, loop: dict[str, JsonValue], emitted: str) -> None:
        """Bring a variable that is a loop; its index goes by the new name."""
        made: JsonValue = {}
        self._place(f"/variables/copy/{len(self._builder.loops)}")
        number = len(self._builder.loops)
        self._builder.loops.append(made)
        self._index = (str(loop.get("name")), emitted)
        made = self._value({**loop, "name": emitted})
        self._index = None
        self._builder.loops[number] = made

    def _exported_variables(self) -> frozenset[str]:
        metadata = self._target.value.get("metadata")
        listed = metadata.get(_EXPORTED_VARIABLES) if isinstance(metadata, dict) else None
        rows = listed if isinstance(listed, list) else []
        return frozenset(str(row.get("name")) for row in rows if isinstance(row, dict))

    def function(self, name: str) -> str | None:
        """Return the new name of a function, its namespace before it; None where there is none."""
        namespace, _, short = name.rpartition(".")
        found = next(
            (
                function
                for function in self._target.template.functions
                if function.name == short and function.namespace == (namespace or "__bicep")
            ),
            None,
        )
        if found is None:
            return None
        key = name if namespace else short
        emitted, is_new = self._name(self._target, key)
        if is_new:
            into, _, called = emitted.rpartition(".")
            members = self._builder.functions.setdefault(into or "__bicep", {})
            output = {key: self._value(value) for key, value in found.output.items()}
            parameters: list[JsonValue] = [
                self._schema(dict(parameter.schema)) for parameter in found.parameters
            ]
            members[called] = {"parameters": parameters, "output": self._schema(output)}
            group = list(self._builder.functions).index(into or "__bicep")
            self._place(f"/functions/{group}/members/{escape_pointer(called)}")
        return emitted

    def _place(self, pointer: str) -> None:
        self._builder.spans[pointer] = NodeSpan(self._here.start, self._here.start, self._here.end)

    def _schema(self, value: JsonValue) -> JsonValue:
        """Return a schema with the names of types changed."""
        if isinstance(value, list):
            return [self._schema(item) for item in value]
        if not isinstance(value, dict):
            return value
        made: dict[str, JsonValue] = {}
        for key, item in value.items():
            if key == "$ref" and isinstance(item, str) and item.startswith(_PREFIX):
                first, slash, rest = item.removeprefix(_PREFIX).partition("/")
                name = first.replace("~1", "/").replace("~0", "~")
                emitted = self.type(name) or name
                made[key] = f"{_PREFIX}{escape_pointer(emitted)}{slash}{rest}"
            elif key != "metadata":
                made[key] = self._schema(item)
        return made

    def _value(self, value: JsonValue) -> JsonValue:
        """Return a value with the names in its expressions changed."""
        if isinstance(value, list):
            return [self._value(item) for item in value]
        if isinstance(value, dict):
            return {key: self._value(item) for key, item in value.items()}
        if isinstance(value, str) and is_expression(value):
            return ParsedText.of(value[1:-1], self._node(parse(value).root))
        return value

    def _node(self, node: Node) -> Node:
        """Rename in an expression; the parser bounds how deep one is."""
        match node:
            case Literal():
                return node._replace(span=self._here)
            case PropertyAccess():
                return node._replace(target=self._node(node.target), span=self._here)
            case IndexAccess():
                key = self._node(node.key)
                return IndexAccess(self._node(node.target), key, self._here)
            case FunctionCall():
                return self._call(node)

    def _call(self, node: FunctionCall) -> Node:
        arguments = tuple(self._node(argument) for argument in node.arguments)
        first = node.arguments[0] if node.arguments else None
        if node.key == "variables" and isinstance(first, Literal):
            emitted = self.variable(str(first.value), exported=False)
            if emitted is not None:
                arguments = (Literal(emitted, self._here),)
        if node.key == "copyindex" and isinstance(first, Literal) and self._index is not None:
            old, new = self._index
            if first.value == old:
                arguments = (Literal(new, self._here), *arguments[1:])
        namespace, name = node.namespace, node.name
        if namespace:
            qualified = name if namespace == "__bicep" else f"{namespace}.{name}"
            renamed = self.function(qualified)
            if renamed is not None:
                into, _, name = renamed.rpartition(".")
                namespace = into or "__bicep"
        key = f"{namespace}.{name}".lower() if namespace else node.key
        return FunctionCall(namespace, name, key, arguments, self._here)


def _loop_of(loops: JsonValue, name: str) -> dict[str, JsonValue] | None:
    """Return the loop that makes a variable."""
    for loop in loops if isinstance(loops, list) else ():
        if isinstance(loop, dict) and loop.get("name") == name:
            return loop
    return None
