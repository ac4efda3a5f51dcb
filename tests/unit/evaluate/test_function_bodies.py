"""Bodies of user-defined functions that ARM refuses, called or not."""

from __future__ import annotations

import pytest

from preflight.errors import InputError
from preflight.evaluate.frame import Budget
from preflight.evaluate.function_bodies import check_bodies
from preflight.model.source import Place, SourceFile
from preflight.model.template import Template, UserFunction
from preflight.model.value import JsonValue


def check(**bodies: JsonValue) -> None:
    functions = tuple(
        UserFunction(
            namespace="ns",
            name=name,
            parameters=(),
            output={"type": "string", "Value": body},
            pointer=f"/functions/0/members/{name}",
        )
        for name, body in bodies.items()
    )
    check_bodies(Template(source=SourceFile("t", ""), functions=functions), Budget(steps=10_000))


@pytest.mark.parametrize(
    ("body", "message", "offset"),
    [
        ("[if(true(), 'x', nosuch())]", "unknown function `nosuch`", 17),
        ("[concat(]", "expected a function, a string or an integer, found `)`", None),
        ("[reference('a').x]", "`reference` is not allowed in a user-defined function", 1),
        ("[listKeys('a', 'b')]", "`listKeys` is not allowed in a user-defined function", 1),
        ("[map(createArray(), lambda('x', copyIndex()))]", "`copyIndex` is not allowed in", 32),
        ("[tenant().tenantId]", "`tenant` is not allowed in a user-defined function", 1),
        (["a", {"b": "[nosuch()]"}], "unknown function `nosuch`", 1),
        ({"[nosuch()]": 1}, "unknown function `nosuch`", 1),
        ("[ns.f()]", "the function `ns.f` calls itself", None),
        ("[if(true(), 'x', NS.F('a'))]", "the function `ns.f` calls itself", None),
    ],
)
def test_what_arm_refuses(body: JsonValue, message: str, offset: int | None) -> None:
    with pytest.raises(InputError) as caught:
        check(f=body)

    assert caught.value.message.startswith(message.replace("`)`", ""))
    assert isinstance(caught.value.where, Place)
    assert caught.value.where.pointer.startswith("/functions/0/members/f/output/value")
    if offset is not None:
        assert caught.value.where.offset == offset


def test_a_way_back_over_others_is_one() -> None:
    with pytest.raises(InputError, match="calls itself"):
        check(a="[concat(ns.b(), ns.c())]", b="x", c="[ns.d()]", d="[if(true(), 'x', ns.a())]")


@pytest.mark.parametrize(
    "body",
    [
        "[ns.g(ns.g('a'))]",
        "[add(1)]",
        "[parameters('zz')]",
        "[ns.missing()]",
        "ns.f()",
        "[[ns.f()]",
    ],
)
def test_what_is_left_to_the_call(body: str) -> None:
    check(f=body, g="[resourceGroup().id]")
