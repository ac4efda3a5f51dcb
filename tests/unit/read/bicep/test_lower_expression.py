"""Expressions of Bicep → expressions of templates."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.read.bicep.lowered import template

from preflight.errors import InputError

LOOPS = "[for x in []: { y: [for z in x: z] }]"
HEAD = "param p string = ''\nparam o object = {}\nparam a array = []\nparam b bool = true\n"


def _variable(folder: Path, expression: str) -> object:
    variables = template(folder, f"{HEAD}var v = {expression}\n")["variables"]
    assert isinstance(variables, dict)
    return variables["v"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'x'", "x"),
        ("'[x]'", "[[x]"),
        ("'[x'", "[x"),
        ("'a${p}b'", "[format('a{0}b', parameters('p'))]"),
        ("'{${p}}'", "[format('{{{0}}}', parameters('p'))]"),
        ("1", 1),
        ("-1", -1),
        ("3000000000", 3000000000),
        ("string(3000000000)", "[string(json('3000000000'))]"),
        ("true", True),
        ("null", None),
        ("[1, 'x', p]", [1, "x", "[parameters('p')]"]),
        ("{ a: 1, 'b c': p }", {"a": 1, "b c": "[parameters('p')]"}),
        ("{ '${p}': 1 }", {"[format('{0}', parameters('p'))]": 1}),
        ("{ copy: 1 }", {"[string('copy')]": 1}),
        ("[...a, 1]", "[flatten(createArray(parameters('a'), createArray(1)))]"),
        (
            "{ ...o, a: null }",
            "[shallowMerge(createArray(parameters('o'), createObject('a', null())))]",
        ),
        ("1 + 2 * 3", "[add(1, mul(2, 3))]"),
        ("1 - 2 / 3 % 4", "[sub(1, mod(div(2, 3), 4))]"),
        ("-length(a)", "[sub(0, length(parameters('a')))]"),
        ("!b", "[not(parameters('b'))]"),
        ("b && true || false", "[or(and(parameters('b'), true()), false())]"),
        ("p == 'x'", "[equals(parameters('p'), 'x')]"),
        ("p != 'x'", "[not(equals(parameters('p'), 'x'))]"),
        ("p =~ 'x'", "[equals(toLower(parameters('p')), toLower('x'))]"),
        ("p !~ 'x'", "[not(equals(toLower(parameters('p')), toLower('x')))]"),
        ("1 < 2", "[less(1, 2)]"),
        ("1 >= 2", "[greaterOrEquals(1, 2)]"),
        ("p ?? 'x'", "[coalesce(parameters('p'), 'x')]"),
        ("b ? 1 : 2", "[if(parameters('b'), 1, 2)]"),
        ("o.x.y", "[parameters('o').x.y]"),
        ("o['x y']", "[parameters('o')['x y']]"),
        ("a[0]", "[parameters('a')[0]]"),
        ("a[^1]", "[indexFromEnd(parameters('a'), 1)]"),
        ("a[?^1]", "[tryIndexFromEnd(parameters('a'), 1)]"),
        ("o.?x.y[0]", "[tryGet(parameters('o'), 'x', 'y', 0)]"),
        ("(o.?x).y", "[tryGet(parameters('o'), 'x').y]"),
        ("o.?x.?y", "[tryGet(tryGet(parameters('o'), 'x'), 'y')]"),
        (
            "o.?x[^1]",
            "[tryGet(parameters('o'), 'x', createObject('value', 1, 'fromEnd', true()))]",
        ),
        ("o.x!.y", "[parameters('o').x.y]"),
        ("any(o).x", "[parameters('o').x]"),
        ("any([p])", ["[parameters('p')]"]),
        ("'x'.length", "[string('x').length]"),
        ("sys.concat(p, 'x')", "[concat(parameters('p'), 'x')]"),
        ("az.resourceGroup().id", "[resourceGroup().id]"),
        ("nameof(o.x)", "x"),
        (
            "map(a, x => x.y)",
            "[map(parameters('a'), lambda('x', lambdaVariables('x').y))]",
        ),
        (
            "reduce(a, 0, (x, y) => x + y)",
            (
                "[reduce(parameters('a'), 0, lambda('x', 'y', "
                "add(lambdaVariables('x'), lambdaVariables('y'))))]"
            ),
        ),
    ],
)
def test_expressions(tmp_path: Path, expression: str, expected: object) -> None:
    assert expected == _variable(tmp_path, expression)


def test_loop_variable(tmp_path: Path) -> None:
    text = f"{HEAD}var v = [for (x, i) in a: {{ x: x.y, i: i }}]\n"

    assert template(tmp_path, text)["variables"] == {
        "copy": [
            {
                "name": "v",
                "count": "[length(parameters('a'))]",
                "input": {
                    "x": "[parameters('a')[copyIndex('v')].y]",
                    "i": "[copyIndex('v')]",
                },
            }
        ]
    }


def test_property_loop(tmp_path: Path) -> None:
    body = "{ name: 'r', properties: { b: 1, c: [for x in a: '${x}'] } }"
    made = template(tmp_path, f"{HEAD}resource r 'T.T/a@2020-01-01' = {body}\n")

    resources = made["resources"]
    assert isinstance(resources, list)
    (resource,) = resources
    assert isinstance(resource, dict)
    assert resource["properties"] == {
        "copy": [
            {
                "name": "c",
                "count": "[length(parameters('a'))]",
                "input": "[format('{0}', parameters('a')[copyIndex('c')])]",
            }
        ],
        "b": 1,
    }


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("var v = w", "1:9", "the name `w` is not declared"),
        ("var v = concatt('a')", "1:9", "unknown function `concatt`"),
        ("var v = x => x", "1:9", "a lambda stands only as an argument of a function"),
        ("var v = [1, [for x in []: x]]", "1:13", "a loop cannot stand here"),
        ("var v = { a: [for x in []: x] }", "1:14", "a loop cannot stand here"),
        ("output o object = { a: [for x in []: x] }", "1:24", "a loop cannot stand here"),
        (
            f"resource r 'T.T/a@2020-01-01' = {{\n name: 'r'\n p: {{ q: {LOOPS} }}\n}}",
            "3:29",
            "a loop cannot stand here",
        ),
        (
            "resource r 'T.T/a@2020-01-01' = [for x in []: {\n name: x\n  resource s 'b' = {}\n}]",
            "3:3",
            "a resource in a loop cannot have nested resources",
        ),
        ("type t = string\nvar v = t", "2:9", "`t` is no value"),
        ("var v = v", "1:9", "`v` refers to itself"),
        ("var v = 1\nvar v = 2", "2:5", "`v` is declared twice"),
        ("var v = 9223372036854775808", "1:9", "the integer does not fit into 64 bits"),
        ("var v = '${loadTextContent('no.txt')}'", "1:12", "there is no file"),
        ("param p string\nvar v = loadTextContent(p)", "2:25", "the value must be known"),
    ],
)
def test_errors(tmp_path: Path, text: str, place: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        template(tmp_path, text)

    assert caught.value.message.startswith(message) or message in caught.value.message
    assert caught.value.where is not None
    assert caught.value.where.label == f"main.bicep:{place}"


def test_suggests_a_name(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        template(tmp_path, "param location string\nvar v = locaton")

    assert caught.value.help == "did you mean `location`?"
