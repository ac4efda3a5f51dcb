"""The templates that a deployment resource carries or names (`model.template.TemplateSource`).

Inline templates are read in place, with positions in their parent's file. `relativePath` is
looked for beside the parent, inside the root; ARM itself takes it only from a URI or a template
spec, so the template gets a note. A template spec is read from the module cache. Nothing is
fetched: a URI, and a template spec that was not restored, are missing templates, which become gaps.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from preflight.model.artifact import TemplateSpecVersion
from preflight.model.source import SourceFile
from preflight.model.template import GapKind, MissingTemplate, Note, Template
from preflight.model.value import JsonValue
from preflight.read.arm import read_template
from preflight.read.json_document import Document, parse_json
from preflight.read.json_strings import shown
from preflight.read.members import Reader
from preflight.read.module_cache import ModuleCache
from preflight.read.root import Files

_SPEC = re.compile(
    r"/subscriptions/([0-9a-f-]{36})/resourceGroups/([\w.()-]{1,90})/providers/"
    r"Microsoft\.Resources/templateSpecs/([\w.()-]{1,90})/versions/([\w.()-]{1,90})",
    re.IGNORECASE,
)
_ALONE = "check the linked template on its own, or give a what-if result of the whole deployment"


class LocalTemplates:
    """Gives `evaluate` nested templates, and linked ones that lie inside the root."""

    def __init__(
        self, files: Files, source: SourceFile, folder: Path | None, cache: ModuleCache
    ) -> None:
        """Start at the root template, whose relative links count from `folder`, if it has one."""
        self._cache = cache
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

    def _template_spec(self, target: str, _: Template) -> Template | MissingTemplate:
        spec = template_spec_of(target)
        found = None if spec is None else self._cache.find(spec)
        if spec is None or found is None:
            return MissingTemplate(kind=GapKind.TEMPLATE_SPEC, target=target, settle=_ALONE)
        if found.path not in self._linked:
            document = parse_json(found.text, spec.reference)
            self._linked[found.path] = read_template_spec(document)
        return self._linked[found.path]

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
        if not os.path.exists(path):  # noqa: PTH110 - pathlib raises where a name is too long
            return _missing(target, f"put the template beside its parent, or {_ALONE}")
        if path not in self._linked:
            self._linked[path] = self._load(path)
        return self._linked[path]

    def _load(self, path: Path) -> Template:
        name = self._files.name(path)
        document = parse_json(self._files.text(path, name), name)
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


def template_spec_of(identifier: str) -> TemplateSpecVersion | None:
    """Return the version of a template spec that a resource ID names; None for another ID."""
    match = _SPEC.fullmatch(identifier)
    if match is None:
        return None
    subscription, group, name, version = match.groups()
    return TemplateSpecVersion(
        subscription=subscription, resource_group=group, name=name, version=version
    )


def read_template_spec(document: Document) -> Template:
    """Read the main template of a restored template spec, which is wrapped in its resource.

    Raises:
        InputError: the file is no template spec, or its template is none.
    """
    reader = Reader(source=document.source)
    value, pointer = document.value, ""
    for name in ("properties", "mainTemplate"):
        member = reader.members(value, pointer, "the template spec").get(name.lower())
        if member is None:
            raise reader.error(f"the template spec has no `{name}`", pointer)
        value, pointer = member.value, member.pointer
    return read_template(value, document.source, pointer=pointer, nested=True)
