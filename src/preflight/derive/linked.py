"""Actions that are checked on other resources, because a body names them.

Source: Azure's linked access checks (`LinkedAuthorizationFailed`): a provider registers, for a
property that holds an ID, an action that the caller must hold at that ID; each PUT repeats the
check. Which ones are known stands in the catalogue's `links` table.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from preflight.derive.body import Found, walk
from preflight.derive.context import Context, PathRules
from preflight.derive.landing import Ground, land
from preflight.derive.limits import limited
from preflight.derive.needs import Need, below, undecided
from preflight.derive.rows import rule_type
from preflight.model.catalog import LinkedRule, LinkLimit
from preflight.model.plan import PlannedResource
from preflight.model.requirement import Certainty, RequirementKind
from preflight.model.scope import Scope
from preflight.model.truth import Truth
from preflight.model.value import Cause, OpenKey, PartialText, Unknown, Value, printable

_SETTLED_BY_USER = frozenset({Cause.PARAMETER, Cause.SECURE, Cause.CONTEXT})
"""Unknown values that somebody can give; all others are known only at run time."""
MAX_RUNGS = 16
"""Parents of a linked ID that are looked at."""


class Link(NamedTuple):
    """What stands at a rule's path.

    `type` is None where the ID does not show it; then `runtime` says whether the value is known
    only at run time (or hangs below something unknown). `id` is None for text that is no ID.
    """

    text: str
    id: Scope | None
    type: str | None
    runtime: bool
    pointer: str
    expression: str | None


class LinkedNeeds(NamedTuple):
    """The needs of one body, and the IDs and pointers that rules have looked at."""

    needs: tuple[Need, ...]
    covered: frozenset[Scope]
    unnamed: tuple[str, ...]
    """Paths whose value is unknown where the action hangs on its type."""


def linked_needs(row: PlannedResource, context: Context) -> LinkedNeeds:
    """Return what the body of a written row links, by the catalogue's rules."""
    needs: list[Need] = []
    covered: set[Scope] = set()
    unnamed: list[str] = []
    group = context.rules(rule_type(row))
    for path, found in walk(row.body, group.tree):
        link = read_link(found, context)
        if link is None:
            continue
        rules = group.rules[path]
        if link.type is not None and link.id is not None:
            covered.add(link.id)
        elif any(rule.limit is not LinkLimit.UNLISTED_TYPE for rule in rules.any_type):
            unnamed.append(path)
        needs.extend(_apply(rules, link, row, context))
    return LinkedNeeds(tuple(needs), frozenset(covered), tuple(unnamed))


def read_link(found: Found, context: Context) -> Link | None:
    """Return the value at a path as a link; None for what is absent, empty or no text."""
    value: Value = found.value.part if isinstance(found.value, OpenKey) else found.value
    if not isinstance(value, str | PartialText | Unknown) or value == "":
        return None
    text = printable(value)
    unknown = value.unknown if isinstance(value, PartialText) else value
    runtime = found.above or (
        isinstance(unknown, Unknown) and unknown.cause not in _SETTLED_BY_USER
    )
    expression = unknown.expression or None if isinstance(unknown, Unknown) else None
    opens = text.startswith("/") or (text.startswith("{") and not isinstance(value, str))
    scope, known = context.identify(text) if opens else (None, None)
    if known is None and isinstance(value, str):
        scope = None
    return Link(text, scope, known, runtime, found.pointer, expression)


def _apply(rules: PathRules, link: Link, row: PlannedResource, context: Context) -> Iterator[Need]:
    several = link.type is None and _alternatives(rules, row, context) > 1
    for rule, linked in _matching(rules, link):
        applies = context.holds(rule.test, row)
        applies &= limited(rule.limit, linked, row, context.options)
        if applies is Truth.FALSE:
            continue
        need = _need(rule, link._replace(id=linked), row, context)
        if need is not None:
            certainty = _certainty(rule, link, several=several)
            open_question = applies is Truth.UNKNOWN or row.undecided
            yield need._replace(certainty=undecided(certainty, when=open_question))


def _alternatives(rules: PathRules, row: PlannedResource, context: Context) -> int:
    """Return how many linked types the path can have in this body."""
    return sum(
        any(context.holds(rule.test, row) is not Truth.FALSE for rule in found)
        for found in rules.by_type.values()
    )


def _matching(rules: PathRules, link: Link) -> Iterator[tuple[LinkedRule, Scope | None]]:
    """Yield the rules that the value calls for, and the ID they look at.

    Alternatives at one path are picked by the ID's own type; where none is of that type, one of
    a parent type is checked at the parent, or the rule for types that no row lists. An unknown
    ID calls for all of them.
    """
    yield from ((rule, link.id) for rule in rules.text)
    if link.id is None:
        return
    if link.type is None:
        yield from ((rule, link.id) for rule in _plausible(rules, link.id))
        return
    exact = rules.by_type.get(link.type.lower())
    if exact is None:
        listed = list(_at_parents(rules, link.id))
    else:
        listed = [(rule, link.id) for rule in exact]
    yield from listed
    for rule in rules.any_type:
        if not listed or rule.limit is not LinkLimit.UNLISTED_TYPE:
            yield rule, link.id


def _plausible(rules: PathRules, linked: Scope) -> list[LinkedRule]:
    """Return the rules whose type ends as `{unknown}/subnets/x` does; all if none does."""
    every = [rule for found in rules.by_type.values() for rule in found]
    tail = "/".join(linked.segments[1::2]).lower()
    if not tail or not linked.text.startswith("{"):
        return every
    return [one for one in every if one.linked_type.lower().endswith(f"/{tail}")] or every


def _at_parents(rules: PathRules, linked: Scope) -> Iterator[tuple[LinkedRule, Scope]]:
    for rung in islice(linked.ladder(), 1, MAX_RUNGS):
        matching = rules.by_type.get((rung.resource_type or "/").lower())
        if matching is not None:
            yield from ((rule, rung) for rule in matching)
            return


def _certainty(rule: LinkedRule, link: Link, *, several: bool) -> Certainty:
    """Return how sure the link is: see docs/explanation/certainty.md."""
    if link.id is None or link.type is not None:
        return rule.certainty
    return Certainty.POSSIBLE if link.runtime or several else rule.certainty


def _need(rule: LinkedRule, link: Link, row: PlannedResource, context: Context) -> Need | None:
    ground = Ground(itself=row.id, body=row.body, linked=link.id, value=link.text)
    scope = land(rule.at, ground)
    if scope is None:
        return None
    name = rule.action
    if name.startswith("<linkedType>/"):
        if link.type is None:
            return None
        name = context.action(link.type, name.partition("/")[2])
    return Need(
        action=name,
        scope=scope,
        certainty=rule.certainty,
        kind=RequirementKind.LINK,
        why=f"linked by `{rule.path}` of a `{rule_type(row)}`",
        row=row,
        place=below(row.place, link.pointer),
        expression=link.expression,
        data_action=rule.data_action,
    )
