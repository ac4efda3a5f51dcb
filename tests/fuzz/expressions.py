"""Fuzz target: any expression evaluates, or is refused inside its text."""

from __future__ import annotations

import json
from pathlib import Path

from tests.fuzz.judging import judge_refusal

from preflight.errors import InputError, SyntaxProblem
from preflight.evaluate.functions.library import LIBRARY
from preflight.evaluate.standalone import evaluate_expression
from preflight.expression.parser import is_expression, parse
from preflight.model.value import JsonValue, Unknown

_DATA = Path(__file__).resolve().parent.parent / "conformance" / "data"
_EVERY = 5
"""Of the many recorded expressions every fifth is a seed."""

NAMES = sorted(function.name for function in LIBRARY.values())
PARAMETERS: dict[str, JsonValue] = {
    "text": "Ab/c-1", "number": 7, "list": [1, "b", {"k": [None]}], "o": {"a": {"b": 1}, "A": 2},
}  # fmt: skip
CONTEXT: dict[str, JsonValue] = {
    "scope": "resourceGroup",
    "subscriptionId": "11111111-1111-1111-1111-111111111111",
    "resourceGroup": "rg-app",
    "location": "westeurope",
    "utcNow": "2026-11-24T10:00:00Z",
}
WORDS = (
    *NAMES, "[", "]", "[[", "(", ")", ",", ".", ".?", "[?", "'", "''", " ", "\n", "-", "+", "{",
    "}",
    "{0}", "{0:N3}", "{0,9:X8}", "{0:yyyy-MM-dd}", "{99}", "{0,2000000000}", "'a'", "0", "1", "-1",
    "2147483647", "9223372036854775807", "x", "i", "parameters('o')", "variables('v')", "%", "%41",
    "P1DT2H", "-P9999Y", "2024-02-29T23:59:60Z", "10.0.0.0/8", "fd00::/8", "1.5e308", "NaN",
    "/subscriptions/x/resourceGroups/y", "Microsoft.Web/sites", "data:;base64,", "https://a:b@c/",
    "\u00e9", "\u0130", "\ud83d", "\U0001f600", "\x00", '{"a":[1,2]}', "[1,[2]]",
)  # fmt: skip
GRAMMAR = {
    "start": ("[<call>]", "[<call>]", "[<value>]", "[concat(<value>, <value>)]"),
    "value": (
        "<leaf>", "<call>", "<call>", "<call><access>", "if(<bool>, <value>, <value>)",
        "createArray(<value>, <value>)", "createObject(<text>, <value>, <text>, <value>)",
        "range(<int>, <int>)", "json(<text>)", "string(<value>)", "<lambda>",
    ),
    "leaf": (
        "'a'", "1", "0", "-1", "null()", "true()", "<text>", "<int>", "parameters('o')",
        "parameters('list')",
        "reference('r')", "createArray()", "createObject()", "newGuid()", "utcNow('\\w')",
    ),
    "text": ("'a'", "''", "'{0}'", "'Ab/c-1'", "'10.0.0.0/8'", "'{\"a\":[1]}'",
             "'P1D'", "'2024-02-29T00:00:00Z'", "'{0:X}{1,5}'", "'%zz'", "'aGk='",
             "parameters('text')"),
    "int": ("0", "1", "-1", "2147483647", "2147483648", "-9223372036854775808", "800",
    "length(<value>)"),
    "bool": ("true()", "false()", "equals(<value>, <value>)", "not(<bool>)",
    "contains(<value>, <value>)"),
    "call": (
        "string(<leaf>)", "<name>(<value>)", "<name>(<value>, <value>)",
        "<name>(<value>, <value>, <value>)",
        "<name>()", "<name>(<text>, <int>, <text>)", "map(<value>, <lambda>)",
        "filter(<value>, <lambda>)", "sort(<value>, <lambda>)",
        "reduce(<value>, <value>, <lambda>)",
        "toObject(<value>, <lambda>, <lambda>)", "groupBy(<value>, <lambda>)",
        "mapValues(<value>, <lambda>)", "format(<text>, <value>, <value>)",
    ),
    "name": ("concat", *NAMES),
    "access": (".a", "[0]", ".a.b", "[<value>]", ".properties", "[?<value>]", ".?x"),
    "lambda": (
        "lambda('x', lambdaVariables('x'))", "lambda('x', <value>)", "lambda('x', 'y', <value>)",
        "lambda('x', 'y', concat(lambdaVariables('x'), lambdaVariables('y')))",
        "lambda('x', map(lambdaVariables('x'), <lambda>))",
    ),
}  # fmt: skip


def _recorded() -> list[bytes]:
    seeds = []
    for name, step in (("arm-functions.json", 2), ("arm-functions-engine.json", _EVERY)):
        cases = json.loads((_DATA / name).read_text(encoding="utf-8"))["cases"]
        texts = [case["expression"] for case in cases[::step]]
        seeds += [text.encode("utf-8", "surrogatepass") for text in texts if isinstance(text, str)]
    return [seed for seed in seeds if seed]


SEEDS = _recorded()


def fuzz(data: bytes) -> None:
    """Parse and evaluate one string value."""
    text = data.decode("utf-8", "surrogateescape")
    if is_expression(text):
        assert 0 <= _offset_of_refusal(text) <= len(text)
    try:
        value = evaluate_expression(
            text, parameters=PARAMETERS, variables={"v": "[parameters('o')]"}, context=CONTEXT
        )
    except InputError as problem:
        judge_refusal(problem)
        return
    if not isinstance(value, Unknown):
        json.dumps(value)


def _offset_of_refusal(text: str) -> int:
    """Return where the parser stops; 0 where it succeeds."""
    try:
        parse(text)
    except SyntaxProblem as problem:
        return problem.offset
    except InputError as problem:
        judge_refusal(problem)
    return 0
