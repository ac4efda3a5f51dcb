"""All files that belong to one Bicep source: found, parsed and bound, each once.

Files are loaded with a list of our own, not by recursion, and put in an order in which each comes
after those it refers to; a circle of modules or imports is an error.

Source: Azure/bicep, src/Bicep.Core/SourceGraph.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from preflight.errors import InputError, LimitExceeded
from preflight.model.artifact import TemplateSpecVersion
from preflight.model.source import Place, SourceFile
from preflight.model.template import MissingTemplate, Note, Template
from preflight.read.arm import read_template
from preflight.read.bicep import syntax
from preflight.read.bicep.binder import bind
from preflight.read.bicep.checks import check_file
from preflight.read.bicep.loads import Loads
from preflight.read.bicep.modules import ModuleFile, Modules
from preflight.read.bicep.parser import parse_bicep
from preflight.read.bicep.problems import Problems
from preflight.read.bicep.signature import Signature, signature_of_file, signature_of_template
from preflight.read.bicep.symbols import BicepFile, CompiledFile, Target
from preflight.read.json_document import parse_json
from preflight.read.json_strings import shown

_AZURE = frozenset({"az", "sys"})


class Program:
    """The files of one source, by path."""

    def __init__(self, modules: Modules, loads: Loads) -> None:
        """Find files through `modules`, and read data through `loads`."""
        self.modules = modules
        self.loads = loads
        self.notes: list[Note] = []
        self.noted: set[str] = set()
        """References whose absence is in `notes`."""
        self.literals = 0
        """Values of types of literals that were listed so far, in all templates."""
        self.missing: dict[str, MissingTemplate] = {}
        """References to modules that are not at hand, by their text."""
        self._files: dict[Path, BicepFile] = {}
        self._compiled: dict[Path, CompiledFile] = {}
        self._signatures: dict[int, Signature] = {}
        self._order: list[BicepFile] = []

    def load(self, path: Path, source: SourceFile, *, tree: syntax.File | None = None) -> BicepFile:
        """Return a bound file, with everything that it refers to.

        `tree` is given where the file was parsed before, and maybe changed.

        Raises:
            InputError: a file does not parse, is not there, or refers to itself through others.
        """
        root = self._parse(path, source, tree)
        problems = Problems()
        waiting = [root]
        while waiting:
            waiting.extend(self._resolve(waiting.pop(), problems))
        problems.require_none()
        for file in self._ordered(root):
            bind(file)
            if file is not root or tree is None:
                check_file(file, self.modules.configs.of(file.path).experimental)
            self._order.append(file)
        return root

    def linked(self, target: str) -> Template | MissingTemplate | None:
        """Return what a module that is not inlined stands for: a template spec, or why not."""
        if target in self.missing:
            return self.missing[target]
        for found in self._compiled.values():
            origin = found.file.origin
            if isinstance(origin, TemplateSpecVersion) and origin.resource_id == target:
                return found.template
        return None

    def files(self) -> tuple[BicepFile, ...]:
        """Return the Bicep files, each after those that it refers to."""
        return tuple(self._order)

    def _parse(self, path: Path, source: SourceFile, tree: syntax.File | None = None) -> BicepFile:
        implicit = self.modules.configs.of(path).implicit_extensions
        if tree is None:
            tree = parse_bicep(source)
            self.modules.budget.bicep(tree, source)
        file = BicepFile(
            path=path,
            source=source,
            tree=tree,
            implicit=tuple(name for name in implicit if name not in _AZURE),
        )
        self._files[path] = file
        return file

    def _resolve(self, file: BicepFile, problems: Problems) -> list[BicepFile]:
        """Find the files that one refers to; return those that are new."""
        new: list[BicepFile] = []
        for path in _paths(file.tree):
            with problems.kept():
                file.references[path.start] = self._target(file, path, new)
        return new

    def _target(self, file: BicepFile, path: syntax.Text, new: list[BicepFile]) -> Target:
        text = path.plain
        if text is None:
            raise file.error("the path of a file cannot be computed", path)
        place = file.place(path)
        found = self.modules.find(text, importer=file.path, place=place)
        if isinstance(found, MissingTemplate):
            self.missing[found.target] = found
            return found
        if found.compiled:
            return self._read_compiled(found, place)
        known = self._files.get(found.path)
        if known is None:
            known = self._parse(found.path, SourceFile(found.name, found.text))
            new.append(known)
        return known

    def _read_compiled(self, found: ModuleFile, place: Place) -> CompiledFile:
        known = self._compiled.get(found.path)
        if known is None:
            self.modules.budget.compiled(found.text, place)
            try:
                known = _compiled(found)
            except LimitExceeded:
                raise
            except InputError as error:
                if found.origin is None:
                    raise
                raise InputError(
                    f"the module cache holds no template for `{shown(found.name)}`: {error}",
                    help=f"remove the folder `{found.path.parent}` and restore the module again",
                    where=place,
                ) from error
            self._compiled[found.path] = known
        return known

    def _ordered(self, root: BicepFile) -> Iterator[BicepFile]:
        """Yield files after those that they refer to; raises `InputError` for a circle."""
        done: set[int] = set()
        active: dict[int, BicepFile] = {id(root): root}
        stack = [(root, _targets(root))]
        while stack:
            file, targets = stack[-1]
            step = next(targets, None)
            if step is None:
                stack.pop()
                del active[id(file)]
                done.add(id(file))
                yield file
                continue
            offset, target = step
            if id(target) in active:
                raise _circle(file, offset, target, [entry for entry, _ in stack])
            if id(target) not in done:
                active[id(target)] = target
                stack.append((target, _targets(target)))

    def signature(self, target: Target) -> Signature | None:
        """Return what a module takes and gives; None where it is not at hand."""
        if isinstance(target, MissingTemplate):
            return None
        found = self._signatures.get(id(target))
        if found is None:
            found = (
                signature_of_file(target)
                if isinstance(target, BicepFile)
                else signature_of_template(target.template)
            )
            self._signatures[id(target)] = found
        return found


def _compiled(found: ModuleFile) -> CompiledFile:
    """Read a module that is a template in JSON; that of a template spec is wrapped."""
    document = parse_json(found.text, found.name)
    value = document.value
    for step in filter(None, found.pointer.split("/")):
        value = value.get(step) if isinstance(value, dict) else None
    template = read_template(value, document.source, pointer=found.pointer, nested=True)
    return CompiledFile(
        file=found,
        template=replace(template, notes=(*document.notes, *template.notes)),
        value=value if isinstance(value, dict) else {},
    )


def _paths(tree: syntax.File) -> Iterator[syntax.Text]:
    for statement in tree.statements:
        if isinstance(statement, syntax.Module | syntax.Import):
            yield statement.path


def _targets(file: BicepFile) -> Iterator[tuple[int, BicepFile]]:
    for offset, target in file.references.items():
        if isinstance(target, BicepFile):
            yield offset, target


def _circle(file: BicepFile, offset: int, target: BicepFile, path: list[BicepFile]) -> InputError:
    first = next(n for n, entry in enumerate(path) if entry is target)
    names = [entry.source.name for entry in (*path[first:], target)]
    shown_names = " → ".join(f"`{shown(name)}`" for name in names[:8])
    return InputError(
        f"the files refer to each other in a circle: {shown_names}",
        help="move what they share into a file of its own",
        where=Place(source=file.source, offset=offset),
    )
