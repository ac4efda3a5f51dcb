"""A `.bicepparam` file → parameter values, and the template that it uses.

A parameter file is read as a template without resources: each `param` becomes a variable, and the
values are what those variables evaluate to. Evaluating is another stage's work, so that function
is given (`ParameterTools`). `extends` makes a chain; each file sees its own names only, and
`base` what the chain below it gives. The file's own values win; they replace, they do not merge.

Source: Azure/bicep, src/Bicep.Core/Emit/ParameterAssignmentEvaluator.cs and docs/grammar.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, TypeVar, cast

from preflight.errors import InputError, UnsupportedFeature
from preflight.model.source import Place, SourceFile
from preflight.model.template import (
    MissingTemplate,
    Note,
    OutputDeclaration,
    ParameterValue,
    SecretReference,
    Template,
)
from preflight.model.value import (
    JsonValue,
    PartialText,
    Unknown,
    Value,
    first_unknown,
    printable,
)
from preflight.read.bicep.modules import ModuleFile, Modules
from preflight.read.bicep.parameter_calls import OutsideCalls, secret_arguments
from preflight.read.bicep.parameter_names import told_apart
from preflight.read.bicep.parser import parse_parameters
from preflight.read.bicep.syntax import (
    Array,
    Assignment,
    Expression,
    Extends,
    ExtensionConfiguration,
    File,
    Import,
    Name,
    Parameter,
    Statement,
    Text,
    Using,
    Variable,
)
from preflight.read.json_strings import escape_pointer, shown
from preflight.read.parameter_file import ParameterSet

_BASE = "base"
_CHAIN = 20
"""Most parameter files that may build on each other."""
_SECRETS = "secret:"
"""Begins the names of the outputs that say which vault a secret is in."""
_VAULT_PARTS = (4, 5)
"""Subscription, resource group, vault, secret, and maybe the secret's version."""
_Kind = TypeVar("_Kind")


class Lower(Protocol):
    """Makes a template of a parsed file; names that no file can declare may stand in it."""

    def __call__(self, file: File, source: SourceFile, path: Path) -> Template:
        """Return the template; raises `InputError` for what Bicep refuses."""


Evaluate = Callable[[Template, Mapping[str, Value]], Mapping[str, Value]]
"""From a template and the values of its parameters to the values of its outputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterTools:
    """What reading a parameter file needs from elsewhere."""

    modules: Modules
    lower: Lower
    evaluate: Evaluate
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables that the file may read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterFile:
    """What a `.bicepparam` says."""

    source: SourceFile
    parameters: ParameterSet
    using: ModuleFile | MissingTemplate | None
    """The template's file; None for `using none`."""
    using_place: Place


def read_parameter_file(path: Path, tools: ParameterTools) -> ParameterFile:
    """Read a parameter file with all that it builds on.

    Raises:
        InputError: a file does not parse, or a value cannot be computed.
        UnsupportedFeature: it has a construct that is not known.
    """
    files = tools.modules.files
    name = files.name(path)
    # Secrets stand among values: no message may show a line.
    source = SourceFile(name, files.text(path, name), private=True)
    layer = _Layer(path=path, source=source, tools=tools, below=(path,))
    values = layer.values()
    using, place = layer.using()
    return ParameterFile(
        source=source,
        parameters=ParameterSet(values=values, notes=tuple(layer.notes)),
        using=using,
        using_place=place,
    )


@dataclass(slots=True, kw_only=True)
class _Layer:
    """One file of a chain; `below` are the files that lead to it, itself included."""

    path: Path
    source: SourceFile
    tools: ParameterTools
    below: tuple[Path, ...]
    notes: list[Note] = field(default_factory=list)
    _file: File | None = None

    @property
    def file(self) -> File:
        """The parsed file."""
        if self._file is None:
            self._file = parse_parameters(self.source)
            self.tools.modules.budget.bicep(self._file, self.source)
        return self._file

    def place(self, at: int) -> Place:
        """Return a place in this file."""
        return Place(source=self.source, offset=at)

    def using(self) -> tuple[ModuleFile | MissingTemplate | None, Place]:
        """Return the file that `using` names, None for `none`.

        Raises:
            InputError: there is no `using`, or it names no file.
        """
        found = self._single(Using, "using")
        if found is None:
            raise InputError(
                f"`{self.source.name}` has no `using`",
                help="name its template with `using 'FILE'`, or write `using none`",
                where=self.place(0),
            )
        place = self.place(found.start)
        if found.configuration is not None:
            raise UnsupportedFeature("`using … with` is not supported", where=place)
        return (None if found.path is None else self._named(found.path)), place

    def values(self) -> dict[str, ParameterValue]:
        """Return the values of the chain up to this file."""
        base = self._base()
        found = {} if base is None else base.values()
        calls = OutsideCalls(
            source=self.source,
            environment=self.tools.environment,
            own=frozenset(_called(self.file)),
        )
        file, outputs = self._as_template(calls, with_base=base is not None)
        template = self.tools.lower(file, self.source, self.path)
        template = replace(template, outputs={item.name: item for item in outputs})
        given: dict[str, Value] = {**calls.unknowns}
        if base is not None:
            self.notes.extend(base.notes)
            plain = {key: item for key, item in found.items() if item.secret is None}
            given[_BASE] = {key: _known(item) for key, item in plain.items()}
        answers = self.tools.evaluate(template, given)
        self.notes.extend((*calls.notes, *template.notes))
        statements: Sequence[object] = self.file.statements
        assigned = [item for item in statements if isinstance(item, Assignment)]
        own = {item.name.name: self._value(item, answers) for item in assigned}
        return {**found, **own}

    def _base(self) -> _Layer | None:
        extends = self._single(Extends, "extends")
        if extends is None:
            return None
        place = self.place(extends.path.start)
        found = self._named(extends.path)
        if isinstance(found, MissingTemplate) or found.path.suffix.lower() != ".bicepparam":
            raise InputError("`extends` names no parameter file", where=place)
        if found.path in self.below:
            raise InputError(f"`{shown(found.name)}` builds on itself", where=place)
        if len(self.below) >= _CHAIN:
            raise InputError(f"more than {_CHAIN} parameter files build on each other", where=place)
        return _Layer(
            path=found.path,
            source=SourceFile(found.name, found.text, private=True),
            tools=self.tools,
            below=(*self.below, found.path),
        )

    def _single(self, kind: type[_Kind], keyword: str) -> _Kind | None:
        statements: Sequence[object] = self.file.statements
        found = [item for item in statements if isinstance(item, kind)]
        if len(found) > 1:
            place = self.place(getattr(found[1], "start", 0))
            raise InputError(f"`{keyword}` is there twice", help="keep one of them", where=place)
        return found[0] if found else None

    def _named(self, path: Text) -> ModuleFile | MissingTemplate:
        place = self.place(path.start)
        if path.plain is None:
            raise InputError("the path has an expression in it", where=place)
        return self.tools.modules.find(path.plain, importer=self.path, place=place)

    def _as_template(
        self, calls: OutsideCalls, *, with_base: bool
    ) -> tuple[File, list[OutputDeclaration]]:
        """Return the file as a template, and outputs for what has to be evaluated."""
        statements: list[Statement] = []
        outputs: list[OutputDeclaration] = []
        for item in told_apart(self.file, self.source):
            if isinstance(item, Assignment):
                variable, output = self._assigned(item, calls)
                statements.append(variable)
                outputs.append(output)
            elif isinstance(item, Variable):
                statements.append(item._replace(value=calls.replaced(item.value)))
            elif isinstance(item, ExtensionConfiguration):
                self.notes.append(self._extension(item))
            elif not isinstance(item, (Using, Extends)):
                statements.append(item)
        outside = [*calls.unknowns, *([_BASE] if with_base else [])]
        statements += [_open(name, "object" if name == _BASE else "string") for name in outside]
        return File(self.source.text, tuple(statements)), outputs

    def _assigned(
        self, item: Assignment, calls: OutsideCalls
    ) -> tuple[Variable, OutputDeclaration]:
        """Return an assignment as a variable, and the output that reads it.

        Where the value is a secret, the variable holds which one.
        """
        arguments = secret_arguments(item.value)
        name, value = item.name.name, item.value
        if arguments is not None:
            if len(arguments) not in _VAULT_PARTS:
                raise InputError(
                    "`getSecret()` takes a subscription, a resource group, a vault, a secret and "
                    "maybe its version",
                    where=self.place(value.start),
                )
            name = _SECRETS + name
            value = Array(arguments, value.start, value.end)
        variable = Variable(
            (), item.name._replace(name=name), None, calls.replaced(value), item.start, item.end
        )
        output = OutputDeclaration(
            name=name,
            schema={"nullable": True, "value": f"[variables('{name}')]"},
            pointer=f"/outputs/{escape_pointer(name)}",
        )
        return variable, output

    def _extension(self, item: ExtensionConfiguration) -> Note:
        message = f"the configuration of the extension `{shown(item.alias.name)}` is not read"
        return Note(code="extension-config", message=message, origin=self.place(item.start))

    def _value(self, item: Assignment, answers: Mapping[str, Value]) -> ParameterValue:
        place = self.place(item.name.start)
        secret = answers.get(_SECRETS + item.name.name)
        if not isinstance(secret, list):
            value = answers[item.name.name]
            if first_unknown(value) is not None:
                return ParameterValue(partial=value, place=place)
            return ParameterValue(value=cast("JsonValue", value), place=place)
        subscription, group, vault = (self._text(part, item.value) for part in secret[:3])
        identifier = (
            f"/subscriptions/{subscription}/resourceGroups/{group}"
            f"/providers/Microsoft.KeyVault/vaults/{vault}"
        )
        return ParameterValue(secret=SecretReference(vault=identifier, place=place), place=place)

    def _text(self, value: Value, node: Expression) -> str:
        if not isinstance(value, (str, Unknown, PartialText)):
            raise InputError(
                "an argument of `getSecret()` is no text", where=self.place(node.start)
            )
        return printable(value)


def _called(file: File) -> Iterator[str]:
    """Yield the names by which a file can call functions of other files."""
    for statement in file.statements:
        if isinstance(statement, Import):
            for item in statement.names:
                local = item.alias or item.name
                if isinstance(local, Name):
                    yield local.name


def _known(parameter: ParameterValue) -> Value:
    """Return a value, known in part or in full."""
    return cast("Value", parameter.value) if parameter.partial is None else parameter.partial


def _open(name: str, kind: str) -> Parameter:
    """Declare a parameter for a value from outside the file."""
    return Parameter((), Name(name, 0, 0), Name(kind, 0, 0), None, 0, 0)
