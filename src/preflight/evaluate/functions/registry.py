"""How a template function is declared: name, arguments, and what it does with unknown values.

Every group module of this package (`array`, `string`, …) ends in one literal tuple

    FUNCTIONS: tuple[Function, ...] = (
        Function("toLower", _to_lower, (STRING,), opens=Opens.TEXT),
        Function("padLeft", _pad_left, (STRING | INT, INT, STRING), optional=1),
        Function("createArray", _create_array, rest=ANY, opens=Opens.SELF),
    )

and `library.py` joins the tuples into the table that the interpreter asks, without case. Arity and
type errors come from here alone; `run` gets a `Call` whose values already have the declared kinds.

What `run` may do: read `call.values` (or the typed getters), raise `call.problem(message)` for what
ARM refuses, `call.reserve(size)` *before* it builds something larger than its arguments, and
`call.spend(steps)` for work that grows faster than its arguments. It never mutates a value.

Which group owns which name, where the ARM reference lists it twice: `array.py` has concat,
empty, first, last, length, max, min, skip, take; `membership.py` contains, indexOf, lastIndexOf;
`sets.py` union and intersection; `string.py` join, string, split, format; `date.py` utcNow;
`identifiers.py` guid, newGuid, uniqueString; `json_text.py` json.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from preflight.errors import LimitExceeded
from preflight.evaluate.frame import EvaluationProblem, Frame, Position
from preflight.expression.ast import FunctionCall, Node
from preflight.model.value import Cause, PartialText, Unknown, Value, label_of

Accepts: TypeAlias = frozenset[type]
"""The kinds of value that an argument may have; joined with `|`."""

NULL: Accepts = frozenset({type(None)})
BOOL: Accepts = frozenset({bool})
INT: Accepts = frozenset({int})
FLOAT: Accepts = frozenset({float})
STRING: Accepts = frozenset({str})
ARRAY: Accepts = frozenset({list})
OBJECT: Accepts = frozenset({dict})
NUMBER: Accepts = INT | FLOAT
ANY: Accepts = NULL | BOOL | NUMBER | STRING | ARRAY | OBJECT

_NOTHING: Accepts = frozenset()
_KIND_NAMES: tuple[tuple[type, str], ...] = (
    (type(None), "null"),
    (bool, "boolean"),
    (int, "integer"),
    (float, "float"),
    (str, "string"),
    (list, "array"),
    (dict, "object"),
)


def kind_name(value: Value) -> str:
    """Return the template language's word for the kind of a known value."""
    return next((name for kind, name in _KIND_NAMES if type(value) is kind), "unknown value")


def a_kind(value: Value) -> str:
    """Return the kind of a value with its article: `an array`, `null`."""
    return with_article(kind_name(value))


def with_article(kind: str) -> str:
    """Put `a` or `an` in front of the name of a kind."""
    if kind == "null":
        return kind
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def kind_names(accepts: Accepts) -> str:
    """Return the accepted kinds as text: `string or integer`."""
    return " or ".join(name for kind, name in _KIND_NAMES if kind in accepts)


class Opens(enum.Enum):
    """What a function does with values that are not known before the deployment."""

    UNKNOWN = enum.auto()
    """Any unknown part of any argument, at any depth, makes the result unknown (the default)."""
    CONTAINER = enum.auto()
    """`run` handles arrays and objects with open members; an argument that is itself unknown
    (`Unknown` or `PartialText`) still makes the result unknown."""
    TEXT = enum.auto()
    """`run` also takes arguments that are `Unknown` or `PartialText` and keeps the known text
    (see `Call.part`). Arrays and objects with open members make the result unknown."""
    SELF = enum.auto()
    """`run` handles everything itself, arguments that are themselves unknown included."""


class Checked(enum.Enum):
    """Which kinds are checked where an argument is itself unknown (`Unknown`, `PartialText`).

    Found by asking the engine, function by function.
    """

    IN_ORDER = enum.auto()
    """Each argument in turn, up to the first unknown one (the default)."""
    EACH = enum.auto()
    """Every known argument."""
    TOGETHER = enum.auto()
    """None: arguments are checked once all of them are known."""


Run: TypeAlias = "Callable[[Call], Value]"
LazyRun: TypeAlias = "Callable[[LazyCall], Value]"
Evaluate: TypeAlias = Callable[[Node, Frame], Value]
"""The interpreter: a node in a frame → its value."""


@dataclass(frozen=True, slots=True)
class Function:
    """An eager function: all its arguments are evaluated before it runs."""

    name: str
    """As ARM spells it."""
    run: Run
    accepts: tuple[Accepts, ...] = ()
    """The kinds accepted by each argument in order."""
    optional: int = 0
    """How many of the last arguments in `accepts` may be left out."""
    rest: Accepts | None = None
    """The kinds accepted by any further arguments; None when there may be none."""
    opens: Opens = Opens.UNKNOWN
    checked: Checked = Checked.IN_ORDER
    """Which kinds are checked beside an unknown argument."""
    reveals: bool = False
    """Whether known values of secure parameters are looked at. Only for functions that answer
    with a boolean or a number: everything else keeps such a value unknown."""
    only_in: frozenset[Position] | None = None
    """The positions in which it may be called; None for all."""
    before_start: bool = False
    """Whether its arguments must be known when the deployment starts: the run-time functions are
    refused in them."""
    steps: int = 0
    """What a call costs beyond that of any other, in evaluation steps."""
    selects: bool = False
    """Whether it answers with a value that existed before (a variable, an item of an array) or is
    small by its own rules: such a result is not measured again."""

    def kinds(self, index: int) -> Accepts:
        """Return the kinds accepted by an argument, counted from 0."""
        accepts = self.accepts
        return accepts[index] if index < len(accepts) else self.rest or _NOTHING

    @property
    def arity(self) -> str:
        """How many arguments it takes, as text."""
        return arity_text(self.least, self.most)

    @property
    def least(self) -> int:
        """The fewest arguments it takes."""
        return len(self.accepts) - self.optional

    @property
    def most(self) -> int | None:
        """The most arguments it takes; None for any number."""
        return len(self.accepts) if self.rest is None else None


@dataclass(frozen=True, slots=True)
class LazyFunction:
    """A function that gets its arguments unevaluated and the frame to evaluate them in."""

    name: str
    """As ARM spells it."""
    run: LazyRun
    least: int
    most: int | None
    only_in: frozenset[Position] | None = None
    """The positions in which it may be called; None for all."""

    @property
    def arity(self) -> str:
        """How many arguments it takes, as text."""
        return arity_text(self.least, self.most)


AnyFunction: TypeAlias = Function | LazyFunction


def arity_text(least: int, most: int | None) -> str:
    """Return a number of arguments as text: `2 arguments`, `1 to 3 arguments`."""
    if most is None:
        return f"at least {least} argument{'' if least == 1 else 's'}"
    if least == most:
        return f"{least or 'no'} argument{'' if least == 1 else 's'}"
    return f"{least} to {most} arguments"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an eager function. The getters narrow a value whose kind was declared."""

    name: str
    values: Sequence[Value]
    frame: Frame
    offset: int = 0
    """Where the call stands in the string value, in code points."""
    written: Sequence[Node] = ()
    """The arguments as they are written."""

    def __len__(self) -> int:
        """Return the number of arguments given."""
        return len(self.values)

    def text(self, index: int, default: str | None = None) -> str:
        """Return a string argument; `default` where it was left out."""
        if default is not None and index >= len(self.values):
            return default
        value = self.values[index]
        return value if isinstance(value, str) else self._wrong(index)

    def integer(self, index: int, default: int | None = None) -> int:
        """Return an integer argument; `default` where it was left out."""
        if default is not None and index >= len(self.values):
            return default
        value = self.values[index]
        return value if isinstance(value, int) else self._wrong(index)

    def number(self, index: int) -> int | float:
        """Return a number argument."""
        value = self.values[index]
        return value if isinstance(value, int | float) else self._wrong(index)

    def boolean(self, index: int) -> bool:
        """Return a boolean argument."""
        value = self.values[index]
        return value if isinstance(value, bool) else self._wrong(index)

    def array(self, index: int) -> list[Value]:
        """Return an array argument; never to be mutated."""
        value = self.values[index]
        return value if isinstance(value, list) else self._wrong(index)

    def object(self, index: int) -> dict[str, Value]:
        """Return an object argument; never to be mutated."""
        value = self.values[index]
        return value if isinstance(value, dict) else self._wrong(index)

    def part(self, index: int) -> str | Unknown | PartialText:
        """Return a text argument that may be unknown (`Opens.TEXT`)."""
        value = self.values[index]
        return value if isinstance(value, str | Unknown | PartialText) else self._wrong(index)

    def _wrong(self, index: int) -> NoReturn:
        raise self.problem(f"argument {index + 1} cannot be {a_kind(self.values[index])}")

    def problem(self, message: str, *, help: str = "") -> EvaluationProblem:
        """Return an error that says which function refuses; the interpreter adds the place."""
        return EvaluationProblem(f"`{self.name}`: {message}", help=help)

    def unknown(self, cause: Cause = Cause.RUNTIME) -> Unknown:
        """Return an unknown that begins at this function."""
        return Unknown(label=label_of(self.name), cause=cause, expression=self.frame.expression)

    def reserve(self, size: int) -> None:
        """Refuse a result of more characters or items than one value may have."""
        if size > self.frame.budget.size:
            raise LimitExceeded(
                f"`{self.name}` would build a value of {size:,} characters or items",
                help="a value may have --max-value-size characters or items",
            )

    def spend(self, steps: int) -> None:
        """Take evaluation steps off the budget, for work that grows faster than its input."""
        self.frame.budget.spend(steps)


@dataclass(frozen=True, slots=True)
class LazyCall:
    """One call of a lazy function."""

    name: str
    node: FunctionCall
    frame: Frame
    evaluate: Evaluate

    def __len__(self) -> int:
        """Return the number of arguments given."""
        return len(self.node.arguments)

    def value(self, index: int, frame: Frame | None = None) -> Value:
        """Evaluate one argument, in the call's own frame unless another is given."""
        return self.evaluate(self.node.arguments[index], frame or self.frame)

    def problem(self, message: str, *, help: str = "") -> EvaluationProblem:
        """Return an error that says which function refuses; the interpreter adds the place."""
        return EvaluationProblem(f"`{self.name}`: {message}", help=help)
