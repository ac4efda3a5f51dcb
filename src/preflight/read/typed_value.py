"""The value of KEY=VALUE, read by the type that the template declares.

Source: Azure CLI, command_modules/resource: JSON for objects and arrays, a whole number for int,
`true` or anything else for bool, text otherwise, for undeclared names too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from preflight.errors import InputError, ParameterProblem
from preflight.model.template import Note, Template
from preflight.model.value import JsonValue
from preflight.read.json_document import parse_json
from preflight.read.json_strings import shown

_REFERENCES = 20
"""How many `$ref` in a row are followed; a longer chain or a circle has no type."""


def typed_value(name: str, text: str, template: Template) -> tuple[JsonValue, tuple[Note, ...]]:
    """Return the value that `az` would send, and what is worth a remark.

    Raises:
        ParameterProblem: the text is no value of the declared type; it is not in the message,
            for it may be secret.
    """
    folded = name.lower()
    declaration = next(
        (item for key, item in template.parameters.items() if key.lower() == folded), None
    )
    if declaration is None:
        return text, ()
    kind = declared_type(declaration.schema, template)
    place = template.place(declaration.pointer)
    try:
        value = _READERS.get(kind, _as_text)(text)
    except (InputError, ValueError) as error:
        wanted = "a whole number" if kind == "int" else "JSON"
        message = f"the value given for `{shown(name)}`, declared as {kind}, is not {wanted}"
        raise ParameterProblem(message, where=place) from error
    if kind == "bool" and text.lower() not in {"true", "false"}:
        message = f"the value given for `{shown(name)}` is not `true`, so `az` sends `false`"
        return value, (Note(code="bool-value", message=message, origin=place),)
    return value, ()


def declared_type(schema: Mapping[str, JsonValue], template: Template) -> str:
    """Return the type of a declaration in lower case, through `$ref`; empty where it has none."""
    current: JsonValue = dict(schema)
    for _ in range(_REFERENCES):
        if not isinstance(current, dict):
            return ""
        reference, kind = current.get("$ref"), current.get("type")
        if not isinstance(reference, str):
            return kind.lower() if isinstance(kind, str) else ""
        current = _referenced(reference, template)
    return ""


def _referenced(reference: str, template: Template) -> JsonValue:
    """Follow `#/definitions/NAME/…`, a JSON pointer into the template's definitions."""
    start, *path = reference.split("/")
    if start != "#" or path[:1] != ["definitions"]:
        return None
    current: JsonValue = dict(template.definitions)
    for segment in path[1:]:
        name = segment.replace("~1", "/").replace("~0", "~")
        if isinstance(current, list) and name.isdecimal() and int(name) < len(current):
            current = current[int(name)]
        else:
            current = current.get(name) if isinstance(current, dict) else None
    return current


def _as_text(text: str) -> JsonValue:
    return text


def _as_json(text: str) -> JsonValue:
    return parse_json(text, "value").value


def _as_bool(text: str) -> JsonValue:
    return text.lower() == "true"


_READERS: Mapping[str, Callable[[str], JsonValue]] = {
    "array": _as_json,
    "bool": _as_bool,
    "int": int,
    "object": _as_json,
    "secureobject": _as_json,
}
