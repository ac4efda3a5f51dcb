"""Outputs of a template: conditions, loops, types.

Source: Azure Resource Manager, "Outputs in ARM templates"; the deployment engine for what it
refuses. Calls in outputs are made by the deployment itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from preflight.evaluate.copies import Loop, repeat
from preflight.evaluate.frame import CopyKind, EvaluationProblem, Frame, Position
from preflight.evaluate.interpret import evaluate
from preflight.evaluate.located import located
from preflight.evaluate.names import RecordingNames, TemplateNames
from preflight.evaluate.runtime import Calls, Runtime
from preflight.evaluate.types import Types, as_json, get
from preflight.model.template import OutputDeclaration
from preflight.model.value import (
    Cause,
    Hidden,
    PartialText,
    Unknown,
    Value,
    first_unknown,
    label_of,
)

_TYPE_NAMES: Mapping[str, str] = {
    "string": "String",
    "securestring": "SecureString",
    "int": "Int",
    "bool": "Bool",
    "array": "Array",
    "object": "Object",
    "secureobject": "SecureObject",
}
"""Types as a deployment's record spells them."""


def evaluate_outputs(
    names: TemplateNames, runtime: Runtime, calls: Calls
) -> dict[str, dict[str, Value]]:
    """Return `{type, value}` of each output that is not switched off.

    Raises `EvaluationProblem` for a value that fails or does not fit its type.
    """
    outputs: dict[str, dict[str, Value]] = {}
    for name, declaration in names.template.outputs.items():
        frame = replace(
            names.frame(declaration.pointer, Position.OUTPUT),
            names=RecordingNames(names=names, answer=runtime.answering(calls)),
            undecided=calls.undecided,
        )
        condition = _condition(declaration, frame)
        if condition is False:
            continue
        if condition is None:
            frame = replace(frame, undecided=True)
        value = _value(declaration, frame)
        _check(value, declaration, names.types, frame)
        outputs[name] = {
            "type": _TYPE_NAMES.get(_text(declaration).lower(), _text(declaration)),
            "value": _guarded(value, declaration, names.types),
        }
    return outputs


def _condition(declaration: OutputDeclaration, frame: Frame) -> bool | None:
    """Return whether an output exists; None where that is unknown."""
    raw = get(declaration.schema, "condition")
    if raw is None:
        return True
    before = replace(_member(declaration, frame, "condition"), position=Position.IDENTITY)
    value = evaluate(raw, before)
    if isinstance(value, Unknown | PartialText):
        return None
    if not isinstance(value, bool):
        raise EvaluationProblem(
            f"the condition of the output `{declaration.name}` must be a boolean",
            where=_member(declaration, frame, "condition").place,
        )
    return value


def _value(declaration: OutputDeclaration, frame: Frame) -> Value:
    copy = get(declaration.schema, "copy")
    if isinstance(copy, dict):
        at = _member(declaration, frame, "copy")
        loop = Loop(name="", count=get(copy, "count"), input=get(copy, "input"), pointer="")
        return repeat(loop, at, CopyKind.OUTPUT)
    return evaluate(get(declaration.schema, "value"), _member(declaration, frame, "value"))


def _member(declaration: OutputDeclaration, frame: Frame, member: str) -> Frame:
    spelled = next((key for key in declaration.schema if key.lower() == member), member)
    return frame.at(f"/{spelled}")


def _check(value: Value, declaration: OutputDeclaration, types: Types, frame: Frame) -> None:
    with located(frame.place):
        problem = types.mismatch(value, declaration.schema)
        if value is None and not types.is_nullable(declaration.schema):
            problem = f"expected {_text(declaration)}, got null"
    if problem is not None:
        raise EvaluationProblem(
            f"the value of the output `{declaration.name}` is not valid: {problem}",
            help="ARM refuses the deployment; correct the value or the type",
            where=_member(declaration, frame, "value").place,
        )


def _text(declaration: OutputDeclaration) -> str:
    kind = get(declaration.schema, "type")
    return kind if isinstance(kind, str) else "any"


def _guarded(value: Value, declaration: OutputDeclaration, types: Types) -> Value:
    """Hide the value of a secure output."""
    if not types.is_secure(declaration.schema) or isinstance(value, Unknown | PartialText):
        return value
    known = None if first_unknown(value) else Hidden(value=as_json(value))
    return Unknown(label=label_of(declaration.name), cause=Cause.SECURE, hidden=known)
