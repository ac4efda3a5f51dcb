"""The text behind `module`, `import`, `using` and `extends` → what it refers to.

Source: Azure/bicep, src/Bicep.Core: Registry/ModuleDispatcher.cs (schemes and aliases),
SourceGraph/RelativePath.cs (local paths), Registry/Oci/OciArtifactAddressComponents.cs and
Modules/TemplateSpecModuleReference.cs (the parts of an address).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from preflight.errors import InputError
from preflight.model.artifact import RegistryModule, TemplateSpecVersion
from preflight.model.source import Place
from preflight.read.bicep.config import BicepConfig
from preflight.read.json_strings import shown

_ALIAS = re.compile(r"[A-Za-z0-9_-]+")
_DRIVE = re.compile(r"[A-Za-z]:")
_FORBIDDEN = re.compile(r'["*:<>?|]')
_CONTROL = re.compile(r"[\x00-\x1f]")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?::[0-9]{1,5})?")
_SEGMENT = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_DIGEST = re.compile(r"sha256:[a-f0-9]{64}")
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_GROUP = re.compile(r"[\w.()-]{0,89}[\w()-]")
_LONGEST = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalPath:
    """A path that counts from the file that names it, or is absolute where an alias maps it."""

    path: Path


Reference: TypeAlias = "LocalPath | RegistryModule | TemplateSpecVersion"


def parse_reference(text: str, config: BicepConfig, place: Place) -> Reference:
    """Return what a reference says, aliases resolved.

    Raises:
        InputError: it is malformed, or names an alias that the settings do not have.
    """
    scheme, colon, rest = text.partition(":")
    if not colon:
        return LocalPath(path=Path(local_path(text, place)))
    scheme, slash, alias = scheme.partition("/")
    if scheme in {"br", "ts"} and slash and not _ALIAS.fullmatch(alias):
        raise InputError(f"`{shown(alias)}` is no name for an alias", where=place)
    if scheme == "br":
        return _registry(rest, alias if slash else None, config, place)
    if scheme == "ts":
        return _template_spec(rest, alias if slash else None, config, place)
    raise InputError(
        f"`{shown(scheme)}` is no scheme of a reference",
        help="a reference is a path (without a colon), `br:…` (a registry) or `ts:…` (a template "
        "spec)",
        where=place,
    )


def local_path(text: str, place: Place) -> str:
    """Check a path that counts from the file that names it.

    Raises:
        InputError: Bicep takes no such path.
    """
    problem = ""
    if not text:
        problem = "the path is empty"
    elif text.startswith("/") or _DRIVE.match(text):
        problem = f"`{shown(text)}` is an absolute path"
    elif "\\" in text:
        problem = f"`{shown(text)}` has a backslash"
    elif _CONTROL.search(text) or _FORBIDDEN.search(text):
        problem = f"`{shown(text)}` has a character that no path may have"
    elif text[-1] in " .":
        problem = f"`{shown(text)}` ends in a blank or a full stop"
    if problem:
        advice = "a path counts from the folder of its file and has forward slashes only"
        raise InputError(problem, help=advice, where=place)
    return text


def _registry(
    rest: str, alias: str | None, config: BicepConfig, place: Place
) -> RegistryModule | LocalPath:
    address = rest
    if alias is not None:
        if alias in config.mapped:
            return _mapped(rest, config.mapped[alias], place)
        found = config.registries.get(alias)
        if found is None:
            raise _no_alias(alias, "br", config.registries, place)
        if found.registry is None:
            raise InputError(f"the alias `{alias}` names no `registry`", where=place)
        path = found.module_path
        prefix = found.registry if path is None else f"{found.registry}/{path}"
        address = f"{prefix}/{rest}"
    registry, slash, path = address.partition("/")
    if not slash or len(registry) > _LONGEST or not _HOST.fullmatch(registry):
        raise _malformed(f"br:{address}", "registry/path:tag", place)
    repository, mark, version = _split(path)
    segments = repository.split("/")
    if len(repository) > _LONGEST or not all(map(_SEGMENT.fullmatch, segments)):
        raise _malformed(f"br:{address}", "registry/path:tag", place)
    if mark == ":" and _TAG.fullmatch(version):
        return RegistryModule(registry=registry, repository=repository, tag=version)
    if mark == "@" and _DIGEST.fullmatch(version):
        return RegistryModule(registry=registry, repository=repository, digest=version)
    if not version:
        message = f"`{shown(f'br:{address}')}` names no version"
        raise InputError(message, help="add `:TAG` or `@sha256:DIGEST`", where=place)
    raise _malformed(f"br:{address}", "registry/path:tag", place)


def _split(path: str) -> tuple[str, str, str]:
    """Split the part behind the last slash at its first `:` or `@`."""
    start = path.rfind("/") + 1
    match = re.search("[:@]", path[start:])
    if match is None:
        return path, "", ""
    at = start + match.start()
    return path[:at], path[at], path[at + 1 :]


def _mapped(rest: str, folder: str, place: Place) -> LocalPath:
    """Return the file that stands in for a module of a mapped alias."""
    path, at, _ = rest.partition("@")
    if not at:
        path = rest.rpartition(":")[0] or rest
    if not all(map(_SEGMENT.fullmatch, path.split("/"))):
        raise _malformed(rest, "path:tag", place)
    return LocalPath(path=Path(folder) / f"{path}.bicep")


def _template_spec(
    rest: str, alias: str | None, config: BicepConfig, place: Place
) -> TemplateSpecVersion:
    address = rest
    if alias is not None:
        found = config.template_specs.get(alias)
        if found is None:
            raise _no_alias(alias, "ts", config.template_specs, place)
        if found.subscription is None or found.resource_group is None:
            message = f"the alias `{alias}` lacks `subscription` or `resourceGroup`"
            raise InputError(message, where=place)
        address = f"{found.subscription}/{found.resource_group}/{rest}"
    path, _, version = address.partition(":")
    parts = path.split("/")
    if (
        len(parts) != 3  # noqa: PLR2004 - subscription, group, name
        or not _GUID.fullmatch(parts[0])
        or not all(map(_GROUP.fullmatch, (*parts[1:], version)))
    ):
        raise _malformed(f"ts:{address}", "subscription/resourceGroup/name:version", place)
    return TemplateSpecVersion(
        subscription=parts[0], resource_group=parts[1], name=parts[2], version=version
    )


def _no_alias(alias: str, kind: str, known: object, place: Place) -> InputError:
    names = (
        ", ".join(f"`{name}`" for name in known) if isinstance(known, dict) and known else "none"
    )
    return InputError(
        f"there is no alias `{alias}` for `{kind}` references",
        help=f"define it under `moduleAliases.{kind}` in bicepconfig.json; there are: {names}",
        where=place,
    )


def _malformed(reference: str, form: str, place: Place) -> InputError:
    return InputError(
        f"`{shown(reference)}` is no reference of the form `{form}`",
        help="check it for misspellings",
        where=place,
    )
