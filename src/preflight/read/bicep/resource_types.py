"""Types of resources as a file writes them: `namespace:type@version`.

Source: Azure/bicep, src/Bicep.Core/Resources/ResourceTypeReference.cs; the official compiler.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from preflight.read.bicep import syntax

AZURE = frozenset({"az", "sys"})
"""Extensions that add nothing: `extension az` says what is there without it."""
_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.]*+(?>(?:/[A-Za-z0-9][A-Za-z0-9-]*+)+)")
_SEGMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*+")
_VERSION = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:-(?:alpha|beta|preview|privatepreview|rc))?", re.IGNORECASE
)


class TypeText(NamedTuple):
    """A type of a resource, split.

    `namespace` is the extension that it names, empty for Azure's own, None where it names none.
    """

    kind: str
    version: str | None
    namespace: str | None


class Extensions(NamedTuple):
    """The extensions of a file by the names that it has for them."""

    names: Mapping[str, str]
    others: bool
    """Whether one of them is not Azure's own."""


class Malformed(Exception):
    """Why a text is no type of a resource; who asked knows its place, and says it there."""


def extensions_of(tree: syntax.File, implicit: tuple[str, ...]) -> Extensions:
    """Return the extensions that a file declares, and those that it has without."""
    found = {name: name for name in implicit}
    for statement in tree.statements:
        if isinstance(statement, syntax.Extension):
            found[extension_alias(statement).name] = _specified(statement)
    return Extensions(found, any(named not in AZURE for named in found.values()))


def extension_alias(statement: syntax.Extension) -> syntax.Name:
    """Return the name by which a file speaks of an extension."""
    if statement.alias is not None:
        return statement.alias
    specification = statement.specification
    if isinstance(specification, syntax.Name):
        return specification
    text = (specification.plain or "").partition("@")[0].partition(":")[0].rpartition("/")[2]
    return syntax.Name(text, specification.start, specification.end)


def _specified(statement: syntax.Extension) -> str:
    specification = statement.specification
    return (
        specification.name if isinstance(specification, syntax.Name) else specification.plain or ""
    )


def read_type(text: str, extensions: Extensions, *, nested: bool) -> TypeText:
    """Split the type of a resource; that of a nested one is one segment.

    Where there are extensions, a type that names no namespace may be one of theirs: of those
    nothing is known.

    Raises:
        Malformed: the compiler would not take it for a type.
    """
    written, at, version = text.partition("@")
    namespace, colon, kind = written.partition(":")
    if not colon:
        kind, namespace = written, ""
    elif namespace not in AZURE and namespace not in extensions.names:
        raise Malformed(f"there is no namespace `{namespace}`")
    owner = extensions.names.get(namespace, namespace)
    if owner == "sys":
        raise Malformed("the namespace `sys` has no resources")
    if owner in AZURE or not extensions.others:
        pattern = _SEGMENT if nested else _TYPE
        if not pattern.fullmatch(kind) or (at and not _VERSION.fullmatch(version)):
            raise Malformed("")
    elif not kind:
        raise Malformed("")
    named = "" if owner in AZURE else namespace
    return TypeText(kind, version or None, named if colon else None)
