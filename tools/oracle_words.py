"""What random expressions are made of: names in scope, answers of functions, texts."""

from __future__ import annotations

from collections.abc import Mapping

from preflight.model.value import JsonValue

PARAMETERS: Mapping[str, JsonValue] = {
    "text": {"type": "string", "defaultValue": "Contoso-01"},
    "number": {"type": "int", "defaultValue": 7},
    "flag": {"type": "bool", "defaultValue": False},
    "list": {"type": "array", "defaultValue": ["b", "a", "c"]},
    "thing": {"type": "object", "defaultValue": {"a": 1, "b": {"c": ["x", "y"]}, "N": None}},
}
VARIABLES: Mapping[str, JsonValue] = {
    "words": ["web", "api", "db", "web"],
    "numbers": [3, 1, 2],
    "rows": [{"n": "a", "v": 1}, {"n": "b", "v": 2}, {"n": "A", "v": 3}],
    "map": {"one": 1, "two": "2", "three": [3], "four": {"k": "v"}},
    "greeting": "[concat('hello ', parameters('text'))]",
}

KINDS = ("string", "integer", "boolean", "array", "object")
_KIND_OF = {str: "string", int: "integer", bool: "boolean", list: "array", dict: "object"}

ANSWERS: Mapping[str, str] = {
    "string": "base64 base64ToString buildUri cidrHost cidrSubnet concat dataUri dataUriToString "
    "dateTimeAdd dateTimeFromEpoch extensionResourceId first format guid join last "
    "managementGroupResourceId padLeft replace resourceId skip string subscriptionResourceId "
    "substring take tenantResourceId toLower toUpper trim uniqueString uri uriComponent "
    "uriComponentToString",
    "integer": "add dateTimeToEpoch div indexOf int lastIndexOf length max min mod mul reduce sub",
    "boolean": "and bool contains empty endsWith equals false greater greaterOrEquals less "
    "lessOrEquals not or startsWith true",
    "array": "array concat createArray filter flatten intersection items map objectKeys range skip "
    "sort split take union",
    "object": "base64ToJson createObject deployment environment groupBy intersection json "
    "managementGroup mapValues parseCidr parseUri resourceGroup shallowMerge subscription tenant "
    "toObject union",
    "any": "coalesce first float if indexFromEnd json last max min null pickZones providers "
    "reference tryGet tryIndexFromEnd",
}
"""Kind of value → functions that answer with it; `any` for those whose answer depends."""

WORDS = (
    "", "a", "A", "b", "abc", "ABC", "co-op", "Hello World", "x_1", " pad ", "10", "007", "true",
    "one", "two", "a,b;c", "a/b", "it''s", "{0}", "[x]", "é", "ß", "straße", "a.b.c", "N",
)  # fmt: skip
DATES = (
    "2020-01-31T10:00:00Z", "2021-03-04T05:06:07.89Z", "2020-06-15T10:00:00+02:00", "2024-02-29",
    "1969-12-31T23:59:59Z", "20200615T101112Z", "Mon, 15 Jun 2020 10:00:00 GMT", "6/15/2020",
)  # fmt: skip
SPANS = ("P1D", "-P1D", "PT1H30M", "P1M", "P1Y2M3DT4H5M6S", "PT0.5S", "P0D", "-PT36H", "P")
DATE_FORMATS = ("u", "o", "yyyy-MM-dd", "yyyy", "HH:mm:ss", "d MMM yyyy", "R", "s", "dddd", "f")
BLOCKS = ("10.0.0.0/16", "10.1.2.3/24", "192.168.0.0/12", "fd00::/16", "172.16.0.0/12", "10.0/33")
DOCUMENTS = (
    '{"a":1,"b":[true,null,"x"]}', "[1,2.5,3]", '"text"', "12", "1.50", "null", "{}", "[]",
    '{"a":{"b":{"c":1}},"A":2}', "[{},[[]]]", "1e3", "{bad", "[1,]",
)  # fmt: skip
HOLES = (
    "{0}", "{0}-{1}", "{1}{0}", "{0:D4}", "{0:X}", "{0,5}|{1,-4}|", "{{{0}}}", "{0:N2}", "{2}",
    "no holes", "{0:000}", "{", "{0:#,##0}",
)  # fmt: skip
TYPES = (
    "Microsoft.Web/sites", "Microsoft.Network/virtualNetworks/subnets", "A.B/c", "A.B/c/d",
    "Microsoft.Web/sites", "A.B/c/", "nothing",
)  # fmt: skip
GUIDS = ("33333333-3333-3333-3333-333333333333", "11111111-1111-1111-1111-111111111111")
URLS = ("https://example.com/a/b.json", "http://h:8080/x?q=1#f", "https://e.org", "b/c.json", "..")
PADS = (" ", "0", "-", "ab", "")
NAMES = ("vnet", "app-1", "x", "")
MEMBERS: Mapping[str, tuple[str, ...]] = {
    "string": ("variables('words')[1]", "variables('rows')[0].n", "parameters('thing').b.c[1]"),
    "integer": ("variables('numbers')[2]", "variables('rows')[1]['v']", "variables('map').one"),
    "boolean": ("createArray(true(), false())[1]", "createObject('k', true()).K"),
    "array": ("parameters('thing').b.c", "variables('map')['three']"),
    "object": ("variables('rows')[2]", "parameters('thing')['B']", "variables('map').four"),
}
"""Kind of value → members of that kind."""
KEYS = ("a", "b", "n", "v", "one", "two", "k", "A", "id", "name", "missing")
NUMBERS = (0, 1, 2, 3, 5, 7, 10, 31, 100, -1, -3, 255, 2147483647, 2147483648, 9223372036854775807)
