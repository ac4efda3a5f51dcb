"""One expression on its own: the public `evaluate_expression`, and `preflight eval`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from preflight.errors import UsageError
from preflight.evaluate.environment import Environment
from preflight.evaluate.frame import (
    Budget,
    CopyFrame,
    CopyKind,
    EvaluationProblem,
    Frame,
    Position,
    RuntimeRequest,
)
from preflight.evaluate.interpret import evaluate
from preflight.evaluate.names import RecordingNames, TemplateNames
from preflight.evaluate.parameters import bind
from preflight.model.moment import moment_of
from preflight.model.source import SourceFile
from preflight.model.template import (
    DeploymentScope,
    ParameterDeclaration,
    Template,
    UserFunction,
)
from preflight.model.value import (
    Cause,
    JsonValue,
    PartialText,
    Unknown,
    Value,
    first_unknown,
    label_of,
    printable,
)

_FACTS = frozenset(
    {
        "deployer",
        "zoneData",
        "zoneMappings",
        "providers",
        "templateLinkUri",
        "resourceGroupTags",
    }
)
_TEXTS: Mapping[str, str] = {
    "subscriptionId": "subscription",
    "resourceGroup": "resource_group",
    "location": "location",
    "tenantId": "tenant",
    "managementGroupId": "management_group",
    "deploymentName": "deployment_name",
    "newGuid": "guid",
}
"""Context key → field of the environment."""
_OTHERS = frozenset({"scope", "position", "utcNow", "copy"})
_TYPES: Mapping[type, str] = {
    str: "string",
    bool: "bool",
    int: "int",
    list: "array",
    dict: "object",
}


def evaluate_expression(
    expression: JsonValue,
    *,
    parameters: Mapping[str, JsonValue] | None = None,
    variables: Mapping[str, JsonValue] | None = None,
    functions: list[JsonValue] | None = None,
    context: Mapping[str, JsonValue] | None = None,
) -> JsonValue | Unknown:
    """Evaluate one template value: a string (in brackets an expression), an object or an array.

    `parameters` are written as defaults in a template are (a string in brackets is an
    expression), each declared with the type of its value; `variables` and `functions` are those
    sections of a template. `context` may have the keys scope, subscriptionId, resourceGroup,
    location, tenantId, managementGroupId, deploymentName, deployer, position, utcNow, newGuid,
    copy, zoneData, zoneMappings, providers, templateLinkUri, resourceGroupTags.

    Returns a JSON value, or an `Unknown` if any part of it depends on what only a deployment
    knows. Raises `InputError` for what ARM would refuse, `UsageError` for a wrong context.
    """
    facts = context or {}
    environment = environment_of(facts)
    budget = Budget(steps=environment.limits.steps, size=environment.limits.value_size)
    source = SourceFile("expression", expression if isinstance(expression, str) else "")
    template = Template(
        source=source,
        content_version="1.0.0.0",
        parameters={name: _parameter(name, value) for name, value in (parameters or {}).items()},
        variables=variables or {},
        functions=tuple(_functions(functions or [])),
    )
    names = TemplateNames(
        template=template,
        environment=environment,
        budget=budget,
        deployment_name=environment.deployment_name,
    )
    bind(names, ())
    frame = replace(
        names.frame("", _position(facts)),
        names=RecordingNames(names=names, answer=_unknown),
        copies=tuple(_copies(facts.get("copy"))),
    )
    return _known(evaluate(expression, frame), frame)


def _known(value: Value, frame: Frame) -> JsonValue | Unknown:
    """Return a wholly known value as JSON, else the first unknown in it."""
    unknown = first_unknown(value)
    if unknown is not None:
        return replace(unknown, hidden=None, expression=unknown.expression or frame.expression)
    return _json(value, frame)


def _json(value: Value, frame: Frame) -> JsonValue:
    if isinstance(value, list):
        items: list[JsonValue] = []
        for item in value:
            items.append(_json(item, frame))  # noqa: PERF401 - one frame per level
        return items
    if isinstance(value, dict):
        members: dict[str, JsonValue] = {}
        for key, item in value.items():
            members[_whole(key, frame)] = _json(item, frame)
        return members
    if isinstance(value, str):
        return _whole(value, frame)
    if isinstance(value, float) and not math.isfinite(value):
        # JSON has no such numbers: the engine prints them as text.
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value if isinstance(value, bool | int | float) else None


def _whole(text: str, frame: Frame) -> str:
    """Refuse text that was cut inside a character, as the engine does when it prints it."""
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise EvaluationProblem(
            "the text was cut inside a character that takes two units", where=frame.place
        )
    return text


def environment_of(context: Mapping[str, JsonValue]) -> Environment:
    """Return the environment that a context describes; raises `UsageError` for a wrong one."""
    for key in context:
        if key not in _TEXTS and key not in _FACTS and key not in _OTHERS:
            raise UsageError(f"unknown context key `{key}`", help=f"known are: {_known_keys()}")
    texts = {field: _text(context, key) for key, field in _TEXTS.items() if key in context}
    return Environment(
        kind=_scope(context),
        subscription=texts.get("subscription"),
        resource_group=texts.get("resource_group"),
        location=texts.get("location"),
        tenant=texts.get("tenant"),
        management_group=texts.get("management_group"),
        deployment_name=texts.get("deployment_name") or "main",
        guid=texts.get("guid"),
        now=_time(context),
        facts={key: value for key, value in context.items() if key in _FACTS},
    )


def _known_keys() -> str:
    return ", ".join(sorted({*_TEXTS, *_FACTS, *_OTHERS}))


def _text(context: Mapping[str, JsonValue], key: str) -> str | None:
    value = context[key]
    if value is None or isinstance(value, str):
        return value
    raise UsageError(f"the context's `{key}` must be a string")


def _time(context: Mapping[str, JsonValue]) -> datetime | None:
    text = _text(context, "utcNow") if "utcNow" in context else None
    if text is None:
        return None
    try:
        return moment_of(text)
    except ValueError as error:
        raise UsageError(
            f"the context's `utcNow` is no time: `{text}`", help="write 2026-01-31T12:00:00Z"
        ) from error


def _scope(context: Mapping[str, JsonValue]) -> DeploymentScope:
    text = context.get("scope", DeploymentScope.RESOURCE_GROUP)
    kind = next((kind for kind in DeploymentScope if kind == text), None)
    if kind is None:
        raise UsageError("unknown `scope`", help=f"it is one of {', '.join(DeploymentScope)}")
    return kind


def _position(context: Mapping[str, JsonValue]) -> Position:
    text = context.get("position", Position.RESOURCE)
    position = next((position for position in Position if position == text), None)
    if position is None:
        raise UsageError("unknown `position`", help=f"it is one of {', '.join(Position)}")
    return position


def _copies(loops: JsonValue) -> Iterator[CopyFrame]:
    for loop in loops if isinstance(loops, list) else ():
        match loop:
            case {"name": str(name), "index": int(index), "kind": str(kind)} if kind in _COPIES:
                yield CopyFrame(name=name, index=index, kind=CopyKind(kind))
            case _:
                raise UsageError(
                    "the context's `copy` lists loops as {name, index, kind}",
                    help=f"kind is one of {', '.join(CopyKind)}",
                )


_COPIES = frozenset(kind.value for kind in CopyKind)


def _parameter(name: str, value: JsonValue) -> ParameterDeclaration:
    """Declare a parameter with the type of its value."""
    schema: dict[str, JsonValue] = {"defaultValue": value}
    kind = _TYPES.get(type(value))
    if kind is not None:
        schema["type"] = kind
    return ParameterDeclaration(name=name, schema=schema, pointer=f"/parameters/{_escape(name)}")


def _functions(sections: list[JsonValue]) -> Iterator[UserFunction]:
    """Read a `functions` section: namespaces with their members."""
    for index, section in enumerate(sections):
        match section:
            case {"namespace": str(namespace), "members": dict(members)}:
                for name, member in members.items():
                    pointer = f"/functions/{index}/members/{_escape(name)}"
                    yield _function(namespace, name, member, pointer)
            case _:
                raise UsageError("a functions section lists {namespace, members}")


def _function(namespace: str, name: str, member: JsonValue, pointer: str) -> UserFunction:
    match member:
        case {"output": dict(output), "parameters": list(listed)}:
            pass
        case {"output": dict(output)}:
            listed = []
        case _:
            raise UsageError(f"the function `{namespace}.{name}` has no output")
    declarations: list[ParameterDeclaration] = []
    for index, entry in enumerate(listed):
        title = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(entry, dict) or not isinstance(title, str):
            raise UsageError(f"a parameter of the function `{namespace}.{name}` has no name")
        declarations.append(
            ParameterDeclaration(name=title, schema=entry, pointer=f"{pointer}/parameters/{index}")
        )
    return UserFunction(
        namespace=namespace,
        name=name,
        parameters=tuple(declarations),
        output=output,
        pointer=pointer,
    )


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _unknown(request: RuntimeRequest) -> Value:
    """Answer a run-time call: nothing is deployed here."""
    first = request.arguments[0] if request.arguments else None
    label = request.function
    if isinstance(first, str | Unknown | PartialText):
        label = printable(first).rstrip("/").rpartition("/")[2]
    return Unknown(label=label_of(label), cause=Cause.RUNTIME, expression=request.expression)
