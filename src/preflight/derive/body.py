"""Walks an evaluated body along the paths of rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from preflight.derive.paths import PathTree
from preflight.model.catalog import LinkTest
from preflight.model.truth import Truth
from preflight.model.value import OpenKey, PartialText, Unknown, Value

MAX_NODES = 200_000
"""Objects and arrays of one body that `{**}` and the search for IDs look into."""


class Found(NamedTuple):
    """What a path leads to.

    `pointer` is the JSON pointer inside the body. `above` is True where the walk ended at an
    unknown value before the path did: then `value` is that unknown.
    """

    value: Value
    pointer: str
    above: bool = False


class _At(NamedTuple):
    """A value on the way, what a path that ends there leads to, and how paths go on."""

    value: Value
    found: Value
    pointer: str
    tree: PathTree


def walk(body: Mapping[str, Value], tree: PathTree) -> Iterator[tuple[str, Found]]:
    """Yield everything that the paths lead to, each with its path."""
    stack = [_At(dict(body), None, "", tree)]
    while stack:
        at = stack.pop()
        if isinstance(at.value, Unknown):
            unknown = Found(at.value, at.pointer, above=True)
            yield from ((path, unknown) for path in at.tree.below())
            continue
        reached = _follow(at)
        for one in reached:
            for path in one.tree.ends:
                yield path, Found(one.found, one.pointer)
        yield from _hidden(at)
        stack.extend(one for one in reversed(reached) if one.tree.goes_on)


def value_is(body: Mapping[str, Value], tree: PathTree, test: LinkTest) -> Truth:
    """Whether what a path leads to is what the test asks for, negation apart."""
    answer = Truth.FALSE
    for _, found in walk(body, tree):
        answer |= _passes(found.value, test)
    return answer


def escape(key: str) -> str:
    """Return a property name as a step of a JSON pointer (RFC 6901)."""
    if "~" in key or "/" in key:
        return key.replace("~", "~0").replace("/", "~1")
    return key


def containers(value: Value, pointer: str) -> Iterator[tuple[Value, str]]:
    """Yield every object and array at and below a value, in order, up to `MAX_NODES`."""
    stack: list[tuple[Value, str]] = [(value, pointer)]
    seen = 0
    while stack and seen < MAX_NODES:
        item, at = stack.pop()
        if not isinstance(item, dict | list):
            continue
        seen += 1
        yield item, at
        inner = item.items() if isinstance(item, dict) else enumerate(item)
        below = [
            (child, f"{at}/{escape(str(key))}")
            for key, child in inner
            if isinstance(child, dict | list)
        ]
        stack.extend(reversed(below))


def _follow(at: _At) -> list[_At]:
    """Return where the paths go on from here."""
    tree = at.tree
    reached: list[_At] = []
    if isinstance(at.value, dict):
        reached = _members(at.value, at)
    elif isinstance(at.value, list) and tree.items is not None:
        for index, item in enumerate(at.value):
            reached.append(_At(item, item, f"{at.pointer}/{index}", tree.items))
    if tree.anywhere is not None:
        objects = ((i, p) for i, p in containers(at.value, at.pointer) if isinstance(i, dict))
        reached.extend(_At(item, item, below, tree.anywhere) for item, below in objects)
    return reached


def _members(value: Mapping[str, Value], at: _At) -> list[_At]:
    names, keys = at.tree.names, at.tree.keys
    reached: list[_At] = []
    for key, item in value.items():
        tree = names.get(key.lower())
        if tree is not None:
            reached.append(_At(item, item, f"{at.pointer}/{escape(key)}", tree))
        if keys is not None and not _stands_for_more(key, item):
            reached.append(_At(item, key, f"{at.pointer}/{escape(key)}", keys))
    return reached


def _hidden(at: _At) -> Iterator[tuple[str, Found]]:
    """Yield the paths that may go on through unknown further members of an object."""
    if not isinstance(at.value, dict):
        return
    for key, item in at.value.items():
        if _stands_for_more(key, item):
            break
    else:
        return
    known = {key.lower() for key in at.value}
    trees = [tree for name, tree in at.tree.names.items() if name not in known]
    if at.tree.keys is not None:
        trees.append(at.tree.keys)
    for tree in trees:
        yield from ((path, Found(item, at.pointer, above=True)) for path in tree.all())


def _stands_for_more(key: str, item: Value) -> bool:
    """Whether a member says that the object has unknown members besides."""
    return isinstance(key, OpenKey) and isinstance(item, Unknown)


def _passes(value: Value, test: LinkTest) -> Truth:
    if isinstance(value, OpenKey | Unknown | PartialText):
        return Truth.UNKNOWN
    text = str(value).lower() if isinstance(value, str | bool | int | float) else ""
    if test.values:
        return Truth.of(text in {wanted.lower() for wanted in test.values})
    there = value is not None and value != "" and text not in {one.lower() for one in test.excepted}
    return Truth.of(there)
