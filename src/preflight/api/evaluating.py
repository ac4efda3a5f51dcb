"""One expression on its own, with arguments that anybody's program may have made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from preflight.errors import InputError
from preflight.evaluate.standalone import evaluate_expression
from preflight.model.value import JsonValue, Unknown
from preflight.read.json_document import document_of


def evaluate_alone(
    expression: JsonValue,
    named: Mapping[str, Mapping[str, JsonValue] | None],
    functions: Sequence[JsonValue] | None,
) -> JsonValue | Unknown:
    """Evaluate an expression; `named` are its parameters, its variables and its context.

    Raises:
        InputError: an argument is no JSON, or what `evaluate_expression` refuses.
        UsageError: a wrong context.
    """
    given = {name: _object(value, name) for name, value in named.items()}
    return evaluate_expression(
        document_of(expression, "expression").value,
        parameters=given["parameters"],
        variables=given["variables"],
        context=given["context"],
        functions=_list(functions, "functions"),
    )


def _object(value: object, name: str) -> dict[str, JsonValue]:
    if value is not None and not isinstance(value, Mapping):
        raise InputError(f"`{name}` must be an object, not a {type(value).__name__}")
    read = document_of(dict(value or {}), name).value
    return read if isinstance(read, dict) else {}


def _list(value: object, name: str) -> list[JsonValue]:
    if value is not None and not isinstance(value, list | tuple):
        raise InputError(f"`{name}` must be an array, not a {type(value).__name__}")
    read = document_of(list(value or ()), name).value
    return read if isinstance(read, list) else []
