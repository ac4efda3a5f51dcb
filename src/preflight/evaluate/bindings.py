"""Values that read each other: parameter defaults and variables, each evaluated once.

One that reads another that is not evaluated yet is put aside until that one is done, so that no
chain of them, however long, needs a deep stack. Where the text shows what reads what, they are
evaluated in that order to begin with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from preflight.errors import InputError
from preflight.evaluate.frame import EvaluationProblem
from preflight.expression.ast import FunctionCall, Literal, walk
from preflight.expression.parser import ExpressionCache, is_expression
from preflight.model.source import Place
from preflight.model.value import JsonValue, Value


class Key(NamedTuple):
    """A parameter or variable; `name` is folded."""

    kind: str
    """`parameters` or `variables`: the function that reads it."""
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """How a value is computed; `source` is the JSON that it is computed from."""

    compute: Callable[[], Value]
    source: JsonValue
    title: str
    place: Place


class _Pending(Exception):
    """A definition is read that is not evaluated yet; caught by `Bindings.settle` alone."""

    def __init__(self, key: Key) -> None:
        super().__init__(key)
        self.key = key


class Bindings:
    """The values of one template's parameters and variables."""

    def __init__(self) -> None:
        """Start empty."""
        self._values: dict[Key, Value] = {}
        self._definitions: dict[Key, Definition] = {}
        self._settling = False

    def set(self, key: Key, value: Value) -> None:
        """Give a value that is known at once."""
        self._values[key] = value

    def define(self, key: Key, definition: Definition) -> None:
        """Give a value that `settle` computes."""
        self._definitions[key] = definition

    def defines(self, key: Key) -> bool:
        """Whether `define` was called for a key."""
        return key in self._definitions

    def read(self, key: Key, name: str) -> Value:
        """Return a value; raises `EvaluationProblem` where there is none, or none yet."""
        if key in self._values:
            return self._values[key]
        kind = key.kind.removesuffix("s")
        if key in self._definitions:
            if self._settling:
                raise _Pending(key)
            raise EvaluationProblem(
                f"the {kind} `{name}` is read before it has a value",
                help="names of variables cannot be computed from other variables",
            )
        raise EvaluationProblem(
            f"the template has no {kind} `{name}`", help=f"declare it, or correct the {kind}'s name"
        )

    def settle(self, expressions: ExpressionCache) -> None:
        """Compute every definition.

        Raises `EvaluationProblem` for one that needs its own value.
        """
        self._settling = True
        try:
            for key in _in_order(self._definitions, expressions):
                self._settle(key)
        finally:
            self._settling = False

    def _settle(self, first: Key) -> None:
        """Compute one definition, and before it those whose values it turns out to need."""
        stack = [first]
        while stack:
            key = stack[-1]
            if key in self._values:
                stack.pop()
                continue
            definition = self._definitions[key]
            try:
                self._values[key] = definition.compute()
            except _Pending as pending:
                if pending.key in stack:
                    raise self._circular(stack, pending.key) from None
                stack.append(pending.key)

    def _circular(self, stack: list[Key], key: Key) -> InputError:
        chain = [*stack[stack.index(key) :], key]
        definition = self._definitions[key]
        return EvaluationProblem(
            f"the {definition.title} is circular: "
            + " → ".join(f"`{step.name}`" for step in chain),
            where=definition.place,
        )


def _in_order(definitions: Mapping[Key, Definition], expressions: ExpressionCache) -> Iterator[Key]:
    """Yield the definitions, each behind those that its text names, as far as that is possible."""
    done: set[Key] = set()
    for first in definitions:
        stack: list[tuple[Key, Iterator[Key]]] = []
        if first not in done:
            done.add(first)
            stack.append((first, _named(definitions[first].source, expressions)))
        while stack:
            key, needed = stack[-1]
            below = next((k for k in needed if k in definitions and k not in done), None)
            if below is None:
                stack.pop()
                yield key
            else:
                done.add(below)
                stack.append((below, _named(definitions[below].source, expressions)))


def _named(source: JsonValue, expressions: ExpressionCache) -> Iterator[Key]:
    """Yield the parameters and variables that the expressions of some JSON name literally."""
    stack: list[JsonValue] = [source]
    while stack:
        item = stack.pop()
        if isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, dict):
            stack.extend(item)
            stack.extend(item.values())
        elif isinstance(item, str) and is_expression(item):
            yield from _named_in_text(item, expressions)


def _named_in_text(text: str, expressions: ExpressionCache) -> Iterator[Key]:
    try:
        root = expressions.parse(text).root
    except InputError:
        return  # evaluation says what is wrong, if it comes that far
    for node in walk(root):
        if isinstance(node, FunctionCall) and node.key in {"parameters", "variables"}:
            name = node.arguments[0] if node.arguments else None
            if isinstance(name, Literal) and isinstance(name.value, str):
                yield Key(node.key, name.value.lower())
