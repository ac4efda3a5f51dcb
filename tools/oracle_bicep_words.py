"""Random Bicep expressions of a wanted type, from names that every generated file declares."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

DECLARED = """\
param pText string = 'alpha'
param pInt int = 2
@minValue(0)
param pSmall int = 1
param pBool bool = true
param pList string[] = ['a', 'b', 'c']
param pObject object = { a: 'x', b: 3, deep: { k: ['p', 'q'] } }
param pMaybe string?
param pKind kind = 'one'
param pShape shape = { name: 'n', size: 4 }
@allowed(['x', 'y'])
param pAllowed string = 'x'
type kind = 'one' | 'two'
type shape = { name: string, size: int?, *: string }
func hello(name string, times int) string => '${name}-${times}'
func twice(text string) string => '${hello(text, 2)}${toUpper(text)}'
var vText = '${pText}-v'
var vList = [for i in range(0, 3): 'l${i}']
var vObject = { a: vText, list: vList, 'odd key': pInt }
var vPairs = [for (item, i) in pList: { name: item, at: i }]
"""
"""Declarations at the head of every file."""

_TEXTS = (
    "'lit'", "pText", "vText", "'${%s}-${%i}'", "toLower(%s)", "hello('h', 3)", "twice('t')",
    "(%b ? %s : %s)", "pObject.a", "pObject.?nothing ?? %s", "pObject.deep.k[1]", "vObject['a']",
    "join(%a, ',')", "first(pList)", "pList[^1]", "string(%i)", "format('{0}:{1}', %s, %i)",
    "'''multi\n  'line' ${x}'''", "$'''in ${%s} out'''", "last(split('a-b-c', '-'))", "pKind",
    "pShape.name", "nameof(pText)", "vPairs[1].name", "(pMaybe ?? 'none')", "replace(%s, 'a', 'A')",
    "string(%o)", "substring('abcdef', %i %% 3)", "concat(%s, '!')", "any(%s)", "pAllowed",
    "reduce(pList, '', (sum, item) => '${sum}${item}')", "'brace {0} \\${x} \\u{e9}'",
    "vList[pSmall]",
    "((pShape.?size ?? 0) > 3 ? 'big' : 'small')", "padLeft(%s, 12, '0')", "guid(%s)",
    "uniqueString(%s)",
    "base64(%s)", "sys.toUpper(%s)", "trim(' a ')", "(pMaybe == null ? 'n' : 'm')",
)  # fmt: skip
_INTEGERS = (
    "1", "7", "pInt", "(%i + %i)", "(%i * 2)", "(-(%i))", "length(%a)", "(%i %% 4)", "max(%i, 3)",
    "(%b ? %i : %i)", "int('12')", "pObject.b", "vPairs[0].at", "(pShape.size! - 1)", "length(%s)",
    "indexOf('hello', 'l')", "(9 / 2)",
)  # fmt: skip
_BOOLEANS = (
    "true", "pBool", "(%i < %i)", "(%s == %s)", "(%s =~ 'ALPHA-V')", "(%b && %b)", "(%b || pBool)",
    "!(%b)", "contains(pText, 'alp')", "empty(%a)", "(pMaybe == null)", "(%i >= pInt)",
    "(%s != 'x')",
    "contains(pObject, 'a')", "startsWith(%s, 'a')", "(pKind == 'one')", "(%s !~ %s)",
)  # fmt: skip
_ARRAYS = (
    "['a', %s]", "pList", "vList", "[...pList, %s]", "map(%a, x => '${x}!')", "concat(%a, ['z'])",
    "filter(%a, x => x != 'a')", "map(range(0, 3), i => 'n${i}')", "split('x-y', '-')",
    "skip(%a, 1)",
    "map(vPairs, (p, i) => '${p.name}${i}')", "(%b ? pList : [])",
    "map(items(vObject), i => i.key)",
    "union(pList, ['b', 'd'])", "sort(pList, (x, y) => x < y)", "pObject.deep.k",
    "objectKeys(pObject)",
    "flatten([pList, ['f']])", "take(%a, 2)", "[\n  'first'\n  %s\n]",
    "map(vPairs, p => p.?name ?? 'q')",
)  # fmt: skip
_OBJECTS = (
    "{ a: %s, b: %i }", "pObject", "vObject", "{ ...pObject, c: %s }", "union(pObject, { d: %b })",
    "{ '${%s}': %i }", "shallowMerge([pObject, { e: %a }])",
    "toObject(pList, x => x, x => length(x))",
    "{\n  n: null\n  if: %b\n}", "mapValues(pObject, v => string(v))", "pObject.deep", "{}",
    "(%b ? vObject : { z: 1 })", "{ list: [for (x, i) in pList: '${i}${x}'] }",
    "{ nested: { deep: %o } }", "{ many: [for x in vPairs: { n: x.name, c: [x.at, %i] }] }",
)  # fmt: skip
_DEPTH = 3


class Words:
    """Writes expressions."""

    def __init__(self, random: Random) -> None:
        """Draw everything from `random`."""
        self._random = random
        self._tables: Mapping[str, tuple[str, ...]] = {
            "s": _TEXTS, "i": _INTEGERS, "b": _BOOLEANS, "a": _ARRAYS, "o": _OBJECTS,
        }  # fmt: skip

    def expression(self, kind: str, depth: int = _DEPTH, *, flat: bool = False) -> str:
        """Return an expression of a kind: `s`, `i`, `b`, `a` or `o`.

        A flat one has no loop, no line break and no quotes that could not stand in a name.
        """
        table = self._tables[kind]
        if depth <= 0:
            table = tuple(entry for entry in table if "%" not in entry)
        if depth < _DEPTH:
            # A loop stands only as the value of a property or a declaration.
            table = tuple(entry for entry in table if "[for" not in entry)
        if flat:
            table = tuple(entry for entry in table if "\n" not in entry and "[for" not in entry)
        pattern = self._random.choice(table)
        pieces = pattern.split("%")
        made = pieces[0]
        index = 1
        while index < len(pieces):
            piece = pieces[index]
            if piece == "" and index + 1 < len(pieces):
                # Two signs stand for one.
                made += "%" + pieces[index + 1]
                index += 2
                continue
            inner = self.expression(piece[0], depth - 1, flat=flat or "${%" in pattern)
            made += inner + piece[1:]
            index += 1
        return made
