"""Frame: what one expression may read while it is evaluated."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from preflight.errors import InputError, LimitExceeded
from preflight.evaluate.environment import Environment
from preflight.expression.parser import ExpressionCache
from preflight.model.source import Place
from preflight.model.template import UserFunction
from preflight.model.value import JsonValue, Value

MAX_NESTING = 600
"""Bound of `Budget.nesting`; the interpreter of Python itself gives up at 1,000 frames."""


class EvaluationProblem(InputError):
    """An expression that ARM would refuse; `reason` says which rule it breaks."""


class Position(enum.StrEnum):
    """Where in a template an expression stands: decides which functions it may call."""

    RESOURCE = "resource"
    """A resource's body: run-time functions are allowed."""
    IDENTITY = "identity"
    """type, name, scope, condition, copy count …: no run-time functions."""
    OUTPUT = "output"
    VARIABLE = "variable"
    PARAMETER_DEFAULT = "parameterDefault"
    USER_FUNCTION = "userFunction"


class CopyKind(enum.StrEnum):
    """What a copy loop repeats."""

    RESOURCE = "resource"
    PROPERTY = "property"
    VARIABLE = "variable"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyFrame:
    """One active copy loop; the index is unknown where the count is."""

    name: str
    index: Value
    kind: CopyKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeRequest:
    """A `reference()`, `references()` or `list*()` call as it was evaluated.

    `arguments` are its values; `undecided` is true inside a branch whose condition is unknown.
    """

    function: str
    arguments: tuple[Value, ...]
    expression: str
    place: Place
    undecided: bool


class Names(Protocol):
    """What the names in an expression mean; implemented by the evaluator for each template.

    All names are compared without case. Each method raises `EvaluationProblem` for a name that
    is not declared, a circular one, or one that may not be read there.
    """

    def parameter(self, name: str) -> Value:
        """Return a parameter's value; `Unknown` when it has none."""

    def variable(self, name: str) -> Value:
        """Return a variable's value, evaluated once."""

    def user_function(self, namespace: str, name: str) -> UserFunction | None:
        """Return a user-defined function, or None when there is none of that name."""

    def runtime(self, request: RuntimeRequest) -> Value:
        """Record a run-time call and answer it: mostly `Unknown`, a static output if known."""

    def deployment(self) -> Value:
        """Return what `deployment()` gives (static members known, the rest `Unknown`)."""


class PropertyCopies(Protocol):
    """Expands the property copy loops of an object; implemented by `copies.py`."""

    def __call__(self, members: Mapping[str, JsonValue], frame: Frame) -> Value:
        """Return the evaluated object: the loops of its `copy` member and its other members.

        `interpret.evaluate` calls it for every object that has a member `copy` (in any case)
        holding an array; the other members are the callee's to evaluate, and a `copy` that
        turns out to be plain data too. `frame.place` is that of the object.
        """


@dataclass(slots=True)
class Budget:
    """Counts evaluation steps of the whole tree; the one mutable thing here."""

    steps: int
    size: int = 16_000_000
    nesting: int = 0
    """About how many stack frames nested evaluations hold now; see `enter`."""
    limit: int = field(init=False)
    """The steps at the beginning, for the message."""
    expressions: ExpressionCache = field(default_factory=ExpressionCache)
    """Parses each expression of the tree once."""

    def __post_init__(self) -> None:
        """Keep the limit."""
        self.limit = self.steps

    def enter(self, frames: int) -> None:
        """Count about `frames` more stack frames; the caller owes as much to `leave`.

        Everything that can nest as deep as a template says (calls, values, variables that read
        variables, nested deployments) counts here, so that no input can exhaust the stack.
        Raises `LimitExceeded` past the bound, and then owes nothing.
        """
        if self.nesting + frames > MAX_NESTING:
            raise LimitExceeded(
                "the template nests expressions, variables and values too deeply",
                help="split the innermost of them",
            )
        self.nesting += frames

    def leave(self, frames: int) -> None:
        """Give back what `enter` counted."""
        self.nesting -= frames

    def spend(self, steps: int = 1) -> None:
        """Take steps off; raises `LimitExceeded` when none are left.

        A step is about a microsecond of work, so that the bound on steps is one on time.
        """
        self.steps -= steps
        if self.steps < 0:
            raise LimitExceeded(
                f"the template needs more than {self.limit:,} evaluation steps",
                help="raise the limit with --max-steps if the template is trusted",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Everything one expression may read; cheap to derive with `dataclasses.replace`."""

    names: Names
    environment: Environment
    place: Place
    """The node being evaluated: for messages and origins."""
    budget: Budget
    position: Position = Position.RESOURCE
    copies: tuple[CopyFrame, ...] = ()
    """Active copy loops, outermost first."""
    lambdas: Mapping[str, Value] = field(default_factory=dict)
    """Lambda variables by folded name."""
    undecided: bool = False
    """Whether this branch is only perhaps evaluated."""
    calls: frozenset[str] = frozenset()
    """The user-defined functions that are being called, folded: their arguments count too."""
    depth: int = 0
    """Nesting of calls (user functions, lambdas): bounded."""
    expression: str = ""
    """The whole expression text that is being evaluated: the origin of unknown values."""
    property_copies: PropertyCopies | None = None
    """Expands property copy loops; where None, a `copy` member is plain data."""

    def at(self, pointer: str, expression: str | None = None) -> Frame:
        """Return the frame of a node below this one; `pointer` is relative (`/a/0`).

        `expression` is the text that is evaluated there, if it is known already.
        """
        place = self.place
        if pointer:
            place = replace(place, pointer=place.pointer + pointer)
        elif expression is None:
            return self
        text = self.expression if expression is None else expression
        return replace(self, place=place, expression=text)
