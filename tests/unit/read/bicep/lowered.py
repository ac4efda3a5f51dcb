"""Lowers Bicep in a test, and prints nodes as expressions of templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import pytest

from preflight.errors import InputError
from preflight.expression.ast import FunctionCall, Literal, Node, ParsedText, PropertyAccess
from preflight.model.source import SourceFile
from preflight.model.value import JsonValue
from preflight.read.bicep.loads import Loads
from preflight.read.bicep.lower import Lowered, lower_program
from preflight.read.bicep.modules import Modules
from preflight.read.bicep.program import Program
from preflight.read.module_cache import ModuleCache
from preflight.read.root import Files

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool | None"

_NAME = re.compile(r"[A-Za-z_]\w*")


def lowered(folder: Path, text: str, files: Mapping[str, str] | None = None) -> Lowered:
    """Lower `text` as `main.bicep` in a folder with other files."""
    for name, content in {"main.bicep": text, **(files or {})}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    reader = Files(folder)
    cache = ModuleCache(reader, folder / "cache")
    program = Program(Modules(reader, cache), Loads(reader))
    source = SourceFile("main.bicep", text)
    return lower_program(program, program.load(folder / "main.bicep", source))


def refusal(
    folder: Path, text: str, files: Mapping[str, str] | None = None
) -> tuple[str, InputError]:
    """Return why `text` is refused, and where: as FILE:LINE:COLUMN."""
    with pytest.raises(InputError) as caught:
        lowered(folder, text, files)
    assert caught.value.where is not None
    return caught.value.where.label, caught.value


def template(
    folder: Path, text: str, files: Mapping[str, str] | None = None
) -> dict[str, JsonValue]:
    """Return the JSON of `text`, its expressions printed."""
    made = plain(dict(lowered(folder, text, files).json))
    assert isinstance(made, dict)
    return made


def plain(value: JsonValue) -> JsonValue:
    """Return JSON whose expressions are printed as templates have them."""
    if isinstance(value, dict):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return f"[{printed(value.root)}]" if isinstance(value, ParsedText) else value


def printed(node: Node) -> str:
    """Return a node as text."""
    if isinstance(node, Literal):
        value = node.value
        return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)
    if isinstance(node, FunctionCall):
        name = f"{node.namespace}.{node.name}" if node.namespace else node.name
        return f"{name}({', '.join(map(printed, node.arguments))})"
    if isinstance(node, PropertyAccess):
        plain_name = _NAME.fullmatch(node.name) is not None
        suffix = f".{node.name}" if plain_name else f"['{node.name}']"
        return printed(node.target) + suffix
    return f"{printed(node.target)}[{printed(node.key)}]"
