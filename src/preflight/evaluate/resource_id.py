"""Resource type, name and scope → resource ID, letter for letter as the engine prints it.

A type has a namespace and type segments, a name has one segment for each of them; the ID takes
them in turns: `NS/a/b` named `x/y` is `/providers/NS/a/x/b/y`. In the old form of an extension,
`NS/a/providers/locks` named `x/Other.NS/l`, the word `providers` is a type segment and the
extension's namespace a name segment, so that the same rule holds. Source: the deployment engine.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from preflight.evaluate.frame import EvaluationProblem
from preflight.model.scope import PLACEHOLDER, Scope, ScopeKind

_RESOURCE_GROUP = "microsoft.resources/resourcegroups"
_LEAST_SEGMENTS = 2
"""Of a full resource type; the engine refuses any other, whatever the name."""
_NAMESPACE = re.compile(r"[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)+")
_GROUPS = "microsoft.management/managementgroups/"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedName:
    """Type and name of a declared resource, complete: parents' parts included.

    `name` is as written (placeholders where unknown), `segments` is it in as many segments as
    the type asks for.
    """

    type: str
    name: str
    segments: tuple[str, ...]


def split(text: str) -> list[str]:
    """Return the segments of a type or name; empty ones do not count."""
    return [segment for segment in text.split("/") if segment]


def typed_name(resource_type: str, name: str, *, parent: TypedName | None = None) -> TypedName:
    """Return the complete type and name of a declaration.

    Below a parent, a type that has as many segments as the name stands for itself, any other
    continues the parent's. Raises `EvaluationProblem` where the numbers of segments differ; a
    name with an unknown part gets as many segments as are missing.
    """
    if not split(name):
        raise EvaluationProblem(
            f"a resource of type `{resource_type}` has an empty name",
            help="every resource needs a name",
        )
    if parent is None or _stands_alone(resource_type, name, parent):
        if len(split(resource_type)) < _LEAST_SEGMENTS:
            raise EvaluationProblem(
                f"`{resource_type}` is no resource type",
                help="a type has a namespace and at least one segment: `Microsoft.Web/sites`",
            )
        segments = fit(split(name), split(resource_type)[1:])
        if segments is None:
            raise _wrong_segments(resource_type, name, len(split(resource_type)) - 1)
        clean = name if parent is None else "/".join(split(name))
        return TypedName(type=resource_type.strip("/"), name=clean, segments=segments)
    segments = fit(split(name), split(resource_type))
    if segments is None:
        raise _wrong_segments(resource_type, name, len(split(resource_type)))
    return TypedName(
        type="/".join([parent.type, *split(resource_type)]),
        name="/".join([parent.name, *split(name)]),
        segments=(*parent.segments, *segments),
    )


def _stands_alone(resource_type: str, name: str, parent: TypedName) -> bool:
    """Whether a nested entry's type is a full one, not the continuation of its parent's."""
    kinds = split(resource_type)
    if len(kinds) == 1:
        return False
    if not PLACEHOLDER.search(name):
        return len(split(name)) == len(kinds) - 1
    full = resource_type.strip("/").lower().startswith(parent.type.lower() + "/")
    return full or "." in kinds[0]


def _wrong_segments(resource_type: str, name: str, expected: int) -> EvaluationProblem:
    found = len(split(name))
    return EvaluationProblem(
        f"the name `{name}` has {found} segment{'' if found == 1 else 's'}; "
        f"its type `{resource_type}` asks for {expected}",
        help="a name has one segment for each segment of the type behind the namespace",
    )


def fit(names: Sequence[str], kinds: Sequence[str]) -> tuple[str, ...] | None:
    """Return one name segment for each type segment, or None if the numbers cannot agree.

    A segment with a placeholder stands for as many segments as are missing. A known namespace
    segment of a `providers/` type keeps its place.
    """
    if len(names) == len(kinds):
        return tuple(names)
    if not any(PLACEHOLDER.search(name) for name in names):
        return None
    for place, kind in enumerate(kinds):
        if kind.lower() != "providers":
            continue
        anchor = next((i for i, name in enumerate(names) if _NAMESPACE.fullmatch(name)), None)
        if anchor is None:
            break
        before = fit(names[:anchor], kinds[:place])
        after = fit(names[anchor + 1 :], kinds[place + 1 :])
        if before is not None and after is not None:
            return (*before, names[anchor], *after)
    return _stretch(names, len(kinds))


def _stretch(names: Sequence[str], wanted: int) -> tuple[str, ...]:
    """Repeat the first placeholder for what is missing, or leave out what is too much."""
    place = next(i for i, name in enumerate(names) if PLACEHOLDER.search(name))
    missing = wanted - len(names)
    if missing < 0:
        # An unknown segment may turn out to be empty; the known ones are what is certain.
        kept = [name for name in names if not PLACEHOLDER.fullmatch(name)] or list(names)
        return tuple(kept[:wanted]) if len(kept) >= wanted else tuple(names[:wanted])
    text = names[place]
    found = PLACEHOLDER.search(text)
    hole = found.group() if found else text
    head, _, tail = text.partition(hole)
    pieces = [head + hole, *[hole] * (missing - 1), hole + tail]
    return (*names[:place], *pieces, *names[place + 1 :])


def id_below(scope: Scope, resource: TypedName) -> Scope:
    """Return the ID of a resource at a scope."""
    namespace, *kinds = split(resource.type)
    pairs = [part for pair in zip(kinds, resource.segments, strict=True) for part in pair]
    return Scope("/".join([scope.text.rstrip("/"), "providers", namespace, *pairs]))


def id_in_deployment(scope: Scope, resource: TypedName) -> Scope:
    """Return the ID of a resource without a `scope` of its own.

    A resource group declared at a subscription has the ID of the group itself.
    """
    if scope.kind is ScopeKind.SUBSCRIPTION and resource.type.lower() == _RESOURCE_GROUP:
        return Scope(f"{scope.text}/resourceGroups/{resource.segments[0]}")
    return id_below(scope, resource)


def scope_below(scope: Scope, text: str) -> Scope:
    """Return the scope that a declaration's `scope` names, seen from the deployment's scope.

    Text that starts with `/` (or with an unknown part) is a full ID; other text is relative to
    the deployment, except that a management group is a tenant-level resource for deployments
    to a management group or the tenant.
    """
    if not text:
        return scope
    if text.startswith(("/", "{")):
        return Scope(text)
    base = scope
    if scope.kind in {ScopeKind.TENANT, ScopeKind.MANAGEMENT_GROUP} and names_group(text):
        base = Scope.ROOT
    return Scope("/".join([base.text.rstrip("/"), "providers", *split(text)]))


def names_group(text: str) -> bool:
    """Whether a relative scope is `Microsoft.Management/managementGroups/NAME`."""
    folded = text.lower()
    return folded.startswith(_GROUPS) and folded[len(_GROUPS) :].strip("/") != ""
