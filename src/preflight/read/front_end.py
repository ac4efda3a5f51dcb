"""SOURCE → Template: the front ends, and which of them reads a source.

A front end is chosen by content; only Bicep, which has no mark of its own, is known by its file
name. Adding one: one file, one entry in `FRONT_ENDS`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path
from typing import ClassVar, Protocol, TypeAlias

from preflight.errors import InputError
from preflight.model.artifact import RegistryModule
from preflight.model.source import Place, SourceFile
from preflight.model.template import Note, ParameterValue, Template, TemplateSource
from preflight.model.value import JsonValue
from preflight.read.arm import read_template
from preflight.read.bicep.params import Evaluate
from preflight.read.bicep_cli import CompilerSettings, compile_bicep, compiled_name
from preflight.read.bicep_params import read_bicep_parameters
from preflight.read.bicep_source import BicepReader, read_bicep
from preflight.read.given import Given, Parsed
from preflight.read.json_document import document_of, parse_json
from preflight.read.module_cache import ModuleCache
from preflight.read.root import INPUT_BYTES, Files, find_root, resolved
from preflight.read.template_source import LocalTemplates
from preflight.read.what_if import read_what_if
from preflight.read.what_if_shape import is_what_if
from preflight.read.wrong_kind import wrong_kind

Source: TypeAlias = "str | PathLike[str] | Mapping[str, JsonValue]"
"""A path, `-` for standard input, or a parsed object."""

NAMELESS = "deployment1"
"""The deployment name that `az` gives when no template file has one to lend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """How a source is read; `root` None means the rule of `root.find_root`."""

    root: str | PathLike[str] | None = None
    bicep: str = "native"
    """`native`, `cli`, `cli=PATH` or `auto`."""
    stdin: Callable[[], bytes] | None = None
    """Gives standard input, for `-`."""
    input_bytes: int = INPUT_BYTES
    """Limit for everything that is read for one source."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables that Bicep files may read."""
    module_cache: str | PathLike[str] | None = None
    """Where restored modules lie; None means the compiler's own place."""
    restore_failures: Mapping[str, str] = field(default_factory=dict)
    """Why modules could not be fetched, by reference."""
    evaluate: Evaluate | None = None
    """Computes the values of a `.bicepparam`: the work of another stage."""
    compiler_seconds: float = 60.0

    @property
    def compiler(self) -> CompilerSettings:
        """What of this concerns a Bicep compiler."""
        return CompilerSettings(
            mode=self.bicep,
            environment=self.environment,
            seconds=self.compiler_seconds,
            output_bytes=self.input_bytes,
        )

    def cache(self, files: Files) -> ModuleCache:
        """Return where restored modules are looked for."""
        folder = None if self.module_cache is None else Path(self.module_cache)
        return ModuleCache(files, folder, self.restore_failures)

    def bicep_reader(self, files: Files) -> BicepReader:
        """Return what reads Bicep without a compiler."""
        return BicepReader(
            files=files,
            cache=self.cache(files),
            evaluate=self.evaluate,
            environment=self.environment,
        )

    def read_stdin(self) -> bytes:
        """Return standard input; raises `InputError` where there is none."""
        if self.stdin is None:
            raise InputError("there is no standard input to read", help="name a file")
        return self.stdin()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResult:
    """A source that was read.

    `source` is the file as given (`template.source` is another one when it was compiled).
    `base_name` is the default name of the deployment, as `az` chooses it.
    """

    template: Template
    source: SourceFile
    base_name: str
    root: Path
    templates: TemplateSource
    files: Files
    path: Path | None = None
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    """Values that a `.bicepparam` source brings along."""
    missing: tuple[RegistryModule, ...] = ()
    """Registry modules that are not in the cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a front end makes of a source."""

    template: Template
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    templates: TemplateSource | None = None
    """What gives nested templates; None for those that lie in the checkout."""
    missing: tuple[RegistryModule, ...] = ()
    """Registry modules that are not in the cache."""

    def noted(self, notes: tuple[Note, ...]) -> Reading:
        """Return the reading with notes before those of its template."""
        return replace(self, template=replace(self.template, notes=(*notes, *self.template.notes)))


class FrontEnd(Protocol):
    """One language in which a rollout can be given.

    An implementer owes a template that keeps positions of `given` (or of what was compiled from
    it), and raises `InputError` with a place for everything that it cannot read.
    """

    name: ClassVar[str]

    def accepts(self, given: Given) -> bool:
        """Whether the source is in this language; the first front end that says so reads it."""

    def read(self, given: Given, files: Files, options: ReadOptions) -> Reading:
        """Read the source."""


class BicepParameterFile:
    """A `.bicepparam` file, which names its own template."""

    name: ClassVar[str] = "bicepparam"

    def accepts(self, given: Given) -> bool:
        """Whether the file is called so."""
        return given.suffix == ".bicepparam"

    def read(self, given: Given, files: Files, options: ReadOptions) -> Reading:
        """Read the file and its template."""
        reading, notes = read_bicep(
            options.bicep,
            native=lambda: self._native(given, files, options),
            compiled=lambda: self._compiled(given, files, options),
        )
        return reading.noted(notes)

    def _native(self, given: Given, files: Files, options: ReadOptions) -> Reading:
        reader = options.bicep_reader(files)
        found = reader.parameters(given.path or Path(given.source.name))
        used = reader.used(found)
        notes = (*found.parameters.notes, *used.template.notes)
        return Reading(
            template=replace(used.template, notes=notes),
            parameters=found.parameters.values,
            templates=used.templates,
            missing=reader.missing,
        )

    def _compiled(self, given: Given, files: Files, options: ReadOptions) -> Reading:
        path = given.path or Path(given.source.name)
        found = read_bicep_parameters(path, files, options.compiler)
        if found.template is None:
            spec = found.template_spec
            raise InputError(
                f"`{given.source.name}` uses the template spec `{spec}`, which is not at hand"
                if spec
                else f"`{given.source.name}` uses no template",
                help="give the template as SOURCE and values with -p",
                where=Place(source=given.source, offset=0),
            )
        template = read_template(found.template.value, found.template.source)
        notes = (*found.parameters.notes, *template.notes)
        values = found.parameters.values
        return Reading(template=replace(template, notes=notes), parameters=values)


class BicepFile:
    """A `.bicep` file."""

    name: ClassVar[str] = "bicep"

    def accepts(self, given: Given) -> bool:
        """Whether the file is called so."""
        return given.suffix == ".bicep"

    def read(self, given: Given, files: Files, options: ReadOptions) -> Reading:
        """Read the file and its modules."""
        reading, notes = read_bicep(
            options.bicep,
            native=lambda: self._native(given, files, options),
            compiled=lambda: self._compiled(given, files, options),
        )
        return reading.noted(notes)

    def _native(self, given: Given, files: Files, options: ReadOptions) -> Reading:
        reader = options.bicep_reader(files)
        found = reader.template(given.path or Path(given.source.name), given.source)
        return Reading(template=found.template, templates=found.templates, missing=reader.missing)

    def _compiled(self, given: Given, files: Files, options: ReadOptions) -> Reading:
        path = given.path or Path(given.source.name)
        compiled = compile_bicep(path, files, options.compiler)
        document = parse_json(compiled.template or "", compiled_name(path, files))
        template = read_template(document.value, document.source)
        notes = (*compiled.notes, *template.notes)
        return Reading(template=replace(template, notes=notes))


class WhatIfResult:
    """The result of a what-if operation."""

    name: ClassVar[str] = "what-if"

    def accepts(self, given: Given) -> bool:
        """Whether the JSON has the form of a result, a failed one included."""
        return is_what_if(given.document.value)

    def read(self, given: Given, files: Files, options: ReadOptions) -> Reading:
        """Read the changes."""
        del files, options
        return Reading(template=read_what_if(given.document))


class ArmTemplate:
    """An ARM template in JSON; whatever nothing else has accepted is read as one."""

    name: ClassVar[str] = "arm"

    def accepts(self, given: Given) -> bool:
        """Accept anything: the reader says what is wrong."""
        del given
        return True

    def read(self, given: Given, files: Files, options: ReadOptions) -> Reading:
        """Read the template."""
        del files, options
        document = given.document
        if (error := wrong_kind(document)) is not None:
            raise error
        template = read_template(document.value, document.source)
        return Reading(template=replace(template, notes=(*document.notes, *template.notes)))


FRONT_ENDS: tuple[FrontEnd, ...] = (
    BicepParameterFile(),
    BicepFile(),
    WhatIfResult(),
    ArmTemplate(),
)
"""In the order in which they are asked."""


def read_source(source: Source, options: ReadOptions) -> ReadResult:
    """Read a template, a Bicep file, a parameter file of Bicep, or a what-if result.

    Raises:
        InputError: it cannot be read, is none of these, or ARM refuses its shape.
        LimitExceeded: it is larger than the limits allow.
    """
    path = None if isinstance(source, Mapping) or source == "-" else Path(source)
    root = (
        find_root(path, working_folder=Path.cwd()) if options.root is None else Path(options.root)
    )
    files = Files(root, limit=options.input_bytes)
    given = _given(source, path, files, options)
    front_end = next(candidate for candidate in FRONT_ENDS if candidate.accepts(given))
    reading = front_end.read(given, files, options)
    folder = Path.cwd() if path is None else resolved(path).parent
    return ReadResult(
        template=reading.template,
        source=given.source,
        base_name=NAMELESS if path is None else os.path.splitext(path.name)[0],  # noqa: PTH122
        root=files.root,
        templates=reading.templates
        or LocalTemplates(files, reading.template.source, folder, options.cache(files)),
        files=files,
        path=path,
        parameters=reading.parameters,
        missing=reading.missing,
    )


def _given(source: Source, path: Path | None, files: Files, options: ReadOptions) -> Given:
    if isinstance(source, Mapping):
        return Parsed(document_of(dict(source), "template"))
    if path is None:
        data = options.read_stdin()
        files.charge(len(data))
        return Given("stdin", None, files.decoded(data, "stdin"))
    name = files.name(path)
    return Given(name, path, files.text(path, name))
