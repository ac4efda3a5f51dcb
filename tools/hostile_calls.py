"""Calls that are evaluated ten thousand times ten thousand times, by what they do."""

# ruff: noqa: E501 - one call a line

from __future__ import annotations

from collections.abc import Mapping

CALLS: Mapping[str, str] = {
    "map in map of constants": "0",
    "three lambdas deep": "length(filter(range(0, 10000), lambda('z', equals(lambdaVariables('z'), {y}))))",
    "objects in a map": "length(createObject('a', {y}, 'b', createArray({y})))",
    "sort the wrong way": (
        "length(sort(range(0, 10000), lambda('a', 'b', "
        "greater(lambdaVariables('a'), lambdaVariables('b')))))"
    ),
    "sort with equal items": "length(sort(range(0, 10000), lambda('a', 'b', lessOrEquals(0, 1))))",
    "toObject of many": "length(toObject(range(0, 10000), lambda('z', string(lambdaVariables('z')))))",
    "groupBy of many": "length(groupBy(range(0, 10000), lambda('z', string(lambdaVariables('z')))))",
    "mapValues": "length(mapValues(variables('wide'), lambda('z', 1)))",
    "arrays that grow in a reduce": (
        "length(reduce(range(0, 10000), createArray(), lambda('a', 'z', "
        "concat(lambdaVariables('a'), createArray(lambdaVariables('z'))))))"
    ),
    "objects that grow in a reduce": (
        "length(reduce(range(0, 10000), createObject(), lambda('a', 'z', "
        "union(lambdaVariables('a'), createObject(string(lambdaVariables('z')), 1)))))"
    ),
    "texts that grow in a reduce": (
        "length(reduce(range(0, 10000), '', lambda('a', 'z', "
        "concat(lambdaVariables('a'), 'abcdefgh'))))"
    ),
    "texts joined": "length(join(range(0, 10000), ','))",
    "texts split": "length(split(variables('text'), 'a'))",
    "texts split at many": "length(split(variables('text'), createArray('x', 'y', 'z', 'ab', 'h')))",
    "texts replaced": "length(replace(variables('text'), 'a', 'bc'))",
    "texts padded": "length(padLeft('a', 16, 'b'))",
    "texts in upper case": "length(toUpper(concat(variables('text'), 'é')))",
    "texts formatted": "length(format('{0:D9}{1,20}{2:P3}', {y}, {y}, {y}))",
    "texts in lower case": "length(toLower(variables('text')))",
    "texts trimmed": "length(trim(variables('text')))",
    "substrings": "length(substring(concat(variables('text'), '😀'), 5, 9))",
    "texts compared": "if(less(variables('text'), concat(variables('text'), 'é')), 1, 2)",
    "texts looked for": "indexOf(variables('text'), 'abcdefgha')",
    "texts looked for at the end": "lastIndexOf(variables('text'), 'zz')",
    "beginnings": "startsWith(variables('text'), variables('text'))",
    "endings": "endsWith(variables('text'), concat('é', variables('text')))",
    "texts contained": "contains(variables('text'), 'habcdefghi')",
    "items contained": "contains(variables('long'), 'x')",
    "arrays contained": "contains(createArray(variables('long')), variables('long'))",
    "places of items": "lastIndexOf(variables('long'), 'x')",
    "arrays compared": "equals(variables('long'), skip(variables('long'), 0))",
    "objects compared": "equals(variables('wide'), variables('wide'))",
    "intersections": "length(intersection(variables('long'), variables('long')))",
    "intersections of objects": "length(intersection(variables('wide'), variables('wide')))",
    "unions": "length(union(variables('long'), variables('long')))",
    "unions of deep objects": "length(union(createObject('a', variables('wide')), createObject('a', variables('wide'))))",
    "unions of objects": "length(union(variables('wide'), variables('wide')))",
    "properties in another case": "variables('wide').KEY1999",
    "properties by name": "variables('wide')[format('KEY{0}', mod({y}, 2000))]",
    "keys of objects": "length(objectKeys(variables('wide')))",
    "items of objects": "length(items(variables('wide')))",
    "shallow merges": "length(shallowMerge(createArray(variables('wide'))))",
    "arrays flattened": "length(flatten(createArray(variables('long'))))",
    "arrays cut": "length(skip(variables('long'), 1))",
    "smallest of many": "min(variables('long'))",
    "ranges": "length(range(0, 10000))",
    "texts hashed": "length(uniqueString(variables('text')))",
    "guids": "length(guid(variables('text'), string({y})))",
    "json written": "length(string(variables('wide')))",
    "base64 written": "length(base64(variables('text')))",
    "base64 as json": "length(base64ToString(base64(variables('text'))))",
    "data uris": "length(dataUri(variables('text')))",
    "uris": "length(uri('http://a/b/', variables('text')))",
    "uri components": "length(uriComponent(concat(variables('text'), 'é')))",
    "uri components read": "length(uriComponentToString(variables('text')))",
    "subnets": "length(cidrSubnet('10.0.0.0/8', 24, {y}))",
    "networks read": "length(parseCidr('10.0.0.0/8'))",
    "networks in long texts": "length(parseCidr(concat('10.0.0.0/8', replace(variables('text'), 'abcdefgh', 'xyzw'))))",
    "hosts": "length(cidrHost('fd00::/8', {y}))",
    "times added": "length(dateTimeAdd('2026-01-01T00:00:00Z', 'P1D', 'yyyy'))",
    "times from numbers": "length(dateTimeFromEpoch({y}))",
    "resource IDs": "length(resourceId('Microsoft.Network/virtualNetworks', 'a'))",
    "resource IDs with long names": "length(resourceId('A.B/c', variables('text')))",
    "if and coalesce": "coalesce(null(), if(equals({y}, 1), null(), 2))",
    "safe access": "tryGet(variables('wide'), 'KEY1999')",
}
"""`{y}` is the item. `text`, `long` and `wide` are variables: 16,000 characters, 2,000 items."""
