"""What a function's arguments allow: unknown parts first, then the declared kinds."""

from __future__ import annotations

from preflight.evaluate.frame import Budget, EvaluationProblem
from preflight.evaluate.functions.registry import (
    BOOL,
    NULL,
    NUMBER,
    STRING,
    Checked,
    Function,
    Opens,
    a_kind,
    kind_names,
    with_article,
)
from preflight.evaluate.values import TEXT_PER_STEP, bare, open_inside, open_part, reveal
from preflight.model.value import PartialText, Unknown, Value

_CHARACTERS_PER_STEP = 4
_SCALARS = NULL | BOOL | NUMBER | STRING


def prepare(function: Function, values: list[Value], budget: Budget) -> Unknown | None:
    """Check the evaluated arguments of a call; `values` is revised in place.

    Returns the unknown that makes the whole result unknown, or None when the function is to run.
    Long text and containers that are looked at as a whole cost steps. Raises `EvaluationProblem`
    for an argument of the wrong kind.
    """
    if _plain(function, values):
        return None
    if function.reveals:
        values[:] = [reveal(value) for value in values]
    elif function.opens is Opens.TEXT:
        values[:] = [bare(value) if isinstance(value, Unknown) else value for value in values]
    unchecked = _check_kinds(function, values)
    budget.spend(sum(_effort(value) for value in values if isinstance(value, str)))
    if function.opens is Opens.SELF or unchecked is not None:
        return unchecked
    blocking = (_blocking(value, function.opens, budget) for value in values)
    return next((unknown for unknown in blocking if unknown is not None), None)


def _effort(text: str) -> int:
    """Return the steps it takes to look at a text: one beyond ASCII is looked at by character."""
    return len(text) // (TEXT_PER_STEP if text.isascii() else _CHARACTERS_PER_STEP)


def _plain(function: Function, values: list[Value]) -> bool:
    """Whether all arguments are known scalars of the right kinds: the usual case, made quick."""
    for index, value in enumerate(values):
        kind = type(value)
        if kind not in _SCALARS or kind not in function.kinds(index):
            return False
        if isinstance(value, str) and len(value) > TEXT_PER_STEP:
            return False
    return True


def _blocking(value: Value, opens: Opens, budget: Budget) -> Unknown | None:
    """Return what in an argument makes the result unknown under the function's declaration."""
    if isinstance(value, Unknown | PartialText):
        return None if opens is Opens.TEXT else open_part(value)
    if isinstance(value, list | dict) and opens is not Opens.CONTAINER:
        return open_inside(value, budget)
    return None


def _check_kinds(function: Function, values: list[Value]) -> Unknown | None:
    """Refuse arguments of the wrong kind; where an unknown one keeps the call open, return it."""
    unknown = next((v for v in values if isinstance(v, Unknown | PartialText)), None)
    tolerant = unknown is not None and function.checked is Checked.TOGETHER
    for index, value in enumerate(values):
        if isinstance(value, Unknown | PartialText):
            tolerant = tolerant or function.checked is Checked.IN_ORDER
            continue
        kinds = function.kinds(index)
        if type(value) in kinds:
            continue
        if tolerant and unknown is not None:
            return open_part(unknown)
        raise EvaluationProblem(
            f"`{function.name}`: argument {index + 1} must be "
            f"{with_article(kind_names(kinds))}, not {a_kind(value)}"
        )
    return None
