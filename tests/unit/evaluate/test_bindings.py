from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from preflight.evaluate.bindings import Bindings, Definition, Key
from preflight.evaluate.frame import EvaluationProblem
from preflight.expression.parser import ExpressionCache
from preflight.model.source import Place, SourceFile
from preflight.model.value import JsonValue, Value

PLACE = Place(source=SourceFile("main.json", "{}"))


def define(
    bindings: Bindings, name: str, compute: Callable[[], Value], source: JsonValue = None
) -> None:
    definition = Definition(compute=compute, source=source, title=f"variable `{name}`", place=PLACE)
    bindings.define(Key("variables", name), definition)


def reader(bindings: Bindings, name: str) -> Callable[[], Value]:
    return lambda: bindings.read(Key("variables", name), name)


def test_values_are_computed_once_whatever_the_order() -> None:
    bindings, computed = Bindings(), list[str]()

    def last() -> Value:
        computed.append("c")
        return 1

    define(bindings, "a", reader(bindings, "b"))
    define(bindings, "b", reader(bindings, "c"))
    define(bindings, "c", last)
    bindings.settle(ExpressionCache())

    assert computed == ["c"]
    assert bindings.read(Key("variables", "a"), "a") == 1


def test_what_the_text_names_is_computed_first() -> None:
    bindings, order = Bindings(), list[str]()

    def note(name: str) -> Value:
        order.append(name)
        return name

    define(bindings, "a", partial(note, "a"), "[variables('B')]")
    define(bindings, "b", partial(note, "b"), ["[concat(variables('c'))]"])
    define(bindings, "c", partial(note, "c"), 1)
    bindings.settle(ExpressionCache())

    assert order == ["c", "b", "a"]


def test_a_ring_is_refused_and_shown() -> None:
    bindings = Bindings()
    define(bindings, "a", reader(bindings, "b"))
    define(bindings, "b", reader(bindings, "a"))

    with pytest.raises(EvaluationProblem, match="`a` → `b` → `a`") as caught:
        bindings.settle(ExpressionCache())
    assert caught.value.where == PLACE


def test_a_ring_that_only_the_text_shows_is_none() -> None:
    bindings = Bindings()
    define(bindings, "a", lambda: 1, "[variables('b')]")
    define(bindings, "b", reader(bindings, "a"), "[variables('a')]")
    bindings.settle(ExpressionCache())

    assert bindings.read(Key("variables", "b"), "b") == 1


def test_text_that_does_not_parse_is_no_matter_until_it_is_evaluated() -> None:
    bindings = Bindings()
    define(bindings, "a", lambda: 1, "[variables('b'")
    bindings.settle(ExpressionCache())

    assert bindings.read(Key("variables", "a"), "a") == 1


def test_what_is_not_declared_is_refused() -> None:
    with pytest.raises(EvaluationProblem, match="no parameter `p`"):
        Bindings().read(Key("parameters", "p"), "p")
