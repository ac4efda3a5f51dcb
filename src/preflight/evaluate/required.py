"""What a declaration must say, whatever else it says: API version, known types and copy modes.

Source: Azure Resource Manager, "Template structure and syntax" and "Resource iteration"; the
deployment engine for what it refuses, resources that are switched off included.
"""

from __future__ import annotations

from preflight.evaluate.frame import EvaluationProblem, Frame, Position
from preflight.evaluate.interpret import evaluate
from preflight.evaluate.located import located
from preflight.evaluate.names import TemplateNames
from preflight.evaluate.types import get
from preflight.model.source import Place
from preflight.model.value import JsonValue, Value

_MODES = frozenset({"serial", "parallel"})


def refuse_unknown_types(names: TemplateNames) -> None:
    """Refuse a parameter of a type that does not exist; one without takes anything."""
    for declaration in names.template.parameters.values():
        place = names.frame(declaration.pointer, Position.PARAMETER_DEFAULT).place
        with located(place):
            kind = get(names.types.resolve(declaration.schema), "type")
            if isinstance(kind, str):
                names.types.refuse_unknown(kind)


def refuse_versionless(version: Value, names: TemplateNames, place: Place) -> None:
    """Refuse a resource without API version, unless the template has an API profile."""
    if version in (None, "") and not names.template.api_profile:
        raise EvaluationProblem(
            "the resource has no `apiVersion`", help="ARM asks for one", where=place
        )


def refuse_copy_mode(copy: JsonValue, frame: Frame) -> None:
    """Refuse a copy mode that does not exist, and a batch size that no batch can have.

    `frame.place` is that of the loop.
    """
    if not isinstance(copy, dict):
        return
    mode, size = (evaluate(get(copy, member), frame) for member in ("mode", "batchSize"))
    if isinstance(mode, str) and mode.lower() not in _MODES:
        raise EvaluationProblem(
            f"`{mode}` is no copy mode", help="it is `serial` or `parallel`", where=frame.place
        )
    if isinstance(size, str | bool | float | list | dict) or (isinstance(size, int) and size < 0):
        raise EvaluationProblem("a batch size is a positive integer", where=frame.place)
    if isinstance(size, int) and (mode is None or mode == "parallel"):
        raise EvaluationProblem(
            "only a serial copy loop has a batch size", help="say `serial`", where=frame.place
        )
