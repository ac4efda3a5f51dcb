"""The object functions.

Source: ARM template functions, "Object"; corner cases from the deployment engine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from preflight.evaluate.functions.registry import ANY, ARRAY, OBJECT, Call, Function, Opens, a_kind
from preflight.evaluate.values import NODES_PER_STEP, bare, fold, open_key, open_part
from preflight.model.value import OpenKey, PartialText, Unknown, Value, printable


def _create_object(call: Call) -> Value:
    """Build an object; names that differ by case stay apart, the same name twice fails."""
    if len(call) % 2:
        raise call.problem("it takes names and values in pairs")
    members: dict[str, Value] = {}
    twins: Counter[str] = Counter()
    for index in range(0, len(call), 2):
        name = call.values[index]
        if isinstance(name, Unknown | PartialText):
            part = bare(name) if isinstance(name, Unknown) else name
            name = OpenKey(part, twin=twins[printable(part)])
            twins[printable(part)] += 1
        elif not isinstance(name, str):
            raise call.problem(f"a property name is a string, not {a_kind(name)}")
        if name in members and not isinstance(name, OpenKey):
            raise call.problem(f"the property `{name}` is given twice")
        members[name] = call.values[index + 1]
    return members


def sorted_keys(members: Mapping[str, Value]) -> list[str]:
    """Return the property names in the engine's order: ordinal on the upper-cased name."""
    return sorted(members, key=fold)


def _items(call: Call) -> Value:
    members = call.object(0)
    unknown = open_key(members)
    if unknown is not None:
        return unknown
    call.spend(len(members))
    return [{"key": key, "value": members[key]} for key in sorted_keys(members)]


def _object_keys(call: Call) -> Value:
    members = call.object(0)
    unknown = open_key(members)
    call.spend(len(members) // NODES_PER_STEP)
    return [*sorted_keys(members)] if unknown is None else unknown


def _shallow_merge(call: Call) -> Value:
    """Merge objects at the top level only: later values win, null too; first spellings stay."""
    merged: dict[str, Value] = {}
    spelled: dict[str, str] = {}
    for value in call.array(0):
        if not isinstance(value, dict | Unknown | PartialText):
            raise call.problem(f"it merges objects, not {a_kind(value)}")
    unknown = _open_object(call)
    if unknown is not None:
        return unknown
    for value in call.array(0):
        for key, item in value.items() if isinstance(value, dict) else ():
            merged[spelled.setdefault(fold(key), key)] = item
    return merged


def _open_object(call: Call) -> Unknown | None:
    """Return what keeps a merge open: an object, or a property name, that is unknown."""
    for value in call.array(0):
        if isinstance(value, Unknown | PartialText):
            return open_part(value)
        unknown = open_key(value) if isinstance(value, dict) else None
        if unknown is not None:
            return unknown
    return None


FUNCTIONS: tuple[Function, ...] = (
    Function("createObject", _create_object, rest=ANY, opens=Opens.SELF),
    Function("items", _items, (OBJECT,), opens=Opens.CONTAINER),
    Function("objectKeys", _object_keys, (OBJECT,), opens=Opens.CONTAINER),
    Function("shallowMerge", _shallow_merge, (ARRAY,), opens=Opens.CONTAINER),
)
