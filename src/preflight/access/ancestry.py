"""The management groups above subscriptions: asked once, and once more per open end.

Sources: Microsoft.Management "Entities - List" (`parent`, `parentNameChain`: only groups that the
caller may read) and "Management Groups - Get" with `$expand=ancestors`
(`managementGroupAncestorsChain`, nearest first, the root last); the root group's name is the
tenant's ID (Azure "Management groups overview").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from preflight.access.calls import Question
from preflight.access.header import group_scope
from preflight.access.items import Item, scope_of
from preflight.model.access import ManagementGroup
from preflight.model.scope import Scope, ScopeKind, management_group

ENTITIES = Question(path="/providers/Microsoft.Management/getEntities", kind="getEntities", body={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ancestry:
    """Who is below whom, as far as it was told."""

    parents: Mapping[Scope, Scope] = field(default_factory=dict)
    """Subscription → the management group it is in."""
    groups: Mapping[Scope, ManagementGroup] = field(default_factory=dict)

    def open_ends(self, subscriptions: Iterable[Scope], also: Iterable[Scope]) -> tuple[Scope, ...]:
        """Return the groups whose line upwards has to be asked for."""
        starts = [self.parents[scope] for scope in subscriptions if scope in self.parents]
        starts += [scope for scope in also if scope.kind is ScopeKind.MANAGEMENT_GROUP]
        return tuple(scope for scope in dict.fromkeys(starts) if not self._ends(scope))

    def _ends(self, scope: Scope) -> bool:
        """Whether the line from a group upwards is known to the root."""
        seen: set[Scope] = set()
        step: Scope | None = scope
        while step is not None and step not in seen:
            seen.add(step)
            row = self.groups.get(step)
            if row is None or not row.parent_known:
                return False
            step = row.parent
        return step is None

    def with_line(self, start: Scope, line: Iterable[Scope]) -> Ancestry:
        """Return the same with the whole line above a group."""
        groups = dict(self.groups)
        step = start
        for parent in line:
            groups[step] = ManagementGroup(id=step, parent=parent)
            step = parent
        groups[step] = ManagementGroup(id=step)
        return Ancestry(parents=self.parents, groups=groups)


def read_entities(items: Iterable[Item], tenant: str, wanted: frozenset[Scope]) -> Ancestry:
    """Read what stands above the wanted subscriptions and management groups."""
    parents: dict[Scope, Scope] = {}
    groups: dict[Scope, ManagementGroup] = {}
    for item in items:
        scope = scope_of(item.text("id"))
        parent = _parent(item)
        if scope not in wanted or parent is None:
            continue
        if scope.kind is ScopeKind.SUBSCRIPTION:
            parents[scope] = parent
        else:
            groups[scope] = ManagementGroup(id=scope, parent=parent)
        line = [management_group(name) for name in item.texts("parentNameChain")]
        if line and line[-1] != parent:
            line.reverse()
        if line and line[-1] == parent:
            _chain(line, tenant, groups)
    return Ancestry(parents=parents, groups=groups)


def _parent(item: Item) -> Scope | None:
    found = item.member("parent")
    identifier = found.maybe_text("id") if found is not None else None
    return group_scope(identifier) if identifier else None


def _chain(line: list[Scope], tenant: str, groups: dict[Scope, ManagementGroup]) -> None:
    """Keep a line of groups, the root first; its first is the root only if its name says so."""
    for upper, lower in pairwise(line):
        groups[lower] = ManagementGroup(id=lower, parent=upper)
    if line[0].name.lower() == tenant.lower():
        groups[line[0]] = ManagementGroup(id=line[0])


def line_question(group: Scope) -> Question:
    """Return the question for the line above a management group."""
    return Question(path=group.text, kind="managementGroups", options={"$expand": "ancestors"})


def read_line(item: Item) -> tuple[Scope, ...] | None:
    """Read the line above a management group, nearest first; None where it is not told."""
    details = item.member("details")
    if details is None:
        return None
    chain = tuple(management_group(row.text("name")) for row in details.members(_CHAIN))
    parent = details.member("parent")
    if not chain and parent is not None:
        return None
    return chain


_CHAIN = "managementGroupAncestorsChain"
