"""Imports from compiled templates."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.unit.read.bicep.lowered import template

from preflight.errors import InputError
from preflight.model.value import JsonValue

LIBRARY: JsonValue = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "languageVersion": "2.0",
    "contentVersion": "1.0.0.0",
    "metadata": {"__bicep_exported_variables!": [{"name": "text"}, {"name": "list"}]},
    "definitions": {
        "shape": {"type": "object", "properties": {"inner": {"$ref": "#/definitions/part"}}},
        "part": {"type": "string"},
    },
    "functions": [
        {
            "namespace": "__bicep",
            "members": {
                "twice": {
                    "parameters": [{"type": "int", "name": "n"}],
                    "output": {"type": "int", "value": "[__bicep.other(parameters('n'))]"},
                },
                "other": {
                    "parameters": [{"type": "int", "name": "n"}],
                    "output": {"type": "int", "value": "[mul(parameters('n'), 2)]"},
                },
            },
        }
    ],
    "variables": {
        "copy": [
            {
                "name": "list",
                "count": "[length(range(0, 2))]",
                "input": "[format('{0}{1}', range(0, 2)[copyIndex('list')], variables('hidden'))]",
            }
        ],
        "text": "[format('{0}!', variables('hidden'))]",
        "hidden": "h",
    },
    "resources": {},
}


def _template(folder: Path, text: str) -> dict[str, JsonValue]:
    return template(folder, text, {"lib.json": json.dumps(LIBRARY)})


def test_types_variables_and_functions_come_along(tmp_path: Path) -> None:
    text = """
import { twice as double, text } from 'lib.json'
import * as lib from 'lib.json'
param p lib.shape
output o string = '${double(2)}${text}${lib.list[0]}'
"""
    made = _template(tmp_path, text)

    assert made["definitions"] == {
        "_1.shape": {
            "type": "object",
            "properties": {"inner": {"$ref": "#/definitions/_1.part"}},
        },
        "_1.part": {"type": "string"},
    }
    assert made["variables"] == {
        "copy": [
            {
                "name": "_1.list",
                "count": "[length(range(0, 2))]",
                "input": (
                    "[format('{0}{1}', range(0, 2)[copyIndex('_1.list')], variables('_1.hidden'))]"
                ),
            }
        ],
        "text": "[format('{0}!', variables('_1.hidden'))]",
        "_1.hidden": "h",
    }
    functions = made["functions"]
    assert isinstance(functions, list)
    first, second = functions
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert first["members"] == {
        "double": {
            "parameters": [{"type": "int", "name": "n"}],
            "output": {"type": "int", "value": "[_1.other(parameters('n'))]"},
        }
    }
    assert second["namespace"] == "_1"
    assert made["outputs"] == {
        "o": {
            "type": "string",
            "value": (
                "[format('{0}{1}{2}', __bicep.double(2), variables('text'),"
                " variables('_1.list')[0])]"
            ),
        }
    }


@pytest.mark.parametrize(
    ("name", "use"),
    [
        ("hidden", "var v = x"),
        ("nope", "var v = x"),
        ("nope", "param p x"),
        ("nope", "var v = x()"),
    ],
)
def test_what_is_not_exported(tmp_path: Path, name: str, use: str) -> None:
    with pytest.raises(InputError, match="exports nothing called"):
        _template(tmp_path, f"import {{ {name} as x }} from 'lib.json'\n{use}\n")
