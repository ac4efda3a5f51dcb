"""union() and intersection(), of arrays and of objects.

Source: ARM template functions, "Array" and "Object"; corner cases from the deployment engine.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

from preflight.evaluate.access import member_of_unknown
from preflight.evaluate.frame import EvaluationProblem
from preflight.evaluate.functions.registry import (
    ARRAY,
    OBJECT,
    Call,
    Checked,
    Function,
    Opens,
    a_kind,
)
from preflight.evaluate.values import (
    fold,
    identity,
    measure,
    open_inside,
    open_key,
    open_part,
)
from preflight.model.value import OpenKey, PartialText, Unknown, Value


def _same_kind(call: Call) -> type:
    return _one_kind(call, call.values)


def _one_kind(call: Call, values: Iterable[Value]) -> type:
    kinds = {type(value) for value in values}
    if len(kinds) > 1:
        raise call.problem("all arguments must be arrays, or all must be objects")
    return kinds.pop()


def _intersection(call: Call) -> Value:
    """Keep distinct items, or properties with deep-equal values, that all arguments have.

    Property names are compared with case here, and their order inside values counts.
    """
    kind = _same_kind(call)
    unknown = open_inside([*call.values], call.frame.budget)
    if unknown is not None:
        return unknown
    if kind is list:
        others = [{identity(v, ordered=True) for v in call.array(i)} for i in range(1, len(call))]
        return [
            item
            for key, item in _distinct(call.array(0)).items()
            if all(key in other for other in others)
        ]
    common = dict(call.object(0))
    for index in range(1, len(call)):
        other = call.object(index)
        common = {
            key: value
            for key, value in common.items()
            if key in other and identity(value, ordered=True) == identity(other[key], ordered=True)
        }
    return common


def _distinct(items: Iterable[Value]) -> dict[Hashable, Value]:
    """Return the distinct items in order of first occurrence, by identity."""
    found: dict[Hashable, Value] = {}
    for item in items:
        found.setdefault(identity(item, ordered=True), item)
    return found


def _union(call: Call) -> Value:
    """Join arrays without repetition, or merge objects deeply.

    What comes after an object that is not known stays known: `union(UNKNOWN, {a: 1})` has 1 for
    `a`, and further members that are not known.
    """
    known: list[Value] = [v for v in call.values if not isinstance(v, Unknown | PartialText)]
    unknown = open_part(*(v for v in call.values if isinstance(v, Unknown | PartialText)))
    if unknown is not None and len({type(value) for value in known}) != 1:
        return unknown  # the engine compares the kinds once it knows every argument
    if _one_kind(call, known) is list:
        unknown = unknown or open_inside(known, call.frame.budget)
        if unknown is not None:
            return unknown
        return list(_distinct(v for i in range(len(call)) for v in call.array(i)).values())
    # Each object is merged into all that came before.
    call.spend(sum(measure(v, call.frame.budget) for v in known) * max(1, len(known) - 1))
    return _merged(unknown, _after_last_unknown(call.values))


def _merged(unknown: Unknown | None, objects: list[dict[str, Value]]) -> Value:
    """Merge objects, over something unknown where there is such."""
    if unknown is not None and not objects:
        return unknown
    merged: dict[str, Value] = objects.pop(0) if unknown is None else {OpenKey(unknown): unknown}
    for value in objects:
        result = _merge(merged, value)
        if isinstance(result, Unknown):
            return result
        merged = result
    return merged


def _after_last_unknown(values: Iterable[Value]) -> list[dict[str, Value]]:
    """Return the objects that nothing unknown can override."""
    found: list[dict[str, Value]] = []
    for value in values:
        if isinstance(value, dict):
            found.append(value)
        else:
            found.clear()
    return found


def _merge(left: Mapping[str, Value], right: Mapping[str, Value]) -> dict[str, Value] | Unknown:
    """Merge two objects deeply; arrays are replaced, a later null changes nothing.

    The place of a property is that of its first spelling, the spelling that of the last. A
    property of `left` whose name is not known cannot override what `right` has.
    """
    unknown = open_key(left)
    overriding = open_key(right)
    if overriding is not None:
        return unknown or overriding
    merged: dict[str, tuple[str, Value]] = {}
    for key, value in left.items():
        merged[key] = (key, value)
    places: dict[str, list[str]] = {}
    for key in left:
        if not isinstance(key, OpenKey):
            places.setdefault(fold(key), []).append(key)
    for key, value in right.items():
        known = places.get(fold(key))
        if known is None:
            added = value if unknown is None else _beside_unknown(unknown, key, value)
            if unknown is None or added is not None:
                places[fold(key)] = [key]
                merged[key] = (key, added)
        else:
            # Of several spellings the last one has the value that counts.
            old = merged[known[-1]][1]
            merged[known[0]] = (key, _merge_value(old, value))
            for other in known[1:]:
                del merged[other]
            places[fold(key)] = known[:1]
    return dict(merged.values())


def _beside_unknown(unknown: Unknown, key: str, value: Value) -> Value:
    """Return a property that the unknown object may have too; None where that one counts."""
    if isinstance(value, dict):
        return _over_unknown(member_of_unknown(unknown, key), value)
    return value


def _replaced_unknown(old: Unknown, new: Value) -> Value:
    """A scalar replaces whatever it was; an object is merged with it; an array may not fit."""
    if isinstance(new, dict):
        return _over_unknown(old, new)
    return old if isinstance(new, list) else new


def _over_unknown(unknown: Unknown, value: dict[str, Value]) -> Value:
    """Return an object merged over something that is not known."""
    return _merge({OpenKey(unknown): unknown}, value)


def _merge_value(old: Value, new: Value) -> Value:
    if new is None:
        return old
    if old is None:
        return new
    if isinstance(new, Unknown | PartialText):
        return new
    unknown = open_part(old) if isinstance(old, Unknown | PartialText) else None
    if unknown is not None:
        return _replaced_unknown(unknown, new)
    if isinstance(old, dict) and isinstance(new, dict):
        return _merge(old, new)
    kinds = [
        list if isinstance(v, list) else dict if isinstance(v, dict) else str for v in (old, new)
    ]
    if kinds[0] is not kinds[1]:
        raise EvaluationProblem(f"`union`: {a_kind(old)} and {a_kind(new)} cannot be merged")
    return new


_CONTAINER = ARRAY | OBJECT

FUNCTIONS: tuple[Function, ...] = (
    Function(
        "intersection",
        _intersection,
        (_CONTAINER,) * 2,
        rest=_CONTAINER,
        opens=Opens.CONTAINER,
        checked=Checked.EACH,
    ),
    Function(
        "union",
        _union,
        (_CONTAINER,) * 2,
        rest=_CONTAINER,
        opens=Opens.SELF,
        checked=Checked.EACH,
    ),
)
