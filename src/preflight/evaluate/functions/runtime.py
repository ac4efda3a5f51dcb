"""What can only be read once something is deployed: reference(), references(), list…().

Source: ARM template functions, "Resource". The interpreter hands each call to `Names.runtime`,
which records it and answers, mostly with an unknown.
"""

from __future__ import annotations

from dataclasses import replace

from preflight.evaluate.frame import Position, RuntimeRequest
from preflight.evaluate.functions.registry import STRING, Call, Function, Opens
from preflight.model.value import Cause, Unknown, Value, label_of

RUNTIME_POSITIONS = frozenset({Position.RESOURCE, Position.OUTPUT})
"""Where run-time functions are allowed (ARM, "Resource functions": not where the deployment
has to know the value before it starts)."""


def is_list_function(key: str) -> bool:
    """Whether a folded function name is one of the `list…` functions of the resource types."""
    return key.startswith("list")


def _read(call: Call) -> Value:
    frame = call.frame
    request = RuntimeRequest(
        function=call.name,
        arguments=tuple(call.values),
        expression=frame.expression,
        place=replace(frame.place, offset=call.offset),
        undecided=frame.undecided,
    )
    return frame.names.runtime(request)


def _not_read(call: Call) -> Value:
    """Answer for functions over the resource at hand that only experimental templates have."""
    return call.unknown()


UNRESOLVED = "unresolved import"
"""Stands for what a Bicep file imports from a file that is not at hand. No template can call it:
a name has no blank."""


def _unresolved(call: Call) -> Value:
    return Unknown(
        label=label_of(str(call.values[0])), cause=Cause.SOURCE, expression=call.frame.expression
    )


FUNCTIONS: tuple[Function, ...] = (
    Function(
        "reference",
        _read,
        (STRING, STRING, STRING),
        optional=2,
        opens=Opens.SELF,
        only_in=RUNTIME_POSITIONS,
        before_start=True,
        selects=True,
    ),
    Function(
        "references",
        _read,
        (STRING, STRING),
        optional=1,
        opens=Opens.SELF,
        only_in=RUNTIME_POSITIONS,
        before_start=True,
        selects=True,
    ),
    Function(UNRESOLVED, _unresolved, (STRING,)),
    Function("resourceInfo", _not_read, (STRING,)),
    Function("target", _not_read, (STRING,), optional=1, only_in=RUNTIME_POSITIONS),
)
