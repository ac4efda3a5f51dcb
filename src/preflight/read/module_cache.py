"""Modules that were restored to disk: `~/.bicep`, or the folder that `--module-cache` names.

The cache lies outside the root on purpose; nothing but `main.json` of a module's own folder is read
from it, and no link out of it is followed. A checkout may bring a cache of its own
(`cacheRootDirectory` in bicepconfig.json), but only inside the root.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from preflight.model.artifact import RegistryModule, TemplateSpecVersion
from preflight.read.root import Files, resolved

MAIN_FILE = "main.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedModule:
    """A module's compiled template as it lies in the cache."""

    path: Path
    text: str


class ModuleCache:
    """Finds restored modules."""

    def __init__(
        self,
        files: Files,
        folder: Path | None = None,
        failures: Mapping[str, str] | None = None,
    ) -> None:
        """Look into `folder`, or into the user's own cache."""
        self._files = files
        self.folder = folder
        self.failures = failures or {}
        """Why modules could not be fetched, by reference."""
        self._found: dict[Path, CachedModule] = {}

    def find(
        self, module: RegistryModule | TemplateSpecVersion, *, own: Path | None = None
    ) -> CachedModule | None:
        """Return a module, or None where it was not restored.

        `own` is the cache that the checkout names; outside the root it is left alone.

        Raises:
            InputError: the file cannot be read or is no text.
            LimitExceeded: more bytes are read than the source may have.
        """
        for folder in self._folders(own):
            base = resolved(folder)
            path = resolved(base / module.folder / MAIN_FILE)
            if path.is_relative_to(base) and os.path.isfile(path):  # noqa: PTH113 - pathlib raises where a name is too long
                return self._read(path, module.reference)
        return None

    def _folders(self, own: Path | None) -> Iterator[Path]:
        if self.folder is not None:
            yield self.folder
            return
        if own is not None and (inside := self._files.inside(own)) is not None:
            yield inside
        home = default_cache()
        if home is not None:
            yield home

    def _read(self, path: Path, name: str) -> CachedModule:
        if path not in self._found:
            text = self._files.text(path, name)
            self._found[path] = CachedModule(path=path, text=text)
        return self._found[path]


def default_cache() -> Path | None:
    """Return the user's own cache; None where there is no home folder."""
    try:
        return Path.home() / ".bicep"
    except RuntimeError:
        return None
