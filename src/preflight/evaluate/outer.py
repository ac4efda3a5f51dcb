"""Templates nested in outer scope: evaluated as data in their parent, then again as a template.

ARM evaluates every expression of such a template with the parent's names and loops, and deploys
what comes out; text in brackets that comes out of it is an expression once more. Parts that are
unknown stand in the result as made-up variables, so that the second round finds them again.
A deployment inside it that evaluates in inner scope keeps its own template untouched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from preflight.evaluate.frame import Frame
from preflight.evaluate.instance import DEPLOYMENT_TYPE, UNKNOWN_VARIABLE
from preflight.evaluate.interpret import evaluate
from preflight.evaluate.types import as_value, get
from preflight.model.value import JsonValue, OpenKey, PartialText, Unknown, Value, join_text

_Steps = tuple[str | int, ...]


@dataclass(slots=True, kw_only=True)
class OuterTemplate:
    """A template after the first round; `unknowns` are its made-up variables."""

    json: JsonValue = None
    unknowns: dict[str, Value] = field(default_factory=dict)


def evaluate_outer(template: JsonValue, frame: Frame) -> OuterTemplate:
    """Evaluate a template as data; `frame` is the parent's, placed at the template."""
    inner = dict(_inner_templates(template))
    value = evaluate(_without(template, inner), frame)
    result = OuterTemplate()
    result.json = _as_template(value, template, result.unknowns)
    for steps, kept in inner.items():
        _put(result.json, steps, kept)
    return result


def _inner_templates(template: JsonValue) -> Iterator[tuple[_Steps, JsonValue]]:
    """Yield where deployments of inner scope carry their templates, and these."""
    stack: list[tuple[_Steps, JsonValue]] = [((), template)]
    while stack:
        steps, item = stack.pop()
        if isinstance(item, list):
            stack.extend(((*steps, index), part) for index, part in enumerate(item))
        elif isinstance(item, dict):
            found = _inner_template(item)
            if found is not None:
                properties, key, kept = found
                yield (*steps, properties, key), kept
            else:
                stack.extend(((*steps, key), part) for key, part in item.items())


def _inner_template(resource: dict[str, JsonValue]) -> tuple[str, str, JsonValue] | None:
    kind = get(resource, "type")
    if not isinstance(kind, str) or kind.lower() != DEPLOYMENT_TYPE:
        return None
    at = next((key for key in resource if key.lower() == "properties"), "")
    properties = resource.get(at)
    if not isinstance(properties, dict):
        return None
    options = get(properties, "expressionEvaluationOptions")
    scope = get(options, "scope") if isinstance(options, dict) else None
    key = next((key for key in properties if key.lower() == "template"), None)
    if key is None or not isinstance(scope, str) or scope.lower() != "inner":
        return None
    return at, key, properties[key]


def _without(template: JsonValue, places: dict[_Steps, JsonValue]) -> JsonValue:
    """Return a copy in which some parts are null."""
    if not places:
        return template
    copy = _as_template(as_value(template), None, {})
    for steps in places:
        _put(copy, steps, None)
    return copy


def _put(root: JsonValue, steps: _Steps, value: JsonValue) -> None:
    """Set a part of a JSON document that is this module's own copy."""
    item = root
    for step in steps[:-1]:
        if isinstance(item, dict) and isinstance(step, str):
            item = item.get(step)
        elif isinstance(item, list) and isinstance(step, int) and step < len(item):
            item = item[step]
        else:
            return
    _set(item, steps[-1], value)


def _set(container: JsonValue, step: str | int, value: JsonValue) -> None:
    match container, step:
        case dict(), str():
            container[step] = value
        case list(), int() if step < len(container):
            container[step] = value
        case _:
            pass


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of an evaluated template, what was written there, and where its JSON belongs."""

    value: Value
    written: JsonValue
    container: list[JsonValue] | dict[str, JsonValue]
    step: str | int


def _as_template(value: Value, written: JsonValue, unknowns: dict[str, Value]) -> JsonValue:
    """Return a copy of a value as JSON; unknown parts become made-up variables."""
    holder: list[JsonValue] = [None]
    stack = [_Part(value, written, holder, 0)]
    while stack:
        part = stack.pop()
        _set(part.container, part.step, _shallow(part, unknowns, stack))
    return holder[0]


def _shallow(part: _Part, unknowns: dict[str, Value], stack: list[_Part]) -> JsonValue:
    """Return the JSON of a part; what is below it goes on the stack."""
    value, written = part.value, part.written
    if isinstance(value, Unknown | PartialText):
        return _variable(value, written, unknowns)
    if isinstance(value, list):
        items: list[JsonValue] = [None] * len(value)
        texts = written if isinstance(written, list) and len(written) == len(value) else items
        stack.extend(
            _Part(item, text, items, index)
            for index, (item, text) in enumerate(zip(value, texts, strict=True))
        )
        return items
    if isinstance(value, dict):
        members: dict[str, JsonValue] = {}
        for name, item in value.items():
            key = _variable(name.part, None, unknowns) if isinstance(name, OpenKey) else name
            members[key] = None
            text = written.get(name) if isinstance(written, dict) else None
            stack.append(_Part(item, text, members, key))
        return members
    return value


def _variable(value: Unknown | PartialText, written: JsonValue, unknowns: dict[str, Value]) -> str:
    """Make a variable of an unknown part; it remembers the expression that it comes from."""
    name = f"{UNKNOWN_VARIABLE}{len(unknowns)}"
    expression = written if isinstance(written, str) else ""
    unknowns[name] = join_text(
        part if isinstance(part, str) or part.expression else replace(part, expression=expression)
        for part in (value.parts if isinstance(value, PartialText) else (value,))
    )
    return f"[variables('{name}')]"
