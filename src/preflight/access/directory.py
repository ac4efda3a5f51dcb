"""The directory: who is meant by a name, which groups somebody is in, what IDs are called.

Microsoft Graph is asked only where it is needed, and a refusal is no error: then it is not
known. Sources: Graph "directoryObject: getMemberGroups" (transitive), "getByIds".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from preflight.access.calls import Question, Service
from preflight.access.failures import CallFailed
from preflight.access.items import Item
from preflight.errors import AccessError
from preflight.model.access import (
    Principal,
    PrincipalId,
    PrincipalType,
    is_object_id,
    principal_id,
)

MAXIMUM_IDS = 1_000
"""IDs of one question for names."""
GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_TYPES = {
    "#microsoft.graph.user": PrincipalType.USER,
    "#microsoft.graph.group": PrincipalType.GROUP,
    "#microsoft.graph.serviceprincipal": PrincipalType.SERVICE_PRINCIPAL,
    "#microsoft.graph.device": PrincipalType.DEVICE,
}


class Directory:
    """Microsoft Graph with one identity's tokens."""

    def __init__(self, graph: Service) -> None:
        """Keep the service."""
        self._graph = graph

    def by_id(self, identifier: str) -> Principal | None:
        """Return the object of an object ID; None where there is none, or nobody may tell.

        Raises:
            AccessError: Graph cannot be asked.
        """
        return self._one(f"/v1.0/directoryObjects/{identifier}")

    def by_application(self, identifier: str) -> Principal | None:
        """Return the service principal of an application ID."""
        return self._one(f"/v1.0/servicePrincipals(appId='{identifier}')")

    def named(self, name: str) -> tuple[Principal, ...]:
        """Return the service principals and users of a display name.

        Whoever may look up only one of the two kinds is told about that one.

        Raises:
            AccessError: nobody may look up either.
        """
        quoted = name.replace("'", "''")
        found: list[Principal] = []
        refused: list[CallFailed] = []
        for kind, fallback in (
            ("servicePrincipals", PrincipalType.SERVICE_PRINCIPAL),
            ("users", PrincipalType.USER),
        ):
            where = f"displayName eq '{quoted}'"
            try:
                items = self._graph.rows(Question(path=f"/v1.0/{kind}", kind="graph", filter=where))
            except CallFailed as error:
                refused.append(error)
                continue
            found += [_typed(_principal(item), fallback) for item in items]
        if refused and not found:
            raise refused[0]
        return tuple(found)

    def groups_of(self, identifier: PrincipalId) -> frozenset[PrincipalId] | None:
        """Return the groups somebody is in, transitive ones too; None where nobody may tell."""
        question = Question(
            path=f"/v1.0/directoryObjects/{identifier}/getMemberGroups",
            kind="graph",
            body={"securityEnabledOnly": False},
        )
        try:
            rows = self._graph.rows(question)
            found = frozenset(principal_id(row.as_text()) for row in rows)
        except AccessError:
            return None
        return found if all(map(is_object_id, found)) else None

    def names(self, identifiers: Iterable[PrincipalId]) -> tuple[Principal, ...]:
        """Return what IDs are called; empty where nobody may tell."""
        wanted = sorted(set(identifiers))[:MAXIMUM_IDS]
        if not wanted:
            return ()
        question = Question(
            path="/v1.0/directoryObjects/getByIds", kind="graph", body={"ids": [*wanted]}
        )
        try:
            return tuple(_principal(item) for item in self._graph.rows(question))
        except AccessError:
            return ()

    def _one(self, path: str) -> Principal | None:
        try:
            return _principal(self._graph.one(Question(path=path, kind="graph")))
        except CallFailed as error:
            if error.status == 404:  # noqa: PLR2004 - not found
                return None
            raise


def _principal(item: Item) -> Principal:
    kind = (item.maybe_text("@odata.type") or "").lower()
    return Principal(
        object_id=principal_id(item.text("id")),
        type=_TYPES.get(kind, PrincipalType.UNKNOWN),
        app_id=item.maybe_text("appId"),
        display_name=item.maybe_text("displayName"),
    )


def _typed(principal: Principal, fallback: PrincipalType) -> Principal:
    known = principal.type is not PrincipalType.UNKNOWN
    return principal if known else replace(principal, type=fallback)
