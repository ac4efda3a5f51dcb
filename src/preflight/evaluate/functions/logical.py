"""The logical functions, and the literals that are functions.

Source: ARM template functions, "Logical"; `and`, `or` and `if` stop early, as the deployment
engine does, and stay open as soon as they come to something unknown.
"""

from __future__ import annotations

from preflight.evaluate.functions.registry import (
    BOOL,
    NUMBER,
    STRING,
    AnyFunction,
    Call,
    Function,
    LazyCall,
    LazyFunction,
    a_kind,
)
from preflight.evaluate.undecided import record_undecided
from preflight.evaluate.values import open_part, reveal
from preflight.model.value import PartialText, Unknown, Value


def _until(call: LazyCall, *, stop: bool) -> Value:
    """Evaluate booleans from the left until one equals `stop`."""
    for index in range(len(call)):
        value = reveal(call.value(index))
        if isinstance(value, Unknown | PartialText):
            record_undecided(call, first=index + 1)
            return open_part(value)
        if not isinstance(value, bool):
            raise call.problem(f"argument {index + 1} must be a boolean, not {a_kind(value)}")
        if value is stop:
            return stop
    return not stop


def _and(call: LazyCall) -> Value:
    return _until(call, stop=False)


def _or(call: LazyCall) -> Value:
    return _until(call, stop=True)


def _not(call: Call) -> Value:
    return not call.boolean(0)


def _if(call: LazyCall) -> Value:
    """Evaluate only the branch taken; both, as undecided, when the condition is unknown.

    The answer then stays open even where both branches agree: a condition that turns out to be
    no boolean fails the deployment.
    """
    condition = reveal(call.value(0))
    if isinstance(condition, Unknown | PartialText):
        record_undecided(call, first=1)
        return open_part(condition)
    if not isinstance(condition, bool):
        raise call.problem(f"the condition must be a boolean, not {a_kind(condition)}")
    return call.value(1 if condition else 2)


def _bool(call: Call) -> Value:
    value = call.values[0]
    if not isinstance(value, str):
        return bool(value)
    text = value.strip().lower()
    if text not in {"true", "false"}:
        raise call.problem("only the texts `true` and `false` can be made a boolean")
    return text == "true"


def _true(_: Call) -> Value:
    return True


def _false(_: Call) -> Value:
    return False


def _null(_: Call) -> Value:
    return None


FUNCTIONS: tuple[AnyFunction, ...] = (
    LazyFunction("and", _and, least=2, most=None),
    Function("bool", _bool, (STRING | NUMBER | BOOL,), reveals=True),
    Function("false", _false),
    LazyFunction("if", _if, least=3, most=3),
    Function("not", _not, (BOOL,)),
    Function("null", _null),
    LazyFunction("or", _or, least=2, most=None),
    Function("true", _true),
)
