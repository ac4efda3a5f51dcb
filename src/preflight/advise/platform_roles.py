"""Built-in roles that exist for the platform's own services, and roles on their way out.

Azure gives no flag for either; the names tell. Source: descriptions in "Azure built-in roles"
(roles that a resource provider, an appliance or an agent holds, never a deployer). Checked
2026-11.
"""

from __future__ import annotations

from preflight.model.role import RoleDefinition

_PLATFORM: tuple[str, ...] = (
    "service role",
    "orchestration role",
    "red hat openshift",
    "avere",
    "avs o",
    "arn service",
    "azure extension for sql server",
    "bayer ag powered",
    "connected infravms",
    "defender",
    "desktop virtualization power on",
    "desktop virtualization virtual machine contributor",
    "windows 365",
    "windows365",
    "policy add-on deployment",
    "container storage operator",
    "compute recommendations",
    "backup snapshot",
    "disk backup",
    "disk restore",
    "disk snapshot",
    "disk pool",
    "vm restore",
    "identities restore",
    "account backup",
    "resource bridge deployment",
    "kubernetes agent",
    "kubernetes service agent pool",
    "machine manager role",
    "sre agent",
    "managed applications operator",
    "essential machine management",
)
_LEAVING: tuple[str, ...] = ("(deprecated)", "(legacy)", "classic ")


def for_platform(role: RoleDefinition) -> bool:
    """Whether a built-in role is meant for a service; a custom role's name is the tenant's own."""
    name = role.name.lower()
    return not role.custom and any(mark in name for mark in _PLATFORM)


def leaving(role: RoleDefinition) -> bool:
    """Whether a built-in role is deprecated or belongs to the classic deployment model."""
    name = role.name.lower()
    return not role.custom and any(mark in name for mark in _LEAVING)
