"""Types that the official compiler refuses for how they are written, and what it takes.

Each text was given to the compiler: it refuses the first list and takes the second.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.read.bicep.lowered import lowered, refusal

BODY = "resourceInput<'T.T/a@2020-01-01'>"
FILES = {"ex.bicep": "@export()\ntype s = string\n"}

REFUSED = [
    # Parts of types
    ("param p { a: string }.a", "1:9", "that has a name has parts"),
    ("param p [string][0]", "1:9", "that has a name has parts"),
    ("param p string[][*]", "1:9", "that has a name has parts"),
    ("param p { *: string }.*", "1:9", "that has a name has parts"),
    ("type t = { a: string }\nparam p (t).a", "2:9", "that has a name has parts"),
    ("type t = string[]\nparam p t.a", "2:9", "no such part"),
    ("type t = 'a'\nparam p t.a", "2:9", "no such part"),
    ("type t = { a: string }\nparam p t[0]", "2:9", "no such part"),
    ("type t = { a: string }\nparam p t[*]", "2:9", "no such part"),
    ("type t = [ string ]\nparam p t[*]", "2:9", "no such part"),
    ("type t = string[]\nparam p t[0]", "2:9", "no such part"),
    ("@discriminator('k')\ntype t = { k: 'a' } | { k: 'b' }\nparam p t.k", "3:9", "no such part"),
    ("type t = { a: string }\nparam p t.*", "2:9", "the type has no `*`"),
    ("param p az.string", "1:12", "`az` has no such type"),
    ("param p sys.foo", "1:13", "`sys` has no such type"),
    # Literals
    ("param p '${1}'", "1:9", "is a literal"),
    ("type t = 'b'\nparam p 'a${t}'", "2:9", "is a literal"),
    ("param p 'a' | '${true}'", "1:15", "is a literal"),
    ("param p !1", "1:9", "`!` before booleans"),
    ("param p -'a'", "1:9", "`-` stands before integers"),
    ("param p -null", "1:9", "`-` stands before integers"),
    # Types of resources
    (f"param p {BODY}", "1:9", "the whole body"),
    (f"type t = {{ a: {BODY}? }}", "1:15", "the whole body"),
    (f"var v {BODY}[] = []", "1:7", "the whole body"),
    ("param p resourceInput<'T.T/a@latest'>.name", "1:23", "no type of a resource"),
    ("param p resourceInput<'T.T/a'>.name", "1:23", "no type of a resource"),
    ("param p resourceInput<string>.name", "1:9", "a resource as a text"),
    ("param p resourceInput<'${'T.T/a'}@2020-01-01'>.name", "1:9", "a resource as a text"),
    ("param p resourceInput<>.name", "1:9", "a resource as a text"),
    ("param p resourceInput<'T.T/a@2020-01-01', 'b'>.name", "1:9", "a resource as a text"),
    ("param p foo<'T.T/a@2020-01-01'>.name", "1:9", "takes no arguments"),
    ("param p string<'a'>", "1:9", "takes no arguments"),
    ("type resourceInput = string\nparam p resourceInput<'T.T/a@2020-01-01'>.a", "2:9", "`<>`"),
    ("import * as e from 'ex.bicep'\nparam p e.s<'a'>", "2:11", "takes no arguments"),
    ("param p az.resourceInput<'T.T/a@2020-01-01'>.name", "1:12", "takes no arguments"),
]
TAKEN = [
    "type t = { a: { b: string[] } }\nparam p t.a.b[*]",
    "type t = { a: string }\nparam p t['a']",
    "type t = ([ string ])\nparam p t[0]",
    "type u = { a: string }\ntype t = u\nparam p t",
    "param p sys.array[]",
    "param p 'a${'b'}'",
    "param p !(true)",
    "type t = 1\nparam p -t",
    f"param p {BODY}.properties?",
    f"param p {BODY}['name']",
    f"param p {BODY}.tags.*",
    "param p resourceInput<'az:T.T/a@2020-01-01'>.name",
    "param p sys.resourceOutput<'T.T/a@2020-01-01'>.properties[]",
    "type resourceInput = string\nparam p resourceInput",
]


@pytest.mark.parametrize(("text", "place", "message"), REFUSED)
def test_refused(tmp_path: Path, text: str, place: str, message: str) -> None:
    where, error = refusal(tmp_path, text, FILES)

    assert message in error.message
    assert where == f"main.bicep:{place}"


@pytest.mark.parametrize("text", TAKEN)
def test_taken(tmp_path: Path, text: str) -> None:
    lowered(tmp_path, text, FILES)
