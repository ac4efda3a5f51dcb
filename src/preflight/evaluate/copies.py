"""Copy loops: of properties, variables, outputs and resources.

Source: Azure Resource Manager, "Resource iteration", "Property iteration", "Variable iteration",
"Output iteration"; the deployment engine for what it refuses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from preflight.errors import LimitExceeded
from preflight.evaluate.cost import cost_of
from preflight.evaluate.frame import CopyFrame, CopyKind, EvaluationProblem, Frame, Position
from preflight.evaluate.interpret import evaluate, evaluate_text, find_copy
from preflight.evaluate.types import as_value, get
from preflight.evaluate.values import measure
from preflight.model.value import Cause, JsonValue, OpenKey, PartialText, Unknown, Value

MAX_COUNT = 800
"""ARM's limit for the iterations of one loop."""
_HELP = f"a copy count is an integer from 0 to {MAX_COUNT}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """One entry of a property, variable or output copy; `pointer` is relative to its object."""

    name: str
    count: JsonValue
    input: JsonValue
    pointer: str


def iterations(count: JsonValue, frame: Frame) -> int | Unknown:
    """Evaluate a copy count; `frame.place` is its own.

    Raises `EvaluationProblem` unless it is an integer from 0 to 800, or unknown.
    """
    position = Position.IDENTITY if frame.position is Position.RESOURCE else frame.position
    value = evaluate(count, replace(frame, position=position))
    if isinstance(value, Unknown):
        return value
    if isinstance(value, PartialText):
        return value.unknown
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_COUNT:
        shown = f"`{value}`" if isinstance(value, str | int | float) else "this value"
        raise EvaluationProblem(f"{shown} is no copy count", help=_HELP, where=frame.place)
    return value


def unknown_index(count: Unknown) -> Unknown:
    """Return the index of a loop whose count is unknown."""
    return Unknown(label="copyIndex", cause=count.cause, expression=count.expression)


def repeat(loop: Loop, frame: Frame, kind: CopyKind) -> Value:
    """Evaluate a loop to the array that it makes; unknown where the count is.

    What the input of an unknown loop calls at run time is still recorded, as undecided.
    """
    count = iterations(loop.count, frame.at(f"{loop.pointer}/count"))
    inner = replace(frame.at(f"{loop.pointer}/input"), property_copies=_nested_loop)
    if isinstance(count, Unknown):
        step = CopyFrame(name=loop.name, index=unknown_index(count), kind=kind)
        evaluate(loop.input, replace(inner, copies=(*inner.copies, step), undecided=True))
        return Unknown(label=count.label, cause=count.cause, expression=count.expression)
    cost = cost_of(loop.input)
    if cost.literal:
        return _measured([as_value(loop.input)] * count, inner)
    items: list[Value] = []
    for index in range(count):
        step = CopyFrame(name=loop.name, index=index, kind=kind)
        items.append(evaluate(loop.input, replace(inner, copies=(*inner.copies, step))))
    return _measured(items, inner)


def _measured(items: list[Value], frame: Frame) -> list[Value]:
    """Refuse what a loop makes where it is too large; its items are not, each for itself."""
    try:
        measure(items, frame.budget)
    except LimitExceeded as problem:
        problem.where = frame.place
        raise
    return items


def expand_properties(members: Mapping[str, JsonValue], frame: Frame) -> Value:
    """Evaluate an object with a `copy` array (see `frame.PropertyCopies`).

    Each entry becomes a property with its name. Where an entry lacks name, count or input, the
    whole `copy` is plain data.
    """
    loops = loops_of(members)
    kind = CopyKind.VARIABLE if frame.position is Position.VARIABLE else CopyKind.PROPERTY
    result: dict[str, Value] = {}
    for key, item in members.items():
        if key.lower() == "copy" and loops is not None:
            for loop in loops:
                named = replace(loop, name=_loop_name(loop, frame))
                _add(result, named.name, repeat(named, frame, kind), frame)
        elif key.lower() == "copy":
            result[key] = evaluate(item, frame.at(f"/{key}"))
        else:
            part = evaluate({key: item}, frame)
            for name, value in part.items() if isinstance(part, dict) else ():
                _add(result, name, value, frame)
    return result


def _add(result: dict[str, Value], name: str, value: Value, frame: Frame) -> None:
    if name in result:
        raise EvaluationProblem(
            f"the object has a property and a copy loop, or two loops, named `{name}`",
            where=frame.place,
        )
    result[name] = value


def _loop_name(loop: Loop, frame: Frame) -> str:
    name = evaluate_text(loop.name, frame.at(f"{loop.pointer}/name"))
    if isinstance(name, Unknown | PartialText):
        return OpenKey(name)
    if not isinstance(name, str):
        raise EvaluationProblem("the name of a copy loop must be text", where=frame.place)
    return name


def loops_of(members: Mapping[str, JsonValue]) -> tuple[Loop, ...] | None:
    """Return the loops of an object's `copy`, or None where it is plain data."""
    entries = find_copy(dict(members))
    if not isinstance(entries, list):
        return None
    key = next(key for key in members if key.lower() == "copy")
    loops = tuple(_loops(entries, key))
    return loops if len(loops) == len(entries) else None


def _loops(entries: list[JsonValue], key: str) -> Iterator[Loop]:
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict):
            continue
        present = {name.lower() for name in entry}
        name = get(entry, "name")
        if {"name", "count", "input"} <= present and isinstance(name, str):
            yield Loop(
                name=name,
                count=get(entry, "count"),
                input=get(entry, "input"),
                pointer=f"/{key}/{index}",
            )


def _nested_loop(members: Mapping[str, JsonValue], frame: Frame) -> Value:
    """Refuse a loop inside the input of another; plain data stays plain."""
    if loops_of(members) is not None:
        raise EvaluationProblem(
            "a copy loop stands inside the input of another",
            help="nested loops are not supported; use map(), or a loop around the resource",
            where=frame.place,
        )
    return expand_properties(members, frame)


def variable_loops(copy: JsonValue, frame: Frame) -> tuple[Loop, ...]:
    """Return the loops of `variables.copy`.

    Raises `EvaluationProblem` where it is no array, or an entry lacks name, count or input.
    """
    if not isinstance(copy, list):
        raise EvaluationProblem("`copy` of the variables must be an array", where=frame.place)
    loops = tuple(_loops(copy, "copy"))
    if len(loops) != len(copy):
        raise EvaluationProblem(
            "an entry of the variables' `copy` lacks name, count or input", where=frame.place
        )
    return loops


def cause_of(unknown: Unknown) -> str:
    """Return what would settle a loop over something unknown."""
    if unknown.cause is Cause.PARAMETER:
        return f"give the parameter a value: -p {unknown.label.partition('.')[0]}=VALUE"
    return "make the number of repetitions known before the deployment"
