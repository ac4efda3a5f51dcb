"""Bicep → `Template`: the whole way, modules included.

Source: Azure/bicep, src/Bicep.Core/Emit; the official compiler for what comes out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from preflight.model.source import NodeSpan, Offsets, SourceFile
from preflight.model.template import MissingTemplate, Template
from preflight.model.value import JsonValue
from preflight.read.arm import read_template
from preflight.read.bicep.lower_template import TemplateLowering
from preflight.read.bicep.program import Program
from preflight.read.bicep.symbols import BicepFile, CompiledFile, ModuleSymbol
from preflight.read.module_cache import ModuleCache
from preflight.read.root import Files
from preflight.read.template_source import LocalTemplates


class LoweredTemplate(dict[str, JsonValue]):
    """The JSON of a module's template, with the template that it was read as.

    Positions of the template are those of the module's own file.
    """

    template: Template


@dataclass(slots=True)
class BicepSpans:
    """Where the nodes of a lowered template stand in the Bicep file."""

    found: dict[str, NodeSpan] = field(default_factory=dict)

    def spans(self) -> Mapping[str, NodeSpan]:
        """Return JSON pointer → span."""
        return self.found


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowered:
    """A Bicep file as a template, with the JSON that it came down to."""

    template: Template
    json: LoweredTemplate


def lower_program(program: Program, root: BicepFile) -> Lowered:
    """Lower a loaded file and the modules that it uses.

    Raises:
        InputError: the official compiler would refuse one of the files too.
    """
    made: dict[int, Lowered] = {}
    wanted = _deployed(root)
    for file in program.files():
        if id(file) not in wanted:
            file.problems.require_none()
        else:
            made[id(file)] = _lower(program, file, made, nested=file is not root)
    result = made[id(root)]
    notes = (*program.notes, *result.template.notes)
    return replace(result, template=replace(result.template, notes=notes))


def _deployed(root: BicepFile) -> set[int]:
    """Return the identities of the files that are deployed, not only imported from."""
    found = {id(root)}
    waiting = [root]
    while waiting:
        for module in waiting.pop().modules:
            target = module.target
            if isinstance(target, BicepFile) and id(target) not in found:
                found.add(id(target))
                waiting.append(target)
    return found


def _lower(
    program: Program, file: BicepFile, made: Mapping[int, Lowered], *, nested: bool
) -> Lowered:
    lowering = TemplateLowering(program, file)
    templates: dict[int, JsonValue] = {}
    for module in file.modules:
        target = module.target
        if isinstance(target, BicepFile):
            templates[id(module)] = made[id(target)].json
        elif isinstance(target, CompiledFile):
            templates[id(module)] = _compiled(file, module, target)
    value = LoweredTemplate(lowering.lower(templates))
    source = SourceFile(
        file.source.name,
        file.source.text,
        BicepSpans(lowering.builder.spans),
        private=file.source.private,
        offsets=Offsets.FILE,
    )
    value.template = read_template(dict(value), source, nested=nested)
    return Lowered(template=value.template, json=value)


def _compiled(file: BicepFile, module: ModuleSymbol, target: CompiledFile) -> LoweredTemplate:
    """Return the template of a compiled module; inside a restored one all is at the module."""
    made = LoweredTemplate(target.value)
    made.template = target.template
    if target.file.origin is not None:
        declaration = module.declaration
        span = NodeSpan(declaration.start, declaration.start, declaration.end)
        source = SourceFile(
            file.source.name, file.source.text, BicepSpans({"": span}), offsets=Offsets.NONE
        )
        made.template = read_template(dict(target.value), source, nested=True)
    return made


class BicepTemplates(LocalTemplates):
    """Gives `evaluate` the templates of modules, beside those that lie in the checkout."""

    def __init__(
        self,
        program: Program,
        files: Files,
        source: SourceFile,
        folder: Path,
        cache: ModuleCache,
    ) -> None:
        """Start at the root file."""
        super().__init__(files, source, folder, cache)
        self._program = program

    def inline(self, value: JsonValue, *, base: Template, pointer: str) -> Template:
        """Return the template of a module as it was lowered, or read one from JSON."""
        if isinstance(value, LoweredTemplate):
            return value.template
        return super().inline(value, base=base, pointer=pointer)

    def linked(
        self, reference: Mapping[str, JsonValue], *, base: Template
    ) -> Template | MissingTemplate:
        """Find what a module that is not inlined names; raises what `LocalTemplates` raises."""
        for member in ("uri", "id"):
            target = reference.get(member)
            if isinstance(target, str):
                found = self._program.linked(target)
                if found is not None:
                    return found
        return super().linked(reference, base=base)
