"""JSON files that are given as a template and are something else: what to do with each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from preflight.errors import InputError
from preflight.model.source import Place
from preflight.model.value import JsonValue
from preflight.read.json_document import Document
from preflight.read.members import kind_of


class _Kind(NamedTuple):
    """A kind of file: how it is told, what it is called, and what to do with it."""

    matches: Callable[[Mapping[str, JsonValue]], bool]
    called: str
    advice: str


def wrong_kind(document: Document) -> InputError | None:
    """Return the error for JSON that is no template but well known, None for anything else."""
    value = document.value
    place = Place(source=document.source)
    if not isinstance(value, dict):
        return InputError(
            f"this is {kind_of(value)}, not a template",
            help="a template is a JSON object; lists that `az` prints belong to --access",
            where=place,
        )
    members = {name.lower(): item for name, item in value.items()}
    for kind in _KINDS:
        if kind.matches(members):
            message = f"this is {kind.called}, not a template"
            return InputError(message, help=kind.advice, where=place)
    return None


def _schema_holds(text: str) -> Callable[[Mapping[str, JsonValue]], bool]:
    def matches(members: Mapping[str, JsonValue]) -> bool:
        return text in str(members.get("$schema", "")).lower()

    return matches


def _ours(prefix: str) -> Callable[[Mapping[str, JsonValue]], bool]:
    def matches(members: Mapping[str, JsonValue]) -> bool:
        return str(members.get("schema", "")).startswith(prefix)

    return matches


def _is_parameters(members: Mapping[str, JsonValue]) -> bool:
    """Only values: entries with `value` or `reference`, and no resources."""
    entries = members.get("parameters")
    return (
        "resources" not in members
        and isinstance(entries, dict)
        and bool(entries)
        and all(isinstance(entry, dict) and _has_value(entry) for entry in entries.values())
    )


def _has_value(entry: Mapping[str, JsonValue]) -> bool:
    return any(name.lower() in {"value", "reference"} for name in entry)


def _is_error(members: Mapping[str, JsonValue]) -> bool:
    return "resources" not in members and (
        isinstance(members.get("error"), dict) or {"code", "message"} <= members.keys()
    )


def _is_request(members: Mapping[str, JsonValue]) -> bool:
    properties = members.get("properties")
    return (
        "resources" not in members
        and isinstance(properties, dict)
        and any(name.lower() in {"template", "templatelink"} for name in properties)
    )


def _is_policy(members: Mapping[str, JsonValue]) -> bool:
    properties = members.get("properties", members)
    return (
        "resources" not in members
        and isinstance(properties, dict)
        and any(name.lower() == "policyrule" for name in properties)
    )


_KINDS = (
    _Kind(
        _schema_holds("deploymentparameters.json"),
        "a parameter file",
        "give the template as SOURCE and this file with -p",
    ),
    _Kind(_is_parameters, "a parameter file", "give the template as SOURCE and this file with -p"),
    _Kind(_ours("preflight.access/"), "an access snapshot", "give it with --access"),
    _Kind(_ours("preflight."), "a report of preflight", "give the template that it is about"),
    _Kind(
        _schema_holds("createuidefinition"),
        "a UI definition of the portal",
        "give the template beside it",
    ),
    _Kind(_is_error, "an error that Azure returned", "give the template that was to be deployed"),
    _Kind(
        _is_request,
        "a deployment with a template inside",
        "save its `properties.template` as a file, and its parameters for -p",
    ),
    _Kind(_is_policy, "a policy definition", "give a template that contains it"),
)
