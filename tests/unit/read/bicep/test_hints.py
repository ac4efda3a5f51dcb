"""What an error says was probably meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.read.bicep.lowered import lowered

from preflight.errors import InputError

STORAGE = "'Microsoft.Storage/storageAccounts@2023-01-01'"
TYPES = "@export()\ntype size = string\ntype shape = string\n"


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("resorce a", "did you mean `resource`?"),
        ("Param a string", "did you mean `param`?"),
        ("using 'main.bicep'", "`using` belongs in a `.bicepparam` file"),
        ("var a = 1;", "leave the `;` out: a statement ends with its line"),
        ("var a = true and false", "write `&&`"),
        ("var a = true or false", "write `||`"),
        ("var a = 1 = 2 ? 1 : 2", "two values are compared with `==`"),
        ("var a = { b = 1 }", "a property is written `name: value`"),
        ("var a: 1", "a value stands behind `=`"),
        (
            f"resource a {STORAGE} = for i in range(0, 2): {{}}",
            "a loop stands in brackets: [for item in list: { … }]",
        ),
        (
            f"resource a {STORAGE} = [for i in range(0, 2) {{}}]",
            "a loop is written [for item in list: { … }]",
        ),
        (f"resource a {STORAGE} exisiting = {{ name: 'a' }}", "did you mean `existing`?"),
        ("# a comment", "write it like #disable-next-line CODE; a comment begins with //"),
        ("targetScope = 'Subscripton'", "did you mean `subscription`?"),
        ("param a String", "did you mean `string`?"),
        ("type colour = string\nparam a color", "did you mean `colour`?"),
        ("import { sise } from 'types.bicep'", "did you mean `size`?"),
        ("import { shape } from 'types.bicep'", "put @export() before its declaration"),
        ("@secure\nparam a string", "write `@secure()`"),
        ("@description\nparam a string", "write `@description(…)`"),
    ],
)
def test_what_was_probably_meant(tmp_path: Path, text: str, help: str) -> None:
    with pytest.raises(InputError) as caught:
        lowered(tmp_path, text + "\n", {"types.bicep": TYPES})

    assert help == caught.value.help
