"""The templates that a deployment resource carries or names (`model.template.TemplateSource`).

Inline templates are read in place, with positions in their parent's file. `relativePath` is
looked for beside the parent, inside the root; ARM itself takes it only from a URI or a template
spec, so the template gets a note. Nothing is fetched: a URI and a template spec are missing
templates, which become gaps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from preflight.model.source import SourceFile
from preflight.model.template import GapKind, MissingTemplate, Note, Template
from preflight.model.value import JsonValue
from preflight.read.arm import read_template
from preflight.read.decode import decode
from preflight.read.json_document import parse_json
from preflight.read.json_spans import shown
from preflight.read.root import Files

_ALONE = "check the linked template on its own, or give a what-if result of the whole deployment"


class LocalTemplates:
    """Gives `evaluate` nested templates, and linked ones that lie inside the root."""

    def __init__(self, files: Files, source: SourceFile, folder: Path | None) -> None:
        """Start at the root template, whose relative links count from `folder`, if it has one."""
        self._files = files
        self._folders: dict[SourceFile, Path] = {} if folder is None else {source: folder}
        self._linked: dict[Path, Template] = {}

    def inline(self, value: JsonValue, *, base: Template, pointer: str) -> Template:
        """Read `properties.template`, which stands at `pointer` of its parent's file."""
        return read_template(value, base.source, pointer=pointer, nested=True)

    def linked(
        self, reference: Mapping[str, JsonValue], *, base: Template
    ) -> Template | MissingTemplate:
        """Find what an evaluated `templateLink` names; member names compare without case.

        Raises:
            InputError: the file is at hand but is no template.
        """
        link = {name.lower(): value for name, value in reference.items()}
        for member, find in (
            ("id", self._template_spec),
            ("relativepath", self._relative),
            ("uri", self._uri),
        ):
            value = link.get(member)
            if isinstance(value, str) and value:
                return find(value, base)
        return MissingTemplate(
            kind=GapKind.LINKED_TEMPLATE,
            target="templateLink",
            settle="name the template with `uri`, `id` or `relativePath`",
        )

    def _template_spec(self, target: str, _: Template) -> MissingTemplate:
        return MissingTemplate(kind=GapKind.TEMPLATE_SPEC, target=target, settle=_ALONE)

    def _uri(self, target: str, _: Template) -> MissingTemplate:
        return MissingTemplate(kind=GapKind.LINKED_TEMPLATE, target=target, settle=_ALONE)

    def _relative(self, target: str, base: Template) -> Template | MissingTemplate:
        folder = self._folders.get(base.source)
        if folder is None:
            settle = "give the template as a file, so that the path has a folder to count from"
            return _missing(target, settle)
        relative = PurePosixPath(target.replace("\\", "/"))
        path = self._files.inside(folder / relative)
        if path is None or relative.is_absolute():
            return _missing(target, f"the path leads out of `{self._files.root.name}`: see --root")
        if not path.exists():
            return _missing(target, f"put the template beside its parent, or {_ALONE}")
        if path not in self._linked:
            self._linked[path] = self._load(path)
        return self._linked[path]

    def _load(self, path: Path) -> Template:
        name = self._files.name(path)
        document = parse_json(decode(self._files.read(path), name), name)
        template = read_template(document.value, document.source, nested=True)
        self._folders[document.source] = path.parent
        note = Note(
            code="relative-path",
            message=f"`{shown(name)}` was read from disk; "
            "ARM takes a `relativePath` only from a URI or a template spec",
            origin=template.place(""),
        )
        return replace(template, notes=(note, *document.notes, *template.notes))


def _missing(target: str, settle: str) -> MissingTemplate:
    return MissingTemplate(kind=GapKind.LINKED_TEMPLATE, target=target, settle=settle)
