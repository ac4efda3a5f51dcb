"""Fuzz target: Bicep files, a module and a parameter file; refused with a place, or derived."""

from __future__ import annotations

import os
from functools import cache, partial
from pathlib import Path
from tempfile import mkdtemp

from tests.fuzz.judging import judge

from preflight.api import DeriveSettings, derive_source
from preflight.read.bicep.lexer import tokenize

_GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg"
_SHARED = """\
@export()
var text = 'shared'
@export()
func shout(a string) string => toUpper(a)
@export()
type label = { name: string, size: int? }
"""
_MODULE = """\
param name string = 'm'
param list array = []
resource vnet 'Microsoft.Network/virtualNetworks@2024-01-01' = {
  name: name
  properties: { subnets: [for item in list: { name: item }] }
}
output id string = vnet.id
"""
_LARGE = """\
targetScope = 'resourceGroup'
import { text, shout as cry, label } from 'shared.bicep'
import * as all from 'shared.bicep'
metadata about = 'x'
@description('d')
@minLength(2)
param name string = 'st${text}'
@secure()
param secret string?
param count int = 2
@allowed(['a', 'b'])
param choice string = 'a'
param shape label = { name: 'n' }
type kind = 'one' | 'two'
func join2(a string, b int) string => '${a}-${b}'
var list = [for i in range(0, count): 'n${i}']
var object = { ...shape, 'odd key': cry(name), list: map(list, (x, i) => '${x}${i}') }
resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = if (count > 1) {
  name: toLower(join2(name, count))
  location: resourceGroup().location
  sku: { name: 'Standard_LRS' }
  resource blobs 'blobServices' = {
    name: 'default'
    resource container 'containers' = [for (n, i) in list: if (i < 5) { name: n }]
  }
}
resource old 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: 'kv'
  scope: resourceGroup('other')
}
@batchSize(1)
module inner 'module.bicep' = [for n in list: {
  name: 'in-${n}'
  params: { name: n, list: filter(list, x => x != n) }
}]
module secretive 'module.bicep' = {
  params: { name: account.?properties.?x ?? '''multi ${x}''' }
  scope: resourceGroup('other')
}
resource lock 'Microsoft.Authorization/locks@2020-05-01' = {
  scope: account::blobs
  name: 'l'
  dependsOn: [inner]
  properties: { level: old.properties.vaultUri, keys: account.listKeys().keys[0]!.value }
}
output ids array = [for i in range(0, count): inner[i].outputs.id]
"""
_PARAMETERS = """\
using 'main.bicep'
extends 'base.bicepparam'
import { text } from 'shared.bicep'
var v = readEnvironmentVariable('X', 'd')
param name = '${v}${text}'
param count = 3
param secret = az.getSecret('s', 'g', 'v', 'n')
param shape = { name: base.choice }
"""
_FIXED = {
    "shared.bicep": _SHARED,
    "module.bicep": _MODULE,
    "base.bicepparam": "using none\nparam choice = 'b'\n",
    "data.json": '{"a": [1, {"b": "[x]"}]}',
    "data.yaml": "a: [1, b]\n",
}
SEEDS = [
    _LARGE.encode(),
    _MODULE.encode(),
    _SHARED.encode(),
    _PARAMETERS.encode(),
    b"var a = loadJsonContent('data.json', '$..b')\nvar b = loadYamlContent('data.yaml')\n",
    b"var a = $'''x ${'y'} z'''\nvar b = 'a\\u{1F600}\\n\\${x}'\n",
    b"#disable-next-line x\nresource a 'b' = {}\n/* c */ // d\n",
    b"assert a = 1 == 1\ntest t 'module.bicep' = {}\nextension kubernetes as k\n",
    b"type a = { *: string, b: a?, c: (1 | 2)[] }\nparam p a[]?\noutput o resourceInput<'x'>.y = 1",
]
WORDS = (
    "param", "var", "resource", "module", "output", "type", "func", "import", "existing", "for",
    "in", "if", "using", "none", "extends", "as", "from", "with", "targetScope", "metadata", "@",
    "assert", "extension", "'", "'''", "${", "}", "{", "[", "]", "(", ")", "=>", "??", "?.", "!",
    "::", "...", "=", "==", "=~", "&&", "||", "?", ":", ",", "\n", "//", "/*", "*/", "#", "*", "-",
    "sys.", "az.", "base", "this", "null", "true", "99999999999999999999", "\\u{110000}", "\x00",
    "loadTextContent('", "module.bicep", "../x", "br/public:a/b:1", "ts:a/b/c:1", "a", "name",
)  # fmt: skip
GRAMMAR = {
    "start": ("<statement>\n<statement>\n<statement>\n", "<statement>\n", "using none\n<param>\n"),
    "statement": (
        "var <name> = <value>",
        "param <name> <type> = <value>",
        "type <name> = <type>",
        "func <name>(<name> <type>) <type> => <value>",
        "output <name> <type> = <value>",
        "resource <name> 'Microsoft.Web/sites@2022-03-01' = {\n name: <value>\n p: <value>\n}",
        "resource <name> 'a/b@2020-01-01' existing = {\n name: <value>\n}",
        "resource <name> 'a/b/c@2020-01-01' = [for x in <value>: {\n parent: <name>\n name: x\n}]",
        "module <name> 'module.bicep' = {\n name: <value>\n params: { name: <value> }\n}",
        "module <name> 'module.bicep' = [for (x, i) in <value>: if (<value>) {\n name: x\n}]",
        "import * as <name> from 'shared.bicep'",
        "targetScope = <value>",
        "<param>",
    ),
    "param": ("param <name> = <value>", "var <name> = <value>"),
    "name": ("a", "b", "c", "d", "sys", "string", "main"),
    "type": (
        "string", "int", "bool", "object", "array", "<name>", "<type>[]", "<type>?", "'x' | 'y'",
        "{ a: <type>, *: <type> }", "[<type>]", "(<type>)", "a.b", "a[*]", "resourceInput<'x'>",
    ),
    "value": (
        "1", "'x'", "true", "null", "<name>", "<name>.<name>", "<name>[<value>]", "[<value>]",
        "{ a: <value> }", "'${<value>}'", "<value> + <value>", "<value> == <value>", "!<value>",
        "<value> ? <value> : <value>", "<value> ?? <value>", "(<value>)", "f(<value>)", "<name>.id",
        "toLower(<value>)", "length(<value>)", "map(<value>, x => <value>)", "<name>(<value>)",
        "[for x in <value>: <value>]", "<name>.?b", "<name>!", "{ ...<value> }", "range(0, 3)",
        "<name>::<name>", "resourceId(<value>, <value>)", "<name>.properties.x", "-<value>",
        "resourceGroup().id", "items(<value>)", "<name>.outputs.id", "any(<value>)",
    ),
}  # fmt: skip


@cache
def _folder() -> Path:
    """Return a folder of this process's own, with the files that the input may name."""
    folder = Path(mkdtemp(prefix=f"fuzz-{os.getpid()}-"))
    for name, text in _FIXED.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def fuzz(data: bytes) -> None:
    """Give the bytes as a template; as parameters too where they could be some."""
    text = data.decode("utf-8", "replace")
    _judge_tokens(text)
    folder = _folder()
    (folder / "main.bicep").write_bytes(data)
    names = ["main.bicep"]
    if "using" in text:
        (folder / "main.bicep").write_text(_LARGE, encoding="utf-8")
        (folder / "main.bicepparam").write_bytes(data)
        names = ["main.bicepparam"]
    for name in names:
        settings = DeriveSettings(scope=_GROUP, root=folder, module_cache=folder)
        judge(partial(derive_source, folder / name, settings))


def _judge_tokens(text: str) -> None:
    """Check that the tokens stand in order and say what the text says."""
    end = 0
    for token in tokenize(text).views():
        assert token.span.start >= end
        assert text[token.span.start : token.span.end] == token.text
        end = token.span.end
    assert end <= len(text)
