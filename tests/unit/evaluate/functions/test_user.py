"""User-defined functions: what their bodies see, and how they are checked."""

from collections.abc import Callable

import pytest

from preflight.evaluate.frame import EvaluationProblem, Frame
from preflight.evaluate.interpret import evaluate
from preflight.model.template import ParameterDeclaration, UserFunction
from preflight.model.value import Cause, JsonValue, PartialText, Unknown, Value

ValueOf = Callable[[JsonValue], Value]
Refusal = Callable[[JsonValue], str]
Functions = dict[str, UserFunction]
U = Unknown(label="u", cause=Cause.PARAMETER)


def _function(
    name: str, body: JsonValue, *, output: str = "string", **parameters: str
) -> UserFunction:
    return UserFunction(
        namespace="ns",
        name=name,
        parameters=tuple(
            ParameterDeclaration(name=key, schema={"name": key, "type": kind}, pointer="")
            for key, kind in parameters.items()
        ),
        output={"type": output, "value": body},
        pointer=f"/functions/0/members/{name}",
    )


@pytest.fixture(autouse=True)
def _declared(functions: Functions, variables: dict[str, Value]) -> None:
    variables["v"] = "var"
    for function in (
        _function("wrap", "[concat('<', parameters('S'), '>')]", s="string"),
        _function("twice", "[ns.wrap(ns.wrap(parameters('s')))]", s="string"),
        _function("pair", "[concat(ns.wrap(parameters('s')), ns.wrap('a'))]", s="string"),
        _function("both", {"a": "[parameters('s')]", "b": ["[[x]"]}, output="object", s="string"),
        _function("reads", "[variables('v')]"),
        _function("outer", "[parameters('u')]"),
        _function("again", "[ns.again()]"),
        _function("ping", "[ns.pong()]"),
        _function("pong", "[ns.ping()]"),
        _function("deployed", "[reference('r').x]"),
        _function("wrong", "text", output="int"),
        _function("count", "[length(parameters('l'))]", output="int", l="array"),
        _function("looks", "[lambdaVariables('x')]"),
        _function("where", "[deployment().name]"),
    ):
        functions[f"ns.{function.name}"] = function


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("NS.Wrap('a')", "<a>"),
        ("ns.pair('a')", "<a><a>"),
        ("ns.pair(ns.wrap('a'))", "<<a>><a>"),
        ("ns.wrap(if(true(), 'a', ns.wrap('b')))", "<a>"),
        ("ns.both('a')", {"a": "a", "b": ["[x]"]}),
        ("ns.both('a').B[0]", "[x]"),
        ("ns.reads()", "var"),
        ("ns.where()", "main"),
        ("map(createArray('p'), lambda('x', ns.wrap(lambdaVariables('x'))))", ["<p>"]),
        ("if(true(), 1, ns.again())", 1),
        ("ns.wrap(parameters('u'))", PartialText(("<", U, ">"))),
        ("ns.count(parameters('u'))", U),
    ],
)
def test_values(value_of: ValueOf, expression: str, expected: Value) -> None:
    assert value_of(f"[{expression}]") == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("ns.missing()", "unknown function `ns.missing`"),
        ("wrap('a')", "unknown function `wrap`"),
        ("ns.wrap()", "`ns.wrap` takes 1 argument, not 0"),
        ("ns.wrap(1)", "the argument `s` of `ns.wrap` does not fit: expected string, got integer"),
        ("ns.wrap(null())", "the argument `s` of `ns.wrap` must not be null"),
        ("ns.wrong()", "the output of `ns.wrong` does not fit: expected int, got string"),
        ("ns.outer()", "the function `ns.outer` has no parameter `u`"),
        ("ns.again()", "the function `ns.again` calls itself"),
        ("ns.wrap(NS.WRAP('a'))", "the function `ns.wrap` calls itself"),
        ("ns.twice('a')", "the function `ns.wrap` calls itself"),
        ("ns.wrap(ns.pair('a'))", "the function `ns.wrap` calls itself"),
        (
            "ns.wrap(first(map(createArray('a'), lambda('x', ns.wrap(lambdaVariables('x'))))))",
            "the function `ns.wrap` calls itself",
        ),
        ("ns.wrap(concat(ns.wrap('a'), parameters('u')))", "the function `ns.wrap` calls itself"),
        ("ns.ping()", "the function `ns.ping` calls itself"),
        ("ns.deployed()", "`reference` is not allowed here"),
        (
            "map(createArray(1), lambda('x', ns.looks()))",
            "`lambdaVariables`: there is no lambda variable `x` here",
        ),
    ],
)
def test_what_arm_refuses(refusal: Refusal, expression: str, message: str) -> None:
    assert refusal(f"[{expression}]") == message


def test_an_error_in_a_body_has_the_place_of_the_body(frame: Frame) -> None:
    with pytest.raises(EvaluationProblem) as caught:
        evaluate("[concat('a', ns.outer())]", frame)
    where = caught.value.where

    assert getattr(where, "pointer", None) == "/functions/0/members/outer/output/value"
    assert getattr(where, "offset", None) == 1


def test_types_may_be_named(value_of: ValueOf, refusal: Refusal, functions: Functions) -> None:
    declaration = ParameterDeclaration(name="n", schema={"$ref": "#/definitions/port"}, pointer="")
    functions["ns.port"] = UserFunction(
        namespace="ns",
        name="port",
        parameters=(declaration,),
        output={"$ref": "#/definitions/port", "value": "[parameters('n')]"},
        pointer="",
        definitions={"port": {"type": "int", "minValue": 1, "nullable": True}},
    )

    assert value_of("[createArray(ns.port(80), ns.port(null()))]") == [80, None]
    assert refusal("[ns.port(0)]") == (
        "the argument `n` of `ns.port` does not fit: `0` is less than the minimum, 1"
    )
