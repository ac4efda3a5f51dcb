"""The API version of every call, pinned: another version may answer in another shape.

2022-05-01-preview of role definitions and permissions is the first that carries the conditions of
permission blocks, 2024-07-01-preview of deny assignments the first with their effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

VERSIONS: Mapping[str, str] = MappingProxyType(
    {
        "roleAssignments": "2022-04-01",
        "roleDefinitions": "2022-05-01-preview",
        "denyAssignments": "2024-07-01-preview",
        "permissions": "2022-05-01-preview",
        "roleEligibilityScheduleInstances": "2020-10-01",
        "roleAssignmentScheduleInstances": "2020-10-01",
        "locks": "2020-05-01",
        "providers": "2021-04-01",
        "resourceGroups": "2021-04-01",
        "resources": "2021-04-01",
        "subscriptions": "2022-12-01",
        "getEntities": "2023-04-01",
        "managementGroups": "2023-04-01",
        "activityLog": "2015-04-01",
        "deployments": "2021-04-01",
    }
)
"""Kind of call → `api-version`."""
OLDER: Mapping[str, str] = MappingProxyType({"denyAssignments": "2022-04-01"})
"""What is asked where a cloud does not know the version yet.

Without their effect all deny assignments count as enforced, which is the careful reading. Role
definitions have no such way: without their conditions they would grant too much.
"""
UNKNOWN_VERSION: frozenset[str] = frozenset(
    {
        "invalidresourcetype",
        "invalidapiversionparameter",
        "noregisteredproviderfound",
        "unsupportedapiversion",
    }
)
"""Error codes, folded, that say that a version is not known."""

POSTS_THAT_READ: frozenset[str] = frozenset({"/providers/microsoft.management/getentities"})
"""Paths of Resource Manager, folded, that are asked with POST although they only read."""
GRAPH_POSTS_THAT_READ: frozenset[str] = frozenset({"getmembergroups", "getbyids"})
"""Last segments, folded, of the same in Microsoft Graph."""
