"""The clouds: where each one's Resource Manager, sign-in and directory are.

Hosts and audiences as azure-core's `AzureClouds` and azure-identity's `AzureAuthorityHosts` have
them; Graph hosts: Microsoft Graph "National cloud deployments".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from urllib.parse import urlsplit

from preflight.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """One cloud. `name` is what `az cloud list` calls it and what a snapshot says."""

    name: str
    arm: str
    """Base address of Resource Manager, without a trailing `/`."""
    audience: str
    """For whom Resource Manager's tokens are made."""
    authority: str
    """Where tokens come from."""
    graph: str
    """Base address of Microsoft Graph."""
    known_authority: bool = True
    """Whether the sign-in library may confirm the authority at a public address."""

    @property
    def arm_scope(self) -> str:
        """What is asked of the authority for Resource Manager."""
        return f"{self.audience.rstrip('/')}/.default"

    @property
    def graph_scope(self) -> str:
        """What is asked of the authority for Graph."""
        return f"{self.graph}/.default"


PUBLIC = Cloud(
    name="AzureCloud",
    arm="https://management.azure.com",
    audience="https://management.azure.com",
    authority="https://login.microsoftonline.com",
    graph="https://graph.microsoft.com",
)
US_GOVERNMENT = Cloud(
    name="AzureUSGovernment",
    arm="https://management.usgovcloudapi.net",
    audience="https://management.core.usgovcloudapi.net",
    authority="https://login.microsoftonline.us",
    graph="https://graph.microsoft.us",
)
CHINA = Cloud(
    name="AzureChinaCloud",
    arm="https://management.chinacloudapi.cn",
    audience="https://management.chinacloudapi.cn",
    authority="https://login.chinacloudapi.cn",
    graph="https://microsoftgraph.chinacloudapi.cn",
)
CLOUDS: Mapping[str, Cloud] = MappingProxyType(
    {
        "public": PUBLIC,
        "azurecloud": PUBLIC,
        "azurepubliccloud": PUBLIC,
        "usgov": US_GOVERNMENT,
        "azureusgovernment": US_GOVERNMENT,
        "azureusgovernmentcloud": US_GOVERNMENT,
        "china": CHINA,
        "azurechinacloud": CHINA,
    }
)
"""Every spelling of `--cloud`, folded: ours, the ones of `az` and of Azure Pipelines."""

_AUTHORITIES = {cloud.authority for cloud in CLOUDS.values()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Addresses that replace those of the cloud; None keeps the cloud's."""

    arm: str | None = None
    authority: str | None = None
    audience: str | None = None
    graph: str | None = None


def cloud_of(name: str | None, endpoints: Endpoints | None = None) -> Cloud:
    """Return the cloud of `--cloud` with the given addresses in place.

    With an address of Resource Manager of one's own and no audience, that address is the audience.

    Raises:
        UsageError: the cloud is not known, or an address is no `https://` one.
    """
    base = CLOUDS.get((name or "public").strip().lower())
    if base is None:
        raise UsageError(
            f"`{name}` is no cloud that preflight knows",
            help="it is `public`, `usgov` or `china`; for another give --arm-endpoint, "
            "--authority, --audience and --graph-endpoint",
        )
    given = endpoints or Endpoints()
    arm = _address(given.arm, "--arm-endpoint")
    authority = _address(given.authority, "--authority")
    graph = _address(given.graph, "--graph-endpoint")
    return replace(
        base,
        arm=arm or base.arm,
        audience=given.audience or arm or base.audience,
        authority=authority or base.authority,
        graph=graph or base.graph,
        known_authority=(authority or base.authority) in _AUTHORITIES,
    )


def _address(text: str | None, option: str) -> str | None:
    if text is None:
        return None
    try:
        parts = urlsplit(text.strip())
        good = parts.scheme == "https" and parts.hostname and not parts.query
        good = good and parts.port != 0 and parts.username is None and not parts.fragment
    except ValueError:
        good = False
    if not good:
        raise UsageError(
            f"`{option}` takes an address that begins with https://, not `{text}`",
            help="a token is sent there: it must be TLS",
        )
    return text.strip().rstrip("/")
