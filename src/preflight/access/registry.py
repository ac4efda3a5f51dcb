"""Fills the module cache from container registries, only when asked (`--restore`).

The layout is the compiler's, so that both read the same cache. A module appears in it whole or not
at all: `main.json`, which is what readers look for, is moved to its place last.

Source: Azure/bicep, src/Bicep.Core/Registry/OciArtifactRegistry.cs (files of a module) and
Oci/BicepMediaTypes.cs (what a module's manifest says).
"""

from __future__ import annotations

import json
import os
import re
import ssl
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from preflight.access.oci import RegistryClient, digest_of
from preflight.errors import AccessError, PreflightError
from preflight.model.artifact import PUBLIC_REGISTRY, RegistryModule
from preflight.model.value import JsonValue

MODULE_BYTES = 32_000_000
"""Largest module that is fetched."""
MODULES = 200
"""Most modules that are fetched in one run."""
_MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
_ARTIFACT_TYPE = "application/vnd.ms.bicep.module.artifact"
_CONFIG_TYPE = "application/vnd.ms.bicep.module.config.v1+json"
_LAYER_TYPE = "application/vnd.ms.bicep.module.layer.v1+json"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreSettings:
    """Where modules may come from, and where they go."""

    cache: Path
    hosts: tuple[str, ...] = (PUBLIC_REGISTRY,)
    seconds: float = 45.0
    """Time for all modules together."""
    authority: Path | None = None
    """Certificates to trust besides the system's."""


class _Layer(NamedTuple):
    digest: str
    size: int


def restore(
    modules: Iterable[RegistryModule], settings: RestoreSettings
) -> Mapping[str, PreflightError]:
    """Fetch modules into the cache; return why those are missing that could not be fetched.

    The keys are references. One module's failure does not stop the others.
    """
    failures: dict[str, PreflightError] = {}
    context = ssl.create_default_context()
    if settings.authority is not None:
        context.load_verify_locations(cafile=settings.authority)
    client = RegistryClient(hosts=settings.hosts, seconds=settings.seconds, context=context)
    for index, module in enumerate(modules):
        try:
            if index >= MODULES:
                raise AccessError(f"more than {MODULES} modules would have to be fetched")
            _restore_one(module, client, settings.cache)
        except PreflightError as error:
            failures[module.reference] = error
        except OSError as error:
            failures[module.reference] = AccessError(
                f"the module cache `{settings.cache}` cannot be written: {error.strerror}"
            )
    return failures


def _restore_one(module: RegistryModule, client: RegistryClient, cache: Path) -> None:
    version = module.digest or module.tag or ""
    registry, repository = module.registry, module.repository
    manifest = client.manifest(registry, repository, version, _MANIFEST_TYPE).body
    layer = _module_layer(manifest, module.reference)
    template = client.blob(registry, repository, layer.digest, layer.size)
    metadata = json.dumps({"manifestDigest": digest_of(manifest)}).encode()
    _write(
        cache,
        module.folder,
        {"manifest": manifest, "metadata": metadata, "lock": b"", "main.json": template},
    )


def _module_layer(manifest: bytes, reference: str) -> _Layer:
    """Return the layer that holds a module's template.

    Raises:
        AccessError: the manifest is no module's.
    """
    try:
        document: JsonValue = json.loads(manifest)
    except (ValueError, RecursionError) as error:
        raise AccessError(f"the manifest of `{reference}` is no JSON") from error
    members = document if isinstance(document, dict) else {}
    config = members.get("config")
    kinds = {str(members.get("artifactType") or _ARTIFACT_TYPE).lower()}
    kinds.add(str(config.get("mediaType")).lower() if isinstance(config, dict) else "")
    layers = members.get("layers")
    found = [
        item
        for item in (layers if isinstance(layers, list) else [])
        if isinstance(item, dict) and str(item.get("mediaType")).lower() == _LAYER_TYPE
    ]
    if kinds != {_ARTIFACT_TYPE, _CONFIG_TYPE} or len(found) != 1:
        raise AccessError(f"`{reference}` is no Bicep module")
    digest, size = found[0].get("digest"), found[0].get("size")
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise AccessError(f"the module `{reference}` has no digest that can be checked")
    if not isinstance(size, int) or isinstance(size, bool) or not 0 < size <= MODULE_BYTES:
        raise AccessError(f"the module `{reference}` is larger than {MODULE_BYTES:,} bytes")
    return _Layer(digest, size)


def _write(cache: Path, folder: str, contents: Mapping[str, bytes]) -> None:
    """Write the files of a module, each whole, in the order given."""
    target = cache.expanduser() / folder
    # Asked before, so that no folder is made elsewhere, and again of what is there then.
    _require_inside(target, cache)
    target.mkdir(parents=True, exist_ok=True)
    _require_inside(target, cache)
    for name, content in contents.items():
        descriptor, temporary = tempfile.mkstemp(dir=target, prefix=f".{name}-")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
            Path(temporary).replace(target / name)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def _require_inside(target: Path, cache: Path) -> None:
    try:
        inside = target.resolve().is_relative_to(cache.expanduser().resolve())
    except RuntimeError:
        inside = False  # a loop of links
    if not inside:
        raise AccessError(f"a link leads out of the module cache `{cache}`")
