"""union() and intersection(), of arrays and of objects.

Source: ARM template functions, "Array" and "Object"; corner cases from the deployment engine.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

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
    NODES_PER_STEP,
    fold,
    identity,
    open_inside,
    open_key,
    open_part,
)
from preflight.model.value import PartialText, Unknown, Value


def _same_kind(call: Call) -> type:
    kinds = {type(value) for value in call.values}
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
    """Join arrays without repetition, or merge objects deeply."""
    if _same_kind(call) is list:
        unknown = open_inside([*call.values], call.frame.budget)
        if unknown is not None:
            return unknown
        return list(_distinct(v for i in range(len(call)) for v in call.array(i)).values())
    call.spend(sum(len(call.object(i)) for i in range(len(call))) // NODES_PER_STEP)
    merged = call.object(0)
    for index in range(1, len(call)):
        result = _merge(merged, call.object(index))
        if isinstance(result, Unknown):
            return result
        merged = result
    return merged


def _merge(left: Mapping[str, Value], right: Mapping[str, Value]) -> dict[str, Value] | Unknown:
    """Merge two objects deeply; arrays are replaced, a later null changes nothing.

    The place of a property is that of its first spelling, the spelling that of the last.
    """
    unknown = open_key(left) or open_key(right)
    if unknown is not None:
        return unknown
    merged: dict[str, tuple[str, Value]] = {}
    for key, value in left.items():
        merged[key] = (key, value)
    places: dict[str, list[str]] = {}
    for key in left:
        places.setdefault(fold(key), []).append(key)
    for key, value in right.items():
        known = places.get(fold(key))
        if known is None:
            places[fold(key)] = [key]
            merged[key] = (key, value)
        else:
            # Of several spellings the last one has the value that counts.
            old = merged[known[-1]][1]
            merged[known[0]] = (key, _merge_value(old, value))
            for other in known[1:]:
                del merged[other]
            places[fold(key)] = known[:1]
    return dict(merged.values())


def _merge_value(old: Value, new: Value) -> Value:
    if new is None:
        return old
    if old is None:
        return new
    if isinstance(new, Unknown | PartialText):
        return new
    if isinstance(old, Unknown | PartialText):
        # A scalar replaces whatever it was; a container may have to be merged with it.
        return open_part(old) if isinstance(new, list | dict) else new
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
        opens=Opens.CONTAINER,
        checked=Checked.EACH,
    ),
)
