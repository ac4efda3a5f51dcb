"""`bicepconfig.json`: what of it decides which files a Bicep file is made of.

The nearest one in the folder of a file or above counts, inside the root; `extends` names the one
that it builds on. Everything about linting and formatting is left alone.

Source: Azure/bicep, src/Bicep.Core/Configuration (BicepConfigurationManager.cs: look-up, `extends`
and merging; bicepconfig.json: what holds without a file).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from preflight.errors import InputError, LimitExceeded
from preflight.model.artifact import PUBLIC_REGISTRY
from preflight.model.value import JsonValue
from preflight.read.json_document import parse_json
from preflight.read.json_strings import shown
from preflight.read.members import Member, Reader, kind_of
from preflight.read.root import Files

FILE_NAME = "bicepconfig.json"
_CHAIN = 64
"""Most files that may build on each other, as in the compiler."""
MAX_CHARACTERS = 2_000_000
"""Most characters of all settings, those of a file again for each that builds on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryAlias:
    """What `br/NAME:` stands for."""

    registry: str | None = None
    module_path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateSpecAlias:
    """What `ts/NAME:` stands for."""

    subscription: str | None = None
    resource_group: str | None = None


_PUBLIC = RegistryAlias(registry=PUBLIC_REGISTRY, module_path="bicep")


@dataclass(frozen=True, slots=True, kw_only=True)
class BicepConfig:
    """The settings that hold for the files of one folder."""

    file: Path | None = None
    """The file that they come from; None for the built-in ones."""
    registries: Mapping[str, RegistryAlias] = field(default_factory=lambda: {"public": _PUBLIC})
    template_specs: Mapping[str, TemplateSpecAlias] = field(default_factory=dict)
    mapped: Mapping[str, str] = field(default_factory=dict)
    """Registry alias → folder whose files stand in for its modules (`moduleAliasesMock`)."""
    extensions: Mapping[str, str] = field(
        default_factory=lambda: {"az": "builtin:", "kubernetes": "builtin:"}
    )
    implicit_extensions: tuple[str, ...] = ("az",)
    experimental: frozenset[str] = frozenset()
    """Names of the experimental features that are switched on."""
    cache: str | None = None
    """`cacheRootDirectory` as written."""


class BicepConfigs:
    """Finds the settings that hold for a file; each file is read once."""

    def __init__(self, files: Files) -> None:
        """Look for settings inside the root of `files` only."""
        self._files = files
        self._folders: dict[Path, BicepConfig] = {}
        self._known: dict[Path, BicepConfig] = {}
        self._readers: dict[Path, _ConfigReader] = {}
        self._left = MAX_CHARACTERS

    def of(self, path: Path) -> BicepConfig:
        """Return the settings for a Bicep file.

        Raises:
            InputError: the file of settings is no JSON, or of another shape, with the place.
        """
        folder = path.parent
        if folder not in self._folders:
            self._folders[folder] = self._find(folder)
        return self._folders[folder]

    def _find(self, folder: Path) -> BicepConfig:
        for ancestor in (folder, *folder.parents):
            inside = self._files.inside(ancestor)
            if inside is None:
                break
            named = ancestor / FILE_NAME
            # What cannot be read is refused, as in the compiler: without its aliases another
            # module would be looked for. Only a folder of that name is no file of settings.
            if os.path.lexists(named) and not os.path.isdir(named):  # noqa: PTH112 - pathlib raises where it may not look
                target = self._followed(named)
                if target not in self._known:
                    self._known[target] = self._read(target)
                return self._known[target]
        return BicepConfig()

    def _followed(self, named: Path) -> Path:
        """Return the file of settings itself, where the one that was found is a link to it."""
        target, name = self._files.inside(named), shown(self._files.name(named))
        if target is None:
            raise InputError(
                f"`{name}` leads out of the folder `{self._files.root.name}`",
                help="keep the settings inside, or name a wider root with --root",
            )
        if not os.path.exists(target):  # noqa: PTH110 - as above
            raise InputError(f"`{name}` is a link to a file that is not there")
        if not os.path.isfile(target):  # noqa: PTH113 - as above
            raise InputError(f"`{name}` is no regular file", help="settings stand in a regular one")
        return target

    def _read(self, path: Path) -> BicepConfig:
        """Read a file and those that it builds on, the outermost first."""
        chain: list[_ConfigReader] = []
        seen: set[Path] = set()
        current: Path | None = path
        while current is not None:
            if current in seen:
                raise chain[-1].error("these settings build on themselves", "/extends")
            if len(chain) >= _CHAIN:
                raise LimitExceeded(f"more than {_CHAIN} files of settings build on each other")
            seen.add(current)
            chain.append(self._open(current))
            current = self._base(current, chain[-1])
        config = BicepConfig(file=path)
        for reader in reversed(chain):
            config = reader.over(config)
        for reader in chain:
            if reader.names_implicit(config.extensions):
                break
        return config

    def _open(self, path: Path) -> _ConfigReader:
        name = self._files.name(path)
        if path not in self._readers:
            document = parse_json(self._files.text(path, name), name)
            reader = _ConfigReader(source=document.source, value=document.value, path=path)
            reader.object(document.value, "", "the file of settings")
            self._readers[path] = reader
        self._left -= len(self._readers[path].source.text)
        if self._left < 0:
            raise LimitExceeded(
                f"the files of settings have more than {MAX_CHARACTERS:,} characters",
                where=self._readers[path].place(""),
            )
        return self._readers[path]

    def _base(self, path: Path, reader: _ConfigReader) -> Path | None:
        """Return the file that `extends` names."""
        extends = reader.setting("extends")
        if extends is None or extends.value is None:
            return None
        text = reader.text(extends.value, extends.pointer, "`extends`")
        if not text.strip():
            return None
        target = self._files.inside(path.parent / text)
        if Path(text).is_absolute() or target is None:
            message = f"`{shown(text)}` leads out of the folder `{self._files.root.name}`"
            raise reader.error(message, extends.pointer, advice="see --root")
        if not os.path.isfile(target):  # noqa: PTH113 - pathlib raises where a name is too long
            raise reader.error(f"there is no file `{shown(text)}`", extends.pointer)
        return target


@dataclass(slots=True, kw_only=True)
class _ConfigReader(Reader):
    """Reads one file of settings; the names in it heed case, as in the compiler."""

    value: JsonValue
    path: Path

    def setting(self, *names: str) -> Member | None:
        """Return a setting by its path of names."""
        found = Member(name="", value=self.value, pointer="")
        what = "the file of settings"
        for name in names:
            entries = {entry.name: entry for entry in self.entries(found, what)}
            if name not in entries:
                return None
            found, what = entries[name], f"`{name}`"
        return found

    def over(self, base: BicepConfig) -> BicepConfig:
        """Return the settings of `base` with those of this file over them."""
        registries = dict(base.registries)
        for entry in self.entries(self.setting("moduleAliases", "br"), "`br`"):
            was = registries.get(entry.name, RegistryAlias())
            parts = self._texts(entry, "registry", "modulePath")
            registries[entry.name] = RegistryAlias(
                registry=parts.get("registry", was.registry),
                module_path=parts.get("modulePath", was.module_path),
            )
        template_specs = dict(base.template_specs)
        for entry in self.entries(self.setting("moduleAliases", "ts"), "`ts`"):
            old = template_specs.get(entry.name, TemplateSpecAlias())
            parts = self._texts(entry, "subscription", "resourceGroup")
            template_specs[entry.name] = TemplateSpecAlias(
                subscription=parts.get("subscription", old.subscription),
                resource_group=parts.get("resourceGroup", old.resource_group),
            )
        implicit = self._implicit_extensions()
        return BicepConfig(
            file=base.file,
            registries=registries,
            template_specs=template_specs,
            mapped={**base.mapped, **self._mapped()},
            extensions={**base.extensions, **self._extensions()},
            implicit_extensions=base.implicit_extensions if implicit is None else implicit,
            experimental=self._experimental(base.experimental),
            cache=self._cache() or base.cache,
        )

    def _mapped(self) -> dict[str, str]:
        section = self.setting("moduleAliasesMock", "br")
        found = {
            entry.name: self._texts(entry, "mapToFilePath").get("mapToFilePath")
            for entry in self.entries(section, "`br`")
        }
        folder = self.path.parent
        return {name: str(folder / path) for name, path in found.items() if path is not None}

    def _extensions(self) -> dict[str, str]:
        section = self.setting("extensions")
        return {
            entry.name: self.text(entry.value, entry.pointer, f"`{shown(entry.name)}`")
            for entry in self.entries(section, "`extensions`")
            if entry.value is not None
        }

    def names_implicit(self, known: Mapping[str, str]) -> bool:
        """Whether the file says which extensions need no declaration.

        Raises:
            InputError: it names one that is not known.
        """
        names = self._implicit_extensions()
        for index, name in enumerate(names or ()):
            if name not in known:
                raise self.error(
                    f"there is no extension `{shown(name)}`",
                    f"/implicitExtensions/{index}",
                    advice="declare it under `extensions`",
                )
        return names is not None

    def _implicit_extensions(self) -> tuple[str, ...] | None:
        section = self.setting("implicitExtensions")
        if section is None or section.value is None:
            return None
        items = self.array(section.value, section.pointer, "`implicitExtensions`")
        return tuple(
            self.text(item, f"{section.pointer}/{index}", "an implicit extension")
            for index, item in enumerate(items)
        )

    def _experimental(self, base: frozenset[str]) -> frozenset[str]:
        section = self.setting("experimentalFeaturesEnabled")
        entries = list(self.entries(section, "`experimentalFeaturesEnabled`"))
        for entry in entries:
            if not isinstance(entry.value, bool):
                message = f"`{shown(entry.name)}` is {kind_of(entry.value)}, not a boolean"
                raise self.error(message, entry.pointer)
        on = {entry.name for entry in entries if entry.value is True}
        off = {entry.name for entry in entries if entry.value is not True}
        return (base - off) | on

    def _cache(self) -> str | None:
        setting = self.setting("cacheRootDirectory")
        if setting is None or setting.value is None:
            return None
        return self.text(setting.value, setting.pointer, "`cacheRootDirectory`")

    def _texts(self, entry: Member, *names: str) -> dict[str, str]:
        """Return those of the named members that an alias has."""
        called = f"the alias `{shown(entry.name)}`"
        members = {member.name: member for member in self.entries(entry, called)}
        return {
            name: self.text(members[name].value, members[name].pointer, f"`{name}`")
            for name in names
            if name in members and members[name].value is not None
        }
