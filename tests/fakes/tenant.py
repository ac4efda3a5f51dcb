"""One tenant, as an access snapshot describes it: who there is, and what lies below what."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from tests.fakes.rows import Row, properties, row, rows, text, texts

GROUP = "/providers/microsoft.management/managementgroups/"
EXTENSION = "/providers/microsoft.authorization/"
ODD_SUBSCRIPTION = "/providers/microsoft.subscription/subscriptions/"


def fold(scope: str) -> str:
    """Return a scope in the one spelling in which scopes are compared."""
    folded = "/" + scope.strip().strip("/").lower()
    if folded.startswith(ODD_SUBSCRIPTION):
        folded = folded.replace(ODD_SUBSCRIPTION, "/subscriptions/", 1)
    return folded


def subscription_of(scope: str) -> str | None:
    """Return the subscription a scope is in."""
    found = re.match(r"/subscriptions/[^/]+", fold(scope))
    return found.group() if found else None


def scope_of(item: Row) -> str:
    """Return the scope of an assignment or a lock, folded."""
    stated = text(properties(item).get("scope"))
    if stated:
        return fold(stated)
    folded = "/" + text(item.get("id")).strip("/").lower()
    return fold(folded.rpartition(EXTENSION)[0])


@dataclass(kw_only=True)
class Tenant:
    """A directory with its subscriptions, from a `preflight.access/1` document in ARM's shape."""

    document: Row = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The directory's ID."""
        return text(self.document.get("tenantId")).lower()

    def listed(self, name: str) -> list[Row]:
        """Return one list of the document; a missing one is empty here."""
        return rows(self.document.get(name))

    @cached_property
    def principals(self) -> dict[str, Row]:
        """Principals by object ID."""
        return {text(item["objectId"]).lower(): item for item in self.listed("principals")}

    def by_app(self, app_id: str) -> str | None:
        """Return the object ID of an application's service principal."""
        wanted = app_id.lower()
        found = (oid for oid, item in self.principals.items() if _app(item) == wanted)
        return next(found, None)

    @cached_property
    def _subscriptions(self) -> dict[str, Row]:
        return {fold(text(item["id"])): item for item in self.listed("subscriptions")}

    @cached_property
    def groups(self) -> dict[str, Row]:
        """Management groups by folded scope."""
        return {fold(text(item["id"])): item for item in self.listed("managementGroups")}

    @cached_property
    def definitions(self) -> dict[str, Row]:
        """Role definitions by GUID."""
        return {_last(text(item["id"])): item for item in self.listed("roleDefinitions")}

    def subscription(self, scope: str) -> Row | None:
        """Return the subscription that a scope is in, if there is one."""
        return self._subscriptions.get(subscription_of(scope) or "")

    def holders(self, principal: str) -> set[str]:
        """Return a principal and its transitive groups."""
        found: set[str] = set()
        waiting = [principal.lower()]
        while waiting:
            current = waiting.pop()
            if current not in found:
                found.add(current)
                member_of = row(self.principals.get(current)).get("memberOf")
                waiting += [group.lower() for group in texts(member_of)]
        return found

    def groups_above(self, scope: str) -> list[str]:
        """Return the management groups above a scope (and itself, if it is one), nearest first."""
        folded = fold(scope)
        known = self.subscription(folded)
        if known is not None:
            start = fold(text(known["managementGroup"])) if known.get("managementGroup") else None
            return [*self._climb(start), *map(fold, texts(known.get("inheritsFrom")))]
        found = re.match(re.escape(GROUP) + "[^/]+", folded)
        return self._climb(found.group()) if found else []

    def _climb(self, group: str | None) -> list[str]:
        chain: list[str] = []
        while group is not None and group not in chain:
            chain.append(group)
            parent = text(row(self.groups.get(group)).get("parent"))
            group = fold(parent) if parent else None
        return chain

    def covers(self, upper: str, lower: str) -> bool:
        """Whether what is said at `upper` counts at `lower`; both folded."""
        if upper in {"/", lower} or lower.startswith(upper + "/"):
            return True
        return upper.startswith(GROUP) and upper in self.groups_above(lower)

    def exists(self, scope: str) -> bool:
        """Whether anything in the document says that a scope exists."""
        folded = fold(scope)
        if folded in self._subscriptions or folded in self.groups or folded == "/":
            return True
        named = [fold(text(item["id"])) for item in self.listed("resources")]
        for name in ("roleAssignments", "denyAssignments", "locks"):
            named += [scope_of(item) for item in self.listed(name)]
        return any(other == folded or other.startswith(folded + "/") for other in named)

    def resource_groups(self, subscription: str) -> list[str]:
        """Return the resource groups of a subscription, as IDs."""
        pattern = re.compile(re.escape(subscription) + "/resourcegroups/([^/]+)", re.IGNORECASE)
        found: dict[str, str] = {}
        sources = [text(item["id"]) for item in self.listed("resources")]
        for name in ("roleAssignments", "denyAssignments", "locks"):
            sources += [
                text(properties(item).get("scope")) or text(item.get("id"))
                for item in self.listed(name)
            ]
        for source in sources:
            match = pattern.match(source)
            if match:
                group = f"{subscription}/resourceGroups/{match.group(1)}"
                found.setdefault(group.lower(), group)
        return [found[key] for key in sorted(found)]


def _app(item: Row) -> str:
    return text(item.get("appId")).lower()


def _last(identifier: str) -> str:
    return identifier.rstrip("/").rpartition("/")[2].lower()


def definition_id(assignment: Row) -> str:
    """Return the GUID of the role definition that an assignment names."""
    return _last(text(properties(assignment).get("roleDefinitionId")))
