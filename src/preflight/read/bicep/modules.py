"""The file behind a reference, or the reason why it is not at hand.

A local path is followed inside the root only, links resolved; a registry module or a template spec
is looked for in the cache. Nothing is fetched here: what is missing is kept, so that it can be
restored and the source be read again.
"""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from preflight.errors import InputError, LimitExceeded
from preflight.model.artifact import PUBLIC_REGISTRY, RegistryModule, TemplateSpecVersion
from preflight.model.source import Place
from preflight.model.template import GapKind, MissingTemplate
from preflight.read.bicep.budget import Budget
from preflight.read.bicep.config import BicepConfigs
from preflight.read.bicep.references import LocalPath, parse_reference
from preflight.read.json_strings import shown
from preflight.read.module_cache import ModuleCache
from preflight.read.root import Files
from preflight.read.similar_file import similar_file

FILE_LIMIT = 1_000
"""Most files that may belong to one source."""
_TEMPLATES = frozenset({".arm", ".json", ".jsonc"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleFile:
    """A file that another one refers to."""

    path: Path
    """Absolute; its links are not followed, for paths in the file count from where it is named."""
    name: str
    """How reports print it."""
    text: str
    compiled: bool = False
    """Whether it holds an ARM template rather than Bicep."""
    pointer: str = ""
    """Where the template stands in the JSON: that of a template spec is wrapped."""
    origin: RegistryModule | TemplateSpecVersion | None = None
    """What it was restored from; None for a file of the checkout."""


class Modules:
    """Finds the files of one source; each is read once."""

    def __init__(self, files: Files, cache: ModuleCache) -> None:
        """Read local files through `files`, restored ones through `cache`."""
        self.files = files
        self.configs = BicepConfigs(files)
        self.budget = Budget()
        self.missing: dict[str, RegistryModule] = {}
        """Registry modules that were asked for and are not in the cache, by reference."""
        self._cache = cache
        self._files: dict[Path, ModuleFile] = {}

    def find(self, text: str, *, importer: Path, place: Place) -> ModuleFile | MissingTemplate:
        """Return the file that a reference in `importer` names.

        `place` is where the reference stands, for messages.

        Raises:
            InputError: the reference is malformed, or a local file cannot be read.
            LimitExceeded: more files or bytes are read than one source may have.
        """
        config = self.configs.of(importer)
        reference = parse_reference(text, config, place)
        if isinstance(reference, LocalPath):
            return self._local(importer.parent / reference.path, text, place)
        own = None
        if config.cache and config.file is not None:
            own = config.file.parent / config.cache
        return self._restored(reference, importer, own)

    def _local(self, path: Path, text: str, place: Place) -> ModuleFile:
        # The compiler takes `..` textually, before it follows links.
        target = Path(os.path.normpath(path))
        if target in self._files:
            return self._files[target]
        if self.files.inside(target) is None:
            raise InputError(
                f"`{shown(text)}` leads out of the folder `{self.files.root.name}`",
                help="files outside the root are not read; name a wider one with --root",
                where=place,
            )
        self._files[target] = ModuleFile(
            path=target,
            name=self.files.name(target),
            text=self._read(target, text, place),
            compiled=target.suffix.lower() in _TEMPLATES,
        )
        return self._files[target]

    def _read(self, target: Path, text: str, place: Place) -> str:
        if len(self._files) >= FILE_LIMIT:
            raise LimitExceeded(
                f"more than {FILE_LIMIT:,} files belong to this source", where=place
            )
        if not os.path.exists(target):  # noqa: PTH110 - pathlib raises where a name is too long
            raise InputError(
                f"there is no file `{shown(text)}`", help=similar_file(target, text), where=place
            )
        try:
            data = self.files.read(target)
        except LimitExceeded:
            raise
        except InputError as error:
            raise InputError(
                error.message, help=_advice(error, target, text), where=place
            ) from error
        return self.files.decoded(data, self.files.name(target))

    def _restored(
        self, reference: RegistryModule | TemplateSpecVersion, importer: Path, own: Path | None
    ) -> ModuleFile | MissingTemplate:
        found = self._cache.find(reference, own=own)
        if found is None:
            return self._absent(reference, self.files.name(importer))
        return ModuleFile(
            path=found.path,
            name=reference.reference,
            text=found.text,
            compiled=True,
            pointer="" if isinstance(reference, RegistryModule) else "/properties/mainTemplate",
            origin=reference,
        )

    def _absent(
        self, reference: RegistryModule | TemplateSpecVersion, importer: str
    ) -> MissingTemplate:
        command = f"run `bicep restore {shlex.quote(importer)}`"
        if isinstance(reference, TemplateSpecVersion):
            return MissingTemplate(
                kind=GapKind.TEMPLATE_SPEC, target=reference.reference, settle=command
            )
        self.missing[reference.reference] = reference
        failure = self._cache.failures.get(reference.reference)
        if failure is not None:
            return MissingTemplate(
                kind=GapKind.REGISTRY_MODULE,
                target=reference.reference,
                settle=f"--restore failed: {failure}; or {command}, which can sign in",
            )
        public = reference.registry.lower() == PUBLIC_REGISTRY
        option = "--restore" if public else f"--restore --registry {reference.registry}"
        return MissingTemplate(
            kind=GapKind.REGISTRY_MODULE,
            target=reference.reference,
            settle=f"{command}, or give {option}",
        )


def _advice(error: InputError, target: Path, text: str) -> str:
    """Say what to do about a file that is there and cannot be read."""
    if os.path.isdir(target):  # noqa: PTH112 - as above
        name = "main.bicep" if os.path.isfile(target / "main.bicep") else "FILE.bicep"  # noqa: PTH113
        return f"name the file in it: `{shown(text.rstrip('/'))}/{name}`"
    return error.help if os.path.isfile(target) else "only regular files are read"  # noqa: PTH113
