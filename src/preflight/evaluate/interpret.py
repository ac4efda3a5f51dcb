"""One template value, or one expression, in a frame → its value.

    evaluate(value, frame)       JSON of a template: strings in brackets are expressions
    evaluate_text(text, frame)   one string value
    evaluate_node(node, frame)   a node of a parsed expression

Errors are `EvaluationProblem` (ARM would refuse it), `SyntaxProblem` (it does not parse) and
`LimitExceeded`, each with the place of the failing call.
"""

from __future__ import annotations

import difflib
from dataclasses import replace

from preflight.errors import InputError, LimitExceeded, SyntaxProblem
from preflight.evaluate.access import member
from preflight.evaluate.arguments import prepare
from preflight.evaluate.frame import EvaluationProblem, Frame, Position, RuntimeRequest
from preflight.evaluate.functions.library import LIBRARY
from preflight.evaluate.functions.registry import (
    AnyFunction,
    Call,
    Function,
    LazyCall,
    a_kind,
)
from preflight.evaluate.functions.runtime import RUNTIME_POSITIONS, is_list_function
from preflight.evaluate.functions.user import call_user_function, calling
from preflight.evaluate.values import fold, measure
from preflight.expression.ast import FunctionCall, IndexAccess, Literal, Node, PropertyAccess
from preflight.expression.parser import is_expression, literal_text
from preflight.model.source import Place
from preflight.model.value import JsonValue, OpenKey, PartialText, Unknown, Value

_FRAMES_PER_CALL = 4
"""Stack frames that one call inside another takes at most, a lambda's body apart."""
_FRAMES_PER_LEVEL = 3
_NAMES_PER_STEP = 16
_STEPS_PER_CALL = 3
_ARGUMENTS_PER_STEP = 2
_STEPS_PER_TEXT = 6
"""What an expression costs beside its calls: it gets a place and a frame of its own."""
_NODES_PER_STEP = 2


def evaluate(value: JsonValue, frame: Frame) -> Value:
    """Evaluate JSON of a template: every string in brackets, property names included.

    `frame.place` is that of `value`; nodes below it get places of their own. An object with a
    `copy` array goes to `frame.property_copies`. What it comes to is measured as a whole: an
    array that names a variable ten times is ten times as large.
    """
    try:
        result = _evaluate_json(value, frame, "")
        if isinstance(value, list | dict):
            measure(result, frame.budget)
    except LimitExceeded as problem:
        problem.where = problem.where or frame.place
        raise
    return result


def evaluate_text(text: str, frame: Frame) -> Value:
    """Evaluate one string value of a template; `frame.place` is that of the string."""
    if not text.startswith("["):
        return text
    if not is_expression(text):
        return literal_text(text)
    try:
        root = frame.budget.expressions.parse(text).root
    except SyntaxProblem as problem:
        problem.where = replace(frame.place, offset=problem.offset)
        raise
    except LimitExceeded as problem:
        problem.where = frame.place
        raise
    own = frame if frame.expression == text else replace(frame, expression=text)
    return evaluate_node(root, own)


def _evaluate_json(value: JsonValue, frame: Frame, pointer: str) -> Value:
    if isinstance(value, str):
        if not value.startswith("["):
            return value
        frame.budget.spend(_STEPS_PER_TEXT)
        return evaluate_text(value, frame.at(pointer, value))
    if not isinstance(value, list | dict):
        return value
    frame.budget.spend(1 + len(value) // _NODES_PER_STEP)
    frame.budget.enter(_FRAMES_PER_LEVEL)
    try:
        if isinstance(value, list):
            return _evaluate_array(value, frame, pointer)
        if frame.property_copies is not None and isinstance(find_copy(value), list):
            return frame.property_copies(value, frame.at(pointer))
        return _evaluate_object(value, frame, pointer)
    finally:
        frame.budget.leave(_FRAMES_PER_LEVEL)


def find_copy(members: dict[str, JsonValue]) -> JsonValue:
    """Return the member `copy` of an object, in any case; None where there is none."""
    if "copy" in members:
        return members["copy"]
    return next((v for key, v in members.items() if len(key) == 4 and key.lower() == "copy"), None)  # noqa: PLR2004 - letters of copy


def _evaluate_array(value: list[JsonValue], frame: Frame, pointer: str) -> Value:
    items: list[Value] = []
    for index, item in enumerate(value):
        items.append(_evaluate_json(item, frame, f"{pointer}/{index}"))
    return items


def _evaluate_object(value: dict[str, JsonValue], frame: Frame, pointer: str) -> Value:
    members: dict[str, Value] = {}
    computed = {key for key in value if key.startswith("[")}
    taken = {fold(key) for key in value if key not in computed} if computed else set()
    for key, item in value.items():
        below = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
        name = key
        if key in computed:
            # Names that are written out may differ by case alone; a computed one may not.
            frame.budget.spend(2 * _STEPS_PER_TEXT)
            name = _property_name(key, frame.at(below))
            if fold(name) in taken and not isinstance(name, OpenKey):
                raise EvaluationProblem(
                    f"the object has two properties `{name}`", where=frame.at(below).place
                )
            taken.add(fold(name))
        members[name] = _evaluate_json(item, frame, below)
    return members


def _property_name(key: str, frame: Frame) -> str:
    """Evaluate a property name; an unknown part of it stays open.

    An error in it is placed at the name as a whole: offsets count inside values.
    """
    try:
        name = evaluate_text(key, frame)
    except InputError as problem:
        if isinstance(problem.where, Place) and problem.where.pointer == frame.place.pointer:
            problem.where = frame.place
        raise
    if isinstance(name, Unknown | PartialText):
        return OpenKey(name)
    if not isinstance(name, str):
        raise EvaluationProblem(
            f"a property name is a string, not {a_kind(name)}", where=frame.place
        )
    return name


def evaluate_node(node: Node, frame: Frame) -> Value:
    """Evaluate one node of a parsed expression."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, FunctionCall):
        return _evaluate_call(node, frame)
    return _evaluate_access(node, frame)


def _evaluate_access(node: PropertyAccess | IndexAccess, frame: Frame) -> Value:
    """Evaluate `call.a[b].c`, from the call outwards."""
    steps: list[PropertyAccess | IndexAccess] = []
    target: Node = node
    while isinstance(target, PropertyAccess | IndexAccess):
        steps.append(target)
        target = target.target
    value = evaluate_node(target, frame)
    for step in reversed(steps):
        key = step.name if isinstance(step, PropertyAccess) else evaluate_node(step.key, frame)
        _spend_on_search(value, key, frame)
        try:
            value = member(value, key, hints=not frame.undecided)
        except EvaluationProblem as problem:
            _locate(problem, frame, step.span.start)
            raise
    return value


def _spend_on_search(value: Value, key: Value, frame: Frame) -> None:
    """Charge for a property in another spelling: it is found by looking at every name."""
    if isinstance(value, dict) and isinstance(key, str) and key not in value:
        frame.budget.spend(len(value) // _NAMES_PER_STEP)


def _evaluate_call(node: FunctionCall, frame: Frame) -> Value:
    budget = frame.budget
    budget.enter(_FRAMES_PER_CALL)
    try:
        budget.spend(_STEPS_PER_CALL + len(node.arguments) // _ARGUMENTS_PER_STEP)
        function = LIBRARY.get(node.key)
        if function is None:
            return _evaluate_other(node, frame)
        _check_call(function, node, frame)
        if isinstance(function, Function):
            return _run(function, node, frame)
        return function.run(LazyCall(function.name, node, frame, evaluate_node))
    except (EvaluationProblem, LimitExceeded) as problem:
        _locate(problem, frame, node.span.start)
        raise
    finally:
        budget.leave(_FRAMES_PER_CALL)


def _locate(problem: InputError, frame: Frame, offset: int) -> None:
    """Give an error the place of the innermost call that failed."""
    if problem.where is None:
        problem.where = replace(frame.place, offset=offset)


def _arguments(node: FunctionCall, frame: Frame) -> list[Value]:
    values: list[Value] = []
    for argument in node.arguments:
        # No comprehension: it would be one more stack frame for each level of nesting.
        if isinstance(argument, Literal):
            values.append(argument.value)
        else:
            values.append(evaluate_node(argument, frame))
    return values


def _check_call(function: AnyFunction, node: FunctionCall, frame: Frame) -> None:
    """Refuse a function in a place where ARM does not allow it, and a wrong number of arguments."""
    if function.only_in is not None and frame.position not in function.only_in:
        raise EvaluationProblem(
            f"`{function.name}` is not allowed here", help=_allowed(function.only_in)
        )
    count, most = len(node.arguments), function.most
    if count < function.least or (most is not None and count > most):
        raise EvaluationProblem(f"`{function.name}` takes {function.arity}, not {count}")


def _allowed(positions: frozenset[object]) -> str:
    places = "ARM takes it only in: " + ", ".join(sorted(str(position) for position in positions))
    return f"{places}; never in arguments of its kind" if positions == RUNTIME_POSITIONS else places


def _before_start(frame: Frame) -> Frame:
    """Return the frame for what must be known when the deployment starts."""
    return replace(frame, position=Position.IDENTITY)


def _run(function: Function, node: FunctionCall, frame: Frame) -> Value:
    values = _arguments(node, _before_start(frame) if function.before_start else frame)
    if function.steps:
        frame.budget.spend(function.steps)
    unknown = prepare(function, values, frame.budget)
    if unknown is not None:
        return unknown
    result = function.run(Call(function.name, values, frame, node.span.start, node.arguments))
    if not function.selects:
        measure(result, frame.budget)
    return result


def _evaluate_other(node: FunctionCall, frame: Frame) -> Value:
    """Evaluate a call of a `list…` function or of a user-defined function."""
    title = f"{node.namespace}.{node.name}" if node.namespace else node.name
    if not node.namespace and is_list_function(node.key):
        if frame.position not in RUNTIME_POSITIONS:
            raise EvaluationProblem(
                f"`{title}` is not allowed here", help=_allowed(RUNTIME_POSITIONS)
            )
        return frame.names.runtime(
            RuntimeRequest(
                function=node.name,
                arguments=tuple(_arguments(node, _before_start(frame))),
                expression=frame.expression,
                place=replace(frame.place, offset=node.span.start),
                undecided=frame.undecided,
            )
        )
    user = frame.names.user_function(node.namespace, node.name) if node.namespace else None
    if user is None:
        raise EvaluationProblem(
            f"unknown function `{title}`", help="" if frame.undecided else _suggestion(node.key)
        )
    called = calling(user, frame)
    return call_user_function(user, _arguments(node, called), called, evaluate)


def _suggestion(key: str) -> str:
    close = difflib.get_close_matches(key, LIBRARY, n=1)
    return f"did you mean `{LIBRARY[close[0]].name}`?" if close else ""
