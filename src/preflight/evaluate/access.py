"""Property and index access on values that may be unknown."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from preflight.evaluate.frame import EvaluationProblem
from preflight.evaluate.functions.registry import (
    a_kind,
)
from preflight.evaluate.values import bare, find_key, open_key
from preflight.model.value import (
    Cause,
    Hidden,
    OpenKey,
    PartialText,
    Unknown,
    Value,
    label_of,
)

_NAMES_SHOWN = 12
_NAMES_COMPARED = 60


def member(target: Value, key: Value, *, hints: bool = True) -> Value:
    """Return `target.key` or `target[key]`; raises `EvaluationProblem` where there is none.

    Objects take the exact spelling first, then any case; arrays take integers that are in range.
    A part of something unknown is unknown and gets the longer label. Without `hints` the error
    does not look for a similar name: for branches whose errors nobody sees.
    """
    if isinstance(target, Unknown):
        return member_of_unknown(target, key)
    if isinstance(target, PartialText):
        return bare(target.unknown)
    if isinstance(key, Unknown):
        return bare(key)
    if isinstance(key, PartialText):
        return bare(key.unknown)
    if isinstance(target, dict):
        return _property(target, key, hints=hints)
    if isinstance(target, list):
        return _item(target, key)
    raise EvaluationProblem(f"{a_kind(target)} has no property `{_shown(key)}`")


def member_of_unknown(target: Unknown, key: Value) -> Unknown:
    """Return a part of an unknown: `vm` and `identity` give `vm.identity`."""
    hidden = None
    if target.hidden is not None and isinstance(key, str | int):
        hidden = _hidden_member(target.hidden, key)
    if isinstance(key, str | int):
        label = label_of(f"{target.label}.{key}")
        return Unknown(label=label, cause=target.cause, expression=target.expression, hidden=hidden)
    return bare(target)


def _hidden_member(hidden: Hidden, key: str | int) -> Hidden:
    """Look into a secure value. Its property names are not secret, its values are."""
    value = hidden.value
    if isinstance(value, dict) and isinstance(key, str):
        found = next((name for name in value if name.lower() == key.lower()), None)
        if found is not None:
            return Hidden(value=value[key] if key in value else value[found])
    if isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
        return Hidden(value=value[key])
    raise EvaluationProblem(f"the secure value has no property or item `{_shown(key)}`")


def _property(target: Mapping[str, Value], key: Value, *, hints: bool) -> Value:
    if not isinstance(key, str):
        raise EvaluationProblem(
            f"a property name is a string, not {a_kind(key)}",
            help="an integer in brackets reads an array",
        )
    found = find_key(target, key)
    if found is not None:
        return target[found]
    unknown = open_key(target)
    if unknown is not None:
        # An object that is open as a whole (`runtime.open_state`) has a member of each name.
        whole = any(isinstance(k, OpenKey) and target[k] is k.part for k in target)
        return member_of_unknown(unknown, key) if whole else bare(unknown)
    help_line = _hint(target, key) if hints else ""
    raise EvaluationProblem(f"the object has no property `{_shown(key)}`", help=help_line)


def _item(target: list[Value], key: Value) -> Value:
    if isinstance(key, bool) or not isinstance(key, int):
        raise EvaluationProblem(f"an array has no property `{_shown(key)}`; it takes an integer")
    if not 0 <= key < len(target):
        count = f"{len(target)} item{'' if len(target) == 1 else 's'}"
        raise EvaluationProblem(f"the array has no item {key}", help=f"it has {count}, from 0 on")
    return target[key]


def _hint(target: Mapping[str, Value], key: str) -> str:
    compared = [name.lower() for name in list(target)[:_NAMES_COMPARED]]
    close = difflib.get_close_matches(key.lower(), compared, n=1)
    spelled = next((name for name in target if close and name.lower() == close[0]), None)
    if spelled is not None:
        return f"did you mean `{spelled}`?"
    names = ", ".join(f"`{name}`" for name in list(target)[:_NAMES_SHOWN])
    more = ", …" if len(target) > _NAMES_SHOWN else ""
    return f"it has {names}{more}" if names else "it has no properties at all"


def _shown(key: Value) -> str:
    return str(key) if isinstance(key, str | int | float) else a_kind(key)


def unknown_at(label: str, cause: Cause, expression: str) -> Unknown:
    """Return an unknown that begins here, with a label made of any text."""
    return Unknown(label=label_of(label), cause=cause, expression=expression)
