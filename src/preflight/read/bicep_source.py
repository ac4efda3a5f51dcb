"""A `.bicep` or `.bicepparam` source, read without a compiler."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from preflight.errors import InputError, UnsupportedFeature, UsageError
from preflight.model.artifact import RegistryModule
from preflight.model.source import Place, SourceFile
from preflight.model.template import (
    Gap,
    MissingTemplate,
    Note,
    ParameterDeclaration,
    Template,
    TemplateSource,
)
from preflight.read.arm import read_template
from preflight.read.bicep import syntax
from preflight.read.bicep.loads import Loads
from preflight.read.bicep.lower import BicepTemplates, lower_program
from preflight.read.bicep.modules import ModuleFile, Modules
from preflight.read.bicep.params import (
    Evaluate,
    ParameterFile,
    ParameterTools,
    read_parameter_file,
)
from preflight.read.bicep.program import Program
from preflight.read.json_document import parse_json
from preflight.read.module_cache import ModuleCache
from preflight.read.root import Files
from preflight.read.template_source import LocalTemplates, read_template_spec

_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True, kw_only=True)
class BicepReading:
    """A template that was read from Bicep, with what gives its modules."""

    template: Template
    templates: TemplateSource


@dataclass(slots=True, kw_only=True)
class BicepReader:
    """Reads the Bicep files of one source."""

    files: Files
    cache: ModuleCache
    evaluate: Evaluate | None = None
    """Computes the values of parameter files; None where there are none."""
    environment: Mapping[str, str] = field(default_factory=dict)
    modules: Modules = field(init=False)

    def __post_init__(self) -> None:
        """Find modules in the root and in the cache."""
        self.modules = Modules(self.files, self.cache)

    @property
    def missing(self) -> tuple[RegistryModule, ...]:
        """Registry modules that were asked for and are not in the cache."""
        return tuple(self.modules.missing.values())

    def template(self, path: Path, source: SourceFile) -> BicepReading:
        """Read a `.bicep` file with its modules.

        Raises:
            InputError: one of the files does not parse, or Bicep refuses it.
        """
        path = Path(os.path.abspath(path))  # noqa: PTH100 - links stay: modules count from them
        program = self._program()
        lowered = lower_program(program, program.load(path, source))
        templates = BicepTemplates(
            program, self.files, lowered.template.source, path.parent, self.cache
        )
        return BicepReading(template=lowered.template, templates=templates)

    def parameters(self, path: Path) -> ParameterFile:
        """Read a `.bicepparam` file; raises what `read_parameter_file` raises."""
        if self.evaluate is None:
            raise InputError("a `.bicepparam` cannot be read here")
        tools = ParameterTools(
            modules=self.modules,
            lower=self._lower,
            evaluate=self.evaluate,
            environment=self.environment,
        )
        path = Path(os.path.abspath(path))  # noqa: PTH100 - as above
        return read_parameter_file(path, tools)

    def used(self, parameters: ParameterFile) -> BicepReading:
        """Read the template that a parameter file uses.

        One that is not at hand is a template with nothing but a gap.

        Raises:
            InputError: it uses none, or that cannot be read.
        """
        using = parameters.using
        if using is None:
            raise InputError(
                f"`{parameters.source.name}` uses no template",
                help="give the template as SOURCE and this file with -p",
                where=parameters.using_place,
            )
        if isinstance(using, MissingTemplate):
            template = _absent(using, parameters)
            return self._plain(template, None)
        if not using.compiled:
            return self.template(using.path, SourceFile(using.name, using.text))
        return self._plain(_compiled(using), using.path.parent if using.origin is None else None)

    def _plain(self, template: Template, folder: Path | None) -> BicepReading:
        templates = LocalTemplates(self.files, template.source, folder, self.cache)
        return BicepReading(template=template, templates=templates)

    def _program(self) -> Program:
        return Program(self.modules, Loads(self.files))

    def _lower(self, file: syntax.File, source: SourceFile, path: Path) -> Template:
        program = self._program()
        return lower_program(program, program.load(path, source, tree=file)).template


def read_bicep(
    mode: str, *, native: Callable[[], _Read], compiled: Callable[[], _Read]
) -> tuple[_Read, tuple[Note, ...]]:
    """Read Bicep as `--bicep` says: natively, with a compiler, or with one where it must be.

    Raises:
        InputError: what the last way said.
        UsageError: `mode` names no way.
    """
    kind = mode.partition("=")[0]
    if kind not in {"auto", "cli", "native"}:
        raise UsageError(
            f"`{mode}` is no way to read Bicep", help="--bicep takes native, cli, cli=PATH or auto"
        )
    if kind == "cli":
        return compiled(), ()
    try:
        return native(), ()
    except UnsupportedFeature as error:
        if kind == "native":
            raise
        note = Note(
            code="bicep-compiler",
            message=f"read by a Bicep compiler, for {error}",
            origin=error.where if isinstance(error.where, Place) else None,
        )
        try:
            return compiled(), (note,)
        except InputError:
            # Where a compiler cannot help either, the first reason is the one to know.
            raise error from None


def _absent(missing: MissingTemplate, parameters: ParameterFile) -> Template:
    """Return a template that has nothing but a gap, and takes every value that there is."""
    place = parameters.using_place
    gap = Gap(kind=missing.kind, target=missing.target, origin=place, settle=missing.settle)
    declared = {
        name: ParameterDeclaration(name=name, schema={}, pointer="")
        for name in parameters.parameters.values
    }
    return Template(source=place.source, parameters=declared, gaps=(gap,))


def _compiled(file: ModuleFile) -> Template:
    document = parse_json(file.text, file.name)
    if file.pointer:
        return read_template_spec(document)
    template = read_template(document.value, document.source)
    return replace(template, notes=(*document.notes, *template.notes))
