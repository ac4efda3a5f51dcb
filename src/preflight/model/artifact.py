"""Modules that live outside the checkout, and where the cache on disk keeps them.

Source: Azure/bicep, src/Bicep.Core/Registry (OciArtifactRegistry.cs, Oci/TagEncoder.cs: the folder
of a module) and SourceGraph/Artifacts/TemplateSpecModuleArtifact.cs.
"""

from __future__ import annotations

from dataclasses import dataclass

PUBLIC_REGISTRY = "mcr.microsoft.com"
"""The registry of the public modules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryModule:
    """A module in a container registry; either `tag` or `digest` (`sha256:…`) is set."""

    registry: str
    """Host, with `:port` where one is named."""
    repository: str
    tag: str | None = None
    digest: str | None = None

    @property
    def reference(self) -> str:
        """The reference in full, as a Bicep file could name it."""
        version = f"@{self.digest}" if self.digest else f":{self.tag}"
        return f"br:{self.registry}/{self.repository}{version}"

    @property
    def folder(self) -> str:
        """The module's folder below the cache root, with `/`."""
        registry = self.registry.replace(":", "$").lower()
        repository = self.repository.replace("/", "$")
        version = self.digest.replace(":", "#") if self.digest else _encoded(self.tag or "")
        return f"br/{registry}/{repository}/{version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateSpecVersion:
    """One version of a template spec."""

    subscription: str
    resource_group: str
    name: str
    version: str

    @property
    def reference(self) -> str:
        """The reference in full, as a Bicep file could name it."""
        return f"ts:{self.subscription}/{self.resource_group}/{self.name}:{self.version}"

    @property
    def resource_id(self) -> str:
        """The ID of the version in Azure."""
        return (
            f"/subscriptions/{self.subscription}/resourceGroups/{self.resource_group}"
            f"/providers/Microsoft.Resources/templateSpecs/{self.name}/versions/{self.version}"
        )

    @property
    def folder(self) -> str:
        """The version's folder below the cache root, with `/`."""
        parts = (self.subscription, self.resource_group, self.name, self.version)
        return f"ts/{'/'.join(parts)}".lower()


def _encoded(tag: str) -> str:
    """Return a tag as a folder's name: file systems may not heed case, tags do.

    Behind `$` stands a hexadecimal mask of the upper-case letters, bit 0 for the first character.
    """
    mask = sum(1 << index for index, letter in enumerate(tag) if letter.isupper())
    return f"{tag}${mask:x}" if mask else f"{tag}$"
