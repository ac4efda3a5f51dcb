"""What the official compiler refuses without looking at types, and what it takes beside it.

Each text was given to the compiler: it refuses the first list and takes the second.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.read.bicep.lowered import lowered, refusal, template

from preflight.errors import InputError
from preflight.model.value import JsonValue

ACCOUNT = "'Microsoft.Storage/storageAccounts@2023-01-01'"
SERVICE = "'Microsoft.Storage/storageAccounts/blobServices@2023-01-01'"
LOCK = "'Microsoft.Authorization/locks@2020-05-01'"
GROUP = "'Microsoft.Resources/resourceGroups@2023-07-01'"
A = f"resource a {ACCOUNT} existing = {{ name: 'aaaa' }}\n"
PARENT = f"param n string\nresource p {ACCOUNT} existing = {{ name: n }}\n"
LOOP = f"resource s {ACCOUNT} existing = [for i in range(0, 2): {{ name: 'a${{i}}' }}]\n"
FILES = {
    "m.bicep": "param a string = 'x'\noutput o string = a\n",
    "sub.bicep": "targetScope = 'subscription'\n",
    "mg.bicep": "targetScope = 'managementGroup'\n",
    "ex.bicep": "@export()\nvar v = 'x'\n@export()\ntype t = 'a' | 'b'\n",
}

REFUSED = [
    # Names
    ("param Foo string\nparam foo string", "2:7", "differ in case only"),
    ("var Foo = 1\nvar foo = 2", "2:5", "differ in case only"),
    ("output Foo int = 1\noutput foo int = 2", "2:8", "differ in case only"),
    ("type Foo = string\ntype foo = int", "2:6", "differ in case only"),
    ("func Foo() string => 'a'\nfunc foo() string => 'b'", "2:6", "differ in case only"),
    ("import { v } from 'ex.bicep'\nvar V = 1", "2:5", "differ in case only"),
    ("type t = { a: string, A: string }", "1:23", "`A` is there twice"),
    ("var x = { a: 1, a: 2 }", "1:17", "`a` is there twice"),
    ("var x = { 'a': 1, a: 2 }", "1:19", "`a` is there twice"),
    ("var x = [for i in range(0, 2): union({ a: i, a: 2 }, {})]", "1:46", "`a` is there twice"),
    ("module m 'm.bicep' = { name: 'a', name: 'b' }", "1:35", "`name` is there twice"),
    ("module m 'm.bicep' = { params: { a: 'a', a: 'b' } }", "1:42", "`a` is there twice"),
    ("metadata x = 'a'\nmetadata x = 'b'", "2:10", "`x` is there twice"),
    ("targetScope = 'resourceGroup'\ntargetScope = 'resourceGroup'", "2:1", "is there twice"),
    # The same ID
    (f"{A}resource b {ACCOUNT} = {{ name: 'aaaa' }}", "2:69", "have the same name"),
    (f"{A}var n = 'aa'\nresource b {ACCOUNT} existing = {{ name: '${{n}}aa' }}", "3:78", ""),
    (
        (
            f"{PARENT}resource b {SERVICE} = {{ parent: p, name: 'x' }}\n"
            f"resource c {SERVICE} = {{ parent: p, name: 'x' }}"
        ),
        "4:93",
        "`b` and `c` have the same name",
    ),
    (
        (
            f"{A}resource b {LOCK} = {{ scope: a, name: 'x' }}\n"
            f"resource c {LOCK} = {{ scope: a, name: 'x' }}"
        ),
        "3:75",
        "`b` and `c` have the same name",
    ),
    ("module a 'm.bicep' = { name: 'x' }\nmodule b 'm.bicep' = { name: 'x' }", "2:30", ""),
    (
        (
            "module a 'm.bicep' = { name: 'x', scope: resourceGroup('g') }\n"
            "module b 'm.bicep' = if (true) { name: 'x', scope: resourceGroup('g') }"
        ),
        "2:40",
        "have the same name",
    ),
    # What can be referred to
    ("var v = 'x'\nparam a string = v", "2:18", "cannot refer to `v`"),
    (f"{A}param p string = a.id", "2:18", "cannot refer to `a`"),
    ("import { v } from 'ex.bicep'\nparam a string = v", "2:18", "cannot refer to `v`"),
    ("param a array = map([1], x => x)", "1:31", "`x`, a variable of its own"),
    ("param p string\nfunc f() string => p", "2:20", "does not know `p`"),
    ("param p string\n@export()\nvar x = p", "3:5", "is exported and needs `p`"),
    ("param p string\nvar y = p\n@export()\nvar x = y", "4:5", "is exported and needs `p`"),
    (f"{A}@export()\nvar x = a.id", "3:5", "is exported and needs `a`"),
    (
        "param p string\nvar y = p\nfunc g() string => y\n@export()\nfunc f() string => g()",
        "5:6",
        "is exported and needs `p`",
    ),
    (f"{LOOP}output o array = [for x in s: x.id]", "2:28", "cannot run over all"),
    (f"{LOOP}module m 'm.bicep' = [for x in s: {{}}]", "2:32", "cannot run over all"),
    ("var v = [for (i, i) in [1]: i]", "1:18", "have the same name"),
    ("var v = map([1], (x, x) => x)", "1:22", "have the same name"),
    ("import { v, v as y } from 'ex.bicep'", "1:13", "imported as `v` and `y`"),
    ("import { v as x, v as y } from 'ex.bicep'", "1:18", "imported as `x` and `y`"),
    ("var v = sys.resourceGroup().name", "1:13", "`sys` has no function `resourceGroup`"),
    ("var v = az.concat('a')", "1:12", "`az` has no function `concat`"),
    ("output o array = map(['a'], i => reference(i).x)", "1:44", "a lambda's variable"),
    ("output o array = map(['a'], i => az.listKeys('x', '${i}'))", "1:54", "a lambda's variable"),
    (f"{A}output o array = map(['a'], i => a.listKeys(i).x)", "2:45", "a lambda's variable"),
    ("var v = map([1], i => map([2], j => list(i, 'v')))", "1:42", "a lambda's variable"),
    ("var v = map([1], i => reference(first(map(['b'], j => j))))", "1:55", "a lambda's variable"),
    # Metadata
    ("metadata x = resourceGroup().location", "1:14", "must be written as it is"),
    ("var v = 'a'\nmetadata x = v", "2:14", "must be written as it is"),
    ("metadata x = { a: ['${1}'] }", "1:20", "must be written as it is"),
    ("metadata x = { a: { b: 1, b: 2 } }", "1:27", "`b` is there twice"),
    ("func f() string => f()", "1:20", "`f` refers to itself"),
    ("func f() string => g()\nfunc g() string => f()", "2:20", "in a circle"),
    (f"{LOOP}var x = map([0], i => s[i].id)", "2:25", "cannot choose a resource"),
    (f"{LOOP}output o string = s.id", "2:19", "`s` stands for several resources"),
    (f"{A}output o string = a[0].id", "2:21", "`a` is no loop"),
    ("type t = { a: t }", "1:15", "`t` refers to itself"),
    ("type t = t[]", "1:10", "`t` refers to itself"),
    ("type a = { x: b }\ntype b = [ a ]", "2:12", "in a circle"),
    (f"param r resource {ACCOUNT}", "1:1", "feature `resourceTypedParamsAndOutputs`"),
    (f"{A}output r resource {ACCOUNT} = a", "2:1", "feature `resourceTypedParamsAndOutputs`"),
    ("assert a = 1 == 1", "1:1", "experimental feature `assertions`"),
    # Unions
    ("param p { a: string } | { b: int }", "1:9", "are literals"),
    ("param p string | 'a'", "1:9", "are literals"),
    ("param p (string | 'a')[]", "1:10", "are literals"),
    ("type t = string[]\nparam p t[*] | 'c'", "2:9", "are literals"),
    ("type t = string?\nparam p t | 'c'", "2:9", "are literals"),
    ("param p 'a' | 1", "1:9", "of one type"),
    ("type t = { b: 'x'? } | { b: 'y' }", "1:10", "are literals"),
    # Bodies
    (f"var x = {{}}\nresource a {ACCOUNT} = {{ ...x, name: 'aaaa' }}", "2:63", "body itself"),
    ("var x = {}\nmodule m 'm.bicep' = { ...x, name: 'm' }", "2:24", "body itself"),
    (f"resource a {ACCOUNT} existing = {{ name: 123 }}", "1:78", "must be a text"),
    (f"param n int\nresource a {ACCOUNT} existing = {{ name: n }}", "2:78", "must be a text"),
    ("var n = 1\nmodule m 'm.bicep' = { name: n }", "2:30", "must be a text"),
    (f"resource a {ACCOUNT} existing = {{ name: 'a', tags: {{}} }}", "1:83", "cannot have `tags`"),
    (f"{A}module m 'm.bicep' = {{ dependsOn: [ a.id ] }}", "2:37", "lists resources"),
    ("module m 'm.bicep' = { dependsOn: [ 'x' ] }", "1:37", "lists resources"),
    ("param s string\nmodule m 'm.bicep' = { dependsOn: [ s ] }", "2:37", "lists resources"),
    (f"{A}module m 'm.bicep' = {{ dependsOn: [ a.properties ] }}", "2:37", "lists resources"),
    (f"{A}module m 'm.bicep' = {{ dependsOn: [ any(a) ] }}", "2:37", "lists resources"),
    ("module m 'm.bicep' = { dependsOn: [ resourceId('T.T/a', 'a') ] }", "1:37", "lists"),
    ("param d array\nmodule m 'm.bicep' = { dependsOn: d }", "2:35", "is an array"),
    ("param d array\nmodule m 'm.bicep' = { dependsOn: any(d) }", "2:35", "is an array"),
    (f"{A}module m 'm.bicep' = {{ dependsOn: a }}", "2:35", "is an array"),
    ("module m 'm.bicep' = { dependsOn: 'x' }", "1:35", "is an array"),
    (
        f"{A}resource b 'Microsoft.Sql/servers/databases@2023-08-01' = {{ parent: a, name: 'b' }}",
        "2:69",
        "the parent must be of the type `Microsoft.Sql/servers`",
    ),
    ("module m 'sub.bicep' = { name: 'm' }", "1:8", "is written for a subscription"),
    ("module m 'm.bicep' = { scope: subscription() }", "1:31", "written for a resource group"),
    # Directives
    ("#disable-next-line\nparam a string", "1:1", "`#` begins no directive"),
    ("var x = {\n  #disable-diagnostics  // no code\n  a: 1\n}", "2:3", "`#` begins no"),
    (
        "targetScope = 'managementGroup'\nmodule m 'sub.bicep' = { scope: subscription() }",
        "2:33",
        "`subscription()` needs more arguments",
    ),
    (
        (
            f"targetScope = 'subscription'\nresource b {ACCOUNT} existing = "
            "{ name: 'b', scope: resourceGroup() }"
        ),
        "2:90",
        "`resourceGroup()` needs more arguments",
    ),
    (
        "targetScope = 'managementGroup'\nmodule m 'm.bicep' = { scope: resourceGroup('g') }",
        "2:31",
        "`resourceGroup()` needs more arguments",
    ),
    ("module m 'mg.bicep' = { scope: managementGroup('m') }", "1:32", "from a resource group"),
    (
        "targetScope = 'subscription'\nmodule m 'mg.bicep' = { scope: managementGroup('m') }",
        "2:32",
        "from a subscription",
    ),
    # Decorators
    ("@foo()\nparam a string", "1:1", "no decorator `foo`"),
    ("@description('x', 'y')\nparam a string", "1:1", "takes one argument"),
    ("@description\nparam a string", "1:1", "a decorator is called"),
    ("@secure('x')\nparam a string", "1:1", "takes no argument"),
    ("@secure()\nparam a int", "1:1", "fits object and string only, and this is `int`"),
    ("@minValue(1)\nparam a string", "1:1", "fits int only"),
    ("@secure()\nvar x = 'a'", "1:1", "cannot stand before"),
    ("@export()\nparam a string", "1:1", "cannot stand before"),
    ("@description('a')\n@description('b')\nparam a string", "2:1", "there twice"),
    ("@batchSize(1)\nmodule m 'm.bicep' = { name: 'm' }", "1:1", "before a loop only"),
    ("@onlyIfNotExists()\nmodule m 'm.bicep' = { name: 'm' }", "1:1", "cannot stand before"),
]
TAKEN = [
    "param foo string\nvar Foo = 1",
    "import { v } from 'ex.bicep'\nparam V string",
    "import { t } from 'ex.bicep'\nvar T = 1",
    "var x = { a: 1, A: 2 }",
    "var x = { '${'a'}': 1, '${'a'}': 2 }",
    f"{A}resource b {ACCOUNT} existing = {{ name: 'AAAA' }}",
    f"param c bool\n{A}resource b {ACCOUNT} existing = if (c) {{ name: 'aaaa' }}",
    f"{A}resource b {LOCK} = {{ name: 'x' }}\nresource c {LOCK} = {{ scope: a, name: 'x' }}",
    f"{A}resource b {ACCOUNT} existing = {{ name: 'aaaa', scope: resourceGroup('g') }}",
    "param n string\nmodule a 'm.bicep' = { name: n }\nmodule b 'm.bicep' = { name: n }",
    (
        "module a 'm.bicep' = { name: 'x', scope: resourceGroup('g') }\n"
        "module b 'm.bicep' = { name: 'x', scope: resourceGroup('h') }"
    ),
    "module a 'm.bicep' = {}\nmodule b 'm.bicep' = {}",
    (
        "var n = 'x'\n"
        f"resource a {ACCOUNT} existing = [for n in range(0, 2): {{ name: 'a${{n}}' }}]\n"
        f"resource b {ACCOUNT} existing = [for n in range(0, 2): {{ name: 'a${{n}}' }}]"
    ),
    "import * as ex from 'ex.bicep'\nparam a string = ex.v",
    "func g() string => 'a'\nparam a string = g()",
    "var p = 'a'\nfunc f() string => p",
    f"{A}func f() string => a.id",
    "param a array = map([1], x => 1)",
    "param p string\nfunc f(p string) string => p",
    "param p string\n@export()\nfunc f(p string) string => p",
    "param p string\n@export()\nvar x = map([1], p => p)",
    "import { v } from 'ex.bicep'\n@export()\nvar x = v",
    f"{LOOP}output o array = [for s in [1]: s]",
    "var v = [for (i, j) in [1]: map([1], (i, j) => i)]",
    "var v = '${az.resourceGroup().name}${sys.concat('a', 'b')}'",
    f"{A}module m 'm.bicep' = {{ dependsOn: [ ...[a] ] }}",
    "output o array = map(['a'], i => reference('x', '2020-01-01').y)",
    "output o array = [for i in ['a']: reference(i, '2020-01-01').y]",
    "output o object = reference(first(map(['b'], j => j)))",
    "metadata x = { a: [-1, null, true, 'x'], b: { ...{} } }",
    f"{LOOP}var x = map([0], i => s[0].id)",
    f"{LOOP}var x = [for k in range(0, 2): s[k].id]",
    "param p { a: 'x' } | { a: 'y' }",
    "param p ['x'] | ['y']",
    "param p true | null",
    "param p 'a'? | 'c'",
    "param p ('a' | 1 | { b: 'c' })[]",
    "@discriminator('k')\nparam p ({ k: 'a', v: string } | { k: 'b', w: int })?",
    "type o = { a: 'x', b: string }\nparam p o.a | 'c'",
    "import { t } from 'ex.bicep'\nparam p t | 'c'",
    "type t = { a: t?, b: (t?)[], *: t }",
    "type t = [ t? ]",
    f"{LOOP}module m 'm.bicep' = {{ dependsOn: s }}",
    f"{LOOP}module m 'm.bicep' = {{ dependsOn: [ s ] }}",
    f"{A}var d = [ a ]\nmodule m 'm.bicep' = {{ dependsOn: d }}",
    "#disable-next-line BCP037 no-unused-params // why\nparam a string",
    f"resource a {ACCOUNT} existing = {{ name: any(3) }}",
    f"{A}param c bool\nmodule m 'm.bicep' = {{ dependsOn: c ? [ a ] : [] }}",
    f"{A}resource b {SERVICE.lower()} = {{ parent: a, name: 'default' }}",
    "module m 'sub.bicep' = { scope: subscription() }",
    "targetScope = 'managementGroup'\nmodule m 'm.bicep' = { scope: resourceGroup('s', 'g') }",
    "targetScope = 'managementGroup'\nmodule m 'mg.bicep' = { scope: managementGroup() }",
    "targetScope = 'tenant'\nmodule m 'mg.bicep' = { scope: managementGroup('m') }",
    (
        "resource p 'Microsoft.Authorization/policyDefinitions@2021-06-01' existing = "
        "{ name: 'p', scope: managementGroup('m') }"
    ),
    "@sys.description('x')\n@sys.description('y')\nparam a string",
    "@description('x')\n@sys.description('y')\nparam a string",
    "@description('x')\nmetadata a = 'x'",
    "@export()\n@description('x')\nvar x = 'a'",
    "@sealed()\ntype x = {}",
]


@pytest.mark.parametrize(("text", "place", "message"), REFUSED)
def test_refused(tmp_path: Path, text: str, place: str, message: str) -> None:
    where, error = refusal(tmp_path, text, FILES)

    assert message in error.message
    assert where == f"main.bicep:{place}"


@pytest.mark.parametrize("text", TAKEN)
def test_taken(tmp_path: Path, text: str) -> None:
    lowered(tmp_path, text, FILES)


def test_modules_in_a_group_that_is_a_resource_differ_by_it(tmp_path: Path) -> None:
    text = f"""targetScope = 'subscription'
resource one {GROUP} existing = {{ name: 'one' }}
resource two {GROUP} existing = {{ name: 'two' }}
module a 'm.bicep' = {{ name: 'x', scope: one }}
module b 'm.bicep' = {{ name: 'x', scope: two }}
"""
    lowered(tmp_path, text, FILES)

    with pytest.raises(InputError, match="`a` and `b` have the same name"):
        lowered(tmp_path, text.replace("scope: two", "scope: one"), FILES)


def test_a_size_of_batches_may_be_a_parameter(tmp_path: Path) -> None:
    text = (
        "param n int\n@batchSize(n)\nmodule m 'm.bicep' = [for i in range(0, 2): { name: '${i}' }]"
    )

    resources = template(tmp_path, text, FILES)["resources"]

    assert isinstance(resources, list)
    (module,) = resources
    assert isinstance(module, dict)
    copy: JsonValue = module["copy"]
    assert isinstance(copy, dict)
    assert copy["batchSize"] == "[parameters('n')]"


def test_assertions_with_their_feature(tmp_path: Path) -> None:
    config = '{ "experimentalFeaturesEnabled": { "assertions": true } }'

    lowered(tmp_path, "assert a = 1 == 1", {"bicepconfig.json": config})


def test_a_file_that_is_only_imported_from_is_looked_at_too(tmp_path: Path) -> None:
    text = "import { v } from 'other.bicep'\noutput o string = v\n"
    other = "@export()\nvar v = 'x'\nvar w = 1\nvar W = 2\n"

    with pytest.raises(InputError, match="differ in case only"):
        lowered(tmp_path, text, {"other.bicep": other})
