"""A `.bicepparam` file → parameter values, and the template that it uses."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from preflight.model.source import Place, SourceFile
from preflight.model.template import ParameterValue
from preflight.model.value import JsonValue
from preflight.read.arm import read_template
from preflight.read.bicep_cli import (
    Compiled,
    CompilerSettings,
    compile_bicep,
    compile_parameters,
    compiled_name,
)
from preflight.read.bicep_files import used_template
from preflight.read.compiler_messages import CompilerFailure
from preflight.read.json_document import Document, parse_json
from preflight.read.parameter_file import ParameterSet, read_parameter_document
from preflight.read.root import Files
from preflight.read.typed_value import declared_type

_EMPTY: Mapping[str, JsonValue] = {
    "array": [],
    "bool": False,
    "int": 0,
    "object": {},
    "secureobject": {},
}
_LONGEST = 10_000
_ASSIGNMENT = re.compile(r"^[ \t]*param[ \t]+([A-Za-z_]\w*)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class BicepParameters:
    """What a `.bicepparam` says: values with their places in it, and its template, if any."""

    source: SourceFile
    parameters: ParameterSet
    template: Document | None
    template_spec: str | None


def read_bicep_parameters(path: Path, files: Files, settings: CompilerSettings) -> BicepParameters:
    """Compile a `.bicepparam` file and read what comes out.

    Raises:
        InputError: as `bicep_cli.compile_parameters`.
    """
    source = SourceFile(files.name(path), files.text(path, files.name(path)))
    compiled, missing = _compile(path, source.text, files, settings)
    name = compiled_name(path, files)
    made = read_parameter_document(parse_json(compiled.parameters or "", name))
    places = {
        match[1]: Place(source=source, offset=match.start(1))
        for match in _ASSIGNMENT.finditer(source.text)
    }
    template = None if compiled.template is None else parse_json(compiled.template, name)
    return BicepParameters(
        source=source,
        parameters=ParameterSet(
            values={
                key: _placed(value, places.get(key))
                for key, value in made.values.items()
                if key not in missing
            },
            notes=(*compiled.notes, *made.notes),
        ),
        template=template,
        template_spec=compiled.template_spec,
    )


def _compile(
    path: Path, text: str, files: Files, settings: CompilerSettings
) -> tuple[Compiled, frozenset[str]]:
    """Compile the file; return the names of parameters that have no value, too.

    The compiler refuses a file that leaves a required parameter out, while here such a parameter
    is only unknown: so it gets a stand-in, which is dropped again.
    """
    try:
        return compile_parameters(path, files, settings), frozenset()
    except CompilerFailure as failure:
        used = used_template(text)
        if not failure.unassigned or used is None or not used.endswith(".bicep"):
            raise
        values = _stand_ins(failure.unassigned, path.parent / used, files, settings)
        environment = {**settings.environment, "BICEP_PARAMETERS_OVERRIDES": json.dumps(values)}
        again = replace(settings, environment=environment)
        try:
            return compile_parameters(path, files, again), frozenset(values)
        except CompilerFailure:
            # No stand-in pleases its type: what the compiler said first is the reason.
            raise failure from None


def _stand_ins(
    names: tuple[str, ...], path: Path, files: Files, settings: CompilerSettings
) -> dict[str, JsonValue]:
    """Return a value of the declared type for each parameter."""
    compiled = compile_bicep(path, files, settings)
    document = parse_json(compiled.template or "", compiled_name(path, files))
    template = read_template(document.value, document.source)
    values: dict[str, JsonValue] = {}
    for name in names:
        schema = template.parameters[name].schema if name in template.parameters else {}
        allowed, shortest = schema.get("allowedValues"), schema.get("minLength")
        kind = declared_type(schema, template)
        values[name] = _EMPTY.get(kind, "")
        if isinstance(allowed, list) and allowed:
            values[name] = allowed[0]
        elif isinstance(shortest, int) and kind in {"string", "securestring"}:
            values[name] = "x" * min(shortest, _LONGEST)
        elif kind == "int":
            values[name] = schema.get("minValue", 0)
    return values


def _placed(value: ParameterValue, place: Place | None) -> ParameterValue:
    """Point at the assignment instead of the compiled JSON, where the file itself has one."""
    if place is None:
        return value
    secret = None if value.secret is None else replace(value.secret, place=place)
    return replace(value, place=place, secret=secret)
