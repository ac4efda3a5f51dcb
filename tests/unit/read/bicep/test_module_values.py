"""Outputs of modules behind brackets, choices and names: the compiler reads them by their type."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from tests.unit.read.bicep.lowered import template

from preflight.errors import LimitExceeded

MODULE = "output o string = 'x'\n"
ONE = "type t = string\nmodule a 'm.bicep' = { name: 'a' }\nmodule b 'm.bicep' = { name: 'b' }\n"
MANY = "type t = string\nmodule a 'm.bicep' = [for i in range(0, 2): { name: 'a${i}' }]\n"
WHOLE = "createArray(reference('a'))"


@pytest.mark.parametrize(
    ("head", "value", "expected"),
    [
        (ONE, "first([a]).outputs.o", f"first({WHOLE}).outputs.o.value"),
        (
            ONE,
            "last([a]).?outputs.?o",
            f"tryGet(tryGet(tryGet(last({WHOLE}), 'outputs'), 'o'), 'value')",
        ),
        (ONE, "[a][0].outputs.o", f"{WHOLE}[0].outputs.o.value"),
        (
            f"{ONE}param c bool\n",
            "(c ? a : b!).outputs.o",
            "if(parameters('c'), reference('a'), reference('b')).outputs.o.value",
        ),
        (
            f"{ONE}var v = {{ k: a, l: [a] }}\n",
            "v.k.outputs.o",
            f"createObject('k', reference('a'), 'l', {WHOLE}).k.outputs.o.value",
        ),
        (
            ONE,
            "map([a], q => q.outputs.o)[0]",
            f"map({WHOLE}, lambda('q', lambdaVariables('q').outputs.o.value))[0]",
        ),
        (f"{MANY}var v = a\n", "v[0].outputs.o", "references('a')[0].outputs.o.value"),
        # What the compiler takes for any value keeps its type beside it.
        (MANY, "last(a).outputs.o", "last(references('a')).outputs.o"),
        (ONE, "first([a.outputs]).o", "first(createArray(reference('a').outputs)).o"),
        (
            f"{ONE}param p array\n",
            "map(p, a => a.outputs.o)[0]",
            "map(parameters('p'), lambda('a', lambdaVariables('a').outputs.o))[0]",
        ),
    ],
)
def test_outputs(tmp_path: Path, head: str, value: str, expected: str) -> None:
    text = f"{head}output x string = {value}\n"

    outputs = template(tmp_path, text, {"m.bicep": MODULE})["outputs"]

    assert outputs == {"x": {"type": "string", "value": f"[{expected}]"}}


def test_names_that_lead_on_without_end(tmp_path: Path) -> None:
    names = "".join(f"var v{n} = [v{n - 1}][0]\n" for n in range(1, 25))

    outputs = template(
        tmp_path, f"{ONE}var v0 = a\n{names}output x object = v24.outputs\n", {"m.bicep": MODULE}
    )["outputs"]

    assert isinstance(outputs, dict)


def test_many_choices_inside_each_other_are_given_up(tmp_path: Path) -> None:
    wide = ", ".join(["v{0}"] * 100)
    names = "".join(f"var v{n + 1} = [{wide.format(n)}][0]\n" for n in range(6))
    text = f"{ONE}var v0 = a\n{names}var x = v6.outputs.o\n"
    started = time.process_time()

    with pytest.raises(LimitExceeded):
        template(tmp_path, text, {"m.bicep": MODULE})

    assert time.process_time() - started < 20
