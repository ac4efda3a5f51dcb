"""Evidence from files: snapshots of ours, and what `az` and the REST API list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from os import PathLike

from preflight.access.dump import dump_snapshot
from preflight.access.json_text import Document, read_document
from preflight.access.merge import merge, only_scope
from preflight.access.packaged import with_packaged_conditions
from preflight.access.part import Part, read_part
from preflight.errors import AccessError
from preflight.model.access import AccessSnapshot
from preflight.model.catalog import Catalog
from preflight.model.scope import Scope

__all__ = ["dump_snapshot", "load_snapshot", "parse_snapshot"]

MAXIMUM_FILES = 1_000
"""How many files one set of evidence may have."""


def load_snapshot(
    paths: Sequence[str | PathLike[str]], *, scope: Scope | None, catalog: Catalog | None
) -> AccessSnapshot:
    """Load what decides access from one file or several.

    `scope` is what a bare list speaks about; without it, the only scope of the snapshots beside
    it. Without a catalogue nothing is added to what the files hold.

    Raises:
        AccessError: a file cannot be read, is no evidence or of another version, or the files
            contradict each other.
    """
    if not paths:
        raise AccessError("no evidence was given", help="name a snapshot file with `--access FILE`")
    if len(paths) > MAXIMUM_FILES:
        raise AccessError(f"more than {MAXIMUM_FILES} files of evidence were given")
    documents = [read_document(path) for path in dict.fromkeys(paths)]
    return _join(documents, scope, catalog)


def parse_snapshot(
    text: str,
    *,
    name: str = "access.json",
    scope: Scope | None = None,
    catalog: Catalog | None = None,
) -> AccessSnapshot:
    """Read evidence from text; raises as `load_snapshot` does."""
    return _join([Document(name, text)], scope, catalog)


def _join(
    documents: Sequence[Document], scope: Scope | None, catalog: Catalog | None
) -> AccessSnapshot:
    whole = [read_part(row, None) for row in documents if _is_whole(row)]
    place = scope or only_scope(whole)
    bare = [read_part(row, place) for row in documents if not _is_whole(row)]
    parts = [*whole, *bare]
    if catalog is None:
        return merge(parts)
    return _completed(parts, catalog)


def _is_whole(document: Document) -> bool:
    return isinstance(document.value, dict) and "schema" in document.value


def _completed(parts: Sequence[Part], catalog: Catalog) -> AccessSnapshot:
    """Join the parts and add what the catalogue knows; each addition is noted."""
    notes: list[tuple[str, str]] = []
    completed: list[Part] = []
    for part in parts:
        new, roles = with_packaged_conditions(part, catalog)
        completed.append(new)
        if roles:
            text = f"exported without conditions, the packaged ones apply: {', '.join(roles)}"
            notes.append(("packaged-condition", text))
    snapshot = merge(completed)
    if snapshot.role_definitions is None:
        text = f"the built-in ones of {catalog.date} were added"
        notes.append(("built-in-roles-added", f"the evidence has no role definitions: {text}"))
        snapshot = replace(snapshot, role_definitions=catalog.roles)
    return replace(snapshot, notes=tuple(notes))
