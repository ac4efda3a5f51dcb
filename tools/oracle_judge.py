"""Ask the engine and ourselves for the same things, and say where the answers differ."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeGuard

from corpus_compare import Case, compare
from oracle_engine import (
    DEPLOYMENT,
    GROUP,
    LOCATION,
    SCOPES,
    SUBSCRIPTION,
    TENANT,
    Engine,
    Prediction,
    Refused,
    Silent,
    document,
)
from oracle_expressions import Writer
from oracle_templates import Builder
from oracle_words import PARAMETERS, VARIABLES

from preflight import api
from preflight.errors import PreflightError
from preflight.evaluate.values import as_value
from preflight.model.requirement import Derivation
from preflight.model.value import JsonValue, OpenKey, PartialText, Unknown, Value, first_unknown

ROOT = Path(__file__).resolve().parent.parent
CONTEXT: Mapping[str, JsonValue] = {
    "scope": "resourceGroup",
    "subscriptionId": SUBSCRIPTION,
    "resourceGroup": GROUP,
    "location": LOCATION,
    "tenantId": TENANT,
    "deploymentName": DEPLOYMENT,
}
KNOWN_TO_US = ("environment(",)
"""What the engine leaves open offline and we know."""
OBJECT_TO_US = "union("
"""What `union()` gives of something that is open is an object to us; the engine says nothing."""
OPEN_TO_US = ("deployment(", "contains(")
"""What the engine takes for known offline and we do not: mode and template link; whether an array
with an open item contains a value (docs/reference/evaluation.md)."""
REFUSED_BY_US = "`subscription`: argument 1 must be a string"
"""What the engine takes, and no deployment can mean (docs/reference/evaluation-limits.md)."""
PERHAPS = "refused-if-deployed"
"""The note that ours is for a template whose deployment is undecided: no refusal."""


def derive(template: Path | Mapping[str, JsonValue], scope: str) -> Derivation:
    """Derive a template at the invented place."""
    return api.derive(
        template,
        scope=SCOPES[scope],
        location=LOCATION,
        tenant=TENANT,
        deployment_name=DEPLOYMENT,
    )


def compare_expressions(engine: Engine, seed: int, count: int) -> list[str]:
    """Ask both for `count` expressions; return a line for each difference."""
    writer = Writer(random.Random(seed))  # noqa: S311 - to be repeated, not kept secret
    differences = []
    refused = 0
    for _ in range(count):
        expression = writer.expression()
        template = _template_of(expression)
        try:
            row = engine.predict(template, "resourceGroup").rows[0]
        except Silent:
            continue
        except Refused as error:
            refused += 1
            difference = _taken(expression, template, str(error))
        else:
            properties = row["properties"]
            theirs = properties.get("v") if isinstance(properties, dict) else None
            difference = _differs(expression, template, theirs)
        if difference:
            differences.append(f"{expression}\n    {difference}")
    print(f"expressions      {count} (seed {seed}), {refused} refused by the engine")
    return differences


def _template_of(expression: str) -> dict[str, JsonValue]:
    """Return a template with one resource that has the expression as a property."""
    return document(
        "resourceGroup",
        parameters=dict(PARAMETERS),
        variables=dict(VARIABLES),
        resources=[
            {
                "type": "Test.Test/x",
                "apiVersion": "2021-04-01",
                "name": "x",
                "properties": {"v": expression},
            }
        ],
    )


def _ours(expression: str, template: Mapping[str, JsonValue]) -> Value:
    """Return our value: from the public function, in its parts where something is unknown."""
    parameters = {
        name: declared["defaultValue"]
        for name, declared in PARAMETERS.items()
        if isinstance(declared, dict)
    }
    value = api.evaluate_expression(
        expression,
        parameters=parameters,
        variables=VARIABLES,
        context=CONTEXT,
    )
    if not isinstance(value, Unknown):
        return as_value(value)
    rows = derive(template, "resourceGroup").resources
    properties = next(row.body["properties"] for row in rows if row.type == "Test.Test/x")
    return properties["v"] if isinstance(properties, dict) else None


def _taken(expression: str, template: Mapping[str, JsonValue], error: str) -> str | None:
    try:
        ours = _ours(expression, template)
    except PreflightError:
        return None
    if _is_ours_to_leave_open(expression, ours):
        return None
    return f"ours {_shown(ours)}; engine refuses: {reason(error)}"


def _differs(expression: str, template: Mapping[str, JsonValue], theirs: JsonValue) -> str | None:
    try:
        ours = _ours(expression, template)
    except PreflightError as error:
        if any(fact in expression for fact in KNOWN_TO_US) or OBJECT_TO_US in _openings(theirs):
            return None
        if REFUSED_BY_US in str(error):
            return None
        return f"refused: {error}; engine {_shown(theirs)}"
    if _is_ours_to_leave_open(expression, ours):
        return None
    return next(_leaves(ours, theirs, ""), None)


def _openings(value: JsonValue) -> str:
    """Return what the engine left open in a value."""
    match value:
        case dict():
            return " ".join(_openings(item) for pair in value.items() for item in pair)
        case list():
            return " ".join(map(_openings, value))
        case _:
            return value if _is_open(value) else ""


def _is_ours_to_leave_open(expression: str, ours: Value) -> bool:
    """Whether ours is open for a reason that the engine does not know."""
    return first_unknown(ours) is not None and any(fact in expression for fact in OPEN_TO_US)


def _leaves(ours: Value, theirs: JsonValue, path: str) -> Iterator[str]:
    """Yield where two values differ."""
    if _is_open(theirs):
        known = first_unknown(ours) is None and ours != theirs
        if known and not any(fact in theirs for fact in (*KNOWN_TO_US, OBJECT_TO_US)):
            yield f"{path}: ours {_shown(ours)}; engine leaves open {theirs:.300}"
    elif isinstance(ours, dict) and isinstance(theirs, dict):
        yield from _members(ours, theirs, path)
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, (own, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from _leaves(own, other, f"{path}/{index}")
    elif ours != theirs or isinstance(ours, bool) != isinstance(theirs, bool):
        yield f"{path}: ours {_shown(ours)}; engine {_shown(theirs)}"


def _is_open(value: JsonValue) -> TypeGuard[str]:
    """Whether the engine left a value, or a property name, as an expression."""
    return isinstance(value, str) and value.startswith("[") and value.endswith("]")


def _members(ours: dict[str, Value], theirs: dict[str, JsonValue], path: str) -> Iterator[str]:
    if any(isinstance(key, OpenKey) for key in ours):
        return
    for key in sorted(ours.keys() | theirs.keys()):
        if key in ours and key in theirs:
            yield from _leaves(ours[key], theirs[key], f"{path}/{key}")
        else:
            yield f"{path}/{key}: only {'ours' if key in ours else 'the engine'}"


def _shown(value: object) -> str:
    if isinstance(value, Unknown | PartialText):
        return value.placeholder if isinstance(value, Unknown) else value.text
    return f"{value!r:.300}"


def reason(error: str) -> str:
    """Return the end of the engine's message: the beginning is the same every time."""
    return " ".join(error.split())[-260:]


def compare_templates(engine: Engine, seed: int, count: int) -> list[str]:
    """Ask both for `count` templates; return a line for each difference."""
    builder = Builder(random.Random(seed))  # noqa: S311 - to be repeated, not kept secret
    folder = ROOT / "build" / "oracle"
    folder.mkdir(parents=True, exist_ok=True)
    differences = []
    refused = rows = bodies = 0
    for number in range(count):
        scope, template = builder.template()
        try:
            theirs = engine.predict(template, scope)
        except Silent:
            continue
        except Refused as error:
            refused += 1
            found = _refusal(template, scope, str(error))
        else:
            rows += len(theirs.rows)
            found, compared = _same_rows(template, scope, theirs)
            bodies += compared
        if found:
            file = folder / f"{seed}-{number}.json"
            file.write_text(json.dumps(template, indent=1))
            differences += [f"{file.relative_to(ROOT)} ({scope}): {line}" for line in found]
    print(f"templates        {count} (seed {seed}), {refused} refused by the engine")
    print(f"                 {rows} rows of the engine, {bodies} bodies compared")
    return differences


def _refusal(template: Mapping[str, JsonValue], scope: str, error: str) -> list[str]:
    try:
        derived = derive(template, scope)
    except PreflightError:
        return []
    if any(note.code == PERHAPS for note in derived.notes):
        return []
    return [f"taken; engine refuses: {reason(error)}"]


def _same_rows(
    template: Mapping[str, JsonValue], scope: str, theirs: Prediction
) -> tuple[list[str], int]:
    try:
        ours = derive(template, scope)
    except PreflightError as error:
        return [f"refused: {error}"], 0
    case = Case(
        file="",
        scope=scope,
        parameters={},
        resources=tuple(row for row in theirs.rows if "id" in row),
        short_circuited=theirs.short_circuited,
    )
    found = compare(case, ours.resources)
    return [*found.differences, *found.bodies_differ], found.bodies
