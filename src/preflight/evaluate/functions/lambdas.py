"""The lambda functions: filter, map, reduce, sort, toObject, groupBy, mapValues.

Source: ARM template functions, "Lambda"; corner cases from the deployment engine. A lambda is
only valid as a direct argument; its body sees the lambda variables around it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cmp_to_key

from preflight.evaluate.functions.registry import (
    ARRAY,
    OBJECT,
    STRING,
    Accepts,
    AnyFunction,
    Call,
    Function,
    LazyCall,
    LazyFunction,
    LazyRun,
    Opens,
    a_kind,
    arity_text,
    kind_names,
    with_article,
)
from preflight.evaluate.undecided import perhaps
from preflight.evaluate.values import Tally, bare, fold, further_members, measure, open_part
from preflight.expression.ast import FunctionCall, Node
from preflight.model.value import OpenKey, PartialText, Unknown, Value

_FRAMES_PER_LAMBDA = 4
_STEPS_PER_APPLICATION = 2
_FRAMES_PER_FUNCTION = 3
"""Stack frames beyond those of any call."""


class _Open(Exception):
    """Something is unknown that the whole result hangs on; never leaves this module."""

    def __init__(self, value: Unknown | PartialText) -> None:
        super().__init__()
        self.unknown = value if isinstance(value, Unknown) else value.unknown


class _Lambda:
    """A lambda argument: folded parameter names and body, in a frame of its own.

    All applications share that frame: nothing in it outlives the evaluation of the body, so that
    the variables can be set anew each time.
    """

    def __init__(self, call: LazyCall, names: tuple[str, ...], body: Node) -> None:
        self.call = call
        self._names = names
        self._body = body
        self._variables = dict(call.frame.lambdas)
        self._frame = replace(call.frame, lambdas=self._variables)

    def __call__(self, *values: Value) -> Value:
        budget = self._frame.budget
        budget.enter(_FRAMES_PER_LAMBDA)
        try:
            budget.spend(_STEPS_PER_APPLICATION)
            self._variables.update(zip(self._names, values, strict=False))
            return self.call.evaluate(self._body, self._frame)
        finally:
            budget.leave(_FRAMES_PER_LAMBDA)

    def test(self, *values: Value) -> bool:
        """Return the boolean that the body answers."""
        answer = self(*values)
        if isinstance(answer, Unknown | PartialText):
            raise _Open(answer)
        if not isinstance(answer, bool):
            raise self.call.problem(f"the lambda must give a boolean, not {a_kind(answer)}")
        return answer

    def key(self, value: Value) -> str:
        """Return the property name that the body answers; one with unknown parts is open."""
        key = self(value)
        if isinstance(key, Unknown | PartialText):
            return OpenKey(key)
        if not isinstance(key, str):
            raise self.call.problem(f"the lambda must give a string, not {a_kind(key)}")
        return key


def _lambda(call: LazyCall, index: int, least: int, most: int) -> _Lambda:
    """Read the lambda that an argument must be."""
    node = call.node.arguments[index]
    if not isinstance(node, FunctionCall) or node.key != "lambda":
        raise call.problem(f"argument {index + 1} must be a lambda")
    count = len(node.arguments) - 1
    if not least <= count <= most:
        takes = arity_text(least, most).replace("argument", "parameter")
        raise call.problem(f"its lambda takes {takes}, not {max(0, count)}")
    names: list[str] = []
    for argument in node.arguments[:-1]:
        name = call.evaluate(argument, call.frame)
        if isinstance(name, Unknown | PartialText):
            raise _Open(name)
        if not isinstance(name, str):
            raise call.problem(f"a lambda's parameter is named by a string, not {a_kind(name)}")
        names.append(fold(name))
    return _Lambda(call, tuple(names), node.arguments[-1])


def _known(call: LazyCall, index: int, kinds: Accepts) -> Value:
    """Evaluate an argument that must be a container."""
    value = call.value(index)
    if isinstance(value, Unknown | PartialText):
        _look_into_lambdas(call, value)
        raise _Open(value)
    if type(value) not in kinds:
        raise call.problem(
            f"argument {index + 1} must be {with_article(kind_names(kinds))}, not {a_kind(value)}"
        )
    return value


def _look_into_lambdas(call: LazyCall, value: Unknown | PartialText) -> None:
    """Record what the lambdas over an unknown array may call at run time."""
    for node in call.node.arguments[1:]:
        if isinstance(node, FunctionCall) and node.key == "lambda" and node.arguments:
            element = open_part(value)
            names = [perhaps(call, argument, call.frame) for argument in node.arguments[:-1]]
            own: dict[str, Value] = {fold(n): element for n in names if isinstance(n, str)}
            inner = replace(call.frame, lambdas={**call.frame.lambdas, **own})
            perhaps(call, node.arguments[-1], inner)


def _items(call: LazyCall) -> list[Value]:
    value = _known(call, 0, ARRAY)
    return value if isinstance(value, list) else []


def _filter(call: LazyCall) -> Value:
    items, keep = _items(call), _lambda(call, 1, 1, 2)
    return [item for index, item in enumerate(items) if keep.test(item, index)]


def _map(call: LazyCall) -> Value:
    items, change = _items(call), _lambda(call, 1, 1, 2)
    tally = Tally(call.frame.budget)
    return [tally.add(change(item, index)) for index, item in enumerate(items)]


def _reduce(call: LazyCall) -> Value:
    """Fold an array from the left; open as soon as an intermediate value is."""
    # The start value is evaluated even where the array is unknown: it may fail.
    value = call.value(1)
    items = _items(call)
    step = _lambda(call, 2, 2, 3)
    for index, item in enumerate(items):
        if isinstance(value, Unknown | PartialText):
            raise _Open(value)
        value = step(value, item, index)
        measure(value, call.frame.budget)
    if isinstance(value, Unknown):
        return bare(value)
    return value


def _sort(call: LazyCall) -> Value:
    """Sort by `lambda(a, b)`: true puts a first. Stable; where both orders are true, too."""
    items, less = _items(call), _lambda(call, 1, 2, 2)

    def compare(one: Value, other: Value) -> int:
        # The sort asks whether a later item goes before an earlier one; both orders are always
        # tried, since each may fail or be unknown.
        stays, moves = less.test(other, one), less.test(one, other)
        return -1 if moves and not stays else 1

    return sorted(items, key=cmp_to_key(compare))


def _optional_lambda(call: LazyCall, index: int) -> _Lambda | None:
    return _lambda(call, index, 1, 1) if index < len(call) else None


def _to_object(call: LazyCall) -> Value:
    items, key_of = _items(call), _lambda(call, 1, 1, 1)
    value_of = _optional_lambda(call, 2)
    members: dict[str, Value] = {}
    taken: dict[str, int] = {}
    tally = Tally(call.frame.budget)
    for item in items:
        key = key_of.key(item)
        twin = taken.get(fold(key), 0)
        if twin and not isinstance(key, OpenKey):
            raise call.problem(f"the key `{key}` occurs twice")
        taken[fold(key)] = twin + 1
        members[OpenKey(key.part, twin=twin) if isinstance(key, OpenKey) else key] = tally.add(
            item if value_of is None else value_of(item)
        )
    return members


def _group_by(call: LazyCall) -> Value:
    items, key_of = _items(call), _lambda(call, 1, 1, 1)
    value_of = _optional_lambda(call, 2)
    groups: dict[str, tuple[str, list[Value]]] = {}
    tally = Tally(call.frame.budget)
    for item in items:
        key = key_of.key(item)
        if isinstance(key, OpenKey):
            raise _Open(key.part)
        group = groups.setdefault(fold(key), (key, []))
        group[1].append(tally.add(item if value_of is None else value_of(item)))
    return {key: [*members] for key, members in groups.values()}


def _map_values(call: LazyCall) -> Value:
    value = _known(call, 0, OBJECT)
    change = _lambda(call, 1, 1, 1)
    members = value if isinstance(value, dict) else {}
    further = further_members(members)
    if further is not None:
        raise _Open(further)
    tally = Tally(call.frame.budget)
    return {key: tally.add(change(item)) for key, item in members.items()}


def _lambda_variable(call: Call) -> Value:
    name = call.values[0]
    if not isinstance(name, str) or fold(name) not in call.frame.lambdas:
        shown = f" `{name}`" if isinstance(name, str) else ""
        raise call.problem(f"there is no lambda variable{shown} here")
    return call.frame.lambdas[fold(name)]


def _misplaced_lambda(call: LazyCall) -> Value:
    raise call.problem("a lambda is only valid as a direct argument of a function that takes one")


def _open_ended(run: LazyRun) -> LazyRun:
    """Make the result unknown where the function came to something it hangs on."""

    def settled(call: LazyCall) -> Value:
        budget = call.frame.budget
        budget.enter(_FRAMES_PER_FUNCTION)
        try:
            value = run(call)
        except _Open as found:
            return bare(found.unknown)
        finally:
            budget.leave(_FRAMES_PER_FUNCTION)
        measure(value, budget)
        return value

    return settled


FUNCTIONS: tuple[AnyFunction, ...] = (
    LazyFunction("filter", _open_ended(_filter), least=2, most=2),
    LazyFunction("groupBy", _open_ended(_group_by), least=2, most=3),
    LazyFunction("lambda", _misplaced_lambda, least=0, most=None),
    Function("lambdaVariables", _lambda_variable, (STRING,), opens=Opens.SELF, selects=True),
    LazyFunction("map", _open_ended(_map), least=2, most=2),
    LazyFunction("mapValues", _open_ended(_map_values), least=2, most=2),
    LazyFunction("reduce", _open_ended(_reduce), least=3, most=3),
    LazyFunction("sort", _open_ended(_sort), least=2, most=2),
    LazyFunction("toObject", _open_ended(_to_object), least=2, most=3),
)
