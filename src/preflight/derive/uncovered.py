"""IDs in bodies that no rule covers: a hint of links that Azure may have grown since.

Where Azure knows an operation of the linked type that exists for links only (`…/join/action`),
and a body holds such an ID at a place no rule knows, the action is possible.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from preflight.derive.body import Found, containers, escape, walk
from preflight.derive.context import Context
from preflight.derive.linked import Link, read_link
from preflight.derive.needs import Need, below
from preflight.derive.rows import outermost, rule_type
from preflight.model.plan import PlannedResource
from preflight.model.requirement import Certainty, RequirementKind
from preflight.model.scope import Scope
from preflight.model.truth import Truth
from preflight.model.value import PartialText, Value

_NEVER_LINKS = frozenset({"tags"})


def uncovered_needs(
    row: PlannedResource, covered: AbstractSet[Scope], context: Context
) -> Iterator[Need]:
    """Yield a possible need for each ID of a joinable type that no rule has looked at."""
    content = _content(row, context)
    body = {key: value for key, value in row.body.items() if key.lower() not in _NEVER_LINKS}
    for item, pointer in _ids(body):
        if content and _inside(pointer, content):
            continue
        link = read_link(Found(item, pointer), context)
        if link is not None and link.id is not None and link.id not in covered:
            yield from _joins(row, link, link.id, context)


def _content(row: PlannedResource, context: Context) -> tuple[str, ...]:
    """Return the pointers below which the body holds content."""
    paths = context.catalog.content_paths(rule_type(row))
    found = [walk(row.body, context.path(path)) for path in paths]
    return tuple(one.pointer for walked in found for _, one in walked)


def _ids(body: Value) -> Iterator[tuple[Value, str]]:
    """Yield the texts of a body that may be IDs, with their pointers."""
    for container, at in containers(body, ""):
        if isinstance(container, dict):
            for key, item in container.items():
                if _may_be_id(item):
                    yield item, f"{at}/{escape(key)}"
        elif isinstance(container, list):
            for index, item in enumerate(container):
                if _may_be_id(item):
                    yield item, f"{at}/{index}"


def _may_be_id(value: Value) -> bool:
    return value.startswith("/") if isinstance(value, str) else isinstance(value, PartialText)


def _inside(pointer: str, content: tuple[str, ...]) -> bool:
    return any(pointer == one or pointer.startswith(f"{one}/") for one in content)


def _joins(row: PlannedResource, link: Link, linked: Scope, context: Context) -> Iterator[Need]:
    if link.type is None or _own(outermost(row.id), linked, link.type):
        return
    for action in context.catalog.join_actions(link.type):
        yield Need(
            action=action,
            scope=linked,
            certainty=Certainty.POSSIBLE,
            kind=RequirementKind.LINK,
            why=f"named in the body of a `{rule_type(row)}`; no rule knows this property",
            row=row,
            place=below(row.place, link.pointer),
            expression=link.expression,
        )


def _own(itself: Scope, linked: Scope, linked_type: str) -> bool:
    """Whether an ID is the resource, is part of it, or may be a part of it."""
    within = itself.covers(linked)
    if within is not Truth.UNKNOWN:
        return within is Truth.TRUE
    own_type = f"{itself.resource_type or ''}/".lower()
    return f"{linked_type}/".lower().startswith(own_type)
