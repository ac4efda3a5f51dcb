"""Fuzz target: parameter files and `-p` arguments; values, or refused with a place."""

from __future__ import annotations

import json
import os
from functools import cache, partial
from pathlib import Path
from tempfile import mkdtemp

from tests.fuzz.judging import judge

from preflight.api import DeriveSettings, derive_source
from preflight.model.value import JsonValue

_TYPES = ("string", "int", "bool", "array", "object", "securestring", "secureobject")
TEMPLATE: dict[str, JsonValue] = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "languageVersion": "2.0",
    "parameters": {
        **{f"p{number}": {"type": kind} for number, kind in enumerate(_TYPES)},
        "choice": {"type": "string", "allowedValues": ["a", "b"], "defaultValue": "a"},
        "deep": {
            "type": "object",
            "nullable": True,
            "properties": {"k": {"type": "array", "items": {"type": "int", "maxValue": 9}}},
        },
    },
    "resources": {
        "site": {
            "type": "Microsoft.Web/sites",
            "apiVersion": "2022-03-01",
            "name": "[concat(parameters('p0'), parameters('choice'))]",
            "properties": {
                "all": [f"[parameters('p{number}')]" for number in range(len(_TYPES))],
                "deep": "[tryGet(parameters('deep'), 'k')]",
            },
        }
    },
}
_FILE = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
    "contentVersion": "1.0.0.0",
    "parameters": {
        "p0": {"value": "x"},
        "p1": {"value": 7},
        "p2": {"value": True},
        "p3": {"value": [1, {"a": None}]},
        "p4": {"value": {"k": {"l": []}}},
        "p5": {
            "reference": {
                "keyVault": {"id": "/subscriptions/s/resourceGroups/r/providers/A.B/vaults/v"},
                "secretName": "n",
                "secretVersion": "1",
            }
        },
        "choice": {"value": "b", "metadata": {}},
        "deep": {"value": {"k": [1, 9]}},
    },
}  # fmt: skip
_BICEP = {"parameters": {"p0": {"expression": "[externalInput('x', 'y')]"}, "p1": {"value": 1}}}
SEEDS = [
    json.dumps(_FILE).encode(),
    json.dumps(_FILE["parameters"]).encode(),
    json.dumps(_BICEP).encode(),
    b"p0=x",
    b"p1=-9223372036854775808",
    b"p2=True",
    b'p4={"a": [1, 2, {"b": null}]}',
    b"choice=a",
    b"p3=[1,2",
    b"p0=@x.json",
]
WORDS = (
    *(f"p{number}" for number in range(len(_TYPES))), "choice", "deep", "=", "@", "@-",
    "parameters", "value",
    "reference", "expression", "metadata", "keyVault", "id", "secretName", "secretVersion",
    "$schema",
    "contentVersion", "resources", "{", "}", "[", "]", ",", ":", '"', "'", "null", "true", "1e400",
    "-0",
    "[parameters('x')]", "[[", "#{token}#", "$(Build.Id)", "://", "https://x/y=z", "\x00", "\ud800",
    "..", "~",
    "/", "using none", "param x = 1",
)  # fmt: skip
GRAMMAR = {
    "start": ("p0=x", "<name>=<value>", "{<member>}", '{"parameters": {<member>, <member>}}'),
    "name": ("p0", "p1", "p2", "p3", "p4", "p5", "p6", "P0", "choice", "deep", "nosuch", "", "a b"),
    "member": ('"<name>": {"value": <value>}', '"<name>": <value>',
    '"<name>": {"reference": <value>}'),
    "value": ("1", "true", '"x"', "[<value>, <value>]", '{"k": <value>}', "null", "1.5", '"[x]"',
    "-1e5"),
}  # fmt: skip


@cache
def _file() -> Path:
    """Return a file of this process's own."""
    return Path(mkdtemp(prefix=f"fuzz-{os.getpid()}-")) / "p.json"


def fuzz(data: bytes) -> None:
    """Give the bytes as a file, and as an argument where they could be one."""
    path = _file()
    path.write_bytes(data)
    arguments = [str(path)]
    text = data.decode("utf-8", "surrogateescape")
    # An argument that names a file would make the answer depend on the machine.
    if "@" not in text and (text.lstrip().startswith("{") or "=" in text):
        arguments.append(text)
    for argument in arguments:
        settings = DeriveSettings(parameters=(argument,), root=path.parent)
        judge(partial(derive_source, TEMPLATE, settings))
