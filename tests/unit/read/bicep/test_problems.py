"""What is wrong in several places of a file is told together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.unit.read.bicep.lowered import lowered

from preflight.errors import InputError, LimitExceeded

GROUP = "'Microsoft.Resources/resourceGroups@2024-03-01'"

MODULE = "targetScope = 'subscription'\nparam a string\n"


def _told(folder: Path, text: str, files: Mapping[str, str] | None = None) -> list[str]:
    """Return where the errors of `text` are, in the order in which they are told."""
    with pytest.raises(InputError) as caught:
        lowered(folder, text, files)
    found = (caught.value, *caught.value.others)
    return [error.where.label for error in found if error.where is not None]


def test_one_error_has_no_others(tmp_path: Path) -> None:
    assert _told(tmp_path, "var a = b\n") == ["main.bicep:1:9"]


def test_every_declaration_tells_its_error(tmp_path: Path) -> None:
    text = f"""targetScope = 'subscription'
output o string = missingOutput
param p string = missingDefault
type t = missingType
func f() string => missingBody
var v = missingValue
resource r {GROUP} = {{
  name: missingName
  location: 'westeurope'
  tags: {{
    a: missingTag
    b: 'fine'
    c: otherTag
  }}
}}
module m 'm.bicep' = {{
  params: {{ b: 1 }}
}}
"""
    lines = [label.split(":")[1] for label in _told(tmp_path, text, {"m.bicep": MODULE})]

    assert [int(line) for line in lines] == [2, 3, 4, 5, 6, 8, 11, 13, 17]


def test_files_that_are_not_there_are_told_together(tmp_path: Path) -> None:
    text = "module a 'no.bicep' = {}\nmodule b 'm.bicep' = {}\nmodule c 'none.bicep' = {}\n"

    told = _told(tmp_path, text, {"m.bicep": "var a = \n"})

    assert told == ["main.bicep:1:10", "main.bicep:3:10", "m.bicep:1:9"]


def test_names_declared_twice_and_parents_that_are_none(tmp_path: Path) -> None:
    text = f"""param a string
var a = 1
resource r {GROUP} = {{
  parent: a
  name: 'r'
}}
var c = nothing
"""
    assert _told(tmp_path, text) == ["main.bicep:2:5", "main.bicep:4:11"]


def test_one_error_for_each_line(tmp_path: Path) -> None:
    assert _told(tmp_path, "var a = [ b, c ]\nvar d = [ b ]\n") == [
        "main.bicep:1:11",
        "main.bicep:2:11",
    ]


def test_what_a_value_inside_another_says_is_told_once(tmp_path: Path) -> None:
    text = f"""resource r {GROUP} existing = {{ name: 'r', scope: subscription() }}
var a = '${{r.properties.x}}${{missing}}'
output one string = a
output two string = a
"""
    assert _told(tmp_path, text) == ["main.bicep:2:29"]


def test_no_more_than_twenty(tmp_path: Path) -> None:
    text = "".join(f"var v{number} = missing\n" for number in range(100))

    assert len(_told(tmp_path, text)) == 20


def test_a_limit_is_told_alone(tmp_path: Path) -> None:
    text = f"var a = missing\nvar b = {'!empty(' * 70}1{')' * 70}\n"

    with pytest.raises(LimitExceeded) as caught:
        lowered(tmp_path, text)

    assert caught.value.others == ()
