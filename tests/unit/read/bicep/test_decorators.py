"""Decorators that the official compiler refuses, and what it takes beside them.

Each text was given to the compiler: it refuses the first list and takes the second.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.read.bicep.lowered import lowered, refusal, template

from preflight.errors import InputError

FILES = {
    "m.bicep": "param a string = 'x'\n",
    "ex.bicep": "@export()\nvar v = 'x'\n@export()\ntype s = string\n",
}
LOOP = "module m 'm.bicep' = [for i in range(0, 2): { name: '${i}' }]"
RESOURCE = "resource a 'Microsoft.Storage/storageAccounts@2023-01-01' = { name: 'aaaa' }"

REFUSED = [
    # The compiler looks at less where `sys.` is written
    ("@sys.allowed([])\nparam p string", "1:14", "at least one value"),
    ("@sys.minLength('a')\nparam p string", "1:16", "takes an integer"),
    ("@sys.secure()\nvar x = 1", "1:1", "cannot stand before"),
    ("type t = {\n  @sys.foo()\n  a: string\n}", "2:3", "no decorator `foo`"),
    ("type t = {\n  @sys.minLength()\n  a: string\n}", "2:3", "takes one argument"),
    # Names
    ("param description string\n@description('x')\nparam p string", "2:1", "in this file"),
    ("type secure = string\n@secure()\nparam p string", "2:1", "in this file"),
    ("@az.description('x')\nvar x = 1", "1:1", "no decorator `az.description`"),
    ("@m.description('x')\nvar x = 1", "1:1", "no decorator `m.description`"),
    ("@sys.sys.description('x')\nvar x = 1", "1:1", "no decorator `sys.sys.description`"),
    ("import * as e from 'ex.bicep'\n@e.v('x')\nvar x = 1", "2:1", "no decorator `e.v`"),
    ("@sys.foo()\nvar x = 1", "1:1", "no decorator `foo`"),
    # Places
    ("@secure()\nmetadata x = 'a'", "1:1", "cannot stand before"),
    ("@foo()\nmetadata x = 'a'", "1:1", "no decorator `foo`"),
    ("type t = {\n  @batchSize(1)\n  a: string\n}", "2:3", "cannot stand before"),
    ("type t = [\n  @batchSize(1)\n  string\n]", "2:3", "cannot stand before"),
    ("param p {\n  @allowed(['a'])\n  a: string\n}", "2:3", "cannot stand before"),
    ("output o {\n  @export()\n  a: string\n} = { a: 'x' }", "2:3", "cannot stand before"),
    ("type t = {\n  @foo()\n  a: string\n}", "2:3", "no decorator `foo`"),
    ("type t = {\n  @secure\n  a: string\n}", "2:3", "a decorator is called"),
    ("type t = {\n  @minLength()\n  a: string\n}", "2:3", "takes one argument"),
    ("type t = {\n  @minLength(1)\n  @minLength(2)\n  a: string\n}", "3:3", "there twice"),
    (f"@retryOn(['x'])\n{LOOP}", "1:1", "cannot stand before"),
    (f"@retryOn()\n{RESOURCE}", "1:1", "is called with arguments"),
    (f"@retryOn\n{RESOURCE}", "1:1", "is called with arguments"),
    (f"@nullIfNotFound()\n{RESOURCE}", "1:1", "is for `existing` resources"),
    # Types that they do not fit
    ("type t = {\n  @secure()\n  a: int\n}", "2:3", "fits object and string only"),
    ("type t = {\n  @minLength(2)\n  *: int\n}", "2:3", "fits array and string only"),
    ("@secure()\nparam p string[]", "1:1", "and this is `array`"),
    ("@secure()\nparam p int?", "1:1", "and this is `int`"),
    ("@secure()\nparam p sys.int", "1:1", "and this is `int`"),
    ("@secure()\nparam p true", "1:1", "and this is `bool`"),
    ("@secure()\nparam p any", "1:1", "and this is `any`"),
    ("@minLength(1)\nparam p (int)?", "1:1", "and this is `int`"),
    ("@sealed()\nparam p [int]", "1:1", "and this is `array`"),
    ("type t = string\n@secure()\nparam p t", "2:1", "with a name of its own"),
    ("type t = string\n@minLength(1)\nparam p t?", "2:1", "with a name of its own"),
    ("type t = string\n@minLength(1)\ntype u = t", "2:1", "with a name of its own"),
    ("type t = string\ntype u = [\n  @maxLength(1)\n  t\n]", "3:3", "with a name of its own"),
    ("type t = { a: string }\n@minLength(1)\nparam p t.a", "2:1", "with a name of its own"),
    ("import { s } from 'ex.bicep'\n@allowed(['x'])\nparam p s", "2:1", "with a name of its own"),
    ("import * as e from 'ex.bicep'\n@secure()\nparam p e.s", "2:1", "with a name of its own"),
    ("@minLength(1)\nparam p 'a' | 'b'", "1:1", "before literals"),
    ("@minLength(1)\nparam p ('a' | 'b')?", "1:1", "before literals"),
    ("@allowed(['a'])\nparam p 'a'", "1:1", "before literals"),
    ("@sealed()\nparam p { a: string, *: string }", "1:1", "before a type with `*`"),
    # Unions of objects
    ("@discriminator('k')\nparam p object", "1:1", "before a union of objects"),
    ("@discriminator('k')\nparam p { k: 'a' }", "1:1", "before a union of objects"),
    ("@discriminator('k')\nparam p any", "1:1", "before a union of objects"),
    ("@discriminator('k')\nparam p { k: 'a' } | null", "2:22", "are objects"),
    ("@discriminator('k')\nparam p { k: 'a' } | ({ k: 'b' })?", "2:22", "are objects"),
    ("@discriminator('z')\nparam p { k: 'a' } | { k: 'b' }", "2:9", "`z` must be there"),
    ("@discriminator('k')\nparam p { k: 'a' } | { K: 'b' }", "2:22", "`k` must be there"),
    ("@discriminator('k')\nparam p { k: 'a' } | { k: string }", "2:22", "as one text"),
    ("@discriminator('k')\nparam p { k: 'a' } | { k: 1 }", "2:22", "as one text"),
    ("@discriminator('k')\nparam p { k: 'a' } | { k: 'b'? }", "2:22", "as one text"),
    ("@discriminator('k')\nparam p { k: 'a' } | { k: 'b' | 'c' }", "2:22", "as one text"),
    ("@discriminator('k')\nparam p { k: 'a' } | { k: 'A', b: int }", "2:22", "told apart by `A`"),
    # Arguments
    ("@description(1)\nparam p string", "1:14", "takes a text"),
    ("@description(null)\nvar x = 1", "1:14", "takes a text"),
    ("@minLength('1')\nparam p string", "1:12", "takes an integer"),
    ("@allowed('a')\nparam p string", "1:10", "takes an array"),
    ("@metadata('a')\nparam p string", "1:11", "takes an object"),
    ("@description('a${'b'}')\nparam p string", "1:14", "must be written as it is"),
    ("@description(resourceGroup().name)\nvar x = 1", "1:14", "must be written as it is"),
    ("var n = 1\n@minLength(n)\nparam p string", "2:12", "must be written as it is"),
    ("@minLength((1))\nparam p string", "1:12", "must be written as it is"),
    ("var v = ['a']\n@allowed(v)\nparam p string", "2:10", "must be written as it is"),
    ("param q string\n@allowed(['a', q])\nparam p string", "2:16", "must be written as it is"),
    ("@metadata({ a: { b: [true ? 1 : 2] } })\nparam p string", "1:22", "as it is"),
    ("@metadata({ '${'a'}': 1 })\nparam p string", "1:13", "as it is"),
    ("@metadata({ a: 1, a: 2 })\nparam p string", "1:19", "`a` is there twice"),
    ("@minLength(-1)\nparam p string", "1:12", "not negative"),
    ("type t = {\n  @maxLength(-1)\n  a: string\n}", "2:14", "not negative"),
    ("@minLength(5)\n@maxLength(2)\nparam p string", "1:1", "is above `@maxLength(2)`"),
    ("@minValue(2)\n@sys.maxValue(-1)\nparam p int", "1:1", "is above `@maxValue(-1)`"),
    ("@allowed([])\nparam p string", "1:10", "at least one value"),
    ("@allowed([...['a']])\nparam p string", "1:10", "at least one value"),
    ("@allowed(['a', 1])\nparam p string", "1:16", "of the type `string`"),
    ("@allowed([null])\nparam p string?", "1:11", "of the type `string`"),
    (f"@batchSize(0)\n{LOOP}", "1:12", "at least one resource"),
    (f"@batchSize(-1)\n{LOOP}", "1:12", "at least one resource"),
    (f"@batchSize(null)\n{LOOP}", "1:12", "takes an integer"),
]
TAKEN = [
    "@description('x'!)\n@allowed(['a'!]!)\n@minLength(1!)\nparam p string",
    "output description string = 'a'\n@description('x')\nparam p string",
    "@description('x')\n@sys.description('y')\nmetadata x = 1",
    "@metadata({ a: 1 })\nfunc f() string => 'a'\noutput o string = f()",
    "@metadata({ a: [-1, 'x', { b: null }], ...{} })\nparam p string",
    "type t = {\n  @description('x')\n  @metadata({})\n  @minLength(1)\n  a: string\n}",
    "type t = [\n  @discriminator('k')\n  { k: 'a' } | { k: 'b' }\n]",
    "var v {\n  @minLength(2)\n  a: int\n} = { a: 1 }",
    "@secure()\nparam p 'a' | 'b'",
    "@secure()\nparam p object?",
    "@secure()\nparam p (string)",
    "@minLength(1)\nparam p any",
    "@minLength(1)\nparam p ('a' | 'b')[]",
    "@minValue(1)\nparam p 1 | 2",
    "type t = string\n@minLength(1)\nparam p (t)",
    "type t = { a: string }\n@minLength(1)\nparam p t[]",
    "type t = { a: string }\n@sealed()\nparam p t",
    "type a = { k: 'a' }\n@discriminator('k')\nparam p a | a",
    "type k = 'a'\ntype a = { k: k }\n@discriminator('k')\nparam p a | { k: 'b', *: string }",
    "@discriminator('k')\ntype t = { k: 'a' } | { k: 'b' }\n@discriminator('k')\nparam p t",
    "@minValue(-9223372036854775807)\n@maxValue(-1)\nparam p int",
    "@minValue(1)\n@maxValue(1)\nparam p int",
    "@allowed(['a'])\nparam p array",
    "@allowed(['a', true])\nparam p any",
    "@allowed([[1], [2]])\nparam p int[]",
    "@allowed([1, 1])\nparam p int",
    "type t = {\n  @sys.allowed(['a'])\n  @sys.batchSize(0)\n  a: string\n}",
    "type t = [\n  @sys.minLength(-1)\n  int\n]",
    "type s = string\n@sys.minLength(1)\nparam p s",
    "@sys.secure()\nparam p int",
    "@sys.minLength(1)\nparam p 'a' | 'b'",
    "@sys.allowed([1])\nparam p string",
    f"@sys.batchSize(0)\n{LOOP}",
    f"@sys.nullIfNotFound()\n{RESOURCE}",
    f"@batchSize(1 + 1)\n{LOOP}",
    f"@retryOn(['x'])\n{RESOURCE}",
]


@pytest.mark.parametrize(("text", "place", "message"), REFUSED)
def test_refused(tmp_path: Path, text: str, place: str, message: str) -> None:
    where, error = refusal(tmp_path, text, FILES)

    assert message in error.message
    assert where == f"main.bicep:{place}"


@pytest.mark.parametrize("text", TAKEN)
def test_taken(tmp_path: Path, text: str) -> None:
    lowered(tmp_path, text, FILES)


def test_allowed_values_inside_a_type_are_not_written(tmp_path: Path) -> None:
    made = template(tmp_path, "type t = {\n  @sys.allowed(['a'])\n  a: string\n}\nparam p t")

    assert made["definitions"] == {"t": {"type": "object", "properties": {"a": {"type": "string"}}}}


def test_an_allowed_value_cannot_be_spread(tmp_path: Path) -> None:
    # The compiler fails there without a message.
    with pytest.raises(InputError, match="cannot be an expression"):
        lowered(tmp_path, "@allowed(['a', ...['b']])\nparam p string", FILES)
