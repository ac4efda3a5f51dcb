"""Comparison, lookup and size of values."""

import pytest

from preflight.errors import LimitExceeded
from preflight.evaluate.frame import Budget
from preflight.evaluate.values import (
    Tally,
    bare,
    find_key,
    fold,
    identity,
    measure,
    open_inside,
    open_key,
    open_part,
    reveal,
    same,
    scalar_text,
)
from preflight.model.truth import Truth
from preflight.model.value import Cause, Hidden, OpenKey, PartialText, Unknown, Value

U = Unknown(label="u", cause=Cause.PARAMETER)
SECRET = Unknown(label="s", cause=Cause.SECURE, hidden=Hidden(value="x"))


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("abc", "ABC", True),
        ("\u00e9", "\u00c9", True),
        ("\u00df", "ss", False),
        ("\u0131", "i", False),
        ("\u017f", "s", False),
        ("K", "\u212a", False),
    ],
)
def test_folding_is_ordinal(one: str, other: str, *, alike: bool) -> None:
    assert (fold(one) == fold(other)) is alike


def test_a_key_is_found_by_its_exact_spelling_first() -> None:
    assert find_key({"a": 1, "A": 2}, "A") == "A"
    assert find_key({"b": 1, "a": 2}, "A") == "a"
    assert find_key({"a": 1}, "b") is None


@pytest.mark.parametrize(
    ("one", "other", "truth"),
    [
        (1, 1, Truth.TRUE),
        (1, 1.0, Truth.FALSE),
        (1, True, Truth.FALSE),
        (None, None, Truth.TRUE),
        ([1, U], [2, 1], Truth.FALSE),
        ([1, U], [1, 1], Truth.UNKNOWN),
        ([U], [U, 1], Truth.FALSE),
        (U, U, Truth.UNKNOWN),
        (PartialText(("a", U)), "b", Truth.UNKNOWN),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, Truth.TRUE),
        ({"a": U, "b": 1}, {"a": 1, "b": 2}, Truth.FALSE),
        ({"a": 1}, {"A": 1}, Truth.FALSE),
        ({OpenKey(U): 1}, {"a": 1}, Truth.UNKNOWN),
        ({}, [], Truth.FALSE),
    ],
)
def test_same(one: Value, other: Value, truth: Truth) -> None:
    assert same(one, other) is truth
    assert same(other, one) is truth


def test_identity_tells_types_apart_and_may_keep_order() -> None:
    one: Value = {"a": 1, "b": [True]}
    other: Value = {"b": [True], "a": 1}

    assert identity(one) == identity(other)
    assert identity(one, ordered=True) != identity(other, ordered=True)
    kinds: list[Value] = [1, 1.0, True, "1"]
    assert len({identity(value) for value in kinds}) == 4


def test_scalars_print_as_the_engine_prints_them() -> None:
    assert [scalar_text(value) for value in ("a", 1, True)] == ["a", "1", "True"]


def test_open_parts_never_carry_a_secret() -> None:
    expected = Unknown(label="s", cause=Cause.SECURE)

    assert open_part(1, [SECRET]) == expected
    assert open_key({OpenKey(SECRET): 1}) == expected
    assert bare(SECRET) == expected
    assert open_part(1, ["a"]) is None


def test_a_secret_is_revealed_by_itself_and_compared_anywhere() -> None:
    members: Value = [1, SECRET]

    assert reveal(SECRET) == "x"
    assert reveal(members) is members
    assert reveal(PartialText(("a", SECRET))) == PartialText(("a", SECRET))
    assert same([1, {"a": SECRET}], [1, {"a": "x"}]) is Truth.TRUE
    assert same([SECRET], ["y"]) is Truth.FALSE


def test_comparing_and_looking_into_values_costs_steps() -> None:
    budget = Budget(steps=1000)
    value: Value = [[index, index] for index in range(100)]

    assert same(value, value, budget) is Truth.TRUE
    assert open_inside(value, budget) is None
    assert budget.steps < 950
    assert open_inside([1, {"a": [U]}], budget) == U
    assert open_inside({OpenKey(U): 1}, budget) == U


def test_measure_counts_characters_and_items() -> None:
    measure(["ab", {"k": "cd"}], Budget(steps=10, size=8))

    with pytest.raises(LimitExceeded, match="more than 7 characters and items"):
        measure(["ab", {"k": "cd"}], Budget(steps=10, size=7))
    with pytest.raises(LimitExceeded):
        measure("a" * 8, Budget(steps=10, size=7))


def test_measure_sees_sharing() -> None:
    value: Value = "x"
    for _ in range(60):
        value = [value, value]

    with pytest.raises(LimitExceeded, match="more than 16,000,000"):
        measure(value, Budget(steps=1000))


def test_measure_bounds_depth() -> None:
    value: Value = []
    for _ in range(99):
        value = [value]
    measure(value, Budget(steps=1000))

    for _ in range(5000):
        value = [value]
    with pytest.raises(LimitExceeded, match="more than 100 deep"):
        measure(value, Budget(steps=1000))


def test_measuring_large_values_costs_steps() -> None:
    budget = Budget(steps=1000)
    measure([[index] for index in range(1000)], budget)

    assert budget.steps < 1000


def test_a_tally_refuses_a_value_before_it_is_all_there() -> None:
    tally = Tally(Budget(steps=10, size=5))

    parts: list[Value] = ["ab", 1, None, [1, 2]]

    assert [tally.add(part) for part in parts] == parts
    with pytest.raises(LimitExceeded, match="more than 5 characters and items"):
        tally.add({"a": 1, "b": 2})


def test_long_text_costs_steps() -> None:
    budget = Budget(steps=1000)
    measure("a" * 12_800, budget)

    assert budget.steps == 900


def test_measure_counts_the_parts_of_open_text() -> None:
    text = PartialText(("ab", U, "cd"))
    measure(text, Budget(steps=10, size=4 + len(U.label)))

    values: tuple[Value, ...] = (text, [text])
    for value in values:
        with pytest.raises(LimitExceeded):
            measure(value, Budget(steps=10, size=3 + len(U.label)))


def test_measure_bounds_the_number_of_items() -> None:
    value: Value = [None] * 1000
    measure([value] * 999, Budget(steps=200_000))

    with pytest.raises(LimitExceeded, match="more than 1,000,000 items"):
        measure([value] * 1000, Budget(steps=200_000))
