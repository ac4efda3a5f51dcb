"""Where evidence comes from: one Protocol, one registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Protocol

from preflight.access.snapshot_file import load_snapshot
from preflight.model.access import AccessSnapshot
from preflight.model.catalog import Catalog
from preflight.model.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRequest:
    """What is asked of a source: files, the scope of bare lists, the catalogue that completes."""

    paths: tuple[str, ...] = ()
    scope: Scope | None = None
    catalog: Catalog | None = None


class AccessSource(Protocol):
    """A source of evidence.

    An implementation owes a snapshot that says what it did not read: a list that could not be
    read, or whose reading is not proven, is never an empty list. It raises `AccessError` (or a
    subclass) and nothing else, and it reads only.
    """

    name: ClassVar[str]
    """Under which the source is registered."""

    def collect(self, request: AccessRequest) -> AccessSnapshot:
        """Return what decides access, as far as it can be read."""


class SnapshotFiles:
    """Evidence from files."""

    name: ClassVar[str] = "file"

    def collect(self, request: AccessRequest) -> AccessSnapshot:
        """Load and join the files."""
        return load_snapshot(request.paths, scope=request.scope, catalog=request.catalog)


_ALL: tuple[AccessSource, ...] = (SnapshotFiles(),)
ACCESS_SOURCES: Mapping[str, AccessSource] = MappingProxyType(
    {source.name: source for source in _ALL}
)
"""Every source by name."""
