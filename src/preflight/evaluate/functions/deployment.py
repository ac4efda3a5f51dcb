"""What an expression reads of its own template: parameters, variables, loops, the deployment.

Source: ARM template functions, "Deployment" and "Numeric" (copyIndex); corner cases from the
deployment engine.
"""

from __future__ import annotations

from preflight.evaluate.frame import CopyFrame, CopyKind
from preflight.evaluate.functions.registry import (
    ANY,
    STRING,
    Call,
    Function,
    Opens,
)
from preflight.evaluate.values import as_value, open_part
from preflight.model.value import PartialText, Unknown, Value

_UNNAMED = frozenset({CopyKind.RESOURCE, CopyKind.OUTPUT})
"""The loops that copyIndex() without a name can mean."""


def _parameters(call: Call) -> Value:
    return call.frame.names.parameter(call.text(0))


def _variables(call: Call) -> Value:
    return call.frame.names.variable(call.text(0))


def _deployment(call: Call) -> Value:
    return call.frame.names.deployment()


def _copy_index(call: Call) -> Value:
    """Return the index of a loop: `copyIndex([name], [offset])`."""
    unknown = next((v for v in call.values if isinstance(v, Unknown | PartialText)), None)
    if unknown is not None:
        return open_part(unknown) if call.frame.copies else open_part(_loop(call, None).index)
    arguments = list(call.values)
    name = arguments.pop(0) if arguments and isinstance(arguments[0], str) else None
    offset = arguments.pop(0) if arguments else 0
    if arguments or isinstance(offset, bool) or not isinstance(offset, int):
        raise call.problem(
            "it takes the name of a loop, an offset, or both in this order",
            help="copyIndex('loop', 1)",
        )
    if offset < 0:
        raise call.problem(f"the offset {offset} is negative")
    loop = _loop(call, name if isinstance(name, str) else None)
    if isinstance(loop.index, int):
        return loop.index + offset
    return open_part(loop.index)


def _loop(call: Call, name: str | None) -> CopyFrame:
    for loop in reversed(call.frame.copies):
        if loop.kind in _UNNAMED if name is None else loop.name.lower() == name.lower():
            return loop
    if name is None:
        raise call.problem(
            "there is no loop here that it could mean",
            help="inside the input of a property or variable copy, give the name of the loop",
        )
    raise call.problem(f"there is no loop `{name}` here")


def _fail(call: Call) -> Value:
    raise call.problem(f"the template fails on purpose: {call.text(0)}")


def _deployer(call: Call) -> Value:
    fact = call.frame.environment.facts.get("deployer")
    return call.unknown() if fact is None else as_value(fact)


FUNCTIONS: tuple[Function, ...] = (
    Function("copyIndex", _copy_index, rest=ANY, opens=Opens.SELF),
    Function("deployer", _deployer),
    Function("deployment", _deployment),
    Function("fail", _fail, (STRING,)),
    Function("parameters", _parameters, (STRING,), selects=True),
    Function("variables", _variables, (STRING,), selects=True),
)
