"""Access that answers null instead of failing, and access from the end of an array.

Source: ARM template functions, "Object" and "Array"; corner cases from the deployment engine.
"""

from __future__ import annotations

from preflight.evaluate.access import member, member_of_unknown
from preflight.evaluate.functions.array import int32
from preflight.evaluate.functions.registry import ANY, ARRAY, INT, Call, Function, Opens, a_kind
from preflight.evaluate.values import NODES_PER_STEP, find_key, open_key, open_part, reveal
from preflight.model.value import PartialText, Unknown, Value

_TEXTS = (Unknown, PartialText)


def _try_get(call: Call) -> Value:
    """Read a property or item, null where there is none; only the first key is safe."""
    target, key = call.values[:2]
    if isinstance(target, Unknown):
        return _try_get_of_unknown(call, target)
    unknown = _unknown_argument(call)
    if unknown is not None:
        return unknown
    if not isinstance(key, str) and type(key) is not int:
        raise call.problem(f"argument 2 cannot be {a_kind(key)}")
    if isinstance(target, dict) and key not in target:
        call.spend(len(target) // NODES_PER_STEP)
    return _follow(call, _try_member(target, key), first=2)


def _unknown_argument(call: Call) -> Unknown | None:
    """Return what is unknown of the arguments themselves: then nothing else is looked at."""
    return open_part(*(value for value in call.values if isinstance(value, _TEXTS)))


def _try_get_of_unknown(call: Call, target: Unknown) -> Value:
    """Lengthen the label; what a known secret does not have is null as anywhere else."""
    if target.hidden is not None and _try_member(reveal(target), call.values[1]) is None:
        return None
    value = target
    for step in call.values[1:]:
        value = member_of_unknown(value, step)
    return value


def _try_member(target: Value, key: Value) -> Value:
    """Return a member of an object or array; null where there is none, open where it may be."""
    if isinstance(target, dict) and isinstance(key, str):
        found = find_key(target, key)
        unknown = open_key(target) if found is None else None
        return unknown if found is None else target[found]
    if isinstance(target, list) and isinstance(key, int) and 0 <= key < len(target):
        return target[key]
    return None


def _index_from_end(call: Call) -> Value:
    items, index = call.array(0), int32(call, 1)
    if not 0 < index <= len(items):
        raise call.problem(f"the array has no item {index} from its end")
    return items[-index]


def _try_index_from_end(call: Call) -> Value:
    """Answer null where `_index_from_end` fails; further arguments are a chain of accesses."""
    items, index = call.values[:2]
    unknown = _unknown_argument(call)
    if unknown is not None:
        return unknown
    if isinstance(index, bool) or not isinstance(index, int):
        return None
    if not isinstance(items, list) or not 0 < int32(call, 1) <= len(items):
        return None
    return _follow(call, items[-index], first=2)


def _follow(call: Call, value: Value, *, first: int) -> Value:
    """Follow a chain of keys, the arguments from `first` on; null ends it at its start only.

    A key may be `{value: n, fromEnd: true}`: the n-th item from the end.
    """
    if value is None:
        return None
    for index in range(first, len(call)):
        value = member(value, _chain_key(call, value, index), hints=not call.frame.undecided)
    return value


def _chain_key(call: Call, value: Value, index: int) -> Value:
    key = call.values[index]
    if not isinstance(key, dict):
        if isinstance(key, str | Unknown | PartialText) or type(key) is int:
            return key
        raise call.problem(f"argument {index + 1} cannot be {a_kind(key)}")
    position = key[name] if (name := find_key(key, "value")) else None
    backwards = key[name] if (name := find_key(key, "fromEnd")) else False
    if not isinstance(backwards, bool):
        raise call.problem(f"argument {index + 1}: `fromEnd` must be a boolean")
    if not backwards or isinstance(value, Unknown | PartialText):
        return position
    if not isinstance(value, list) or isinstance(position, bool) or not isinstance(position, int):
        raise call.problem(f"argument {index + 1} counts from the end of an array")
    if not 0 < position <= len(value):
        raise call.problem(f"the array has no item {position} from its end")
    return len(value) - position


FUNCTIONS: tuple[Function, ...] = (
    Function("indexFromEnd", _index_from_end, (ARRAY, INT), opens=Opens.CONTAINER, selects=True),
    Function(
        "tryIndexFromEnd",
        _try_index_from_end,
        (ANY, ANY),
        rest=ANY,
        opens=Opens.SELF,
        selects=True,
    ),
    Function("tryGet", _try_get, (ANY, ANY), rest=ANY, opens=Opens.SELF, selects=True),
)
