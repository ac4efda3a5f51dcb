"""A small world to evaluate expressions in: names in memory, everything else by default.

`frame` is where an expression stands; tests change it with `dataclasses.replace`. What names mean
is filled into `parameters`, `variables` and `functions`; `requests` are the run-time calls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from preflight.evaluate.environment import Environment
from preflight.evaluate.frame import Budget, EvaluationProblem, Frame, RuntimeRequest
from preflight.evaluate.interpret import evaluate
from preflight.model.source import Place, SourceFile
from preflight.model.template import UserFunction
from preflight.model.value import Cause, Hidden, JsonValue, Unknown, Value


@dataclass
class World:
    """Implements `frame.Names` with plain tables, all names folded."""

    parameters: dict[str, Value] = field(default_factory=dict)
    variables: dict[str, Value] = field(default_factory=dict)
    functions: dict[str, UserFunction] = field(default_factory=dict)
    requests: list[RuntimeRequest] = field(default_factory=list)

    def parameter(self, name: str) -> Value:
        if name.lower() not in self.parameters:
            raise EvaluationProblem(f"the template has no parameter `{name}`")
        return self.parameters[name.lower()]

    def variable(self, name: str) -> Value:
        if name.lower() not in self.variables:
            raise EvaluationProblem(f"the template has no variable `{name}`")
        return self.variables[name.lower()]

    def user_function(self, namespace: str, name: str) -> UserFunction | None:
        return self.functions.get(f"{namespace}.{name}".lower())

    def runtime(self, request: RuntimeRequest) -> Value:
        self.requests.append(request)
        label = request.arguments[0] if request.arguments else request.function
        return Unknown(label=str(label), cause=Cause.RUNTIME)

    def deployment(self) -> Value:
        return {"name": "main"}


@pytest.fixture
def world() -> World:
    """Return a world with the open parameter `u` and two secrets.

    `s` is the known text `secret`, `so` the known secure object `{"a": {"b": "secret"}, "l": [1]}`.
    """
    secret = Unknown(label="s", cause=Cause.SECURE, hidden=Hidden(value="secret"))
    known: JsonValue = {"a": {"b": "secret"}, "l": [1]}
    vault = Unknown(label="so", cause=Cause.SECURE, hidden=Hidden(value=known))
    open_one = Unknown(label="u", cause=Cause.PARAMETER)
    return World(parameters={"u": open_one, "s": secret, "so": vault})


@pytest.fixture
def parameters(world: World) -> dict[str, Value]:
    """Return the table of parameters, to be filled."""
    return world.parameters


@pytest.fixture
def variables(world: World) -> dict[str, Value]:
    """Return the table of variables, to be filled."""
    return world.variables


@pytest.fixture
def functions(world: World) -> dict[str, UserFunction]:
    """Return the table of user-defined functions, `namespace.name` folded, to be filled."""
    return world.functions


@pytest.fixture
def requests(world: World) -> list[RuntimeRequest]:
    """Return the run-time calls that were made."""
    return world.requests


@pytest.fixture
def environment() -> Environment:
    """Return a resource group in which everything is given."""
    return Environment(
        subscription="11111111-1111-1111-1111-111111111111",
        resource_group="rg",
        location="westeurope",
        tenant="22222222-2222-2222-2222-222222222222",
        management_group="corp",
    )


@pytest.fixture
def frame(world: World, environment: Environment) -> Frame:
    """Return the frame of a resource's property."""
    return Frame(
        names=world,
        environment=environment,
        place=Place(source=SourceFile("main.json", "")),
        budget=Budget(steps=environment.limits.steps, size=environment.limits.value_size),
    )


@pytest.fixture
def value_of(frame: Frame) -> Callable[[JsonValue], Value]:
    """Evaluate a template value in the frame."""
    return lambda value: evaluate(value, frame)


@pytest.fixture
def refusal(frame: Frame) -> Callable[[JsonValue], str]:
    """Return the message with which a template value is refused in the frame."""

    def refused(value: JsonValue) -> str:
        with pytest.raises(EvaluationProblem) as caught:
            evaluate(value, frame)
        return caught.value.message

    return refused
