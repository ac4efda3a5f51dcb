"""What ARM refuses in the body of a user-defined function, whether it is called or not.

Source: the deployment engine: every expression of a body must parse, calls only functions that
exist and need neither run-time state nor a loop, and no function leads back to itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from preflight.errors import SyntaxProblem
from preflight.evaluate.frame import Budget, EvaluationProblem
from preflight.evaluate.functions.library import LIBRARY
from preflight.evaluate.functions.runtime import is_list_function
from preflight.expression.ast import FunctionCall, walk
from preflight.expression.parser import is_expression
from preflight.model.source import Place
from preflight.model.template import Template, UserFunction
from preflight.model.value import JsonValue

_REFUSED = frozenset(
    {
        "copyindex",
        "managementgroup",
        "managementgroupresourceid",
        "newguid",
        "pickzones",
        "reference",
        "references",
        "target",
        "tenant",
        "tologicalzone",
        "tologicalzones",
        "tophysicalzone",
        "tophysicalzones",
        "utcnow",
    }
)
_STEPS_PER_TEXT = 4
_CHARACTERS_PER_STEP = 16


class _Text(NamedTuple):
    text: str
    pointer: str


def check_bodies(template: Template, budget: Budget, via: tuple[Place, ...] = ()) -> None:
    """Refuse a template whose functions cannot be called; raises with the place in the body."""
    calls: dict[str, list[str]] = {}
    for function in template.functions:
        title = f"{function.namespace}.{function.name}".lower()
        calls[title] = [*_calls(function, template, via, budget)]
    circular = _circular(calls)
    for function in template.functions:
        title = f"{function.namespace}.{function.name}"
        if title.lower() == circular:
            raise EvaluationProblem(
                f"the function `{title}` calls itself",
                where=template.place(f"{function.pointer}/output/value", via=via),
            )


def _calls(
    function: UserFunction, template: Template, via: tuple[Place, ...], budget: Budget
) -> Iterator[str]:
    """Yield the user-defined functions that a body calls, folded; refuse others."""
    for text, pointer in _texts(_value(function.output), f"{function.pointer}/output/value"):
        budget.spend(_STEPS_PER_TEXT + len(text) // _CHARACTERS_PER_STEP)
        try:
            root = budget.expressions.parse(text).root
        except SyntaxProblem as problem:
            problem.where = template.place(pointer, via=via, offset=problem.offset)
            raise
        for node in walk(root):
            if not isinstance(node, FunctionCall):
                continue
            if node.namespace:
                yield f"{node.namespace}.{node.name}".lower()
            elif why := _why_not(node):
                raise EvaluationProblem(
                    why, where=template.place(pointer, via=via, offset=node.span.start)
                )


def _why_not(node: FunctionCall) -> str | None:
    """Return why a body may not call a function of the library."""
    if node.key in _REFUSED or is_list_function(node.key):
        return f"`{node.name}` is not allowed in a user-defined function"
    return None if node.key in LIBRARY else f"unknown function `{node.name}`"


def _value(output: Mapping[str, JsonValue]) -> JsonValue:
    return next((value for key, value in output.items() if key.lower() == "value"), None)


def _texts(value: JsonValue, pointer: str) -> Iterator[_Text]:
    """Yield the expressions in a body, property names included."""
    stack: list[tuple[JsonValue, str]] = [(value, pointer)]
    while stack:
        item, at = stack.pop()
        if isinstance(item, str):
            if is_expression(item):
                yield _Text(item, at)
        elif isinstance(item, list):
            stack += [(entry, f"{at}/{index}") for index, entry in enumerate(item)]
        elif isinstance(item, dict):
            for key, entry in item.items():
                below = f"{at}/{key.replace('~', '~0').replace('/', '~1')}"
                stack += [(key, below), (entry, below)]


def _circular(calls: Mapping[str, list[str]]) -> str | None:
    """Return a function that leads back to itself; linear, without recursion."""
    done: set[str] = set()
    for start in calls:
        path: list[tuple[str, Iterator[str]]] = [(start, iter(calls[start]))]
        on_path = {start}
        while path:
            title, following = path[-1]
            called = next((other for other in following if other not in done), None)
            if called is None:
                done.add(title)
                on_path.discard(title)
                path.pop()
            elif called in on_path:
                return called
            else:
                on_path.add(called)
                path.append((called, iter(calls.get(called, ()))))
    return None
