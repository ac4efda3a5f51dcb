"""User-defined functions: `namespace.name(…)`.

Source: ARM template syntax, "Functions", and the deployment engine: a body sees its own
parameters, the template's variables and other functions; arguments and output are type-checked
without coercion; it reads no run-time state, no outer parameters, loops or lambda variables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from preflight.evaluate.frame import (
    EvaluationProblem,
    Frame,
    Names,
    Position,
    RuntimeRequest,
)
from preflight.evaluate.types import Types
from preflight.model.template import UserFunction
from preflight.model.value import JsonValue, Value

EvaluateValue: TypeAlias = Callable[[JsonValue, Frame], Value]
"""`interpret.evaluate`: JSON of a template in a frame → its value."""

_FRAMES_PER_BODY = 4
_STEPS_PER_BODY = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionNames:
    """What names mean inside the body of a user-defined function."""

    title: str
    arguments: Mapping[str, Value]
    """By folded parameter name."""
    outer: Names

    def parameter(self, name: str) -> Value:
        """Return an argument; the template's own parameters are out of reach."""
        if name.lower() not in self.arguments:
            raise EvaluationProblem(
                f"the function `{self.title}` has no parameter `{name}`",
                help="a user-defined function sees only its own parameters",
            )
        return self.arguments[name.lower()]

    def variable(self, name: str) -> Value:
        """Return a variable of the template."""
        return self.outer.variable(name)

    def user_function(self, namespace: str, name: str) -> UserFunction | None:
        """Find another function of the template."""
        return self.outer.user_function(namespace, name)

    def runtime(self, request: RuntimeRequest) -> Value:
        """Refuse: a function reads no run-time state."""
        raise EvaluationProblem(f"`{request.function}` is not allowed in a user-defined function")

    def deployment(self) -> Value:
        """Return what `deployment()` gives outside."""
        return self.outer.deployment()


def calling(function: UserFunction, frame: Frame) -> Frame:
    """Return the frame in which a function's arguments, and its body, are evaluated.

    Raises `EvaluationProblem` where the function is being called already: the engine takes a call
    in its own arguments, `ns.f(ns.f('a'))`, for a definition that refers to itself.
    """
    title = f"{function.namespace}.{function.name}"
    folded = title.lower()
    if folded in frame.calls:
        raise EvaluationProblem(
            f"the function `{title}` calls itself",
            help="ARM also refuses a call in the function's own arguments: use a variable",
        )
    return replace(frame, calls=frame.calls | {folded})


def call_user_function(
    function: UserFunction, arguments: list[Value], frame: Frame, evaluate: EvaluateValue
) -> Value:
    """Evaluate the body of a user-defined function with these arguments.

    `frame` comes from `calling`. Raises `EvaluationProblem` for a wrong number or type of
    arguments, and an output of another type than declared.
    """
    title = f"{function.namespace}.{function.name}"
    if len(arguments) != len(function.parameters):
        count = len(function.parameters)
        raise EvaluationProblem(
            f"`{title}` takes {count} argument{'' if count == 1 else 's'}, not {len(arguments)}"
        )
    types = Types(definitions=function.definitions, budget=frame.budget)
    for declaration, value in zip(function.parameters, arguments, strict=True):
        what = f"the argument `{declaration.name}` of `{title}`"
        _check_type(types, declaration.schema, value, what=what)
    body = _body_frame(function, arguments, frame)
    frame.budget.spend(_STEPS_PER_BODY)
    frame.budget.enter(_FRAMES_PER_BODY)
    try:
        result = evaluate(function.output.get("value"), body)
    finally:
        frame.budget.leave(_FRAMES_PER_BODY)
    _check_type(types, function.output, result, what=f"the output of `{title}`")
    return result


def _body_frame(function: UserFunction, arguments: list[Value], frame: Frame) -> Frame:
    title = f"{function.namespace}.{function.name}"
    names = frame.names.outer if isinstance(frame.names, FunctionNames) else frame.names
    inner = FunctionNames(
        title=title,
        arguments={
            declaration.name.lower(): value
            for declaration, value in zip(function.parameters, arguments, strict=True)
        },
        outer=names,
    )
    return replace(
        frame,
        names=inner,
        place=replace(frame.place, pointer=f"{function.pointer}/output/value", offset=None),
        position=Position.USER_FUNCTION,
        copies=(),
        lambdas={},
        depth=frame.depth + 1,
    )


def _check_type(types: Types, schema: Mapping[str, JsonValue], value: Value, *, what: str) -> None:
    """Refuse a value that does not fit its declaration; one without a type takes anything."""
    typed = "type" in schema or "$ref" in schema
    if value is None and typed and not types.is_nullable(schema):
        raise EvaluationProblem(f"{what} must not be null")
    problem = types.mismatch(value, schema)
    if problem is not None:
        raise EvaluationProblem(f"{what} does not fit: {problem}")
